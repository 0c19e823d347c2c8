//! Text for people, on stdout and stderr.

use core::fmt;

use crate::{FileDescriptor, write};

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Output.
    Stdout,
    /// Errors.
    Stderr,
}

/// Bytes that are gathered before the machine is called: VMs print each call as a line of its own.
const BUFFER_BYTES: usize = 256;

/// Prints to `stream`. Text that the machine refuses is lost: no result depends on it.
pub fn print_args(stream: Stream, text: fmt::Arguments<'_>) {
    let mut writer = StreamWriter { stream, buffer: [0; BUFFER_BYTES], used: 0 };
    // The writer never fails, and a value that fails to format itself can't be helped.
    let _ = fmt::write(&mut writer, text);
    writer.flush();
}

/// Prints a line to stdout.
#[macro_export]
macro_rules! println {
    ($format:literal $($argument:tt)*) => {
        $crate::print_args(
            $crate::Stream::Stdout,
            ::core::format_args!("{}\n", ::core::format_args!($format $($argument)*)),
        )
    };
}

/// Prints a line to stderr.
#[macro_export]
macro_rules! eprintln {
    ($format:literal $($argument:tt)*) => {
        $crate::print_args(
            $crate::Stream::Stderr,
            ::core::format_args!("{}\n", ::core::format_args!($format $($argument)*)),
        )
    };
}

struct StreamWriter {
    stream: Stream,
    buffer: [u8; BUFFER_BYTES],
    used: usize,
}

impl StreamWriter {
    fn flush(&mut self) {
        self.send(self.used);
        self.used = 0;
    }

    fn send(&self, length: usize) {
        let file = match self.stream {
            Stream::Stdout => FileDescriptor::Stdout,
            Stream::Stderr => FileDescriptor::Stderr,
        };
        let mut rest = self.buffer.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let Ok(written) = write(file, rest) else { return };
            rest = rest.get(written.max(1)..).unwrap_or_default();
        }
    }
}

impl fmt::Write for StreamWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.as_bytes().chunks(BUFFER_BYTES) {
            if piece.len() > BUFFER_BYTES - self.used {
                self.flush();
            }
            if let Some(place) = self.buffer.get_mut(self.used..self.used + piece.len()) {
                place.copy_from_slice(piece);
                self.used += piece.len();
            }
        }
        Ok(())
    }
}
