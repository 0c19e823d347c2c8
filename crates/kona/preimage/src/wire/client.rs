//! The program's end.

use alloc::vec::Vec;

use bumpalo::Bump;

use super::{Channel, HINT_BYTES_MAX, PREIMAGE_BYTES_MAX};
use crate::{Hint, HintDialect, OracleError, PreimageKey};

/// Asks for values over a channel.
///
/// Spec: fault-proof/index.md#pre-image-communication
#[derive(Debug)]
pub struct OracleReader<C> {
    channel: C,
}

impl<C: Channel> OracleReader<C> {
    /// Reads over `channel`.
    pub const fn new(channel: C) -> Self {
        Self { channel }
    }

    /// The value of `key`, received straight into `arena`.
    ///
    /// # Errors
    /// - [`OracleError::TooLong`] if the host announces more than [`PREIMAGE_BYTES_MAX`].
    /// - [`OracleError::OutOfMemory`] if the arena can't grow by the announced length.
    /// - [`OracleError::Channel`] if the channel fails. The channel is then of no more use.
    pub fn read_into<'a>(
        &mut self,
        key: PreimageKey,
        arena: &'a Bump,
    ) -> Result<&'a [u8], OracleError> {
        let length = self.request(key)?;
        let out_of_memory = |_| OracleError::OutOfMemory { key, length };
        let size = usize::try_from(length).map_err(|_| OracleError::TooLong {
            key,
            length,
            max: PREIMAGE_BYTES_MAX,
        })?;
        let value = arena.try_alloc_slice_fill_copy(size, 0u8).map_err(out_of_memory)?;
        self.channel.read_exact(value).map_err(|error| error.inside_message(size))?;
        Ok(value)
    }

    /// The value of `key`, which must have the size of `buffer`, received into it.
    ///
    /// # Errors
    /// [`OracleError::WrongLength`] if the host announces another length, and as
    /// [`Self::read_into`]. The channel is of no more use after any of them.
    pub fn read_exact(&mut self, key: PreimageKey, buffer: &mut [u8]) -> Result<(), OracleError> {
        let length = self.request(key)?;
        if u64::try_from(buffer.len()) != Ok(length) {
            let actual = usize::try_from(length).unwrap_or(usize::MAX);
            return Err(OracleError::WrongLength { key, expected: buffer.len(), actual });
        }
        let size = buffer.len();
        Ok(self.channel.read_exact(buffer).map_err(|error| error.inside_message(size))?)
    }

    /// Asks for `key` and returns the length announced.
    fn request(&mut self, key: PreimageKey) -> Result<u64, OracleError> {
        self.channel.write_all(key.as_bytes())?;
        let mut length = [0; 8];
        self.channel.read_exact(&mut length)?;
        let length = u64::from_be_bytes(length);
        if length > PREIMAGE_BYTES_MAX {
            return Err(OracleError::TooLong { key, length, max: PREIMAGE_BYTES_MAX });
        }
        Ok(length)
    }
}

/// Sends hints over a channel.
///
/// Spec: fault-proof/index.md#hinting
#[derive(Debug)]
pub struct HintWriter<C> {
    channel: C,
    dialect: HintDialect,
    /// The last message, kept for its memory.
    message: Vec<u8>,
}

impl<C: Channel> HintWriter<C> {
    /// Writes over `channel` in `dialect`.
    pub const fn new(channel: C, dialect: HintDialect) -> Self {
        Self { channel, dialect, message: Vec::new() }
    }

    /// Sends `hint` and waits until the host has taken it.
    ///
    /// A hint that the dialect can't express is not sent: its hosts could do nothing with it, and
    /// no result depends on hints.
    ///
    /// # Errors
    /// - [`OracleError::HintTooLong`] above [`HINT_BYTES_MAX`]; nothing is sent.
    /// - [`OracleError::HintRejected`] if the answer is not the zero byte.
    /// - [`OracleError::Channel`] if the channel fails.
    pub fn send(&mut self, hint: &Hint<'_>) -> Result<(), OracleError> {
        const LENGTH_BYTES: usize = 4;
        self.message.clear();
        self.message.extend_from_slice(&[0; LENGTH_BYTES]);
        if hint.encode(self.dialect, &mut self.message).is_err() {
            return Ok(());
        }

        let length = self.message.len() - LENGTH_BYTES;
        let too_long = || OracleError::HintTooLong {
            length: u64::try_from(length).unwrap_or(u64::MAX),
            max: u64::from(HINT_BYTES_MAX),
        };
        let prefix = u32::try_from(length).ok().filter(|length| *length <= HINT_BYTES_MAX);
        let prefix = prefix.ok_or_else(too_long)?.to_be_bytes();
        self.message[..LENGTH_BYTES].copy_from_slice(&prefix);
        self.channel.write_all(&self.message)?;

        // On chain this read returns without touching the buffer, so it must start out as zero.
        let mut ack = [0];
        self.channel.read_exact(&mut ack)?;
        match ack {
            [0] => Ok(()),
            [ack] => Err(OracleError::HintRejected { ack }),
        }
    }
}
