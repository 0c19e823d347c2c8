//! Hashes many pairs of nodes at a time, with the widest vector unit this machine has.

use alloy_primitives::B256;
use asterisc_state::{PairHasher, PortableHasher};

#[cfg(target_arch = "x86_64")]
mod permutation;
#[cfg(target_arch = "x86_64")]
mod x86_64;

/// Hashes pairs by the widest vector unit that was found: 8 lanes with AVX-512, 4 with AVX2, else
/// one after the other.
#[derive(Debug, Clone, Copy)]
pub struct LaneHasher {
    unit: Unit,
}

/// What the machine can do; each is proof that its instructions may be used.
#[derive(Debug, Clone, Copy)]
enum Unit {
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    Portable,
}

impl LaneHasher {
    /// Looks for the units of this machine.
    pub fn detect() -> Self {
        Self::available().into_iter().next().unwrap_or(Self { unit: Unit::Portable })
    }

    /// All hashers this machine can run, the fastest first; the last one is portable.
    pub fn available() -> Vec<Self> {
        let mut units = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            units.extend(pulp::x86::V4::try_new().map(Unit::Avx512));
            units.extend(pulp::x86::V3::try_new().map(Unit::Avx2));
        }
        units.push(Unit::Portable);
        units.into_iter().map(|unit| Self { unit }).collect()
    }

    /// Name of the unit, for reports.
    pub const fn name(&self) -> &'static str {
        match self.unit {
            #[cfg(target_arch = "x86_64")]
            Unit::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Unit::Avx2(_) => "AVX2",
            Unit::Portable => "portable",
        }
    }
}

impl PairHasher for LaneHasher {
    fn hash_pairs(&self, pairs: &[[u8; 64]], hashes: &mut [B256]) {
        match self.unit {
            #[cfg(target_arch = "x86_64")]
            Unit::Avx512(unit) => x86_64::hash_pairs(unit, pairs, hashes),
            #[cfg(target_arch = "x86_64")]
            Unit::Avx2(unit) => x86_64::hash_pairs(unit, pairs, hashes),
            Unit::Portable => PortableHasher.hash_pairs(pairs, hashes),
        }
    }
}
