//! An inverted residual block, forwards and backwards: each wide value is written once and read once on the way forwards, read twice
//! on the way back, and its gradient written and read once.
//!
//! A pass normalises and activates what the pass before kept, multiplies, and adds up the sums for the next normalisation as it stores.

use rayon::prelude::*;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::depthwise;
use crate::train::kernels::geometry::Geometry;
use crate::train::kernels::layer::{Kept, Layer, LayerGradients};
use crate::train::kernels::norm::{Moments, Norm, Pull};
use crate::train::kernels::passes::{self, stored};
use crate::train::kernels::product::{Lies, Product};
use crate::train::kernels::tasks::{Scratch, add, chunk_rows, task_rows, total, unpadded};
use crate::train::kernels::tiles::padded;
use crate::train::kernels::widening::Widening;

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

/// What [`backward`] needs of [`forward`].
#[derive(Debug)]
pub struct Block<E> {
    wide: Kept<E>,
    filtered: Kept<E>,
    end: Kept<f32>,
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

    fn filter<E: Product>(&self, wide: &Kept<E>, layer: Layer) -> (Kept<E>, Moments) {
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

    fn project<E: Product>(&self, filtered: &Kept<E>, layer: Layer) -> (Kept<f32>, Moments) {
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
    fn project_backward<E: Product>(
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

    fn filter_backward<E: Product>(
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
pub fn forward<E: Product>(
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
pub fn backward<E: Product>(
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
