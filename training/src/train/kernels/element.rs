//! The kinds of number in which activations are kept between passes: f32, or bf16 with half the memory and, where the processor has it,
//! many times the arithmetic. Sums are f32 in both.

use bytemuck::{Pod, cast_slice};
use half::bf16;
use pulp::Simd;

/// A kind of number.
pub trait Element: Pod + Send + Sync + std::fmt::Debug {
    /// As many as a vector holds.
    ///
    /// # Safety
    /// So many can be read at `from`.
    unsafe fn load<S: Simd>(simd: S, from: *const Self) -> S::f32s;

    /// Rounds to the nearest.
    ///
    /// # Safety
    /// As many as a vector holds can be written at `to`.
    unsafe fn store<S: Simd>(simd: S, to: *mut Self, values: S::f32s);
}

impl Element for f32 {
    #[inline(always)]
    unsafe fn load<S: Simd>(_: S, from: *const Self) -> S::f32s {
        unsafe { from.cast::<S::f32s>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store<S: Simd>(_: S, to: *mut Self, values: S::f32s) {
        unsafe { to.cast::<S::f32s>().write_unaligned(values) }
    }
}

impl Element for bf16 {
    #[inline(always)]
    unsafe fn load<S: Simd>(simd: S, from: *const Self) -> S::f32s {
        let _ = simd;
        #[cfg(target_arch = "x86_64")]
        if S::F32_LANES == 16 {
            use std::arch::x86_64::{_mm256_loadu_si256, _mm512_cvtepu16_epi32, _mm512_slli_epi32};
            // SAFETY: only AVX-512 has vectors of this size.
            return unsafe {
                let wide = _mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(_mm256_loadu_si256(from.cast())));
                std::mem::transmute_copy(&wide)
            };
        }
        let mut values: S::f32s = bytemuck::Zeroable::zeroed();
        let lanes = bytemuck::cast_slice_mut::<_, f32>(std::slice::from_mut(&mut values));
        for (lane, value) in lanes.iter_mut().enumerate() {
            *value = unsafe { *from.add(lane) }.to_f32();
        }
        values
    }

    #[inline(always)]
    unsafe fn store<S: Simd>(simd: S, to: *mut Self, values: S::f32s) {
        let _ = simd;
        #[cfg(target_arch = "x86_64")]
        if S::F32_LANES == 16 {
            use std::arch::x86_64::{
                __m512i, _mm256_storeu_si256, _mm512_add_epi32, _mm512_and_si512, _mm512_cvtepi32_epi16,
                _mm512_set1_epi32, _mm512_srli_epi32,
            };
            // To the nearest, to the even one of two that are as near. What is no number may become infinite; no loss is finite then.
            // SAFETY: only AVX-512 has vectors of this size.
            unsafe {
                let bits: __m512i = std::mem::transmute_copy(&values);
                let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
                let rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
                _mm256_storeu_si256(to.cast(), _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(rounded)));
            }
            return;
        }
        for (lane, &value) in cast_slice::<_, f32>(std::slice::from_ref(&values)).iter().enumerate() {
            unsafe { *to.add(lane) = bf16::from_f32(value) };
        }
    }
}
