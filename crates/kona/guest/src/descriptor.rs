//! The files a program finds open.

/// A file that is open from the start. There is no way to open another.
///
/// Spec: fault-proof/index.md#pre-image-communication
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FileDescriptor {
    /// Always at its end.
    Stdin = 0,
    /// Output for people.
    Stdout = 1,
    /// Errors for people.
    Stderr = 2,
    /// Acknowledgements of hints.
    HintRead = 3,
    /// Hints to the host.
    HintWrite = 4,
    /// Lengths and values of pre-images.
    PreimageRead = 5,
    /// Keys of pre-images.
    PreimageWrite = 6,
}

impl FileDescriptor {
    /// The number the machine knows it by.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// The machine refused to read or write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescriptorError {
    /// The error's number, as the machine gives it.
    pub errno: i32,
}

impl core::fmt::Display for DescriptorError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the machine refused a read or write with error number {}", self.errno)
    }
}

impl core::error::Error for DescriptorError {}
