//! What is outside the machine, as the commands see it.

use std::{
    io::{self, IsTerminal, Write},
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use alloy_primitives::{B256, map::B256Map};
use asterisc_step::{Host, OutputStream};

use crate::{
    preimage_stop::PreimageStop,
    server::{Server, ServerError},
};

/// Bytes of pre-images that are kept, at most; a run of the program reads some 25 MB of them.
const RECORD_BYTES_MAX: usize = 64 << 20;

/// The pre-image server, if there is one, and this process's stderr.
#[derive(Debug)]
pub(crate) struct CliHost {
    server: Option<Server>,
    preimages: Preimages,
    stop: PreimageStop,
    has_met_stop: bool,
    is_interrupted: Arc<AtomicBool>,
}

impl CliHost {
    /// `is_interrupted` is what signals set.
    pub(crate) fn new(
        server: Option<Server>,
        stop: PreimageStop,
        is_interrupted: Arc<AtomicBool>,
    ) -> Self {
        let preimages = Preimages::default();
        Self { server, preimages, stop, has_met_stop: false, is_interrupted }
    }

    /// Whether a pre-image was read that ends the run.
    pub(crate) const fn has_met_stop(&self) -> bool {
        self.has_met_stop
    }
}

/// Pre-images by key, so that each is asked for once: a round trip through two pipes costs as much
/// as thousands of steps.
#[derive(Debug, Default)]
struct Preimages {
    /// The one read last: programs read one in many steps.
    current: Option<(B256, Vec<u8>)>,
    others: B256Map<Vec<u8>>,
    /// Bytes of all of `others`.
    bytes: usize,
}

impl Preimages {
    /// The pre-image of `key`, fetched if it is not here.
    fn find<E>(
        &mut self,
        key: B256,
        fetch: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<&[u8], E> {
        let (_, data) = match self.current.take() {
            Some(current) if current.0 == key => self.current.insert(current),
            before => {
                if let Some((before, data)) = before {
                    self.keep(before, data);
                }
                let data = match self.others.remove(&key) {
                    Some(data) => {
                        self.bytes -= data.len();
                        data
                    }
                    None => fetch()?,
                };
                self.current.insert((key, data))
            }
        };
        Ok(data)
    }

    /// Keeps a pre-image for later; where there is no room, all that were kept are forgotten.
    fn keep(&mut self, key: B256, data: Vec<u8>) {
        if self.bytes.saturating_add(data.len()) > RECORD_BYTES_MAX {
            mem::take(&mut self.others);
            self.bytes = 0;
        }
        if data.len() <= RECORD_BYTES_MAX {
            self.bytes += data.len();
            self.others.insert(key, data);
        }
    }
}

impl Host for CliHost {
    type Error = ServerError;

    fn preimage(&mut self, key: B256, offset: u64) -> Result<&[u8], ServerError> {
        let server = &mut self.server;
        let data = self.preimages.find(key, || match server {
            Some(server) => server.preimage(key),
            None => Err(ServerError::None { key }),
        })?;
        self.has_met_stop |= self.stop.matches(key, offset, data.len() as u64);
        Ok(data)
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

    /// A slow server may take hours for the pre-images of one slice of a run.
    fn wants_stop(&self) -> bool {
        self.has_met_stop || self.is_interrupted.load(Ordering::Relaxed)
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
    fn a_pre_image_is_asked_for_once() {
        let mut preimages = Preimages::default();
        let mut asked = Vec::new();
        for number in [1, 1, 2, 1, 3, 2, 2, 1] {
            let key = B256::with_last_byte(number);
            let fetch = || {
                asked.push(number);
                Ok::<_, ()>(vec![number; 3])
            };
            assert_eq!(preimages.find(key, fetch), Ok(&[number; 3][..]));
        }
        assert_eq!(asked, [1, 2, 3]);
        assert_eq!(preimages.find(B256::ZERO, || Err("gone")), Err("gone"));
        assert_eq!(preimages.find(B256::with_last_byte(1), || Err("again")), Ok(&[1; 3][..]));
    }

    #[test]
    fn pre_images_are_kept_up_to_a_limit() {
        let mut preimages = Preimages::default();
        for number in 0..5 {
            let data = vec![0; RECORD_BYTES_MAX / 2];
            preimages.find(B256::with_last_byte(number), || Ok::<_, ()>(data)).unwrap();
            assert!(preimages.bytes <= RECORD_BYTES_MAX);
        }
        assert!(preimages.find(B256::with_last_byte(4), || Err(())).is_ok());
        assert_eq!(preimages.find(B256::with_last_byte(0), || Err(())), Err(()));
        preimages.keep(B256::ZERO, vec![0; RECORD_BYTES_MAX + 1]);
        assert_eq!(preimages.bytes, 0);
    }

    #[test]
    fn a_program_can_not_command_a_terminal() {
        assert_eq!(
            printable(b"it's \"fine\"\n\t\x1b[2J\x07\xff"),
            "it's \"fine\"\n\t\\u{1b}[2J\\u{7}\u{fffd}"
        );
    }
}
