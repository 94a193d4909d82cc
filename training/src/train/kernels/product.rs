//! Products of matrices, of either kind of number: by [`gemm`] in f32, by the processor's own units in bf16.

use bytemuck::cast_slice;
use gemm::Parallelism;
use half::bf16;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::element::Element;
use crate::train::kernels::passes::{self, vectorized};
use crate::train::kernels::tiles::{self, Left, Right, Sums, Unit, padded};

/// Which way a matrix of weights lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Row after row, `[inputs, outputs]`.
    InputMajor,
    /// Column after column, `[outputs, inputs]`.
    OutputMajor,
}

/// A kind of number whose matrices can be multiplied.
///
/// Panels are matrices of it, row after row, whose columns are padded with zeros to whole tiles.
pub trait Product: Element {
    /// A matrix of weights as the products read it.
    type Weights: Send + Sync;

    /// Lays out weights for [`Self::multiply`].
    fn pack(weights: &[f32], inputs: usize, outputs: usize, lies: Lies) -> Self::Weights;

    /// A panel of `rows` times weights: `[rows, padded(outputs)]`. Rows are whole tiles, those beyond the last one hold anything.
    fn multiply(panel: &[Self], rows: usize, weights: &Self::Weights, out: &mut [f32]);

    /// The transposed panel `left`, `[rows, columns[0]]`, times the panel `right`, `[rows, columns[1]]`, in the place of what `sums` hold
    /// or added to it. Rows are whole tiles, those beyond the last one hold zeros.
    fn outer(left: &[Self], right: &[Self], rows: usize, columns: [usize; 2], sums: &mut [f32], add: bool);
}

/// Weights for [`gemm`], which packs them itself.
pub struct PlainWeights {
    values: Vec<f32>,
    inputs: usize,
    outputs: usize,
    lies: Lies,
}

impl Product for f32 {
    type Weights = PlainWeights;

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

    fn outer(left: &[f32], right: &[f32], rows: usize, columns: [usize; 2], sums: &mut [f32], add: bool) {
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
                add,
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
    words: Buffer<u32>,
    depth: usize,
    columns: usize,
}

/// Two values in a word, the first in the lower half.
#[inline(always)]
fn pair(low: u16, high: u16) -> u32 {
    u32::from(low) | u32::from(high) << 16
}

vectorized! {
    /// Rows of bf16 two by two, as words: `[rows / 2, columns]`.
    fn in_pairs(simd, panel: &'a [bf16], columns: usize, words: &'a mut [u32]) {
        let _ = simd;
        for (two, words) in cast_slice(panel).chunks_exact(2 * columns).zip(words.chunks_exact_mut(columns)) {
            let (upper, lower) = two.split_at(columns);
            for ((word, &upper), &lower) in words.iter_mut().zip(upper).zip(lower) {
                *word = pair(upper, lower);
            }
        }
    }
}

vectorized! {
    /// [`in_pairs`] transposed: `[columns, rows / 2]`.
    fn in_pairs_turned(simd, panel: &'a [bf16], columns: usize, words: &'a mut [u32]) {
        let _ = simd;
        let pairs = panel.len() / columns / 2;
        for (at, two) in cast_slice(panel).chunks_exact(2 * columns).enumerate() {
            let (upper, lower) = two.split_at(columns);
            for ((word, &upper), &lower) in words[at..].iter_mut().step_by(pairs).zip(upper).zip(lower) {
                *word = pair(upper, lower);
            }
        }
    }
}

impl Product for bf16 {
    type Weights = PairedWeights;

    fn pack(weights: &[f32], inputs: usize, outputs: usize, lies: Lies) -> PairedWeights {
        assert_eq!(weights.len(), inputs * outputs, "a whole matrix");
        let (depth, columns) = (padded(inputs), padded(outputs));
        let mut words = Buffer::<u32>::new(depth / 2 * columns);
        let tiles = words.par_chunks_exact_mut(depth / 2 * 16).enumerate();
        match lies {
            Lies::OutputMajor => tiles.for_each(|(tile, words)| {
                let rows =
                    &weights[(tile * 16).min(outputs) * inputs..(tile * 16 + 16).min(outputs) * inputs];
                let mut panel = Buffer::<Self>::zeros(16 * depth);
                passes::fill(rows, inputs, &mut panel);
                for (output, row) in cast_slice::<_, u32>(&panel).chunks_exact(depth / 2).enumerate() {
                    words[output..].iter_mut().step_by(16).zip(row).for_each(|(word, &two)| *word = two);
                }
            }),
            Lies::InputMajor => tiles.for_each(|(tile, words)| {
                let columns = tile * 16..(tile * 16 + 16).min(outputs);
                let mut part = Buffer::<f32>::zeros(depth * 16);
                let mut panel = Buffer::<Self>::new(depth * 16);
                if columns.start < outputs {
                    for (part, row) in part.chunks_exact_mut(16).zip(weights.chunks_exact(outputs)) {
                        part[..columns.len()].copy_from_slice(&row[columns.clone()]);
                    }
                }
                passes::round(&part, &mut panel);
                in_pairs::<Self>(&panel, 16, words);
            }),
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

    fn outer(left: &[bf16], right: &[bf16], rows: usize, columns: [usize; 2], sums: &mut [f32], add: bool) {
        let (left, right) = (&left[..rows * columns[0]], &right[..rows * columns[1]]);
        let mut words = Buffer::<u32>::new(rows / 2 * columns[1]);
        in_pairs::<Self>(right, columns[1], &mut words);
        let mut turned = Buffer::<u32>::new(columns[0] * rows / 2);
        in_pairs_turned::<Self>(left, columns[0], &mut turned);
        tiles::product(
            Unit::all()[0],
            [columns[0], columns[1], rows],
            Left { values: cast_slice(&turned), stride: rows },
            Right { words: &words, pair: columns[1], tile: 16 },
            Sums { values: sums, stride: columns[1], add },
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
        passes::fill(values, columns, &mut panel);
        panel
    }

    fn multiplies_and_adds<E: Product>() {
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
        for (rows, left, right, add) in [(45, 5, 70, true), (64, 33, 3, false)] {
            let (a, b) = (numbers(rows * left, 3), numbers(rows * right, 4));
            let panels = [panel::<E>(&a, left, padded(rows)), panel::<E>(&b, right, padded(rows))];
            let mut sums = vec![2.0; padded(left) * padded(right)];
            let columns = [padded(left), padded(right)];
            E::outer(&panels[0], &panels[1], padded(rows), columns, &mut sums, add);
            for (at, &sum) in sums.iter().enumerate() {
                let (i, j) = (at / padded(right), at % padded(right));
                let expected: f32 = match i < left && j < right {
                    true => (0..rows).map(|row| a[row * left + i] * b[row * right + j]).sum(),
                    false => 0.0,
                };
                assert_eq!(sum, expected + if add { 2.0 } else { 0.0 }, "{i}, {j}");
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
