//! What is outside the machine: pre-images, and what the program says.

use std::{collections::BTreeMap, rc::Rc};

use alloy_primitives::B256;
use asterisc_step::{Host, OutputStream, PreimagePart, PreimageRead};

/// Where pre-images come from.
#[derive(Debug, Clone)]
pub enum Preimages {
    /// Those listed.
    Listed(Rc<BTreeMap<B256, Vec<u8>>>),
    /// Three of four keys have one; its length is the last byte of the key.
    OfKey,
}

impl Preimages {
    /// One pre-image.
    pub fn one(key: B256, data: Vec<u8>) -> Self {
        Self::Listed(Rc::new(BTreeMap::from([(key, data)])))
    }

    /// The data of a pre-image, without its length.
    fn find(&self, key: B256) -> Option<Vec<u8>> {
        match self {
            Self::Listed(list) => list.get(&key).cloned(),
            Self::OfKey if key[31] % 4 == 1 => None,
            Self::OfKey => Some(key.iter().cycle().take(usize::from(key[31])).copied().collect()),
        }
    }
}

/// What a program told the world.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Hints.
    pub hints: Vec<Vec<u8>>,
    /// The first bytes of each piece of output.
    pub output: Vec<u8>,
}

/// Answers from [`Preimages`] and remembers what is said.
#[derive(Debug, Clone)]
pub struct TestHost {
    preimages: Preimages,
    current: Vec<u8>,
    /// What was said so far.
    pub said: Said,
}

impl TestHost {
    /// With these pre-images.
    pub fn new(preimages: Preimages) -> Self {
        Self { preimages, current: Vec::new(), said: Said::default() }
    }
}

impl Host for TestHost {
    /// The key of which there is no pre-image.
    type Error = B256;

    fn preimage(&mut self, key: B256, _offset: u64) -> Result<&[u8], B256> {
        self.current = self.preimages.find(key).ok_or(key)?;
        Ok(&self.current)
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), B256> {
        self.said.hints.push(hint.to_vec());
        Ok(())
    }

    fn output(&mut self, _stream: OutputStream, bytes: &[u8]) {
        self.said.output.extend(&bytes[..bytes.len().min(16)]);
    }
}

/// At most 32 bytes of the pre-image a step read, its length included, cut out as a contract would.
pub(crate) fn recorded_part(
    read: Option<&PreimageRead>,
    key: B256,
    offset: u64,
) -> Option<PreimagePart> {
    let read = read.filter(|read| read.key == key)?;
    let whole = [&(read.data.len() as u64).to_be_bytes(), read.data.as_slice()].concat();
    let rest = whole.get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())?;
    let length = rest.len().min(32);
    let mut bytes = [0; 32];
    bytes[..length].copy_from_slice(&rest[..length]);
    Some(PreimagePart { bytes, length: u8::try_from(length).ok()? })
}
