//! The witness: the state in the 362 bytes that are hashed into a claim.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 32 | memory root |
//! | 32 | 32 | pre-image key |
//! | 64 | 8 | pre-image offset |
//! | 72 | 8 | pc |
//! | 80 | 1 | exit code |
//! | 81 | 1 | exited, 0 or 1 |
//! | 82 | 8 | step |
//! | 90 | 8 | heap |
//! | 98 | 8 | load reservation |
//! | 106 | 256 | x0 to x31, 8 bytes each |
//!
//! All integers are big-endian.

use core::fmt;

use alloy_primitives::{B256, keccak256};
use asterisc_isa::Register;

use crate::Hart;

/// What a state hash says of the run, in its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum VmStatus {
    /// Exited with code 0: the claim is true.
    Valid = 0,
    /// Exited with code 1: the claim is false.
    Invalid = 1,
    /// Exited with any other code: the program failed.
    Panic = 2,
    /// Not exited yet.
    Unfinished = 3,
}

impl VmStatus {
    /// Status of a state.
    pub const fn of(hart: &Hart) -> Self {
        match (hart.exited, hart.exit_code) {
            (false, _) => Self::Unfinished,
            (true, 0) => Self::Valid,
            (true, 1) => Self::Invalid,
            (true, _) => Self::Panic,
        }
    }
}

/// Hash of a witness whose first byte is the [`VmStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateHash(pub B256);

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why bytes are no witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// The length is wrong.
    #[error("a state witness has {expected} bytes, not {actual}")]
    Length {
        /// The length of every witness.
        expected: usize,
        /// The length given.
        actual: usize,
    },
    /// The exited byte is neither 0 nor 1; no run leads there.
    #[error("the exited byte (offset 81) must be 0 or 1, not {actual}")]
    Exited {
        /// The byte given.
        actual: u8,
    },
    /// Register x0 is not zero; no run leads there.
    #[error("register x0 (offset 106) must be 0, not {actual:#x}")]
    ZeroRegister {
        /// The value given.
        actual: u64,
    },
}

/// The encoded state, as hashed into a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateWitness([u8; Self::BYTES]);

impl StateWitness {
    /// Length of every witness.
    pub const BYTES: usize = 362;

    /// Encodes a state.
    pub fn encode(hart: &Hart, memory_root: B256) -> Self {
        let mut writer = Writer { bytes: [0; Self::BYTES], at: 0 };
        writer.put(&memory_root.0);
        writer.put(&hart.preimage_key.0);
        writer.put(&hart.preimage_offset.to_be_bytes());
        writer.put(&hart.pc.to_be_bytes());
        writer.put(&[hart.exit_code, u8::from(hart.exited)]);
        writer.put(&hart.step.to_be_bytes());
        writer.put(&hart.heap.to_be_bytes());
        writer.put(&hart.load_reservation.to_be_bytes());
        for register in hart.registers {
            writer.put(&register.to_be_bytes());
        }
        debug_assert_eq!(writer.at, Self::BYTES);
        Self(writer.bytes)
    }

    /// Decodes a state: all but memory, and the memory's root.
    ///
    /// # Errors
    /// Where the bytes encode no state a run can reach.
    pub fn decode(bytes: &[u8]) -> Result<(Hart, B256), WitnessError> {
        let bytes: &[u8; Self::BYTES] = bytes
            .try_into()
            .map_err(|_| WitnessError::Length { expected: Self::BYTES, actual: bytes.len() })?;
        let mut reader = Reader { bytes, at: 0 };
        let memory_root = B256::new(reader.take());
        let mut hart = Hart {
            preimage_key: B256::new(reader.take()),
            preimage_offset: u64::from_be_bytes(reader.take()),
            pc: u64::from_be_bytes(reader.take()),
            ..Hart::default()
        };
        let [exit_code, exited] = reader.take();
        hart.exit_code = exit_code;
        hart.exited = match exited {
            0 => false,
            1 => true,
            actual => return Err(WitnessError::Exited { actual }),
        };
        hart.step = u64::from_be_bytes(reader.take());
        hart.heap = u64::from_be_bytes(reader.take());
        hart.load_reservation = u64::from_be_bytes(reader.take());
        for register in &mut hart.registers {
            *register = u64::from_be_bytes(reader.take());
        }
        match hart.register(Register::ZERO) {
            0 => Ok((hart, memory_root)),
            actual => Err(WitnessError::ZeroRegister { actual }),
        }
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// keccak-256 of the bytes, its first byte replaced by the status.
    pub fn hash(&self) -> StateHash {
        let status = match (self.0[81], self.0[80]) {
            (1, 0) => VmStatus::Valid,
            (1, 1) => VmStatus::Invalid,
            (1, _) => VmStatus::Panic,
            _ => VmStatus::Unfinished,
        };
        let mut hash = keccak256(self.0);
        hash[0] = status as u8;
        StateHash(hash)
    }
}

struct Writer {
    bytes: [u8; StateWitness::BYTES],
    at: usize,
}

impl Writer {
    fn put(&mut self, field: &[u8]) {
        self.bytes[self.at..self.at + field.len()].copy_from_slice(field);
        self.at += field.len();
    }
}

struct Reader<'a> {
    bytes: &'a [u8; StateWitness::BYTES],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[self.at..self.at + N]);
        self.at += N;
        field
    }
}
