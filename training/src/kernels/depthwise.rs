//! The depthwise convolution over channels-last images, forwards and backwards.
//!
//! Channels are the innermost axis, so a fixed run of them is one vector register or two, and the
//! sums over the kernel stay in registers.

use burn::backend::flex::FlexTensor;
use multiversion::multiversion;
use rayon::prelude::*;

use super::{Flex, Geometry, KernelGradients, float};

/// Channels that are summed in registers at a time.
const LANES: usize = 16;

/// For each output position along one axis, the kernel offsets that fall inside the image.
fn taps(position: usize, geometry: &Geometry, axis: usize) -> (std::ops::Range<usize>, usize) {
    let (start, before) = (position * geometry.stride, geometry.before(axis));
    let first = before.saturating_sub(start);
    let last = geometry.kernel.min(geometry.input[axis] + before - start);
    // Input position of kernel offset `first`.
    (first..last, start + first - before)
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn forward_image(x: &[f32], weight: &[f32], out: &mut [f32], g: &Geometry) {
    let (c, [_, width], [_, out_width]) = (g.channels, g.input, g.output());
    for (oy, row) in out.chunks_exact_mut(out_width * c).enumerate() {
        let (kys, iy) = taps(oy, g, 0);
        for (ox, pixel) in row.chunks_exact_mut(c).enumerate() {
            let (kxs, ix) = taps(ox, g, 1);
            let mut lanes = pixel.chunks_exact_mut(LANES);
            let mut first = 0;
            for out in &mut lanes {
                let mut sum = [0.0f32; LANES];
                for ky in kys.clone() {
                    for kx in kxs.clone() {
                        let at = ((iy + ky - kys.start) * width + ix + kx - kxs.start) * c + first;
                        let w = (ky * g.kernel + kx) * c + first;
                        let (x, w) = (&x[at..at + LANES], &weight[w..w + LANES]);
                        for lane in 0..LANES {
                            sum[lane] += x[lane] * w[lane];
                        }
                    }
                }
                out.copy_from_slice(&sum);
                first += LANES;
            }
            for (lane, out) in lanes.into_remainder().iter_mut().enumerate() {
                let channel = first + lane;
                *out = 0.0;
                for ky in kys.clone() {
                    for kx in kxs.clone() {
                        let at = (iy + ky - kys.start) * width + ix + kx - kxs.start;
                        *out += x[at * c + channel] * weight[(ky * g.kernel + kx) * c + channel];
                    }
                }
            }
        }
    }
}

/// Spreads each output gradient back over the pixels it came from.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn backward_x_image(weight: &[f32], grad: &[f32], dx: &mut [f32], g: &Geometry) {
    let (c, k, s) = (g.channels, g.kernel, g.stride);
    let ([height, width], [out_height, out_width]) = (g.input, g.output());
    let (top, left) = (g.before(0), g.before(1));
    // Input row y is met by output row oy at kernel row y + top - oy * stride.
    let meets = |at: usize, before: usize, outs: usize| {
        let reach = at + before;
        let last = (reach / s).min(outs - 1);
        let first = (reach + 1).saturating_sub(k).div_ceil(s);
        (first..last + 1, reach)
    };
    for y in 0..height {
        let (oys, reach_y) = meets(y, top, out_height);
        for x in 0..width {
            let (oxs, reach_x) = meets(x, left, out_width);
            let pixel = &mut dx[(y * width + x) * c..][..c];
            let mut lanes = pixel.chunks_exact_mut(LANES);
            let mut first = 0;
            for out in &mut lanes {
                let mut sum = [0.0f32; LANES];
                for oy in oys.clone() {
                    for ox in oxs.clone() {
                        let w = ((reach_y - oy * s) * k + reach_x - ox * s) * c + first;
                        let at = (oy * out_width + ox) * c + first;
                        let (grad, w) = (&grad[at..at + LANES], &weight[w..w + LANES]);
                        for lane in 0..LANES {
                            sum[lane] += grad[lane] * w[lane];
                        }
                    }
                }
                out.copy_from_slice(&sum);
                first += LANES;
            }
            for (lane, out) in lanes.into_remainder().iter_mut().enumerate() {
                let channel = first + lane;
                *out = 0.0;
                for oy in oys.clone() {
                    for ox in oxs.clone() {
                        let w = (reach_y - oy * s) * k + reach_x - ox * s;
                        *out += grad[(oy * out_width + ox) * c + channel] * weight[w * c + channel];
                    }
                }
            }
        }
    }
}

/// Adds one image's share to the weights' gradient.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma", "aarch64+neon"))]
fn backward_weight_image(x: &[f32], grad: &[f32], dw: &mut [f32], g: &Geometry) {
    let (c, k, s) = (g.channels, g.kernel, g.stride);
    let ([_, width], [out_height, out_width]) = (g.input, g.output());
    let left = g.before(1);
    for oy in 0..out_height {
        let (kys, iy) = taps(oy, g, 0);
        for ky in kys.clone() {
            let row = &x[(iy + ky - kys.start) * width * c..][..width * c];
            let grad = &grad[oy * out_width * c..][..out_width * c];
            for kx in 0..k {
                // Output columns for which this kernel column lies inside the image.
                let first = left.saturating_sub(kx).div_ceil(s);
                let last = (width + left).saturating_sub(kx).div_ceil(s).min(out_width);
                let dw = &mut dw[(ky * k + kx) * c..][..c];
                let mut lanes = dw.chunks_exact_mut(LANES);
                let mut channel = 0;
                for dw in &mut lanes {
                    let mut sum = [0.0f32; LANES];
                    for ox in first..last {
                        let at = (ox * s + kx - left) * c + channel;
                        let (x, grad) = (&row[at..at + LANES], &grad[ox * c + channel..][..LANES]);
                        for lane in 0..LANES {
                            sum[lane] += x[lane] * grad[lane];
                        }
                    }
                    for lane in 0..LANES {
                        dw[lane] += sum[lane];
                    }
                    channel += LANES;
                }
                for (lane, dw) in lanes.into_remainder().iter_mut().enumerate() {
                    for ox in first..last {
                        *dw += row[(ox * s + kx - left) * c + channel + lane] * grad[ox * c + channel + lane];
                    }
                }
            }
        }
    }
}

pub(super) fn forward(x: FlexTensor, weight: FlexTensor, g: Geometry) -> FlexTensor {
    let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
    let (x, weight) = (float::values(&x), float::values(&weight));
    let [height, width] = g.output();
    let mut out = vec![0.0; g.batch * height * width * g.channels];
    let size_in = g.input[0] * g.input[1] * g.channels;
    out.par_chunks_mut(height * width * g.channels)
        .zip(x.par_chunks(size_in))
        .for_each(|(out, x)| forward_image(x, weight, out, &g));
    float::tensor(out, [g.batch, height, width, g.channels])
}

impl KernelGradients for Flex {
    fn depthwise_dx(weight: FlexTensor, grad: FlexTensor, g: Geometry) -> FlexTensor {
        let (weight, grad) = (weight.to_contiguous(), grad.to_contiguous());
        let (weight, grad) = (float::values(&weight), float::values(&grad));
        let ([height, width], [out_height, out_width]) = (g.input, g.output());
        let mut dx = vec![0.0; g.batch * height * width * g.channels];
        dx.par_chunks_mut(height * width * g.channels)
            .zip(grad.par_chunks(out_height * out_width * g.channels))
            .for_each(|(dx, grad)| backward_x_image(weight, grad, dx, &g));
        float::tensor(dx, [g.batch, height, width, g.channels])
    }

    fn depthwise_dw(x: FlexTensor, grad: FlexTensor, g: Geometry) -> FlexTensor {
        let (x, grad) = (x.to_contiguous(), grad.to_contiguous());
        let (x, grad) = (float::values(&x), float::values(&grad));
        let [out_height, out_width] = g.output();
        let taps = g.kernel * g.kernel;
        let shares = x
            .par_chunks(g.input[0] * g.input[1] * g.channels)
            .zip(grad.par_chunks(out_height * out_width * g.channels))
            .map(|(x, grad)| {
                let mut dw = vec![0.0; taps * g.channels];
                backward_weight_image(x, grad, &mut dw, &g);
                dw
            });
        float::tensor(float::total(shares, taps * g.channels), [taps, g.channels])
    }

    fn normalise_back(
        x: FlexTensor,
        moments: FlexTensor,
        scale: FlexTensor,
        grad: FlexTensor,
        range: super::Range,
    ) -> (FlexTensor, FlexTensor) {
        super::normalise::backward(x, moments, scale, grad, range)
    }
}
