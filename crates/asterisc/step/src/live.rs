//! Steps on a live state: memory is at hand, nothing is proven.

use alloy_primitives::B256;
use asterisc_isa::RevertCode;
use asterisc_state::{Hart, Leaf, Memory, PAGE_BYTES, SparseMemory, VmState};

use crate::{
    HINT_BUFFER_BYTES_MAX, HINT_BYTES_MAX, OutputStream, PreimagePart, StateAccess, send_hints,
};

/// What is outside the machine: the pre-image server, and wherever output goes.
pub trait Host {
    /// Why the host can't answer.
    type Error;

    /// The data of a pre-image, without its length. `offset` is where the program reads, counted
    /// from the 8 bytes of length before the data.
    ///
    /// # Errors
    /// Where it can't be had.
    fn preimage(&mut self, key: B256, offset: u64) -> Result<&[u8], Self::Error>;

    /// Passes on a hint.
    ///
    /// # Errors
    /// Where the server can't be reached.
    fn hint(&mut self, hint: &[u8]) -> Result<(), Self::Error>;

    /// Passes on a piece of output, at most a page long.
    fn output(&mut self, stream: OutputStream, bytes: &[u8]);

    /// Whether a run shall end with the step that just reached the host.
    fn wants_stop(&self) -> bool {
        false
    }
}

/// Why a live state has no next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError<E> {
    /// The step reverts on chain.
    #[error("the step reverts: {0}")]
    Revert(RevertCode),
    /// The program read on past the end of a pre-image. The step reverts on chain.
    #[error("read at offset {offset} of pre-image {key}, which ends at {length} (length included)")]
    PreimageEnd {
        /// Key of the pre-image.
        key: B256,
        /// Offset the program read at.
        offset: u64,
        /// Length of the pre-image and the 8 bytes before it.
        length: u64,
    },
    /// A hint is longer than any program has reason to send.
    #[error("a hint of {bytes} bytes is longer than {max}")]
    HintLength {
        /// Bytes buffered and written so far.
        bytes: u64,
        /// The longest hint.
        max: usize,
    },
    /// The host did not answer.
    #[error(transparent)]
    Host(E),
}

impl<E> From<RevertCode> for StepError<E> {
    fn from(code: RevertCode) -> Self {
        Self::Revert(code)
    }
}

/// Output of one call that is passed on, at most; a program may claim to print all of memory.
const OUTPUT_BYTES_MAX: u64 = 1 << 20;

/// A live state and its host.
#[derive(Debug)]
pub struct LiveAccess<'a, H, M = Memory> {
    /// The state.
    pub state: &'a mut VmState<M>,
    /// What is outside.
    pub host: &'a mut H,
}

impl<H: Host, M: SparseMemory> StateAccess for LiveAccess<'_, H, M> {
    type Error = StepError<H::Error>;

    fn hart(&mut self) -> &mut Hart {
        &mut self.state.hart
    }

    fn read_leaf(&mut self, address: u64) -> Result<Leaf, Self::Error> {
        Ok(self.state.memory.leaf(address))
    }

    fn write_leaf(&mut self, address: u64, leaf: &Leaf) -> Result<(), Self::Error> {
        self.state.memory.write_leaf(address, leaf);
        Ok(())
    }

    fn read_preimage(&mut self, key: B256, offset: u64) -> Result<PreimagePart, Self::Error> {
        let data = self.host.preimage(key, offset).map_err(StepError::Host)?;
        PreimagePart::of(data, offset).ok_or(StepError::PreimageEnd {
            key,
            offset,
            length: data.len() as u64 + 8,
        })
    }

    fn write_output(
        &mut self,
        stream: OutputStream,
        address: u64,
        count: u64,
    ) -> Result<(), Self::Error> {
        let mut buffer = [0; PAGE_BYTES];
        let mut written = 0;
        let count = count.min(OUTPUT_BYTES_MAX);
        while written < count {
            let piece = usize::try_from(count - written).unwrap_or(PAGE_BYTES).min(PAGE_BYTES);
            self.state.memory.read_bytes(address.wrapping_add(written), &mut buffer[..piece]);
            self.host.output(stream, &buffer[..piece]);
            written += piece as u64;
        }
        Ok(())
    }

    fn write_hint(&mut self, address: u64, count: u64) -> Result<(), Self::Error> {
        let buffer = &mut self.state.last_hint;
        let before = buffer.len();
        let bytes = count.saturating_add(before as u64);
        let length = usize::try_from(bytes).ok().filter(|length| *length <= HINT_BUFFER_BYTES_MAX);
        buffer.resize(length.ok_or(StepError::HintLength { bytes, max: HINT_BYTES_MAX })?, 0);
        self.state.memory.read_bytes(address, &mut buffer[before..]);
        send_hints(buffer, |hint| self.host.hint(hint)).map_err(StepError::Host)
    }

    fn load<const N: usize>(&mut self, address: u64) -> Result<[u8; N], Self::Error> {
        let mut bytes = [0; N];
        self.state.memory.read_bytes(address, &mut bytes);
        Ok(bytes)
    }

    fn store(&mut self, address: u64, bytes: &[u8]) -> Result<(), Self::Error> {
        self.state.memory.write_bytes(address, bytes);
        Ok(())
    }
}
