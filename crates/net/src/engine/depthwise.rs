//! Depthwise convolutions: every channel filtered by itself, straight from the rows that the layer before left in cache.
//!
//! Input rows have room for the kernel on either side, so that no pixel is a special case.

use pulp::{Simd, WithSimd};

use super::buffer::Buffer;
use super::dense::{Clip, load, store};
use super::unroll::each;

/// The most output pixels whose sums are in registers at once.
const TILE: usize = 6;

/// A depthwise layer.
pub(super) struct Depthwise {
    /// Side of the kernel.
    kernel: usize,
    stride: usize,
    /// Numbers in the vectors that it was laid out for.
    lanes: usize,
    /// Rounded up to whole vectors.
    channels: usize,
    /// `[row][column][channel]`.
    weights: Buffer,
    bias: Buffer,
    clip: Clip,
}

/// One use of a layer.
pub(super) struct Rows<'a> {
    /// How many output rows.
    pub count: usize,
    /// How many pixels each of them has.
    pub width: usize,
    pub input: &'a [f32],
    /// From one input row to the next, in numbers.
    pub step: usize,
    /// Row after row without gaps.
    pub output: &'a mut [f32],
}

impl Depthwise {
    /// Whether there is a kernel of this shape.
    pub fn knows(kernel: usize, stride: usize) -> bool {
        matches!((kernel, stride), (3 | 5, 1 | 2))
    }

    /// Lays out `weights`, `[channel][row][column]`, for vectors of the size that `S` has.
    ///
    /// # Panics
    /// If [`Self::knows`] is false for this shape.
    pub fn new<S: Simd>(weights: &[f32], bias: &[f32], kernel: usize, stride: usize, clip: Clip) -> Self {
        assert!(Self::knows(kernel, stride), "a kernel of this shape");
        let taps = kernel * kernel;
        assert_eq!(weights.len(), bias.len() * taps, "one filter a channel");
        let channels = bias.len().next_multiple_of(S::F32_LANES);
        let mut packed = Buffer::zeros(taps * channels);
        for (channel, filter) in weights.chunks_exact(taps).enumerate() {
            for (tap, &weight) in filter.iter().enumerate() {
                packed[tap * channels + channel] = weight;
            }
        }
        let mut padded = Buffer::zeros(channels);
        padded[..bias.len()].copy_from_slice(bias);
        Self { kernel, stride, lanes: S::F32_LANES, channels, weights: packed, bias: padded, clip }
    }

    /// Computes `rows`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, rows: Rows<'_>) {
        match (self.kernel, self.stride) {
            (3, 1) => self.run_shape::<S, 3, 1>(simd, rows),
            (3, 2) => self.run_shape::<S, 3, 2>(simd, rows),
            (5, 1) => self.run_shape::<S, 5, 1>(simd, rows),
            _ => self.run_shape::<S, 5, 2>(simd, rows),
        }
    }

    #[inline(always)]
    fn run_shape<S: Simd, const K: usize, const STRIDE: usize>(&self, simd: S, rows: Rows<'_>) {
        if rows.count == 0 || rows.width == 0 {
            return;
        }
        assert_eq!(S::F32_LANES, self.lanes, "the vectors that it was laid out for");
        // So much at least every picture that is read and written here has room for: nothing below wraps around.
        assert!(rows.count.max(rows.width) <= rows.input.len() && rows.step <= rows.input.len(), "a picture");
        let last =
            ((rows.count - 1) * STRIDE + K - 1).checked_mul(rows.step).expect("a picture fits into memory");
        let reach = last + ((rows.width - 1) * STRIDE + K) * self.channels;
        assert!(reach <= rows.input.len(), "the input holds every row, with room for the kernel");
        let room = (rows.count * self.channels).checked_mul(rows.width).expect("a picture fits into memory");
        assert!(room <= rows.output.len(), "the output has room for every row");
        simd.vectorize(Run::<K, STRIDE> { layer: self, rows });
    }
}

/// Checked rows: their parts are compiled into one function for each shape and each kind of vector.
struct Run<'a, const K: usize, const STRIDE: usize> {
    layer: &'a Depthwise,
    rows: Rows<'a>,
}

impl<const K: usize, const STRIDE: usize> WithSimd for Run<'_, K, STRIDE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (count, width) = (self.rows.count, self.rows.width);
        // Tiles of nearly one size.
        let tiles = width.div_ceil(TILE);
        for row in 0..count {
            for tile in 0..tiles {
                let column = tile * width / tiles;
                match (tile + 1) * width / tiles - column {
                    1 => self.tile::<S, 1>(simd, row, column),
                    2 => self.tile::<S, 2>(simd, row, column),
                    3 => self.tile::<S, 3>(simd, row, column),
                    4 => self.tile::<S, 4>(simd, row, column),
                    5 => self.tile::<S, 5>(simd, row, column),
                    _ => self.tile::<S, TILE>(simd, row, column),
                }
            }
        }
    }
}

impl<const K: usize, const STRIDE: usize> Run<'_, K, STRIDE> {
    /// `P` pixels beside each other, all channels.
    #[inline(always)]
    fn tile<S: Simd, const P: usize>(&mut self, simd: S, row: usize, column: usize) {
        let (layer, rows) = (self.layer, &mut self.rows);
        let channels = layer.channels;
        let (floor, ceiling) = (simd.splat_f32s(layer.clip.floor), simd.splat_f32s(layer.clip.ceiling));
        let from = row * STRIDE * rows.step + column * STRIDE * channels;
        let to = (row * rows.width + column) * channels;
        for channel in (0..channels).step_by(S::F32_LANES) {
            // SAFETY: `run_shape` has made sure that every row of the pass lies inside its slice, kernel and all;
            // `Depthwise::new` rounded weights and bias up to whole vectors.
            unsafe {
                let input = rows.input.as_ptr().add(from + channel);
                let mut sums = [load::<S>(layer.bias.as_ptr().add(channel)); P];
                for y in 0..K {
                    for x in 0..K {
                        let weight = load::<S>(layer.weights.as_ptr().add((y * K + x) * channels + channel));
                        each!(p in P {
                            let value = load::<S>(input.add(y * rows.step + (p * STRIDE + x) * channels));
                            sums[p] = simd.mul_add_e_f32s(value, weight, sums[p]);
                        });
                    }
                }
                let output = rows.output.as_mut_ptr().add(to + channel);
                each!(p in P {
                    let clipped = simd.min_f32s(simd.max_f32s(sums[p], floor), ceiling);
                    store::<S>(output.add(p * channels), clipped);
                });
            }
        }
    }
}
