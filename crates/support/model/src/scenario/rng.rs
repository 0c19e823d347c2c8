//! Reproducible choices.

use alloy_primitives::{Address, B256};

/// A stream of numbers that follows from a seed alone (splitmix64).
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream of that seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "there is a number to choose");
        low + self.number() % (high - low + 1)
    }

    /// A size from `low` to `high`, both included.
    pub fn size(&mut self, low: usize, high: usize) -> usize {
        let (low, high) = (u64::try_from(low), u64::try_from(high));
        let size = self.range(low.expect("small"), high.expect("small"));
        usize::try_from(size).expect("between two sizes")
    }

    /// True in that many cases of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.range(1, 100) <= percent
    }

    /// True in that many cases of a thousand.
    pub fn rarely(&mut self, permille: u64) -> bool {
        self.range(1, 1000) <= permille
    }

    /// A place in a list of `length` items, which is not empty.
    pub fn index(&mut self, length: usize) -> usize {
        self.size(0, length - 1)
    }

    /// One of `items`.
    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())].clone()
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.number().to_le_bytes()[0]
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// An array of bytes.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// A hash.
    pub fn hash(&mut self) -> B256 {
        B256::new(self.array())
    }

    /// An address.
    pub fn address(&mut self) -> Address {
        Address::new(self.array())
    }

    /// Puts `items` into any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.index(end + 1);
            items.swap(end, other);
        }
    }

    /// Changes a byte, cuts bytes off, puts some in or repeats some.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            bytes.push(self.byte());
            return;
        }
        let at = self.index(bytes.len());
        match self.range(0, 4) {
            0 => bytes[at] ^= 1 << self.range(0, 7),
            1 => bytes[at] = self.byte(),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, self.byte()),
            _ => {
                bytes.remove(at);
            }
        }
    }
}
