//! The hasher of maps by pre-image key.

use core::hash::{BuildHasherDefault, Hasher};

/// Builds the hasher for maps by [`crate::PreimageKey`]; it has no random state.
pub type KeyHashBuilder = BuildHasherDefault<KeyHasher>;

/// Takes the last eight bytes of a key as they are: keys are hashes, or small indices that differ.
///
/// Keys that collide in many bits cost their maker a hash search per bit and key, and the reader a
/// few compares.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not used by keys; right for any other type, if slowly.
        for byte in bytes {
            self.0 = self.0.rotate_left(8).wrapping_mul(0x0100_0000_01b3) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        // Tables take the bucket from the low and a tag from the high bits. Only a local key has
        // zeros there, and those are few.
        self.0
    }
}
