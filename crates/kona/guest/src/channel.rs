//! The channels of the oracle protocol, over the machine's files.

use kona_preimage::{Channel, ChannelError};

use crate::{DescriptorError, FileDescriptor, read, write};

/// A pair of files that makes a two-way stream.
#[derive(Debug)]
pub struct DescriptorChannel {
    read: FileDescriptor,
    write: FileDescriptor,
}

impl DescriptorChannel {
    /// Keys to the host, values from it.
    pub const PREIMAGES: Self =
        Self { read: FileDescriptor::PreimageRead, write: FileDescriptor::PreimageWrite };
    /// Hints to the host, acknowledgements from it.
    pub const HINTS: Self =
        Self { read: FileDescriptor::HintRead, write: FileDescriptor::HintWrite };
}

impl Channel for DescriptorChannel {
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ChannelError> {
        let expected = buffer.len();
        let mut rest = buffer;
        while !rest.is_empty() {
            match read(self.read, rest)? {
                0 if rest.len() == expected => return Err(ChannelError::Closed),
                0 => {
                    let actual = expected - rest.len();
                    return Err(ChannelError::Truncated { expected, actual });
                }
                count => rest = rest.get_mut(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match write(self.write, rest)? {
                0 => return Err(ChannelError::Closed),
                count => rest = rest.get(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }
}

impl From<DescriptorError> for ChannelError {
    fn from(error: DescriptorError) -> Self {
        Self::Io { errno: error.errno }
    }
}
