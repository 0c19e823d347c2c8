#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod key;
pub use key::{KEY_BYTES, KeyError, PrecompileKeyStyle, PreimageKey, PreimageKeyKind};

mod key_hasher;
pub use key_hasher::{KeyHashBuilder, KeyHasher};

pub mod local_index;

mod roots_of_unity;
pub use roots_of_unity::{FIELD_ELEMENTS_PER_BLOB, is_canonical_field_element};

mod blob;
pub use blob::{BLOB_KEY_INPUT_BYTES, BlobKeyStyle, BlobKeys, COMMITMENT_BYTES};

mod hint;
pub use hint::{Hint, HintBlock, HintDialect, HintError, HintKind};

mod oracle;
pub use oracle::{OracleError, PreimageOracle};

mod verify;
pub use verify::{Verified, verify};

mod wire;
pub use wire::{
    Channel, ChannelError, HINT_BYTES_MAX, HintReader, HintWriter, OracleReader, OracleServer,
    PREIMAGE_BYTES_MAX, ServeError, Served,
};

mod arena;
pub use arena::ArenaOracle;

mod memory;
pub use memory::MemoryOracle;
