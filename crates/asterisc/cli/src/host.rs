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

    /// Printed as it is where a person looks; elsewhere what is not printable is escaped.
    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        // The program can't be told that its output is lost.
        let _ = if stderr.is_terminal() {
            write!(stderr, "{}", bytes.escape_ascii().to_string().replace("\\n", "\n"))
        } else {
            write!(stderr, "{}", String::from_utf8_lossy(bytes))
        };
    }

    fn wants_stop(&self) -> bool {
        self.wants_stop
    }
}
