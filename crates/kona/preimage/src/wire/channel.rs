/// A two-way byte stream to the other side, which blocks until it is done.
///
/// In a VM this is a pair of file descriptors, in a host a pair of pipes.
pub trait Channel {
    /// Fills `buffer`, however few bytes a single read of the machine gives.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] if the stream ended before the first byte,
    /// [`ChannelError::Truncated`] if it ended after it, [`ChannelError::Io`] otherwise.
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ChannelError>;

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// [`ChannelError::Closed`] if the other side is gone, [`ChannelError::Io`] otherwise.
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ChannelError>;
}

impl<T: Channel + ?Sized> Channel for &mut T {
    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ChannelError> {
        (**self).read_exact(buffer)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ChannelError> {
        (**self).write_all(bytes)
    }
}

/// Why a channel could not carry bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The other side closed the stream.
    #[error("the other side closed the stream")]
    Closed,
    /// The other side closed the stream in the middle of a message.
    #[error("the stream ended after {actual} of {expected} bytes")]
    Truncated {
        /// Bytes of the message part being read.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// The machine reports an error.
    #[error("reading or writing the stream failed with error number {errno}")]
    Io {
        /// Error number of the operating system; 0 if there is none.
        errno: i32,
    },
}

impl ChannelError {
    /// The same error met inside a message, where a closed stream is a truncated message.
    pub(super) const fn inside_message(self, expected: usize) -> Self {
        match self {
            Self::Closed => Self::Truncated { expected, actual: 0 },
            other => other,
        }
    }
}
