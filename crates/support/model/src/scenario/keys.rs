//! Keys of the senders of L1 transactions.

use alloy_consensus::crypto::secp256k1::{recover_signer, sign_message};
use alloy_primitives::{Address, B256, Signature, keccak256};
use std::sync::LazyLock;

/// Keys that the system configuration may name as the batcher.
pub(super) const BATCHER_KEYS: u8 = 3;

/// The key of that number. Any number has one.
fn secret(number: u8) -> B256 {
    keccak256([b"key of a sender ", &[number][..]].concat())
}

/// Signs the hash of a transaction.
pub(super) fn sign(number: u8, hash: B256) -> Signature {
    sign_message(secret(number), hash).expect("a hash is a valid key")
}

static ADDRESSES: LazyLock<Vec<Address>> = LazyLock::new(|| {
    let address = |number: u8| {
        let hash = keccak256([number]);
        recover_signer(&sign(number, hash), hash).expect("it was signed just now")
    };
    (0..=BATCHER_KEYS).map(address).collect()
});

/// The address of a key, of which there is one more than may be the batcher's.
pub(super) fn batcher_address(number: u8) -> Address {
    ADDRESSES[usize::from(number)]
}

/// The number of the batcher's key, if it is one of ours.
pub(super) fn key_of(batcher: Address) -> Option<u8> {
    (0..BATCHER_KEYS).find(|number| batcher_address(*number) == batcher)
}
