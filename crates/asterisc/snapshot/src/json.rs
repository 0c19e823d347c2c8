//! The JSON form.
//!
//! Keys in this order: `memory` (pages as `index` and `data`, 8192 hexadecimal digits without
//! `0x`), `preimageKey`, `preimageOffset`, `pc`, `exit`, `exited`, `step`, `heap`,
//! `loadReservation`, `registers`, `lastHint` (only if there is one), `witness` (base64),
//! `stateHash`. On reading, unknown keys are ignored and missing ones are zero; witness and hash
//! are not looked at.

use std::{
    fmt,
    io::{self, Read, Write},
    marker::PhantomData,
};

use alloy_primitives::{B256, hex};
use asterisc_isa::Register;
use asterisc_state::{
    Hart, PAGE_BYTES, Page, PageIndex, SparseMemory, StateHash, StateWitness, VmState,
};
use asterisc_step::HINT_BUFFER_BYTES_MAX;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::{StateError, json_format::write_document};

/// Writes a state, with the witness and hash that go with it.
///
/// # Errors
/// Where `out` fails.
pub fn write_json<M: SparseMemory>(
    state: &VmState<M>,
    witness: &StateWitness,
    hash: StateHash,
    out: &mut dyn Write,
) -> io::Result<()> {
    let hart = &state.hart;
    let document = StateOut {
        memory: MemoryOut(&state.memory),
        preimage_key: hart.preimage_key,
        preimage_offset: hart.preimage_offset,
        pc: hart.pc,
        exit: hart.exit_code,
        exited: hart.exited,
        step: hart.step,
        heap: hart.heap,
        load_reservation: hart.load_reservation,
        registers: &hart.registers,
        last_hint: (!state.last_hint.is_empty()).then(|| hex::encode_prefixed(&state.last_hint)),
        witness: BASE64_STANDARD.encode(witness.as_bytes()),
        state_hash: hash.0,
    };
    write_document(&document, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[serde(bound = "M: SparseMemory")]
struct StateOut<'a, M> {
    memory: MemoryOut<'a, M>,
    preimage_key: B256,
    preimage_offset: u64,
    pc: u64,
    exit: u8,
    exited: bool,
    step: u64,
    heap: u64,
    load_reservation: u64,
    registers: &'a [u64; Register::COUNT],
    #[serde(skip_serializing_if = "Option::is_none")]
    last_hint: Option<String>,
    witness: String,
    state_hash: B256,
}

/// Pages one by one, each as text only while it is written.
struct MemoryOut<'a, M>(&'a M);

impl<M: SparseMemory> Serialize for MemoryOut<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.page_indices().into_iter().map(|index| {
            let page = self.0.page(index).unwrap_or(&[0; PAGE_BYTES]);
            PageOut { index: index.get(), data: hex::encode(page) }
        }))
    }
}

#[derive(Serialize)]
struct PageOut {
    index: u64,
    data: String,
}

/// Reads a state, each page into the memory that is asked for as soon as its text is there.
///
/// # Errors
/// Where the text is no state, with line and column.
pub fn read_json<M: SparseMemory + Default>(source: impl Read) -> Result<VmState<M>, StateError> {
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    let document = StateIn::deserialize(&mut deserializer)?;
    deserializer.end()?;
    let mut state = VmState {
        hart: Hart::default(),
        memory: document.memory.0,
        last_hint: document.last_hint.0,
    };
    let hart = &mut state.hart;
    hart.preimage_key = document.preimage_key;
    hart.preimage_offset = document.preimage_offset;
    hart.pc = document.pc;
    hart.exit_code = document.exit;
    hart.exited = document.exited;
    hart.step = document.step;
    hart.heap = document.heap;
    hart.load_reservation = document.load_reservation;
    hart.registers = document.registers;
    match hart.register(Register::ZERO) {
        0 => Ok(state),
        actual => Err(StateError::ZeroRegister { actual }),
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "M: SparseMemory + Default"))]
struct StateIn<M> {
    memory: MemoryIn<M>,
    preimage_key: B256,
    preimage_offset: u64,
    pc: u64,
    exit: u8,
    exited: bool,
    step: u64,
    heap: u64,
    load_reservation: u64,
    registers: [u64; Register::COUNT],
    last_hint: HintIn,
}

/// Pages, put into memory one by one.
#[derive(Default)]
struct MemoryIn<M>(M);

impl<'de, M: SparseMemory + Default> Deserialize<'de> for MemoryIn<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PagesVisitor(PhantomData)).map(Self)
    }
}

struct PagesVisitor<M>(PhantomData<M>);

impl<'de, M: SparseMemory + Default> Visitor<'de> for PagesVisitor<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of pages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pages: A) -> Result<M, A::Error> {
        let mut memory = M::default();
        while let Some(PageIn { index, data }) = pages.next_element()? {
            let page = PageIndex::new(index).ok_or_else(|| {
                A::Error::custom(format_args!("page {index:#x} is above 2^52 - 1"))
            })?;
            if memory.page(page).is_some() {
                return Err(A::Error::custom(format_args!("page {index:#x} stands twice")));
            }
            memory.page_to_write(page, 0, PAGE_BYTES).copy_from_slice(data.0.as_slice());
        }
        Ok(memory)
    }
}

#[derive(Deserialize)]
struct PageIn {
    index: u64,
    data: PageData,
}

struct PageData(Box<Page>);

impl<'de> Deserialize<'de> for PageData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PageDataVisitor)
    }
}

struct PageDataVisitor;

impl Visitor<'_> for PageDataVisitor {
    type Value = PageData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hexadecimal digits", 2 * PAGE_BYTES)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PageData, E> {
        let mut page = Box::new([0; PAGE_BYTES]);
        if text.len() != 2 * PAGE_BYTES {
            return Err(E::invalid_length(text.len(), &self));
        }
        hex::decode_to_slice(text, page.as_mut_slice()).map_err(E::custom)?;
        Ok(PageData(page))
    }
}

/// The bytes of an incomplete hint.
#[derive(Default)]
struct HintIn(Vec<u8>);

impl<'de> Deserialize<'de> for HintIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Two of the digits are the prefix.
        let (length, max) = ((text.len() / 2).saturating_sub(1), HINT_BUFFER_BYTES_MAX);
        if length > max {
            return Err(D::Error::custom(format_args!("a hint of {length} bytes is above {max}")));
        }
        hex::decode(&text).map(Self).map_err(D::Error::custom)
    }
}
