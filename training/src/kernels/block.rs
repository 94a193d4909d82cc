//! An inverted residual block, forwards and backwards: each wide value is written once and read once on the way forwards, read twice
//! on the way back, and its gradient written and read once.
//!
//! A pass works on a chunk of rows (pixels) that stays in cache: it normalises and activates what the pass before kept, multiplies, and
//! adds up the sums for the next normalisation as it stores. Chunks are grouped into tasks in a way that depends on sizes alone, and
//! sums are added in the order of tasks, so that a repeated run gives the same numbers whatever the number of threads.

use rayon::prelude::*;

use super::buffer::Buffer;
use super::depthwise::{self, Geometry};
use super::element::{Element, Lies, padded};
use super::norm::{Moments, Norm, Pull, Range};
use super::passes::{self, stored};

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
    fn inputs(self) -> usize {
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

/// The shape of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// The first product.
    pub widening: Widening,
    /// The depthwise convolution after it.
    pub geometry: Geometry,
    /// Channels that come out.
    pub output: usize,
    /// Whether the input is added to the output.
    pub shortcut: bool,
}

/// A product's weights and its normalisation's.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// `[outputs, inputs]`, or for depthwise filters `[channels, kernel * kernel]`.
    pub weights: &'a [f32],
    /// One a channel.
    pub gain: &'a [f32],
    /// One a channel.
    pub offset: &'a [f32],
    /// Moments to normalise by; those of the batch without.
    pub moments: Option<&'a Moments>,
}

/// Gradients for a [`Layer`].
#[derive(Debug, Default)]
pub struct LayerGradients {
    /// As the weights.
    pub weights: Vec<f32>,
    /// As the gain.
    pub gain: Vec<f32>,
    /// As the offset.
    pub offset: Vec<f32>,
}

/// What a product gave and how it is normalised.
#[derive(Debug)]
struct Kept<E> {
    values: Buffer<E>,
    norm: Norm,
}

/// What [`backward`] needs of [`forward`].
#[derive(Debug)]
pub struct Block<E> {
    wide: Kept<E>,
    filtered: Kept<E>,
    end: Kept<f32>,
}

/// What [`head_backward`] needs of [`head`].
#[derive(Debug)]
pub struct Head<E> {
    wide: Kept<E>,
}

/// Rows of a chunk: all that a pass touches of them fits into the second-level cache, together with the weights.
fn chunk_rows(wide: usize) -> usize {
    if wide <= 512 { 128 } else { 64 }
}

/// Tasks of a pass that keeps sums of `length` numbers for each of them.
fn task_rows(rows: usize, chunk: usize, length: usize) -> usize {
    const MOST: usize = 32;
    const MOST_NUMBERS: usize = 1 << 20;
    let tasks = (MOST_NUMBERS / length.max(1)).clamp(4, MOST);
    rows.div_ceil(chunk).div_ceil(tasks) * chunk
}

/// Adds up, number by number, what tasks made apart, in their order.
fn total(parts: impl IndexedParallelIterator<Item = Vec<f64>>) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = parts.collect();
    parts.into_iter().reduce(add).unwrap_or_default()
}

fn add<T: std::ops::AddAssign>(mut total: Vec<T>, part: Vec<T>) -> Vec<T> {
    total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
    total
}

/// Scratch of one task for chunks of `rows` rows.
struct Scratch<E> {
    narrow: Buffer<E>,
    wide: Buffer<E>,
    product: Buffer<f32>,
    sums: Buffer<f32>,
}

impl<E: Element> Scratch<E> {
    fn new(rows: usize, narrow: usize, wide: usize) -> Self {
        Self {
            narrow: Buffer::new(rows * padded(narrow)),
            wide: Buffer::new(rows * padded(wide)),
            product: Buffer::new(rows * padded(wide.max(narrow))),
            sums: Buffer::new(2 * stored(wide.max(narrow))),
        }
    }
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

    fn forward<E: Element>(&self, x: &[f32], layer: Layer) -> (Kept<E>, Moments) {
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
    fn backward<E: Element>(
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

/// The sum of what tasks made apart, `[padded(rows), padded(columns)]` each, as `[rows, columns]`.
fn unpadded(parts: &[Buffer<f32>], [rows, columns]: [usize; 2]) -> Vec<f32> {
    let mut whole = vec![0.0; rows * columns];
    whole.par_chunks_mut(columns).enumerate().for_each(|(row, whole)| {
        for part in parts {
            let part = &part[row * padded(columns)..][..columns];
            whole.iter_mut().zip(part).for_each(|(whole, &part)| *whole += part);
        }
    });
    whole
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

/// `[channels, taps]` as `[taps, stored(channels)]`.
fn turned(weights: &[f32], channels: usize) -> Vec<f32> {
    let (taps, stride) = (weights.len() / channels, stored(channels));
    let mut turned = vec![0.0; taps * stride];
    for (channel, weights) in weights.chunks_exact(taps).enumerate() {
        for (tap, &weight) in weights.iter().enumerate() {
            turned[tap * stride + channel] = weight;
        }
    }
    turned
}

impl Shape {
    fn out_rows(&self) -> usize {
        self.geometry.output().iter().product()
    }

    fn filter<E: Element>(&self, wide: &Kept<E>, layer: Layer) -> (Kept<E>, Moments) {
        let Widening { batch, rows, wide: channels, range, .. } = self.widening;
        let stride = stored(channels);
        let weights = turned(layer.weights, channels);
        let mut values = Buffer::<E>::new(batch * self.out_rows() * stride);
        let pictures =
            values.par_chunks_mut(self.out_rows() * stride).zip(wide.values.par_chunks(rows * stride));
        let sums = pictures.map(|(out, x)| {
            let mut totals = vec![0.0; 2 * stride];
            depthwise::forward(x, &wide.norm, range, &weights, stride, self.geometry, out, &mut totals);
            totals
        });
        let moments = Moments::of(&total(sums), channels, batch * self.out_rows());
        let norm = Norm::new(layer.moments.unwrap_or(&moments), layer.gain, layer.offset);
        (Kept { values, norm }, moments)
    }

    fn project<E: Element>(&self, filtered: &Kept<E>, layer: Layer) -> (Kept<f32>, Moments) {
        let Widening { batch, wide, range, .. } = self.widening;
        let (stride, end) = (stored(wide), stored(self.output));
        let weights = E::pack(layer.weights, wide, self.output, Lies::OutputMajor);
        let rows = batch * self.out_rows();
        let mut values = Buffer::<f32>::new(rows * end);
        let chunk = chunk_rows(wide);
        let task = task_rows(rows, chunk, 2 * end);
        let tasks = values.par_chunks_mut(task * end).zip(filtered.values.par_chunks(task * stride));
        let sums = tasks.map(|(out, kept)| {
            let mut scratch = Scratch::<E>::new(chunk, self.output, wide);
            let mut totals = vec![0.0; 2 * end];
            for (out, kept) in out.chunks_mut(chunk * end).zip(kept.chunks(chunk * stride)) {
                let count = kept.len() / stride;
                passes::activate(kept, stride, &filtered.norm, range, &mut scratch.wide);
                E::multiply(&scratch.wide, chunk, &weights, &mut scratch.product);
                let sums = &mut scratch.sums[..2 * end];
                sums.fill(0.0);
                passes::keep(&scratch.product[..count * padded(self.output)], out, end, sums);
                passes::add_to_totals(sums, &mut totals);
            }
            totals
        });
        let moments = Moments::of(&total(sums), self.output, rows);
        let norm = Norm::new(layer.moments.unwrap_or(&moments), layer.gain, layer.offset);
        (Kept { values, norm }, moments)
    }

    /// From the gradient of the block's output: for what the activated filters gave, as far as it passes the activation, with its sums.
    fn project_backward<E: Element>(
        &self,
        kept: &Block<E>,
        layer: Layer,
        grad: &[f32],
    ) -> (Buffer<E>, Vec<f64>, LayerGradients) {
        let Widening { batch, wide, range, .. } = self.widening;
        let (stride, end) = (stored(wide), stored(self.output));
        let rows = batch * self.out_rows();
        let chunk = chunk_rows(wide);
        let task = task_rows(rows, chunk, 2 * end);
        let tasks = grad.par_chunks(task * self.output).zip(kept.end.values.par_chunks(task * end));
        let sums = tasks.map(|(grad, values)| {
            let mut totals = vec![0.0; 2 * end];
            let mut sums = Buffer::<f32>::new(2 * end);
            for (grad, values) in grad.chunks(chunk * self.output).zip(values.chunks(chunk * end)) {
                sums.fill(0.0);
                passes::end_sums::<E>(grad, values, self.output, &mut sums);
                passes::add_to_totals(&sums, &mut totals);
            }
            totals
        });
        let pull = kept.end.norm.pull(&total(sums), rows);

        let weights = E::pack(layer.weights, self.output, wide, Lies::InputMajor);
        let length = padded(self.output) * padded(wide);
        let task = task_rows(rows, chunk, length);
        let mut out = Buffer::<E>::new(rows * stride);
        let tasks = out.par_chunks_mut(task * stride).enumerate().map(|(number, out)| {
            let mut scratch = Scratch::<E>::new(chunk, self.output, wide);
            let mut totals = vec![0.0; 2 * stride];
            let mut dweights = Buffer::<f32>::new(length);
            for (at, out) in out.chunks_mut(chunk * stride).enumerate() {
                let (first, count) = (number * task + at * chunk, out.len() / stride);
                let grad = &grad[first * self.output..][..count * self.output];
                let values = &kept.end.values[first * end..][..count * end];
                let (panel, beyond) = scratch.narrow.split_at_mut(count * padded(self.output));
                passes::end_pull(grad, values, self.output, &pull, panel);
                beyond.fill(E::zeroed());
                E::multiply(&scratch.narrow, chunk, &weights, &mut scratch.product);
                let sums = &mut scratch.sums[..2 * stride];
                sums.fill(0.0);
                let (panel, beyond) = scratch.wide.split_at_mut(count * padded(wide));
                passes::back_through(
                    &scratch.product[..count * padded(wide)],
                    &kept.filtered.values[first * stride..][..count * stride],
                    stride,
                    &kept.filtered.norm,
                    range,
                    out,
                    panel,
                    sums,
                );
                beyond.fill(E::zeroed());
                passes::add_to_totals(sums, &mut totals);
                let columns = [padded(self.output), padded(wide)];
                E::outer(&scratch.narrow, &scratch.wide, chunk, columns, &mut dweights, at > 0);
            }
            (totals, dweights)
        });
        let (totals, parts): (Vec<Vec<f64>>, Vec<Buffer<f32>>) =
            tasks.collect::<Vec<_>>().into_iter().unzip();
        let sums = totals.into_iter().reduce(add).unwrap_or_default();
        let weights = unpadded(&parts, [self.output, wide]);
        (out, sums, LayerGradients { weights, gain: pull.dgain, offset: pull.doffset })
    }

    fn filter_backward<E: Element>(
        &self,
        kept: &Block<E>,
        layer: Layer,
        grad: &[E],
        sums: &[f64],
    ) -> (Buffer<E>, Vec<f64>, LayerGradients) {
        let Widening { batch, rows, wide: channels, range, .. } = self.widening;
        let (stride, taps) = (stored(channels), self.geometry.kernel * self.geometry.kernel);
        let pull: Pull = kept.filtered.norm.pull(sums, batch * self.out_rows());
        let weights = turned(layer.weights, channels);
        let mut out = Buffer::<E>::new(batch * rows * stride);
        let out_size = self.out_rows() * stride;
        let pictures = out
            .par_chunks_mut(rows * stride)
            .zip(kept.wide.values.par_chunks(rows * stride))
            .zip(grad.par_chunks(out_size).zip(kept.filtered.values.par_chunks(out_size)));
        let parts = pictures.map(|((out, x), (grad, filtered))| {
            let mut totals = vec![0.0; 2 * stride];
            let mut dweights = vec![0.0; taps * stride];
            depthwise::backward(
                x,
                &kept.wide.norm,
                range,
                &weights,
                stride,
                self.geometry,
                grad,
                filtered,
                &pull,
                out,
                &mut dweights,
                &mut totals,
            );
            (totals, dweights)
        });
        let (totals, parts): (Vec<Vec<f64>>, Vec<Vec<f32>>) = parts.collect::<Vec<_>>().into_iter().unzip();
        let sums = totals.into_iter().reduce(add).unwrap_or_default();
        let total = parts.into_iter().reduce(add).unwrap_or_default();
        let weights = (0..channels).flat_map(|channel| (0..taps).map(move |tap| (channel, tap)));
        let weights = weights.map(|(channel, tap)| total[tap * stride + channel]).collect();
        (out, sums, LayerGradients { weights, gain: pull.dgain, offset: pull.doffset })
    }
}

/// The block's output, channels-last without padding, and the moments of its three products.
pub fn forward<E: Element>(
    shape: &Shape,
    x: &[f32],
    layers: [Layer; 3],
) -> (Vec<f32>, Block<E>, [Moments; 3]) {
    let [expand, depthwise, project] = layers;
    let (wide, of_wide) = shape.widening.forward::<E>(x, expand);
    let (filtered, of_filtered) = shape.filter(&wide, depthwise);
    let (end, of_end) = shape.project(&filtered, project);
    let rows = shape.widening.batch * shape.out_rows();
    let mut out = vec![0.0; rows * shape.output];
    let task = task_rows(rows, chunk_rows(shape.widening.wide), 1);
    out.par_chunks_mut(task * shape.output).enumerate().for_each(|(number, out)| {
        let (first, count) = (number * task, out.len() / shape.output);
        let stride = stored(shape.output);
        let shortcut = shape.shortcut.then(|| &x[first * shape.output..][..out.len()]);
        let kept = &end.values[first * stride..][..count * stride];
        passes::finish::<E>(kept, shape.output, &end.norm, shortcut, out);
    });
    (out, Block { wide, filtered, end }, [of_wide, of_filtered, of_end])
}

/// Gradients for the input, where it is channels-last, and for the layers.
pub fn backward<E: Element>(
    shape: &Shape,
    x: &[f32],
    layers: [Layer; 3],
    kept: &Block<E>,
    grad: &[f32],
) -> (Option<Vec<f32>>, [LayerGradients; 3]) {
    let [expand, depthwise, project] = layers;
    let (filtered, sums, of_project) = shape.project_backward(kept, project, grad);
    let (wide, sums, of_depthwise) = shape.filter_backward(kept, depthwise, &filtered, &sums);
    drop(filtered);
    let shortcut = shape.shortcut.then_some(grad);
    let (dx, of_expand) = shape.widening.backward(x, expand, &kept.wide, &wide, &sums, shortcut);
    (dx, [of_expand, of_depthwise, of_project])
}

/// The last product and the mean of its activated rows, `[batch, wide]`; and the product's moments.
pub fn head<E: Element>(shape: &Widening, x: &[f32], layer: Layer) -> (Vec<f32>, Head<E>, Moments) {
    let (wide, moments) = shape.forward::<E>(x, layer);
    let mut out = vec![0.0; shape.batch * shape.wide];
    let stride = stored(shape.wide);
    let pictures = out.par_chunks_mut(shape.wide).zip(wide.values.par_chunks(shape.rows * stride));
    pictures.for_each(|(out, kept)| passes::pool(kept, stride, &wide.norm, shape.range, out));
    (out, Head { wide }, moments)
}

/// Gradients for the input and the layer of the [`head`].
pub fn head_backward<E: Element>(
    shape: &Widening,
    x: &[f32],
    layer: Layer,
    kept: &Head<E>,
    grad: &[f32],
) -> (Option<Vec<f32>>, LayerGradients) {
    let stride = stored(shape.wide);
    let mut back = Buffer::<E>::new(shape.batch * shape.rows * stride);
    let pictures = back
        .par_chunks_mut(shape.rows * stride)
        .zip(kept.wide.values.par_chunks(shape.rows * stride))
        .zip(grad.par_chunks(shape.wide));
    let sums = total(pictures.map(|((back, values), grad)| {
        let mut sums = Buffer::<f32>::zeros(2 * stride);
        passes::unpool(grad, values, stride, &kept.wide.norm, shape.range, back, &mut sums);
        sums.iter().map(|&sum| f64::from(sum)).collect()
    }));
    shape.backward(x, layer, &kept.wide, &back, &sums, None)
}
