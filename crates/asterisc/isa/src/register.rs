//! The 32 integer registers and their names in the calling convention.

use core::fmt;

/// An integer register, x0 to x31; x0 always reads as zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register(u8);

/// Names by the standard calling convention, in register order.
const NAMES: [&str; Register::COUNT] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
    "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
    "t5", "t6",
];

impl Register {
    /// How many registers there are.
    pub const COUNT: usize = 32;

    /// Always zero.
    pub const ZERO: Self = Self(0);
    /// Return address.
    pub const RA: Self = Self(1);
    /// Stack pointer.
    pub const SP: Self = Self(2);
    /// First argument and result.
    pub const A0: Self = Self(10);
    /// Second argument and result.
    pub const A1: Self = Self(11);
    /// Third argument.
    pub const A2: Self = Self(12);
    /// Fourth argument.
    pub const A3: Self = Self(13);
    /// Fifth argument.
    pub const A4: Self = Self(14);
    /// Number of a system call.
    pub const A7: Self = Self(17);

    /// The register whose number is in the low five bits.
    pub const fn from_low_bits(bits: u32) -> Self {
        Self(bits.to_le_bytes()[0] & 0x1f)
    }

    /// The register a three-bit field of a compressed instruction names: x8 to x15.
    pub const fn from_compressed_bits(bits: u16) -> Self {
        Self((bits.to_le_bytes()[0] & 0x7) | 0x8)
    }

    /// Number of the register, 0 to 31.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Number of the register as an index into an array of [`Self::COUNT`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Name by the standard calling convention.
    pub const fn name(self) -> &'static str {
        NAMES[self.index()]
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
