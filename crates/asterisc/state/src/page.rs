//! Units of memory: leaves of 32 bytes, pages of 4096.

use core::fmt;

/// Bytes of a leaf of the Merkle tree.
pub const LEAF_BYTES: usize = 32;
/// Bytes of a page.
pub const PAGE_BYTES: usize = 4096;

/// A leaf; leaves are not hashed, their content stands in the tree.
pub type Leaf = [u8; LEAF_BYTES];

/// A page.
pub type Page = [u8; PAGE_BYTES];

/// Number of a page: its address divided by [`PAGE_BYTES`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageIndex(u64);

impl PageIndex {
    /// The largest page number; it has 52 bits.
    pub const MAX: Self = Self(u64::MAX >> 12);

    /// The page with this number, if there is one.
    pub const fn new(index: u64) -> Option<Self> {
        if index <= Self::MAX.0 { Some(Self(index)) } else { None }
    }

    /// The page that holds `address`.
    pub const fn of(address: u64) -> Self {
        Self(address >> 12)
    }

    /// Address of the first byte.
    pub const fn address(self) -> u64 {
        self.0 << 12
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for PageIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// Address of the first byte of the leaf that holds `address`.
pub const fn leaf_address(address: u64) -> u64 {
    address & !(LEAF_BYTES as u64 - 1)
}

/// Where in its page `address` lies.
pub(crate) const fn page_offset(address: u64) -> usize {
    let [low, high, ..] = address.to_le_bytes();
    u16::from_le_bytes([low, high]) as usize % PAGE_BYTES
}
