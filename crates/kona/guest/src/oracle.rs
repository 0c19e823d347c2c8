//! The oracle of a program in a VM.

use alloc::alloc::{Layout, alloc};
use core::{cell::RefCell, mem::MaybeUninit, ptr::NonNull, slice};

use hashbrown::HashMap;
use kona_preimage::{
    ChannelError, Hint, HintDialect, HintWriter, KEY_BYTES, KeyHashBuilder, OracleError,
    PREIMAGE_BYTES_MAX, PreimageKey, PreimageOracle,
};

use crate::{DescriptorChannel, FileDescriptor, machine::read_uninit, write};

/// Bytes of a leaf of memory: a VM moves at most to the end of one in one go.
const LEAF_BYTES: usize = 32;
/// Bytes before a value: its length, big-endian.
const LENGTH_BYTES: usize = 8;

/// Reads pre-images over the machine's files, each once, and keeps them for ever.
///
/// A value takes as few system calls as there can be: one for the key, and one for each leaf of
/// length and value together, which are received where they stay. Nothing is checked against its
/// key: the chain vouches for every value, and re-hashing would be the greatest part of a run.
///
/// Never use it where nobody checks; a native host has an oracle of its own.
#[derive(Debug)]
pub struct DescriptorOracle {
    values: RefCell<HashMap<PreimageKey, &'static [u8], KeyHashBuilder>>,
    hints: RefCell<HintWriter<DescriptorChannel>>,
}

impl DescriptorOracle {
    /// An oracle whose hints are written in `dialect`.
    pub fn new(dialect: HintDialect) -> Self {
        Self {
            values: RefCell::default(),
            hints: RefCell::new(HintWriter::new(DescriptorChannel::HINTS, dialect)),
        }
    }

    fn held(&self, key: PreimageKey) -> Option<&'static [u8]> {
        self.values.borrow().get(&key).copied()
    }

    fn receive(&self, key: PreimageKey) -> Result<&'static [u8], OracleError> {
        let value = receive(key)?;
        self.values.borrow_mut().insert(key, value);
        Ok(value)
    }
}

impl PreimageOracle for DescriptorOracle {
    fn read(&self, key: PreimageKey) -> Result<&[u8], OracleError> {
        match self.held(key) {
            Some(value) => Ok(value),
            None => self.receive(key),
        }
    }

    fn hint(&self, hint: &Hint<'_>) -> Result<(), OracleError> {
        self.hints.borrow_mut().send(hint)
    }

    fn read_array_once<const N: usize>(&self, key: PreimageKey) -> Result<[u8; N], OracleError> {
        match self.held(key) {
            Some(_) => self.read_array(key).copied(),
            None => receive_array(key),
        }
    }

    fn read_hinted(&self, key: PreimageKey, hint: &Hint<'_>) -> Result<&[u8], OracleError> {
        if let Some(value) = self.held(key) {
            return Ok(value);
        }
        self.hint(hint)?;
        self.receive(key)
    }
}

/// Asks for a value, and takes it.
fn receive(key: PreimageKey) -> Result<&'static [u8], OracleError> {
    send_key(key)?;
    // Length and value come as one stream, so that the first call brings some of both.
    let mut head = Leaf([0; LEAF_BYTES]);
    let in_head = fill(as_uninit(&mut head.0), 0, LENGTH_BYTES)?;
    let (length, _) = head.0.split_first_chunk().unwrap_or((&[0; LENGTH_BYTES], &[]));
    let length = u64::from_be_bytes(*length);
    let size = match usize::try_from(length) {
        Ok(size) if length <= PREIMAGE_BYTES_MAX => size,
        _ => return Err(OracleError::TooLong { key, length, max: PREIMAGE_BYTES_MAX }),
    };

    if in_head > LENGTH_BYTES + size {
        // More than was announced: what follows would be out of step.
        return Err(OracleError::SourceFailed { key });
    }

    let buffer = leaked_leaves(LENGTH_BYTES + size, head);
    let buffer = buffer.ok_or(OracleError::OutOfMemory { key, length })?;
    let filled = fill(buffer, in_head, buffer.len())?;
    // SAFETY: `fill` says that many bytes are written, which is all of them, and the memory is
    // never given back.
    let stream = unsafe { slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), filled) };
    Ok(stream.get(LENGTH_BYTES..).unwrap_or_default())
}

/// Asks for a value of known size, and takes it to where the caller has it.
fn receive_array<const N: usize>(key: PreimageKey) -> Result<[u8; N], OracleError> {
    send_key(key)?;
    // The length ends with a leaf, so that the value begins with one.
    let mut head = Leaf([0; LEAF_BYTES]);
    let at = LEAF_BYTES - LENGTH_BYTES;
    fill(as_uninit(&mut head.0), at, LEAF_BYTES)?;
    let (_, length) = head.0.split_last_chunk().unwrap_or((&[], &[0; LENGTH_BYTES]));
    let length = u64::from_be_bytes(*length);
    if u64::try_from(N) != Ok(length) {
        let actual = usize::try_from(length).unwrap_or(usize::MAX);
        return Err(OracleError::WrongLength { key, expected: N, actual });
    }
    #[repr(align(32))]
    struct Aligned<const N: usize>([MaybeUninit<u8>; N]);
    let mut value = Aligned([MaybeUninit::uninit(); N]);
    let filled = fill(&mut value.0, 0, N)?;
    debug_assert_eq!(filled, N);
    // SAFETY: `fill` returns once all `N` bytes are written.
    Ok(unsafe { value.0.as_ptr().cast::<[u8; N]>().read() })
}

/// Memory that is one leaf.
#[repr(align(32))]
struct Leaf([u8; LEAF_BYTES]);

/// Sends a key, in one call if the VM moves a leaf at a time.
fn send_key(key: PreimageKey) -> Result<(), ChannelError> {
    const _: () = assert!(KEY_BYTES == LEAF_BYTES);
    let leaf = Leaf(*key.as_bytes());
    let mut rest = leaf.0.as_slice();
    while !rest.is_empty() {
        match write(FileDescriptor::PreimageWrite, rest)? {
            0 => return Err(ChannelError::Closed),
            count => rest = rest.get(count..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Reads into `buffer`, of which `filled` bytes are, until at least `wanted` bytes are, and says
/// how many are then.
fn fill(
    buffer: &mut [MaybeUninit<u8>],
    mut filled: usize,
    wanted: usize,
) -> Result<usize, ChannelError> {
    while filled < wanted {
        let Some(rest) = buffer.get_mut(filled..) else { break };
        match read_uninit(FileDescriptor::PreimageRead, rest)? {
            0 => return Err(ChannelError::Truncated { expected: wanted, actual: filled }),
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Memory for `bytes` bytes, more than none, from the start of a leaf on, for ever. The first
/// leaf is filled already.
fn leaked_leaves(bytes: usize, first: Leaf) -> Option<&'static mut [MaybeUninit<u8>]> {
    let layout = Layout::from_size_align(bytes.max(LEAF_BYTES), LEAF_BYTES).ok()?;
    // SAFETY: The layout has a size.
    let start = NonNull::new(unsafe { alloc(layout) })?.cast::<Leaf>();
    // SAFETY: The memory is new, has the bytes of a leaf at least, and their alignment.
    unsafe { start.write(first) };
    // SAFETY: The memory has that many bytes, and is never given back; it may hold anything.
    Some(unsafe { slice::from_raw_parts_mut(start.as_ptr().cast(), bytes) })
}

fn as_uninit(bytes: &mut [u8; LEAF_BYTES]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: The same memory for as long; reads from a file write nothing but bytes to it.
    unsafe { slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), LEAF_BYTES) }
}
