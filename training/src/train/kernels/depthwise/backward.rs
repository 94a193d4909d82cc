//! The way back through the depthwise convolution of one picture, its normalisation and its activation.

use pulp::{Simd, WithSimd};

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::depthwise::rows::{Rows, room, widen_to};
use crate::train::kernels::element::Element;
use crate::train::kernels::geometry::Geometry;
use crate::train::kernels::norm::{Norm, Pull, Range};
use crate::train::kernels::passes::{get, grow, passed, put, vectorized};

vectorized! {
    /// Backwards through [`super::forward`], its normalisation and its activation. `grad` is the gradient for the normalised output as far
    /// as it passes the activation after that, `kept` the output; `out` gets the gradient for what `norm` gave, `dweights`,
    /// `[kernel * kernel, stride]`, is added to, and so are both sums of the gradient of `norm`.
    fn backward(
        simd,
        x: &'a [E],
        norm: &'a Norm,
        range: Range,
        weights: &'a [f32],
        stride: usize,
        geometry: Geometry,
        grad: &'a [E],
        kept: &'a [E],
        pull: &'a Pull,
        out: &'a mut [E],
        dweights: &'a mut [f32],
        totals: &'a mut [f64],
    ) {
        match (geometry.kernel, geometry.stride) {
            (3, 1) => backward_shape::<S, E, 3, 1>(
                simd, x, norm, range, weights, stride, geometry, grad, kept, pull, out, dweights, totals,
            ),
            (3, 2) => backward_shape::<S, E, 3, 2>(
                simd, x, norm, range, weights, stride, geometry, grad, kept, pull, out, dweights, totals,
            ),
            (5, 1) => backward_shape::<S, E, 5, 1>(
                simd, x, norm, range, weights, stride, geometry, grad, kept, pull, out, dweights, totals,
            ),
            _ => backward_shape::<S, E, 5, 2>(
                simd, x, norm, range, weights, stride, geometry, grad, kept, pull, out, dweights, totals,
            ),
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
fn backward_shape<S: Simd, E: Element, const K: usize, const STRIDE: usize>(
    simd: S,
    x: &[E],
    norm: &Norm,
    range: Range,
    weights: &[f32],
    stride: usize,
    geometry: Geometry,
    grad: &[E],
    kept: &[E],
    pull: &Pull,
    out: &mut [E],
    dweights: &mut [f32],
    totals: &mut [f64],
) {
    let ([height, width], [out_height, out_width]) = (geometry.input, geometry.output());
    assert!(x.len() == height * width * stride && out.len() == x.len());
    assert!(grad.len() == out_height * out_width * stride && kept.len() == grad.len());
    assert!(weights.len() == K * K * stride && dweights.len() == weights.len() && totals.len() == 2 * stride);
    assert!(
        [&norm.slope, &norm.shift, &pull.slope, &pull.along, &pull.offset]
            .iter()
            .all(|of| of.len() >= stride)
    );
    let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
    let (top, left) = (geometry.before(0), geometry.before(1));
    let lanes = S::F32_LANES;
    let mut grads = Rows::new::<S>(out_width, stride, room(K));
    // One row of one vector of channels: what was filtered, and its gradient.
    let mut active = Buffer::<f32>::zeros(lanes * (width + 2 * room(K)));
    let mut back = Buffer::<f32>::zeros(lanes * (width + 2 * room(K)));
    let outside = Buffer::<f32>::zeros(lanes * (width + 2 * room(K)));
    let mut next = 0;
    for y in 0..height {
        let last = ((y + top) / STRIDE + 1).min(out_height);
        while next < last {
            grads.write(simd, next, |pixel, channel| {
                let at = (next * out_width + pixel) * stride + channel;
                // SAFETY: within the picture and all factors.
                unsafe {
                    let offset = simd.neg_f32s(get(simd, &pull.offset, channel));
                    let grad = E::load(simd, grad.as_ptr().add(at));
                    let value = simd.mul_add_e_f32s(grad, get(simd, &pull.slope, channel), offset);
                    let along = simd.neg_f32s(get(simd, &pull.along, channel));
                    simd.mul_add_e_f32s(E::load(simd, kept.as_ptr().add(at)), along, value)
                }
            });
            next += 1;
        }
        let (plain, weighted) = totals.split_at_mut(stride);
        for channel in (0..stride).step_by(lanes) {
            if STRIDE == 1 && K == 3 {
                let mut from = [outside.as_ptr(); K];
                for (ky, from) in from.iter_mut().enumerate() {
                    if let Some(oy) = (y + top).checked_sub(ky).filter(|&oy| oy < out_height) {
                        // SAFETY: a row starts within the buffer.
                        *from = unsafe { grads.values.as_ptr().add(grads.start(oy, channel)) };
                    }
                }
                let row = y * width * stride + channel..(y + 1) * width * stride;
                let (x, out) = (&x[row.clone()], &mut out[row]);
                let taps = [weights, norm.slope.as_slice(), &norm.shift];
                // SAFETY: rows have `room(K)` pixels of room on either side, and the factors as many numbers as there are channels.
                let sums = unsafe {
                    whole_row(simd, from, left, taps, dweights, channel, stride, range, x, out, width)
                };
                widen_to(simd, sums[0], &mut plain[channel..]);
                widen_to(simd, sums[1], &mut weighted[channel..]);
                continue;
            }
            // SAFETY: within the factors, the row of the picture, and the room in `active` and `back`.
            let (slope, shift) =
                unsafe { (get(simd, &norm.slope, channel), get(simd, &norm.shift, channel)) };
            let row = y * width * stride + channel;
            for pixel in 0..width {
                unsafe {
                    let value = E::load(simd, x.as_ptr().add(row + pixel * stride));
                    let y = simd.mul_add_e_f32s(value, slope, shift);
                    put(
                        simd,
                        &mut active,
                        (room(K) + pixel) * lanes,
                        simd.min_f32s(simd.max_f32s(y, low), high),
                    );
                }
            }
            back.fill(0.0);
            for ky in 0..K {
                // Output row oy met this row with kernel row ky if oy * STRIDE + ky = y + top.
                let Some(reach) = (y + top).checked_sub(ky) else { continue };
                if reach % STRIDE != 0 || reach / STRIDE >= out_height {
                    continue;
                }
                let start = grads.start(reach / STRIDE, channel);
                let tap = ky * K * stride + channel;
                // SAFETY: the row starts within the buffer and has `room(K)` pixels of room on either side; so do `active` and `back`.
                unsafe {
                    let grads = grads.values.as_ptr().add(start);
                    match STRIDE {
                        1 => gather::<S, K>(
                            simd, grads, left, weights, dweights, tap, stride, &active, &mut back, width,
                        ),
                        _ => scatter::<S, K, STRIDE>(
                            simd, grads, left, weights, dweights, tap, stride, &active, &mut back, out_width,
                        ),
                    }
                }
            }
            let (mut sum, mut along) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
            for pixel in 0..width {
                // SAFETY: as above.
                unsafe {
                    let value = E::load(simd, x.as_ptr().add(row + pixel * stride));
                    let y = simd.mul_add_e_f32s(value, slope, shift);
                    let grad = passed(simd, y, low, high, get(simd, &back, (room(K) + pixel) * lanes));
                    E::store(simd, out.as_mut_ptr().add(row + pixel * stride), grad);
                    sum = simd.add_f32s(sum, grad);
                    along = simd.mul_add_e_f32s(grad, value, along);
                }
            }
            widen_to(simd, sum, &mut plain[channel..]);
            widen_to(simd, along, &mut weighted[channel..]);
        }
    }
}

/// All kernel rows of stride one at once, for kernels whose weights and their gradients fit into registers: an input row's gradient
/// as far as it passes the activation, and its two sums.
///
/// # Safety
/// Rows of gradients have `room(K)` pixels of room on either side of their `width`; `x` and `out` have `width` pixels, `stride`
/// numbers apart.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
#[allow(clippy::needless_range_loop, reason = "a place in the kernel is a place in several arrays")]
unsafe fn whole_row<S: Simd, E: Element, const K: usize>(
    simd: S,
    grads: [*const f32; K],
    left: usize,
    [weights, slope, shift]: [&[f32]; 3],
    dweights: &mut [f32],
    channel: usize,
    stride: usize,
    range: Range,
    x: &[E],
    out: &mut [E],
    width: usize,
) -> [S::f32s; 2] {
    let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
    let (slope, shift) = unsafe { (get(simd, slope, channel), get(simd, shift, channel)) };
    let mut weight = [[simd.splat_f32s(0.0); K]; K];
    let mut dweight = [[simd.splat_f32s(0.0); K]; K];
    for ky in 0..K {
        for kx in 0..K {
            weight[ky][kx] = unsafe { get(simd, weights, (ky * K + kx) * stride + channel) };
        }
    }
    let mut sums = [simd.splat_f32s(0.0); 2];
    for pixel in 0..width {
        let value = unsafe { E::load(simd, x.as_ptr().add(pixel * stride)) };
        let y = simd.mul_add_e_f32s(value, slope, shift);
        let active = simd.min_f32s(simd.max_f32s(y, low), high);
        let mut back = simd.splat_f32s(0.0);
        for ky in 0..K {
            for kx in 0..K {
                let at = (room(K) + pixel + left - kx) * S::F32_LANES;
                let grad = unsafe { f32::load(simd, grads[ky].add(at)) };
                back = simd.mul_add_e_f32s(grad, weight[ky][kx], back);
                dweight[ky][kx] = simd.mul_add_e_f32s(grad, active, dweight[ky][kx]);
            }
        }
        let back = passed(simd, y, low, high, back);
        unsafe { E::store(simd, out.as_mut_ptr().add(pixel * stride), back) };
        sums[0] = simd.add_f32s(sums[0], back);
        sums[1] = simd.mul_add_e_f32s(back, value, sums[1]);
    }
    for ky in 0..K {
        for kx in 0..K {
            unsafe { grow(simd, dweights, (ky * K + kx) * stride + channel, dweight[ky][kx]) };
        }
    }
    sums
}

/// One kernel row of stride one: for each input pixel, the output pixels that it went into.
///
/// # Safety
/// Rows have `room(K)` pixels of room on either side of their `width`.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
unsafe fn gather<S: Simd, const K: usize>(
    simd: S,
    grads: *const f32,
    left: usize,
    weights: &[f32],
    dweights: &mut [f32],
    tap: usize,
    stride: usize,
    active: &[f32],
    back: &mut [f32],
    width: usize,
) {
    let lanes = S::F32_LANES;
    let mut weight = [simd.splat_f32s(0.0); K];
    for (kx, weight) in weight.iter_mut().enumerate() {
        *weight = unsafe { get(simd, weights, tap + kx * stride) };
    }
    let mut dweight = [simd.splat_f32s(0.0); K];
    for pixel in 0..width {
        let at = (room(K) + pixel) * lanes;
        let (value, mut sum) = unsafe { (get(simd, active, at), get(simd, back, at)) };
        for kx in 0..K {
            let grad = unsafe { f32::load(simd, grads.add(at + left * lanes - kx * lanes)) };
            sum = simd.mul_add_e_f32s(grad, weight[kx], sum);
            dweight[kx] = simd.mul_add_e_f32s(grad, value, dweight[kx]);
        }
        unsafe { put(simd, back, at, sum) };
    }
    for (kx, dweight) in dweight.into_iter().enumerate() {
        unsafe { grow(simd, dweights, tap + kx * stride, dweight) };
    }
}

/// One kernel row of any stride: for each output pixel, the input pixels that went into it.
///
/// # Safety
/// Rows have `room(K)` pixels of room on either side.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
unsafe fn scatter<S: Simd, const K: usize, const STRIDE: usize>(
    simd: S,
    grads: *const f32,
    left: usize,
    weights: &[f32],
    dweights: &mut [f32],
    tap: usize,
    stride: usize,
    active: &[f32],
    back: &mut [f32],
    out_width: usize,
) {
    let lanes = S::F32_LANES;
    let mut weight = [simd.splat_f32s(0.0); K];
    for (kx, weight) in weight.iter_mut().enumerate() {
        *weight = unsafe { get(simd, weights, tap + kx * stride) };
    }
    let mut dweight = [simd.splat_f32s(0.0); K];
    for pixel in 0..out_width {
        let grad = unsafe { f32::load(simd, grads.add((room(K) + pixel) * lanes)) };
        for kx in 0..K {
            let at = (room(K) + pixel * STRIDE + kx - left) * lanes;
            unsafe { grow(simd, back, at, simd.mul_f32s(grad, weight[kx])) };
            dweight[kx] = simd.mul_add_e_f32s(grad, unsafe { get(simd, active, at) }, dweight[kx]);
        }
    }
    for (kx, dweight) in dweight.into_iter().enumerate() {
        unsafe { grow(simd, dweights, tap + kx * stride, dweight) };
    }
}
