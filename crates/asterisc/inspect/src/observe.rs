//! Watches a step while its witness is recorded.

use std::io::Write;

use alloy_primitives::B256;
use asterisc_state::{Hart, Leaf, PairHasher, SparseMemory, leaf_address};
use asterisc_step::{Host, OutputStream, PreimagePart, RecordingAccess, StateAccess};

/// A leaf that was read, and perhaps written.
#[derive(Debug, Clone)]
pub(crate) struct LeafAccess {
    pub(crate) address: u64,
    pub(crate) before: Leaf,
    pub(crate) after: Option<Leaf>,
}

/// A recording access that also notes which leaves were touched.
pub(crate) struct ObservingAccess<'a, H, P, M> {
    pub(crate) inner: RecordingAccess<'a, H, P, M>,
    /// In the order of their proofs.
    pub(crate) leaves: Vec<LeafAccess>,
    pub(crate) part: Option<PreimagePart>,
}

impl<H: Host, P: PairHasher, M: SparseMemory> StateAccess for ObservingAccess<'_, H, P, M> {
    type Error = <RecordingAccess<'static, H, P, M> as StateAccess>::Error;

    fn hart(&mut self) -> &mut Hart {
        self.inner.hart()
    }

    fn read_leaf(&mut self, address: u64) -> Result<Leaf, Self::Error> {
        let before = self.inner.read_leaf(address)?;
        self.leaves.push(LeafAccess { address: leaf_address(address), before, after: None });
        Ok(before)
    }

    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), Self::Error> {
        if let Some(last) = self.leaves.last_mut() {
            last.after = Some(*leaf);
        }
        self.inner.write_leaf(address, leaf)
    }

    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, Self::Error> {
        let part = self.inner.read_preimage(key, offset)?;
        self.part = Some(part);
        Ok(part)
    }

    fn write_output(
        &mut self,
        stream: OutputStream,
        address: u64,
        count: u64,
    ) -> Result<(), Self::Error> {
        self.inner.write_output(stream, address, count)
    }

    fn write_hint(&mut self, address: u64, count: u64) -> Result<(), Self::Error> {
        self.inner.write_hint(address, count)
    }
}

/// Bytes of output that are kept, at most.
const OUTPUT_BYTES_MAX: usize = 4096;

/// A host that keeps what passes through it.
#[derive(Debug)]
pub(crate) struct ObservingHost<'a, H> {
    inner: &'a mut H,
    /// Hints that were complete.
    pub(crate) hints: Vec<Vec<u8>>,
    /// The first bytes of the output.
    pub(crate) output: Vec<u8>,
}

impl<'a, H> ObservingHost<'a, H> {
    pub(crate) const fn new(inner: &'a mut H) -> Self {
        Self { inner, hints: Vec::new(), output: Vec::new() }
    }
}

impl<H: Host> Host for ObservingHost<'_, H> {
    type Error = H::Error;

    fn preimage(&mut self, key: B256, offset: u64) -> Result<&[u8], H::Error> {
        self.inner.preimage(key, offset)
    }

    fn hint(&mut self, hint: &[u8]) -> Result<(), H::Error> {
        self.hints.push(hint.to_vec());
        self.inner.hint(hint)
    }

    /// Kept for the page, and not printed.
    fn output(&mut self, _: OutputStream, bytes: &[u8]) {
        let room = OUTPUT_BYTES_MAX - self.output.len();
        // Writing to memory does not fail.
        let _ = self.output.write_all(&bytes[..bytes.len().min(room)]);
    }
}
