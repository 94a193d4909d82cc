//! The few rows of a picture that are in cache while a kernel passes over them.

use pulp::Simd;

use crate::train::kernels::buffer::Buffer;
use crate::train::kernels::passes::put;

/// The largest kernel side.
const MOST: usize = 5;

/// Zeros on either side of a row: as far as a kernel reaches beyond a picture that it is centred on, or nearly.
pub const fn room(kernel: usize) -> usize {
    kernel / 2
}

/// Rows of a picture in cache: the latest `MOST` of them, each with `room` zeros on either side.
pub struct Rows {
    /// Row after row, vector of channels after vector of channels.
    pub values: Buffer<f32>,
    width: usize,
    channels: usize,
    room: usize,
}

impl Rows {
    /// For rows of `width` pixels.
    pub fn new<S: Simd>(width: usize, channels: usize, room: usize) -> Self {
        let mut values = Buffer::<f32>::new(MOST * channels * (width + 2 * room));
        let (side, inner) = (room * S::F32_LANES, width * S::F32_LANES);
        for row in values.chunks_exact_mut(inner + 2 * side) {
            row[..side].fill(0.0);
            row[side + inner..].fill(0.0);
        }
        Self { values, width, channels, room }
    }

    /// Where the vector of channels that starts at `channel` begins in a row, `room` pixels before the picture.
    pub fn start(&self, row: usize, channel: usize) -> usize {
        (row % MOST * self.channels + channel) * (self.width + 2 * self.room)
    }

    /// Writes a row, `value(pixel, channel)` of it at a time.
    #[inline(always)]
    pub fn write<S: Simd>(&mut self, simd: S, row: usize, value: impl Fn(usize, usize) -> S::f32s) {
        for pixel in 0..self.width {
            for channel in (0..self.channels).step_by(S::F32_LANES) {
                let at = self.start(row, channel) + (self.room + pixel) * S::F32_LANES;
                // SAFETY: within the row, which is within the buffer.
                unsafe { put(simd, &mut self.values, at, value(pixel, channel)) };
            }
        }
    }
}

/// Adds a vector to exact totals.
#[inline(always)]
pub fn widen_to<S: Simd>(simd: S, sums: S::f32s, totals: &mut [f64]) {
    let _ = simd;
    let sums = bytemuck::cast_slice::<_, f32>(std::slice::from_ref(&sums));
    totals.iter_mut().zip(sums).for_each(|(total, &sum)| *total += f64::from(sum));
}
