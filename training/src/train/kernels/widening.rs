//! The first product of a block, and the only one of the head, forwards and backwards.

use rayon::prelude::*;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::element::Element;
use crate::train::kernels::geometry::Geometry;
use crate::train::kernels::layer::{Kept, Layer, LayerGradients};
use crate::train::kernels::norm::{Moments, Norm, Range};
use crate::train::kernels::passes::{self, stored};
use crate::train::kernels::product::{Lies, Product};
use crate::train::kernels::tasks::{Scratch, chunk_rows, task_rows, total, unpadded};
use crate::train::kernels::tiles::padded;

/// Where the wide values of a block come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A 1x1 convolution of channels-last rows of this many channels.
    Pixels(usize),
    /// A square convolution of channels-first pictures: the stem.
    Patches {
        /// Channels.
        channels: usize,
        /// Where the kernel meets the picture.
        geometry: Geometry,
    },
}

impl Source {
    /// Inputs of one output.
    pub fn inputs(self) -> usize {
        match self {
            Self::Pixels(channels) => channels,
            Self::Patches { channels, geometry } => channels * geometry.kernel * geometry.kernel,
        }
    }
}

/// The first product and what follows it, in a block or in the head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Widening {
    /// Pictures.
    pub batch: usize,
    /// What is multiplied.
    pub source: Source,
    /// Rows of the product in each picture.
    pub rows: usize,
    /// Channels that come out.
    pub wide: usize,
    /// The activation after it.
    pub range: Range,
}

impl Widening {
    /// The rows from `first` on that fit into the panel, those beyond the last one as zeros.
    fn fill<E: Element>(&self, x: &[f32], first: usize, count: usize, panel: &mut [E]) {
        let stride = padded(self.source.inputs());
        let (used, rest) = panel.split_at_mut(count * stride);
        rest.fill(E::zeroed());
        match self.source {
            Source::Pixels(channels) => {
                passes::fill(&x[first * channels..][..count * channels], channels, used)
            }
            Source::Patches { channels, geometry } => {
                let inputs = self.source.inputs();
                let mut patches = Buffer::<f32>::new(count * inputs);
                self.patches(x, first, channels, geometry, &mut patches);
                passes::fill(&patches, inputs, used);
            }
        }
    }

    fn patches(&self, x: &[f32], first: usize, channels: usize, geometry: Geometry, to: &mut [f32]) {
        let Geometry { input: [height, width], kernel, stride } = geometry;
        let [_, out_width] = geometry.output();
        let (top, left) = (geometry.before(0), geometry.before(1));
        for (row, patch) in (first..).zip(to.chunks_exact_mut(channels * kernel * kernel)) {
            let (picture, at) = (row / self.rows, row % self.rows);
            let (oy, ox) = (at / out_width * stride, at % out_width * stride);
            for (line, values) in patch.chunks_exact_mut(kernel).enumerate() {
                let (channel, ky) = (line / kernel, line % kernel);
                let Some(y) = (oy + ky).checked_sub(top).filter(|&y| y < height) else {
                    values.fill(0.0);
                    continue;
                };
                let from = &x[((picture * channels + channel) * height + y) * width..][..width];
                match ox.checked_sub(left).and_then(|x| from.get(x..x + kernel)) {
                    Some(inside) => values.copy_from_slice(inside),
                    None => {
                        for (kx, value) in values.iter_mut().enumerate() {
                            let x = (ox + kx).checked_sub(left);
                            *value = x.and_then(|x| from.get(x)).copied().unwrap_or(0.0);
                        }
                    }
                }
            }
        }
    }

    /// The product of `x` and how it is normalised; also its moments.
    pub fn forward<E: Product>(&self, x: &[f32], layer: Layer) -> (Kept<E>, Moments) {
        let (inputs, stride) = (self.source.inputs(), stored(self.wide));
        let weights = E::pack(layer.weights, inputs, self.wide, Lies::OutputMajor);
        let rows = self.batch * self.rows;
        let mut values = Buffer::<E>::new(rows * stride);
        let chunk = chunk_rows(self.wide);
        let task = task_rows(rows, chunk, 2 * stride);
        let sums = values.par_chunks_mut(task * stride).enumerate().map(|(number, out)| {
            let mut scratch = Scratch::<E>::new(chunk, inputs, self.wide);
            let mut totals = vec![0.0; 2 * stride];
            for (at, out) in out.chunks_mut(chunk * stride).enumerate() {
                let (count, first) = (out.len() / stride, number * task + at * chunk);
                self.fill(x, first, count, &mut scratch.narrow);
                E::multiply(&scratch.narrow, chunk, &weights, &mut scratch.product);
                let sums = &mut scratch.sums[..2 * stride];
                sums.fill(0.0);
                passes::keep(&scratch.product[..count * padded(self.wide)], out, stride, sums);
                passes::add_to_totals(sums, &mut totals);
            }
            totals
        });
        let moments = Moments::of(&total(sums), self.wide, rows);
        let norm = Norm::new(layer.moments.unwrap_or(&moments), layer.gain, layer.offset);
        (Kept { values, norm }, moments)
    }

    /// From `grad`, the gradient for the normalised product as far as it passes the activation, and its two sums.
    pub fn backward<E: Product>(
        &self,
        x: &[f32],
        layer: Layer,
        kept: &Kept<E>,
        grad: &[E],
        sums: &[f64],
        shortcut: Option<&[f32]>,
    ) -> (Option<Vec<f32>>, LayerGradients) {
        let (inputs, stride) = (self.source.inputs(), stored(self.wide));
        let rows = self.batch * self.rows;
        let pull = kept.norm.pull(sums, rows);
        // The product's weights turned round: what comes out is what went in.
        let weights = match self.source {
            Source::Pixels(channels) => Some(E::pack(layer.weights, self.wide, channels, Lies::InputMajor)),
            Source::Patches { .. } => None,
        };
        let chunk = chunk_rows(self.wide);
        let length = padded(inputs) * padded(self.wide);
        let task = task_rows(rows, chunk, length);
        let mut dx = weights.as_ref().map(|_| vec![0.0; rows * inputs]);
        let work = |number: usize, mut dx: Option<&mut [f32]>| {
            let mut scratch = Scratch::<E>::new(chunk, inputs, self.wide);
            let mut dweights = Buffer::<f32>::new(length);
            let rows = number * task..(number * task + task).min(rows);
            for first in rows.clone().step_by(chunk) {
                let count = chunk.min(rows.end - first);
                let part = first * stride..(first + count) * stride;
                let (panel, beyond) = scratch.wide.split_at_mut(count * padded(self.wide));
                passes::pull(&grad[part.clone()], &kept.values[part], stride, &pull, panel);
                beyond.fill(E::zeroed());
                self.fill(x, first, count, &mut scratch.narrow);
                let columns = [padded(inputs), padded(self.wide)];
                E::outer(&scratch.narrow, &scratch.wide, chunk, columns, &mut dweights, first > rows.start);
                if let (Some(weights), Some(dx)) = (&weights, dx.as_deref_mut()) {
                    E::multiply(&scratch.wide, chunk, weights, &mut scratch.product);
                    let shortcut = shortcut.map(|grad| &grad[first * inputs..][..count * inputs]);
                    let dx = &mut dx[(first - rows.start) * inputs..][..count * inputs];
                    passes::unpad::<E>(&scratch.product, inputs, shortcut, dx);
                }
            }
            dweights
        };
        let parts: Vec<Buffer<f32>> = match &mut dx {
            Some(dx) => dx
                .par_chunks_mut(task * inputs)
                .enumerate()
                .map(|(number, dx)| work(number, Some(dx)))
                .collect(),
            None => (0..rows.div_ceil(task)).into_par_iter().map(|number| work(number, None)).collect(),
        };
        let weights = transposed(&unpadded(&parts, [inputs, self.wide]), self.wide);
        (dx, LayerGradients { weights, gain: pull.dgain, offset: pull.doffset })
    }
}

/// `[rows, columns]` as `[columns, rows]`, a few rows at a time, so that what is read stays in cache.
fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    const ROWS: usize = 16;
    let rows = matrix.len() / columns;
    let mut out = vec![0.0; matrix.len()];
    for (at, matrix) in matrix.chunks(ROWS * columns).enumerate() {
        for (column, out) in out.chunks_exact_mut(rows).enumerate() {
            let values = matrix[column..].iter().step_by(columns);
            out[at * ROWS..].iter_mut().zip(values).for_each(|(out, &value)| *out = value);
        }
    }
    out
}
