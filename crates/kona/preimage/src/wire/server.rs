//! The host's end.

use alloc::{string::String, vec::Vec};

use super::{Channel, ChannelError, HINT_BYTES_MAX, PREIMAGE_BYTES_MAX};
use crate::{KEY_BYTES, KeyError, OracleError, PreimageKey, PreimageOracle};

/// Whether there was something to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// One request was served.
    One,
    /// The program closed its end between two requests: it is done.
    Closed,
}

/// Why a request could not be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServeError<E: core::error::Error + 'static> {
    /// The program asked for something that is no key.
    #[error("the program sent a bad key")]
    Key(#[source] KeyError),
    /// The program sent a hint above the limit.
    #[error("the program sent a hint of {length} bytes, above the limit of {max}")]
    HintTooLong {
        /// Bytes announced.
        length: u32,
        /// Bytes allowed.
        max: u32,
    },
    /// The program sent a hint that is not UTF-8.
    #[error("the program sent a hint that is not UTF-8")]
    HintNotText,
    /// What serves the request failed.
    #[error("the request can't be served")]
    Source(#[source] E),
    /// The channel failed.
    #[error("the channel to the program failed")]
    Channel(#[source] ChannelError),
}

/// Serves values over a channel.
///
/// The protocol knows no error answer: after any error the channel must be closed, which the
/// program sees.
///
/// Spec: fault-proof/index.md#pre-image-communication
#[derive(Debug)]
pub struct OracleServer<C> {
    channel: C,
}

impl<C: Channel> OracleServer<C> {
    /// Serves over `channel`.
    pub const fn new(channel: C) -> Self {
        Self { channel }
    }

    /// Waits for one key and answers it from `oracle`.
    ///
    /// # Errors
    /// - [`ServeError::Key`] if what came is no key.
    /// - [`ServeError::Source`] if the oracle fails, or its value exceeds [`PREIMAGE_BYTES_MAX`].
    /// - [`ServeError::Channel`] if the channel fails in the middle of a message.
    pub fn serve_one(
        &mut self,
        oracle: &(impl PreimageOracle + ?Sized),
    ) -> Result<Served, ServeError<OracleError>> {
        let mut key = [0; KEY_BYTES];
        match self.channel.read_exact(&mut key) {
            Ok(()) => {}
            Err(ChannelError::Closed) => return Ok(Served::Closed),
            Err(error) => return Err(ServeError::Channel(error)),
        }
        let key = PreimageKey::from_bytes(key).map_err(ServeError::Key)?;
        let value = oracle.read(key).map_err(ServeError::Source)?;

        let length = u64::try_from(value.len()).unwrap_or(u64::MAX);
        if length > PREIMAGE_BYTES_MAX {
            let error = OracleError::TooLong { key, length, max: PREIMAGE_BYTES_MAX };
            return Err(ServeError::Source(error));
        }
        self.channel.write_all(&length.to_be_bytes()).map_err(ServeError::Channel)?;
        self.channel.write_all(value).map_err(ServeError::Channel)?;
        Ok(Served::One)
    }
}

/// Receives hints over a channel.
///
/// Spec: fault-proof/index.md#hinting
#[derive(Debug)]
pub struct HintReader<C> {
    channel: C,
    /// The last hint, kept for its memory.
    text: Vec<u8>,
}

/// Most memory that is taken on a length's word before bytes of the hint have come.
const FIRST_CHUNK_BYTES: usize = 64 << 10;

impl<C: Channel> HintReader<C> {
    /// Receives over `channel`.
    pub const fn new(channel: C) -> Self {
        Self { channel, text: Vec::new() }
    }

    /// Waits for one hint, hands its text to `handle`, and acknowledges it. A hint that is no
    /// text, or that `handle` fails at, is acknowledged as well, so that the program goes on to
    /// where the failure shows.
    ///
    /// # Errors
    /// - [`ServeError::HintTooLong`] above [`HINT_BYTES_MAX`]; the channel is of no more use.
    /// - [`ServeError::HintNotText`] for bytes that are no UTF-8.
    /// - [`ServeError::Source`] with the error of `handle`.
    /// - [`ServeError::Channel`] if the channel fails in the middle of a message.
    pub fn serve_one<E: core::error::Error + 'static>(
        &mut self,
        handle: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<Served, ServeError<E>> {
        let mut length = [0; 4];
        match self.channel.read_exact(&mut length) {
            Ok(()) => {}
            Err(ChannelError::Closed) => return Ok(Served::Closed),
            Err(error) => return Err(ServeError::Channel(error)),
        }
        let length = u32::from_be_bytes(length);
        if length > HINT_BYTES_MAX {
            return Err(ServeError::HintTooLong { length, max: HINT_BYTES_MAX });
        }

        self.receive_text(length).map_err(ServeError::Channel)?;
        let result = match core::str::from_utf8(&self.text) {
            Ok(text) => handle(text).map_err(ServeError::Source),
            Err(_) => Err(ServeError::HintNotText),
        };
        self.channel.write_all(&[0]).map_err(ServeError::Channel)?;
        result.map(|()| Served::One)
    }

    /// Memory grows with the bytes that have come, not with the length announced.
    fn receive_text(&mut self, length: u32) -> Result<(), ChannelError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.text.clear();
        while self.text.len() < length {
            let start = self.text.len();
            let end = length.min(start.saturating_mul(2).max(FIRST_CHUNK_BYTES));
            self.text.resize(end, 0);
            let chunk = &mut self.text[start..];
            self.channel.read_exact(chunk).map_err(|error| error.inside_message(length))?;
        }
        Ok(())
    }
}

impl<C> HintReader<C> {
    /// The last hint received, for reports; empty before the first.
    pub fn last_hint(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}
