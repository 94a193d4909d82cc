//! Batch normalisation and the activation after it in one pass, forwards and backwards.
//!
//! Ioffe & Szegedy 2015, algorithm 1 and the gradients of section 3.

use burn::backend::flex::FlexTensor;
use multiversion::multiversion;
use rayon::prelude::*;

use super::{Flex, Geometry, Kernels, depthwise, float};

/// Same variance offset as the network's layers.
const EPSILON: f32 = 1e-3;

/// What the activation lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Smaller values become this.
    pub low: f32,
    /// Larger values become this.
    pub high: f32,
}

impl Range {
    /// No activation.
    pub const LINEAR: Self = Self { low: f32::NEG_INFINITY, high: f32::INFINITY };
}

/// Rows of channels that one task works on.
fn rows_per_task(rows: usize) -> usize {
    // A fixed number of tasks, so that sums do not depend on how many threads there are.
    rows.div_ceil(32).max(1)
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn sums(x: &[f32], channels: usize) -> Vec<f32> {
    let mut sums = vec![0.0f32; 2 * channels];
    let (sum, squares) = sums.split_at_mut(channels);
    for row in x.chunks_exact(channels) {
        for ((sum, square), &x) in sum.iter_mut().zip(squares.iter_mut()).zip(row) {
            *sum += x;
            *square += x * x;
        }
    }
    sums
}

/// Mean and variance of each channel, `[2, channels]`.
fn moments(x: FlexTensor) -> FlexTensor {
    let channels = *x.layout().shape().as_slice().last().unwrap_or(&1);
    let x = x.to_contiguous();
    let x = float::values(&x);
    let rows = x.len() / channels;
    // Short runs in f32, their totals in f64: the difference of squares below stays exact enough.
    const RUN: usize = 256;
    let shares = x.par_chunks(rows_per_task(rows) * channels).map(|x| {
        let mut totals = vec![0.0f64; 2 * channels];
        for run in x.chunks(RUN * channels) {
            totals.iter_mut().zip(sums(run, channels)).for_each(|(total, sum)| *total += f64::from(sum));
        }
        totals
    });
    let shares: Vec<Vec<f64>> = shares.collect();
    let mut totals = vec![0.0f64; 2 * channels];
    for share in shares {
        totals.iter_mut().zip(share).for_each(|(total, share)| *total += share);
    }
    let (sum, squares) = totals.split_at(channels);
    let mean = sum.iter().map(|sum| sum / rows as f64);
    let variance =
        squares.iter().zip(mean.clone()).map(|(square, mean)| (square / rows as f64 - mean * mean).max(0.0));
    let values = mean.clone().chain(variance).map(|value| value as f32).collect();
    float::tensor(values, [2, channels])
}

/// The two factors that turn normalisation into one multiplication and one addition.
fn factors(moments: &[f32], scale: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let (mean, variance) = moments.split_at(moments.len() / 2);
    let (gain, offset) = scale.split_at(scale.len() / 2);
    let slope: Vec<f32> = variance.iter().zip(gain).map(|(v, gain)| gain / (v + EPSILON).sqrt()).collect();
    let shift =
        offset.iter().zip(mean).zip(&slope).map(|((offset, mean), slope)| offset - mean * slope).collect();
    (slope, shift)
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn forward_rows(x: &[f32], out: &mut [f32], slope: &[f32], shift: &[f32], range: Range) {
    for (x, out) in x.chunks_exact(slope.len()).zip(out.chunks_exact_mut(slope.len())) {
        for (((out, &x), &slope), &shift) in out.iter_mut().zip(x).zip(slope).zip(shift) {
            *out = (x * slope + shift).max(range.low).min(range.high);
        }
    }
}

/// Per channel, the sums of the gradient and of the gradient times the input.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn gradient_sums(x: &[f32], grad: &[f32], slope: &[f32], shift: &[f32], range: Range) -> Vec<f32> {
    let channels = slope.len();
    let mut sums = vec![0.0f32; 2 * channels];
    let (plain, weighted) = sums.split_at_mut(channels);
    for (x, grad) in x.chunks_exact(channels).zip(grad.chunks_exact(channels)) {
        for channel in 0..channels {
            let y = x[channel] * slope[channel] + shift[channel];
            let passed = if y > range.low && y < range.high { grad[channel] } else { 0.0 };
            plain[channel] += passed;
            weighted[channel] += passed * x[channel];
        }
    }
    sums
}

/// What [`backward_rows`] needs to know of each channel.
struct Channels<'a> {
    slope: &'a [f32],
    shift: &'a [f32],
    /// dx = slope * gradient - along * x - offset
    along: &'a [f32],
    offset: &'a [f32],
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn backward_rows(x: &[f32], grad: &[f32], dx: &mut [f32], of: &Channels, range: Range) {
    let channels = of.slope.len();
    let (slope, shift) = (&of.slope[..channels], &of.shift[..channels]);
    let (along, offset) = (&of.along[..channels], &of.offset[..channels]);
    let rows = x.chunks_exact(channels).zip(grad.chunks_exact(channels)).zip(dx.chunks_exact_mut(channels));
    for ((x, grad), dx) in rows {
        for channel in 0..channels {
            let y = x[channel] * slope[channel] + shift[channel];
            let passed = if y > range.low && y < range.high { grad[channel] } else { 0.0 };
            dx[channel] = slope[channel] * passed - along[channel] * x[channel] - offset[channel];
        }
    }
}

pub(super) fn backward(
    x: FlexTensor,
    moments: FlexTensor,
    scale: FlexTensor,
    grad: FlexTensor,
    range: Range,
) -> (FlexTensor, FlexTensor) {
    let shape = x.layout().shape().clone();
    let (x, grad) = (x.to_contiguous(), grad.to_contiguous());
    let (moments, scale) = (moments.to_contiguous(), scale.to_contiguous());
    let (x, grad, moments) = (float::values(&x), float::values(&grad), float::values(&moments));
    let (slope, shift) = factors(moments, float::values(&scale));
    let channels = slope.len();
    let rows = x.len() / channels;
    let task = rows_per_task(rows) * channels;

    let shares = x
        .par_chunks(task)
        .zip(grad.par_chunks(task))
        .map(|(x, grad)| gradient_sums(x, grad, &slope, &shift, range));
    let sums = float::total(shares, 2 * channels);
    let (plain, weighted) = sums.split_at(channels);

    let mut dscale = vec![0.0; 2 * channels];
    let (mut along, mut offset) = (vec![0.0; channels], vec![0.0; channels]);
    for channel in 0..channels {
        let (mean, inverse) = (moments[channel], (moments[channels + channel] + EPSILON).sqrt().recip());
        let dgain = (weighted[channel] - mean * plain[channel]) * inverse;
        dscale[channel] = dgain;
        dscale[channels + channel] = plain[channel];
        along[channel] = slope[channel] * dgain * inverse / rows as f32;
        offset[channel] = slope[channel] * plain[channel] / rows as f32 - along[channel] * mean;
    }

    let mut dx = vec![0.0; x.len()];
    let of = Channels { slope: &slope, shift: &shift, along: &along, offset: &offset };
    dx.par_chunks_mut(task)
        .zip(x.par_chunks(task).zip(grad.par_chunks(task)))
        .for_each(|(dx, (x, grad))| backward_rows(x, grad, dx, &of, range));
    let dx = FlexTensor::from_data(burn::tensor::TensorData::new(dx, shape));
    (dx, float::tensor(dscale, [2, channels]))
}

impl Kernels for Flex {
    fn depthwise(x: FlexTensor, weight: FlexTensor, geometry: Geometry) -> FlexTensor {
        depthwise::forward(x, weight, geometry)
    }

    fn moments(x: FlexTensor) -> FlexTensor {
        moments(x)
    }

    fn normalise(x: FlexTensor, moments: FlexTensor, scale: FlexTensor, range: Range) -> FlexTensor {
        let shape = x.layout().shape().clone();
        let (x, moments, scale) = (x.to_contiguous(), moments.to_contiguous(), scale.to_contiguous());
        let x = float::values(&x);
        let (slope, shift) = factors(float::values(&moments), float::values(&scale));
        let task = rows_per_task(x.len() / slope.len()) * slope.len();
        let mut out = vec![0.0; x.len()];
        out.par_chunks_mut(task)
            .zip(x.par_chunks(task))
            .for_each(|(out, x)| forward_rows(x, out, &slope, &shift, range));
        FlexTensor::from_data(burn::tensor::TensorData::new(out, shape))
    }
}
