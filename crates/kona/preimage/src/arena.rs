//! The oracle of a program that reads over channels.

use core::cell::RefCell;

use bumpalo::Bump;
use hashbrown::HashMap;

use crate::{
    Channel, Hint, HintWriter, KeyHashBuilder, OracleError, OracleReader, PreimageKey,
    PreimageOracle,
};

/// Reads each value over a channel once, and keeps it in an arena.
///
/// Values are never moved or dropped, so slices of them live as long as the arena. A second read
/// of a key costs a map lookup and neither allocates nor talks to the host; hints go out only for
/// keys that are not held yet. Nothing is checked against its key: in a VM the chain vouches for
/// every value, elsewhere see [`crate::verify`].
///
/// There is no lock: a program has one hart.
#[derive(Debug)]
pub struct ArenaOracle<'a, P, H> {
    arena: &'a Bump,
    values: RefCell<HashMap<PreimageKey, &'a [u8], KeyHashBuilder>>,
    reader: RefCell<OracleReader<P>>,
    hints: RefCell<HintWriter<H>>,
}

impl<'a, P: Channel, H: Channel> ArenaOracle<'a, P, H> {
    /// Keeps in `arena` what `reader` gives.
    pub fn new(arena: &'a Bump, reader: OracleReader<P>, hints: HintWriter<H>) -> Self {
        Self {
            arena,
            values: RefCell::default(),
            reader: RefCell::new(reader),
            hints: RefCell::new(hints),
        }
    }

    /// The value of `key`, for as long as the arena lives.
    ///
    /// # Errors
    /// As [`PreimageOracle::read`].
    pub fn read_in_arena(&self, key: PreimageKey) -> Result<&'a [u8], OracleError> {
        match self.held(key) {
            Some(value) => Ok(value),
            None => self.receive(key),
        }
    }

    fn held(&self, key: PreimageKey) -> Option<&'a [u8]> {
        self.values.borrow().get(&key).copied()
    }

    /// The borrows below end before this returns, and channels don't call back, so they can't meet.
    fn receive(&self, key: PreimageKey) -> Result<&'a [u8], OracleError> {
        let value = self.reader.borrow_mut().read_into(key, self.arena)?;
        self.values.borrow_mut().insert(key, value);
        Ok(value)
    }
}

impl<P: Channel, H: Channel> PreimageOracle for ArenaOracle<'_, P, H> {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        self.read_in_arena(key)
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        self.hints.borrow_mut().send(hint)
    }

    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        if let Some(value) = self.held(key) {
            return Ok(value);
        }
        self.hint(hint)?;
        self.receive(key)
    }
}
