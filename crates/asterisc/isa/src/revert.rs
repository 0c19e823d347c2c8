//! Why a step has no next state.

use core::fmt;

/// The code a step reverts with; on chain it is returned as a 32-byte big-endian word.
///
/// A revert is not a trap: no state follows, so neither side of a game can prove the step. A
/// supported guest never reaches one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u64)]
pub enum RevertCode {
    /// A reserved or illegal encoding inside a known opcode.
    IllegalEncoding = 0x0bad_c0de,
    /// No instruction has this opcode.
    UnknownOpcode = 0xf001_c0de,
    /// A branch or jump target, or the address of an atomic, is not aligned.
    Misaligned = 0xbad1_0ad0,
    /// The width of an atomic is neither 4 nor 8 bytes.
    AtomicWidth = 0x00ba_da70,
    /// No atomic has this operation field.
    UnknownAtomic = 0x0f00_1a70,
    /// A store wider than 8 bytes.
    StoreWidth = 0xbad5_12e8,
    /// An instruction fetch from an odd pc needs a second leaf.
    FetchStraddles = 0xbad2_2220,
    /// A system call that must not be made.
    ForbiddenSyscall = 0xf001_ca11,
    /// A limit was asked for that is not known.
    UnknownLimit = 0x000f_0012,
    /// The pre-image could not be read.
    PreimageRead = 0xbadf_00d0,
    /// A memory proof does not match the root.
    MemoryProof = 0xbadf_00d1,
}

impl RevertCode {
    /// All codes.
    pub const ALL: [Self; 11] = [
        Self::IllegalEncoding,
        Self::UnknownOpcode,
        Self::Misaligned,
        Self::AtomicWidth,
        Self::UnknownAtomic,
        Self::StoreWidth,
        Self::FetchStraddles,
        Self::ForbiddenSyscall,
        Self::UnknownLimit,
        Self::PreimageRead,
        Self::MemoryProof,
    ];

    /// The number that stands in the revert payload.
    pub const fn code(self) -> u64 {
        self as u64
    }

    /// What the code means, in one clause.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::IllegalEncoding => "reserved or illegal instruction encoding",
            Self::UnknownOpcode => "unknown opcode",
            Self::Misaligned => "misaligned jump target or atomic address",
            Self::AtomicWidth => "atomic of a width other than 4 or 8 bytes",
            Self::UnknownAtomic => "unknown atomic operation",
            Self::StoreWidth => "store wider than 8 bytes",
            Self::FetchStraddles => "instruction at an odd pc crosses a 32-byte leaf",
            Self::ForbiddenSyscall => "forbidden system call",
            Self::UnknownLimit => "getrlimit for an unknown resource",
            Self::PreimageRead => "pre-image could not be read",
            Self::MemoryProof => "memory proof does not match the memory root",
        }
    }
}

impl fmt::Display for RevertCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x} ({})", self.code(), self.meaning())
    }
}
