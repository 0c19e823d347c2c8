//! The binary form.
//!
//! | field | bytes |
//! |---|---|
//! | page count | 8 |
//! | per page: index, content | 8 + 4096 |
//! | the witness without its memory root | 330 |
//! | length, last hint | 4 + n |
//! | length, witness | 4 + n |
//! | state hash | 32 |
//!
//! All integers are big-endian. Pages are written in ascending order and read in any. The stored
//! witness and state hash are not looked at: they may be those of an earlier state. What stands
//! behind them is ignored.

use std::io::{self, Read, Write};

use alloy_primitives::B256;
use asterisc_isa::Register;
use asterisc_state::{Hart, PAGE_BYTES, PageIndex, SparseMemory, StateHash, StateWitness, VmState};
use asterisc_step::HINT_BUFFER_BYTES_MAX;

use crate::StateError;

/// Writes a state, with the witness and hash that go with it.
///
/// # Errors
/// Where `out` fails.
pub fn write_binary<M: SparseMemory>(
    state: &VmState<M>,
    witness: &StateWitness,
    hash: StateHash,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(&(state.memory.page_count() as u64).to_be_bytes())?;
    for index in state.memory.page_indices() {
        out.write_all(&index.get().to_be_bytes())?;
        out.write_all(state.memory.page(index).unwrap_or(&[0; PAGE_BYTES]))?;
    }
    // All but the root, which the pages stand for.
    let hart = StateWitness::encode(&state.hart, B256::ZERO);
    out.write_all(&hart.as_bytes()[32..])?;
    write_list(&state.last_hint, out)?;
    write_list(witness.as_bytes(), out)?;
    out.write_all(&hash.0.0)
}

fn write_list(bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

/// Reads a state, each page straight into the memory that is asked for.
///
/// # Errors
/// Where the bytes are no state, with the offset.
pub fn read_binary<M: SparseMemory + Default>(source: impl Read) -> Result<VmState<M>, StateError> {
    let mut reader = Reader { source, offset: 0 };
    let mut state = VmState::<M>::default();
    let page_count = reader.number("the page count")?;
    for _ in 0..page_count {
        let offset = reader.offset;
        let index = reader.number("a page index")?;
        let page = PageIndex::new(index).ok_or(StateError::PageIndex { offset, index })?;
        if state.memory.page(page).is_some() {
            return Err(StateError::DuplicatePage { offset, index });
        }
        reader.fill(state.memory.page_to_write(page, 0, PAGE_BYTES), "a page")?;
    }
    state.hart = read_hart(&mut reader)?;
    state.last_hint = reader.list("the last hint", HINT_BUFFER_BYTES_MAX as u64)?;
    reader.list("the witness", StateWitness::BYTES as u64)?;
    reader.array::<32>("the state hash")?;
    Ok(state)
}

fn read_hart<R: Read>(reader: &mut Reader<R>) -> Result<Hart, StateError> {
    let mut hart = Hart {
        preimage_key: B256::new(reader.array("the pre-image key")?),
        preimage_offset: reader.number("the pre-image offset")?,
        pc: reader.number("the pc")?,
        ..Hart::default()
    };
    [hart.exit_code] = reader.array("the exit code")?;
    let offset = reader.offset;
    hart.exited = match reader.array("the exited byte")? {
        [0] => false,
        [1] => true,
        [actual] => return Err(StateError::Exited { offset, actual }),
    };
    hart.step = reader.number("the step")?;
    hart.heap = reader.number("the heap")?;
    hart.load_reservation = reader.number("the load reservation")?;
    for register in &mut hart.registers {
        *register = reader.number("a register")?;
    }
    match hart.register(Register::ZERO) {
        0 => Ok(hart),
        actual => Err(StateError::ZeroRegister { actual }),
    }
}

/// Reads fields and remembers where they stand.
struct Reader<R> {
    source: R,
    offset: u64,
}

impl<R: Read> Reader<R> {
    fn fill(&mut self, bytes: &mut [u8], field: &'static str) -> Result<(), StateError> {
        match self.source.read_exact(bytes) {
            Ok(()) => {
                self.offset += bytes.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(StateError::Truncated { offset: self.offset, field })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], StateError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, field)?;
        Ok(bytes)
    }

    fn number(&mut self, field: &'static str) -> Result<u64, StateError> {
        Ok(u64::from_be_bytes(self.array(field)?))
    }

    /// A length and as many bytes; memory grows with what is really there.
    fn list(&mut self, field: &'static str, max: u64) -> Result<Vec<u8>, StateError> {
        let offset = self.offset;
        let length = u64::from(u32::from_be_bytes(self.array(field)?));
        if length > max {
            return Err(StateError::TooLong { field, offset, actual: length, max });
        }
        let mut bytes = Vec::new();
        let read = (&mut self.source).take(length).read_to_end(&mut bytes)? as u64;
        self.offset += read;
        if read < length {
            return Err(StateError::Truncated { offset: self.offset, field });
        }
        Ok(bytes)
    }
}
