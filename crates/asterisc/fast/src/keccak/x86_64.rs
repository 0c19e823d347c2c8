//! The vector units of x86-64. That a unit's value exists proves that the machine has it.

use core::arch::x86_64::{__m256i, __m512i};

use pulp::{
    NullaryFnOnce, cast,
    x86::{V3, V4},
};

use super::permutation::{Lanes, hash_lanes};

/// A unit that can run a function compiled for it.
pub(super) trait Unit: Lanes {
    /// Runs `operation` with the unit's instructions.
    fn run(self, operation: impl NullaryFnOnce<Output = ()>);
}

/// One call of [`hash_lanes`].
struct HashLanes<'a, U> {
    unit: U,
    inputs: &'a [[u8; 64]],
    hashes: &'a mut [[u8; 32]],
}

impl<U: Unit> NullaryFnOnce for HashLanes<'_, U> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (inputs, hashes) in self.inputs.chunks(U::COUNT).zip(self.hashes.chunks_mut(U::COUNT)) {
            hash_lanes(self.unit, inputs, hashes);
        }
    }
}

/// Hashes all pairs; the last group may leave lanes empty.
pub(super) fn hash_pairs<U: Unit>(unit: U, pairs: &[[u8; 64]], hashes: &mut [[u8; 32]]) {
    unit.run(HashLanes { unit, inputs: pairs, hashes });
}

impl Unit for V4 {
    fn run(self, operation: impl NullaryFnOnce<Output = ()>) {
        self.vectorize(operation);
    }
}

impl Unit for V3 {
    fn run(self, operation: impl NullaryFnOnce<Output = ()>) {
        self.vectorize(operation);
    }
}

impl Lanes for V4 {
    type Word = __m512i;
    type Numbers = [u64; 8];
    const COUNT: usize = 8;

    #[inline(always)]
    fn load(self, numbers: [u64; 8]) -> __m512i {
        cast(numbers)
    }

    #[inline(always)]
    fn store(self, word: __m512i) -> [u64; 8] {
        cast(word)
    }

    #[inline(always)]
    fn splat(self, number: u64) -> __m512i {
        cast([number; 8])
    }

    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        self.avx512f._mm512_xor_si512(a, b)
    }

    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // The truth table of `a ^ b ^ c`.
        self.avx512f._mm512_ternarylogic_epi64::<0x96>(a, b, c)
    }

    #[inline(always)]
    fn chi(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // The truth table of `a ^ (!b & c)`.
        self.avx512f._mm512_ternarylogic_epi64::<0xd2>(a, b, c)
    }

    #[inline(always)]
    fn rotate<const LEFT: i32, const RIGHT: i32>(self, a: __m512i) -> __m512i {
        self.avx512f._mm512_rol_epi64::<LEFT>(a)
    }
}

impl Lanes for V3 {
    type Word = __m256i;
    type Numbers = [u64; 4];
    const COUNT: usize = 4;

    #[inline(always)]
    fn load(self, numbers: [u64; 4]) -> __m256i {
        cast(numbers)
    }

    #[inline(always)]
    fn store(self, word: __m256i) -> [u64; 4] {
        cast(word)
    }

    #[inline(always)]
    fn splat(self, number: u64) -> __m256i {
        cast([number; 4])
    }

    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_xor_si256(a, b)
    }

    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(self.xor(a, b), c)
    }

    #[inline(always)]
    fn chi(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(a, self.avx2._mm256_andnot_si256(b, c))
    }

    #[inline(always)]
    fn rotate<const LEFT: i32, const RIGHT: i32>(self, a: __m256i) -> __m256i {
        let left = self.avx2._mm256_slli_epi64::<LEFT>(a);
        self.avx2._mm256_or_si256(left, self.avx2._mm256_srli_epi64::<RIGHT>(a))
    }
}
