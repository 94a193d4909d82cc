//! How activations are kept between passes, and multiplied: as f32, or as bf16 with half the memory and, where the processor has it,
//! many times the arithmetic. Sums are f32 in both.

use bytemuck::{Pod, cast_slice};
use gemm::Parallelism;
use half::bf16;
use pulp::Simd;

use super::buffer::Buffer;
use super::tiles::{self, Left, Right, Sums, TILE, Unit};

/// Rounded up to whole [`TILE`]s.
pub const fn padded(length: usize) -> usize {
    length.next_multiple_of(TILE)
}

/// Which way a matrix of weights lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Row after row, `[inputs, outputs]`.
    InputMajor,
    /// Column after column, `[outputs, inputs]`.
    OutputMajor,
}

/// A kind of number.
///
/// Panels are matrices of it, row after row, whose columns are padded with zeros to whole tiles.
pub trait Element: Pod + Send + Sync + std::fmt::Debug {
    /// A matrix of weights as the products read it.
    type Weights: Send + Sync;

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

    /// Lays out weights for [`Self::multiply`].
    fn pack(weights: &[f32], inputs: usize, outputs: usize, lies: Lies) -> Self::Weights;

    /// A panel of `rows` times weights: `[rows, padded(outputs)]`. Rows are whole tiles, those beyond the last one hold anything.
    fn multiply(panel: &[Self], rows: usize, weights: &Self::Weights, out: &mut [f32]);

    /// Adds the transposed panel `left`, `[rows, columns[0]]`, times the panel `right`, `[rows, columns[1]]`, to `sums`.
    /// Rows are whole tiles, those beyond the last one hold zeros.
    fn add_outer(left: &[Self], right: &[Self], rows: usize, columns: [usize; 2], sums: &mut [f32]);
}

/// Weights for [`gemm`], which packs them itself.
pub struct PlainWeights {
    values: Vec<f32>,
    inputs: usize,
    outputs: usize,
    lies: Lies,
}

impl Element for f32 {
    type Weights = PlainWeights;

    #[inline(always)]
    unsafe fn load<S: Simd>(_: S, from: *const Self) -> S::f32s {
        unsafe { from.cast::<S::f32s>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store<S: Simd>(_: S, to: *mut Self, values: S::f32s) {
        unsafe { to.cast::<S::f32s>().write_unaligned(values) }
    }

    fn pack(weights: &[f32], inputs: usize, outputs: usize, lies: Lies) -> PlainWeights {
        PlainWeights { values: weights.to_vec(), inputs, outputs, lies }
    }

    fn multiply(panel: &[f32], rows: usize, weights: &PlainWeights, out: &mut [f32]) {
        let PlainWeights { values, inputs, outputs, lies } = weights;
        let (depth, columns) = (padded(*inputs), padded(*outputs));
        assert!(
            panel.len() >= rows * depth && out.len() >= rows * columns && values.len() == inputs * outputs
        );
        let (down, right) = match lies {
            Lies::InputMajor => (*outputs, 1),
            Lies::OutputMajor => (1, *inputs),
        };
        // SAFETY: the operands hold as many numbers as the assert says, and `out` is nobody else's.
        unsafe {
            gemm::gemm(
                rows,
                *outputs,
                *inputs,
                out.as_mut_ptr(),
                1,
                columns as isize,
                false,
                panel.as_ptr(),
                1,
                depth as isize,
                values.as_ptr(),
                right as isize,
                down as isize,
                0.0,
                1.0,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
        for row in out.chunks_exact_mut(columns).take(rows) {
            row[*outputs..].fill(0.0);
        }
    }

    fn add_outer(left: &[f32], right: &[f32], rows: usize, columns: [usize; 2], sums: &mut [f32]) {
        assert!(left.len() >= rows * columns[0] && right.len() >= rows * columns[1]);
        assert!(sums.len() >= columns[0] * columns[1]);
        // SAFETY: as above.
        unsafe {
            gemm::gemm(
                columns[0],
                columns[1],
                rows,
                sums.as_mut_ptr(),
                1,
                columns[1] as isize,
                true,
                left.as_ptr(),
                columns[0] as isize,
                1,
                right.as_ptr(),
                1,
                columns[1] as isize,
                1.0,
                1.0,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}

/// Weights in pairs, 16 columns after the other: see [`Right`].
pub struct PairedWeights {
    words: Vec<u32>,
    depth: usize,
    columns: usize,
}

/// Two values in a word, the first in the lower half.
fn pair(low: bf16, high: bf16) -> u32 {
    u32::from(low.to_bits()) | u32::from(high.to_bits()) << 16
}

/// Rows of bf16 two by two, as words: `[rows / 2, columns]`.
fn in_pairs(panel: &[bf16], columns: usize, words: &mut [u32]) {
    for (two, words) in panel.chunks_exact(2 * columns).zip(words.chunks_exact_mut(columns)) {
        let (upper, lower) = two.split_at(columns);
        for ((word, &upper), &lower) in words.iter_mut().zip(upper).zip(lower) {
            *word = pair(upper, lower);
        }
    }
}

impl Element for bf16 {
    type Weights = PairedWeights;

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

    fn pack(weights: &[f32], inputs: usize, outputs: usize, lies: Lies) -> PairedWeights {
        assert_eq!(weights.len(), inputs * outputs, "a whole matrix");
        let (depth, columns) = (padded(inputs), padded(outputs));
        let mut words = vec![0; depth / 2 * columns];
        let place = |input: usize, output: usize| (output / 16 * depth / 2 + input / 2) * 16 + output % 16;
        match lies {
            Lies::OutputMajor => {
                for (output, row) in weights.chunks_exact(inputs).enumerate() {
                    let mut two = row.chunks_exact(2);
                    let mut to = words[place(0, output)..].iter_mut().step_by(16);
                    for (two, word) in (&mut two).zip(&mut to) {
                        *word = pair(bf16::from_f32(two[0]), bf16::from_f32(two[1]));
                    }
                    if let ([last], Some(word)) = (two.remainder(), to.next()) {
                        *word = pair(bf16::from_f32(*last), bf16::ZERO);
                    }
                }
            }
            Lies::InputMajor => {
                for (input, row) in weights.chunks_exact(outputs).enumerate() {
                    let shift = input % 2 * 16;
                    for (tile, row) in row.chunks(16).enumerate() {
                        for (word, &weight) in words[place(input, 16 * tile)..].iter_mut().zip(row) {
                            *word |= u32::from(bf16::from_f32(weight).to_bits()) << shift;
                        }
                    }
                }
            }
        }
        PairedWeights { words, depth, columns }
    }

    fn multiply(panel: &[bf16], rows: usize, weights: &PairedWeights, out: &mut [f32]) {
        let &PairedWeights { ref words, depth, columns } = weights;
        tiles::product(
            Unit::all()[0],
            [rows, columns, depth],
            Left { values: cast_slice(panel), stride: depth },
            Right { words, pair: 16, tile: depth / 2 * 16 },
            Sums { values: out, stride: columns, add: false },
        );
    }

    fn add_outer(left: &[bf16], right: &[bf16], rows: usize, columns: [usize; 2], sums: &mut [f32]) {
        let (left, right) = (&left[..rows * columns[0]], &right[..rows * columns[1]]);
        let mut words = Buffer::<u32>::new(rows / 2 * columns[1]);
        in_pairs(right, columns[1], &mut words);
        let mut turned = Buffer::<u32>::new(columns[0] * rows / 2);
        for (at, two) in left.chunks_exact(2 * columns[0]).enumerate() {
            let (upper, lower) = two.split_at(columns[0]);
            let to = turned[at..].iter_mut().step_by(rows / 2);
            for ((word, &upper), &lower) in to.zip(upper).zip(lower) {
                *word = pair(upper, lower);
            }
        }
        tiles::product(
            Unit::all()[0],
            [columns[0], columns[1], rows],
            Left { values: cast_slice(&turned), stride: rows },
            Right { words: &words, pair: columns[1], tile: 16 },
            Sums { values: sums, stride: columns[1], add: true },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, of which all sums are exact.
    fn numbers(length: usize, seed: usize) -> Vec<f32> {
        (0..length).map(|at| ((at * 7919 + seed * 104_729) % 13) as f32 - 6.0).collect()
    }

    /// A panel, its rows beyond the last one zero.
    fn panel<E: Element>(values: &[f32], columns: usize, rows: usize) -> Vec<E> {
        let mut panel = vec![E::zeroed(); rows * padded(columns)];
        crate::kernels::passes::fill(values, columns, &mut panel);
        panel
    }

    fn multiplies_and_adds<E: Element>() {
        for (rows, inputs, outputs) in [(32, 27, 19), (7, 64, 5), (45, 1, 33)] {
            let (left, right) = (numbers(rows * inputs, 1), numbers(inputs * outputs, 2));
            let product = |row: usize, output: usize| -> f32 {
                (0..inputs).map(|at| left[row * inputs + at] * right[at * outputs + output]).sum()
            };
            let turned: Vec<f32> =
                (0..inputs * outputs).map(|at| right[at % inputs * outputs + at / inputs]).collect();
            let panel = panel::<E>(&left, inputs, padded(rows));
            for (weights, lies) in [(&right, Lies::InputMajor), (&turned, Lies::OutputMajor)] {
                let weights = E::pack(weights, inputs, outputs, lies);
                let mut out = vec![f32::NAN; padded(rows) * padded(outputs)];
                E::multiply(&panel, padded(rows), &weights, &mut out);
                for (row, out) in out.chunks_exact(padded(outputs)).enumerate().take(rows) {
                    let expected =
                        (0..padded(outputs)).map(|at| if at < outputs { product(row, at) } else { 0.0 });
                    assert!(
                        out.iter().copied().eq(expected),
                        "row {row} of {rows} x {inputs} x {outputs}, {lies:?}"
                    );
                }
            }
        }
        for (rows, left, right) in [(45, 5, 70), (64, 33, 3)] {
            let (a, b) = (numbers(rows * left, 3), numbers(rows * right, 4));
            let panels = [panel::<E>(&a, left, padded(rows)), panel::<E>(&b, right, padded(rows))];
            let mut sums = vec![2.0; padded(left) * padded(right)];
            E::add_outer(&panels[0], &panels[1], padded(rows), [padded(left), padded(right)], &mut sums);
            for (at, &sum) in sums.iter().enumerate() {
                let (i, j) = (at / padded(right), at % padded(right));
                let expected: f32 = match i < left && j < right {
                    true => (0..rows).map(|row| a[row * left + i] * b[row * right + j]).sum(),
                    false => 0.0,
                };
                assert_eq!(sum, 2.0 + expected, "{i}, {j}");
            }
        }
    }

    #[test]
    fn products_in_f32_are_those_of_the_definition_for_any_sizes() {
        multiplies_and_adds::<f32>();
    }

    #[test]
    fn products_in_bf16_are_those_of_the_definition_for_any_sizes() {
        multiplies_and_adds::<bf16>();
    }

    #[test]
    fn bf16_rounds_to_the_nearest_and_to_even_as_the_half_crate_does() {
        let values: Vec<f32> = (0..4096u32)
            .map(|at| f32::from_bits(0x3f80_0000 + at * 0x1333))
            .chain(
                [0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0, 0x8000_0000, 0x7f80_0000, 0xff80_0000]
                    .map(f32::from_bits),
            )
            .chain([-1.5, 3.0e38, -1e-40])
            .collect();
        let stored = panel::<bf16>(&values, values.len(), 1);
        assert!(values.iter().zip(stored).all(|(&value, stored)| bf16::from_f32(value) == stored));
    }
}
