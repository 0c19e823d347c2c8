//! What is outside the machine, as the commands see it.

use std::io::{self, IsTerminal, Write};

use alloy_primitives::B256;
use asterisc_step::{Host, OutputStream};

use crate::{
    preimage_stop::PreimageStop,
    server::{Server, ServerError},
};

/// The pre-image server, if there is one, and this process's stderr.
#[derive(Debug)]
pub(crate) struct CliHost {
    server: Option<Server>,
    /// The pre-image read last: programs read one in many steps.
    cached: Option<(B256, Vec<u8>)>,
    stop: PreimageStop,
    wants_stop: bool,
}

impl CliHost {
    pub(crate) const fn new(server: Option<Server>, stop: PreimageStop) -> Self {
        Self { server, cached: None, stop, wants_stop: false }
    }

    fn fetch(&mut self, key: B256) -> Result<Vec<u8>, ServerError> {
        match (self.cached.take(), &mut self.server) {
            (Some((cached, data)), _) if cached == key => Ok(data),
            (_, Some(server)) => server.preimage(key),
            (_, None) => Err(ServerError::None { key }),
        }
    }
}

impl Host for CliHost {
    type Error = ServerError;

    fn preimage(&mut self, key: B256, offset: u64) -> Result<&[u8], ServerError> {
        let data = self.fetch(key)?;
        self.wants_stop |= self.stop.matches(key, offset, data.len() as u64);
        Ok(&self.cached.insert((key, data)).1)
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), ServerError> {
        // Without a server nobody has to know.
        self.server.as_mut().map_or(Ok(()), |server| server.hint(hint))
    }

    /// Passed on as it is; on a terminal, which would obey them, control characters are escaped.
    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        // The program can't be told that its output is lost.
        let _ = if stderr.is_terminal() {
            stderr.write_all(printable(bytes).as_bytes())
        } else {
            stderr.write_all(bytes)
        };
    }

    fn wants_stop(&self) -> bool {
        self.wants_stop
    }
}

/// Text without control characters but line ends and tabs.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for character in String::from_utf8_lossy(bytes).chars() {
        match character {
            '\n' | '\t' => text.push(character),
            control if control.is_control() => text.extend(control.escape_default()),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_can_not_command_a_terminal() {
        assert_eq!(
            printable(b"it's \"fine\"\n\t\x1b[2J\x07\xff"),
            "it's \"fine\"\n\t\\u{1b}[2J\\u{7}\u{fffd}"
        );
    }
}
