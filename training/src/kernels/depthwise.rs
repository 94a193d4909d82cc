//! The depthwise convolution of one picture, forwards and backwards, with the normalisation and activation before it applied as it
//! reads and the sums for the normalisation after it taken as it writes.
//!
//! A few rows of the picture are in cache at a time, as f32, vector of channels after vector of channels and with room for the kernel
//! on either side, so that no pixel is a special case.

use pulp::{Simd, WithSimd};

use super::buffer::Buffer;
use super::element::Element;
use super::norm::{Norm, Pull, Range};
use super::passes::{get, grow, passed, put, vectorized};

/// Output pixels whose sums are in registers at once.
const TILE: usize = 4;
/// The largest kernel side.
const MOST: usize = 5;

/// Where a square kernel with TensorFlow's SAME padding meets a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Input height and width, in pixels.
    pub input: [usize; 2],
    /// Kernel side, in pixels.
    pub kernel: usize,
    /// Step, in pixels.
    pub stride: usize,
}

impl Geometry {
    /// Whether there is code for this kernel.
    pub fn is_known(&self) -> bool {
        matches!((self.kernel, self.stride), (3 | 5, 1 | 2))
    }

    /// Output height and width, in pixels.
    pub fn output(&self) -> [usize; 2] {
        self.input.map(|side| side.div_ceil(self.stride))
    }

    /// Rows above (axis 0) or columns left (axis 1) of the picture that the kernel may cover.
    pub fn before(&self, axis: usize) -> usize {
        let needed = (self.output()[axis] - 1) * self.stride + self.kernel;
        needed.saturating_sub(self.input[axis]) / 2
    }
}

/// Zeros on either side of a row: as far as a kernel reaches beyond a picture that it is centred on, or nearly.
const fn room(kernel: usize) -> usize {
    kernel / 2
}

/// Rows of a picture in cache: the latest `MOST` of them, each with `room` zeros on either side.
struct Rows {
    values: Buffer<f32>,
    width: usize,
    channels: usize,
    room: usize,
}

impl Rows {
    fn new<S: Simd>(width: usize, channels: usize, room: usize) -> Self {
        let mut values = Buffer::<f32>::new(MOST * channels * (width + 2 * room));
        let (side, inner) = (room * S::F32_LANES, width * S::F32_LANES);
        for row in values.chunks_exact_mut(inner + 2 * side) {
            row[..side].fill(0.0);
            row[side + inner..].fill(0.0);
        }
        Self { values, width, channels, room }
    }

    /// Where the vector of channels that starts at `channel` begins in a row, `room` pixels before the picture.
    fn start(&self, row: usize, channel: usize) -> usize {
        (row % MOST * self.channels + channel) * (self.width + 2 * self.room)
    }

    /// Writes a row, `value(pixel, channel)` of it at a time.
    #[inline(always)]
    fn write<S: Simd>(&mut self, simd: S, row: usize, value: impl Fn(usize, usize) -> S::f32s) {
        for pixel in 0..self.width {
            for channel in (0..self.channels).step_by(S::F32_LANES) {
                let at = self.start(row, channel) + (self.room + pixel) * S::F32_LANES;
                // SAFETY: within the row, which is within the buffer.
                unsafe { put(simd, &mut self.values, at, value(pixel, channel)) };
            }
        }
    }
}

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

/// Adds a vector to exact totals.
#[inline(always)]
fn widen_to<S: Simd>(simd: S, sums: S::f32s, totals: &mut [f64]) {
    let _ = simd;
    let sums = bytemuck::cast_slice::<_, f32>(std::slice::from_ref(&sums));
    totals.iter_mut().zip(sums).for_each(|(total, &sum)| *total += f64::from(sum));
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

vectorized! {
    /// Backwards through [`forward`], its normalisation and its activation. `grad` is the gradient for the normalised output as far
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
