//! The depthwise convolution of one picture.

use pulp::{Simd, WithSimd};

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::depthwise::rows::{Rows, room, widen_to};
use crate::train::kernels::element::Element;
use crate::train::kernels::geometry::Geometry;
use crate::train::kernels::norm::{Norm, Range};
use crate::train::kernels::passes::{get, vectorized};

/// Output pixels whose sums are in registers at once.
const TILE: usize = 4;

vectorized! {
    /// Filters a picture of stored rows, `[height, width, stride]`, with `weights`, `[kernel * kernel, stride]`; adds up, channel by
    /// channel, what comes out and, after that, its squares.
    fn forward(
        simd,
        x: &'a [E],
        norm: &'a Norm,
        range: Range,
        weights: &'a [f32],
        stride: usize,
        geometry: Geometry,
        out: &'a mut [E],
        totals: &'a mut [f64],
    ) {
        match (geometry.kernel, geometry.stride) {
            (3, 1) => forward_shape::<S, E, 3, 1>(simd, x, norm, range, weights, stride, geometry, out, totals),
            (3, 2) => forward_shape::<S, E, 3, 2>(simd, x, norm, range, weights, stride, geometry, out, totals),
            (5, 1) => forward_shape::<S, E, 5, 1>(simd, x, norm, range, weights, stride, geometry, out, totals),
            _ => forward_shape::<S, E, 5, 2>(simd, x, norm, range, weights, stride, geometry, out, totals),
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
fn forward_shape<S: Simd, E: Element, const K: usize, const STRIDE: usize>(
    simd: S,
    x: &[E],
    norm: &Norm,
    range: Range,
    weights: &[f32],
    stride: usize,
    geometry: Geometry,
    out: &mut [E],
    totals: &mut [f64],
) {
    let ([height, width], [out_height, out_width]) = (geometry.input, geometry.output());
    assert!(x.len() == height * width * stride && out.len() == out_height * out_width * stride);
    assert!(weights.len() == K * K * stride && totals.len() == 2 * stride);
    assert!(norm.slope.len() >= stride && norm.shift.len() >= stride);
    let (low, high) = (simd.splat_f32s(range.low), simd.splat_f32s(range.high));
    let (top, left) = (geometry.before(0), geometry.before(1));
    let mut rows = Rows::new::<S>(width, stride, room(K));
    let outside = Buffer::<f32>::zeros(S::F32_LANES * (width + 2 * room(K)));
    let mut next = 0;
    for oy in 0..out_height {
        let last = (oy * STRIDE + K - top).min(height);
        while next < last {
            rows.write(simd, next, |pixel, channel| {
                // SAFETY: within the picture and both factors.
                unsafe {
                    let value = E::load(simd, x.as_ptr().add((next * width + pixel) * stride + channel));
                    let y = simd.mul_add_e_f32s(
                        value,
                        get(simd, &norm.slope, channel),
                        get(simd, &norm.shift, channel),
                    );
                    simd.min_f32s(simd.max_f32s(y, low), high)
                }
            });
            next += 1;
        }
        let (plain, squares) = totals.split_at_mut(stride);
        for channel in (0..stride).step_by(S::F32_LANES) {
            let mut from = [outside.as_ptr(); K];
            for (ky, from) in from.iter_mut().enumerate() {
                let y = oy * STRIDE + ky;
                if y >= top && y - top < height {
                    // SAFETY: a row starts within the buffer.
                    *from = unsafe { rows.values.as_ptr().add(rows.start(y - top, channel)) };
                }
            }
            let mut sums = [simd.splat_f32s(0.0); 2];
            let to = &mut out[oy * out_width * stride + channel..];
            let mut ox = 0;
            // SAFETY: every read lies between the room before a row and that after it; every write, in the row of `out`.
            unsafe {
                while ox + TILE <= out_width {
                    let first = (room(K) + ox * STRIDE - left) * S::F32_LANES;
                    filter::<S, E, K, STRIDE, TILE>(
                        simd,
                        from,
                        first,
                        weights,
                        channel,
                        stride,
                        to.as_mut_ptr().add(ox * stride),
                        &mut sums,
                    );
                    ox += TILE;
                }
                while ox < out_width {
                    let first = (room(K) + ox * STRIDE - left) * S::F32_LANES;
                    filter::<S, E, K, STRIDE, 1>(
                        simd,
                        from,
                        first,
                        weights,
                        channel,
                        stride,
                        to.as_mut_ptr().add(ox * stride),
                        &mut sums,
                    );
                    ox += 1;
                }
            }
            widen_to(simd, sums[0], &mut plain[channel..]);
            widen_to(simd, sums[1], &mut squares[channel..]);
        }
    }
}

/// `P` pixels of an output row.
///
/// # Safety
/// The kernel's rows start at `from`, and the pixels' patches `first` numbers later are within them.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the same as above")]
#[allow(clippy::needless_range_loop, reason = "a place in the kernel is a place in several arrays")]
unsafe fn filter<S: Simd, E: Element, const K: usize, const STRIDE: usize, const P: usize>(
    simd: S,
    from: [*const f32; K],
    first: usize,
    weights: &[f32],
    channel: usize,
    stride: usize,
    to: *mut E,
    sums: &mut [S::f32s; 2],
) {
    let mut values = [simd.splat_f32s(0.0); P];
    for ky in 0..K {
        for kx in 0..K {
            let weight = unsafe { get(simd, weights, (ky * K + kx) * stride + channel) };
            for (pixel, value) in values.iter_mut().enumerate() {
                let at = first + (pixel * STRIDE + kx) * S::F32_LANES;
                *value = simd.mul_add_e_f32s(unsafe { f32::load(simd, from[ky].add(at)) }, weight, *value);
            }
        }
    }
    for (pixel, value) in values.into_iter().enumerate() {
        unsafe { E::store(simd, to.add(pixel * stride), value) };
        sums[0] = simd.add_f32s(sums[0], value);
        sums[1] = simd.mul_add_e_f32s(value, value, sums[1]);
    }
}
