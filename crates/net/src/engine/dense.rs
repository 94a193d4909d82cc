//! Dense convolutions: the 1x1 ones, and the stem's 3x3, as one matrix product that reads its input where it lies.
//!
//! For a tile of pixels and a panel of output channels all sums stay in registers while the input channels pass by once;
//! the bias is where they start from, and shortcut and activation are applied on the way out. This is the implicit form of
//! the product in Dukhan 2019 ("The Indirect Convolution Algorithm", section 3), with arithmetic in the place of pointers.

use pulp::{Simd, WithSimd};

use super::buffer::Buffer;
use super::unroll::each;

/// How to get from pixel to pixel of a picture in a buffer; all in numbers, not bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// Pixels in a row.
    pub width: usize,
    /// From one pixel to the next.
    pub pixel: usize,
    /// From one row to the next.
    pub row: usize,
}

impl Grid {
    /// Rows without gaps between them.
    pub fn closed(width: usize, pixel: usize) -> Self {
        Self { width, pixel, row: width * pixel }
    }

    /// Whether every row lies behind the one before it.
    fn ascends(self) -> bool {
        self.width.checked_mul(self.pixel).is_some_and(|row| row <= self.row)
    }

    /// Where a pixel starts, counted row after row.
    fn offset(self, pixel: usize) -> usize {
        let row = (pixel / self.width).checked_mul(self.row).expect("a picture fits into memory");
        row + pixel % self.width * self.pixel
    }

    /// Where `P` pixels start, from this one on.
    #[inline(always)]
    fn offsets<const P: usize>(self, first: usize) -> [usize; P] {
        let (mut x, mut start) = (first % self.width, self.offset(first));
        let mut offsets = [0; P];
        for offset in &mut offsets {
            *offset = start;
            x += 1;
            start += self.pixel;
            if x == self.width {
                x = 0;
                start += self.row - self.width * self.pixel;
            }
        }
        offsets
    }
}

/// What an output pixel is computed from: `runs` stretches of `length` numbers each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patch {
    /// Stretches: rows of the kernel.
    pub runs: usize,
    /// Numbers in one: columns of the kernel times channels.
    pub length: usize,
    /// From one stretch to the next.
    pub step: usize,
}

impl Patch {
    /// All channels of one pixel.
    pub fn pixel(channels: usize) -> Self {
        Self { runs: 1, length: channels, step: 0 }
    }

    /// Numbers in all.
    fn depth(self) -> usize {
        self.runs * self.length
    }

    /// From its first number to one after its last.
    fn reach(self) -> usize {
        (self.runs - 1).checked_mul(self.step).expect("a patch fits into memory") + self.length
    }
}

/// Where the values of a layer are cut off, after its sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clip {
    /// From below.
    pub floor: f32,
    /// From above.
    pub ceiling: f32,
}

impl Clip {
    /// A linear layer.
    pub const NONE: Self = Self { floor: f32::NEG_INFINITY, ceiling: f32::INFINITY };
}

/// A dense layer, its weights in the order in which they are read.
pub(super) struct Dense {
    patch: Patch,
    /// Numbers in the vectors that it was laid out for.
    lanes: usize,
    /// Rounded up to whole vectors; those that are too many are zero.
    outputs: usize,
    /// Panel after panel; in each, for every input the weights of the panel's outputs.
    weights: Buffer,
    bias: Buffer,
    clip: Clip,
}

/// One use of a layer.
pub(super) struct Pass<'a> {
    /// How many output pixels.
    pub pixels: usize,
    pub input: &'a [f32],
    pub from: Grid,
    pub output: &'a mut [f32],
    pub to: Grid,
    /// Added to what comes out before it is clipped; lies as the output does.
    pub shortcut: Option<&'a [f32]>,
}

/// The most vectors in a panel, and the most pixels in a tile: their product is how many sums are in registers, which are 32
/// with AVX-512 and on ARM, 16 with AVX2; a few more are for what is multiplied.
const fn tile<S: Simd>() -> (usize, usize) {
    match (S::REGISTER_COUNT, S::F32_LANES) {
        (32, 16) => (3, 8),
        (32, _) => (4, 6),
        _ => (2, 6),
    }
}

impl Dense {
    /// Lays out `weights`, `[output][input]`, for vectors of the size that `S` has.
    pub fn new<S: Simd>(weights: &[f32], bias: &[f32], patch: Patch, clip: Clip) -> Self {
        let (depth, lanes) = (patch.depth(), S::F32_LANES);
        assert_eq!(weights.len(), bias.len() * depth, "one weight for each input of each output");
        let outputs = bias.len().next_multiple_of(lanes);
        let mut packed = Buffer::zeros(outputs * depth);
        let panel = tile::<S>().0 * lanes;
        for (number, rows) in weights.chunks(panel * depth).enumerate() {
            let first = number * panel;
            let width = panel.min(outputs - first);
            let to = packed[first * depth..].chunks_exact_mut(width);
            for (input, to) in to.take(depth).enumerate() {
                to.iter_mut().zip(rows[input..].iter().step_by(depth)).for_each(|(to, &weight)| *to = weight);
            }
        }
        let mut padded = Buffer::zeros(outputs);
        padded[..bias.len()].copy_from_slice(bias);
        Self { patch, lanes, outputs, weights: packed, bias: padded, clip }
    }

    /// How many numbers a pixel of the output takes.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Computes `pass`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, pass: Pass<'_>) {
        if pass.pixels == 0 {
            return;
        }
        assert_eq!(S::F32_LANES, self.lanes, "the vectors that it was laid out for");
        // Then the last pixel lies furthest.
        assert!(pass.from.ascends() && pass.to.ascends(), "every row lies behind the one before");
        let last = pass.pixels - 1;
        assert!(
            pass.from.offset(last) + self.patch.reach() <= pass.input.len(),
            "the input holds every patch"
        );
        let reach = pass.to.offset(last) + self.outputs;
        assert!(reach <= pass.output.len(), "the output has room for every pixel");
        assert!(
            pass.shortcut.is_none_or(|shortcut| reach <= shortcut.len()),
            "the shortcut lies as the output does"
        );
        simd.vectorize(Run { layer: self, pass });
    }
}

/// A checked pass: its parts are compiled into one function for each kind of vector.
struct Run<'a> {
    layer: &'a Dense,
    pass: Pass<'a>,
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (most_vectors, most_pixels) = const { tile::<S>() };
        let (outputs, pixels) = (self.layer.outputs, self.pass.pixels);
        let mut channel = 0;
        while channel < outputs {
            let vectors = most_vectors.min((outputs - channel) / S::F32_LANES);
            // Tiles of nearly one size: a small rest would waste the reading of the panel.
            let tiles = pixels.div_ceil(most_pixels);
            for tile in 0..tiles {
                let pixel = tile * pixels / tiles;
                let place = Place { channel, pixel };
                let height = (tile + 1) * pixels / tiles - pixel;
                match vectors {
                    1 => self.rows::<S, 1>(simd, height, place),
                    2 => self.rows::<S, 2>(simd, height, place),
                    3 => self.rows::<S, 3>(simd, height, place),
                    _ => self.rows::<S, 4>(simd, height, place),
                }
            }
            channel += vectors * S::F32_LANES;
        }
    }
}

impl Run<'_> {
    /// A tile of any height.
    #[inline(always)]
    fn rows<S: Simd, const N: usize>(&mut self, simd: S, height: usize, place: Place) {
        match height {
            1 => self.tile::<S, 1, N>(simd, place),
            2 => self.tile::<S, 2, N>(simd, place),
            3 => self.tile::<S, 3, N>(simd, place),
            4 => self.tile::<S, 4, N>(simd, place),
            5 => self.tile::<S, 5, N>(simd, place),
            6 => self.tile::<S, 6, N>(simd, place),
            7 => self.tile::<S, 7, N>(simd, place),
            _ => self.tile::<S, 8, N>(simd, place),
        }
    }

    /// `P` pixels by `N` vectors of channels.
    #[inline(always)]
    fn tile<S: Simd, const P: usize, const N: usize>(&mut self, simd: S, place: Place) {
        let (most_vectors, most_pixels) = const { tile::<S>() };
        if P > most_pixels || N > most_vectors {
            // Never asked for: nothing is compiled for it.
            return;
        }
        let lanes = S::F32_LANES;
        let (layer, pass) = (self.layer, &mut self.pass);
        let Patch { runs, length, step } = layer.patch;
        // SAFETY: `Dense::run` has made sure that every patch, every output and every shortcut of this pass lies inside its
        // slice; `Dense::new` laid `depth * N` vectors of weights from `channel * depth` on, and rounded `bias` up to whole vectors.
        unsafe {
            let bias = layer.bias.as_ptr().add(place.channel);
            let mut weights = layer.weights.as_ptr().add(place.channel * layer.patch.depth());
            let mut sums = [[simd.splat_f32s(0.0); N]; P];
            each!(p in P {
                each!(n in N {
                    sums[p][n] = load::<S>(bias.add(n * lanes));
                });
            });
            let from = pass.from.offsets::<P>(place.pixel);
            for run in 0..runs {
                let input = pass.input.as_ptr().add(run * step);
                for at in 0..length {
                    let mut panel = [simd.splat_f32s(0.0); N];
                    each!(n in N {
                        panel[n] = load::<S>(weights.add(n * lanes));
                    });
                    each!(p in P {
                        let value = simd.splat_f32s(*input.add(from[p] + at));
                        each!(n in N {
                            sums[p][n] = simd.mul_add_e_f32s(value, panel[n], sums[p][n]);
                        });
                    });
                    weights = weights.add(N * lanes);
                }
            }
            let (floor, ceiling) = (simd.splat_f32s(layer.clip.floor), simd.splat_f32s(layer.clip.ceiling));
            let to = pass.to.offsets::<P>(place.pixel);
            if let Some(shortcut) = pass.shortcut {
                each!(p in P {
                    each!(n in N {
                        let value = load::<S>(shortcut.as_ptr().add(to[p] + place.channel + n * lanes));
                        sums[p][n] = simd.add_f32s(sums[p][n], value);
                    });
                });
            }
            each!(p in P {
                each!(n in N {
                    let clipped = simd.min_f32s(simd.max_f32s(sums[p][n], floor), ceiling);
                    store::<S>(pass.output.as_mut_ptr().add(to[p] + place.channel + n * lanes), clipped);
                });
            });
        }
    }
}

/// Where a tile begins.
#[derive(Clone, Copy)]
struct Place {
    channel: usize,
    pixel: usize,
}

/// A vector of numbers.
///
/// # Safety
/// They must all be readable.
#[inline(always)]
pub(super) unsafe fn load<S: Simd>(from: *const f32) -> S::f32s {
    // SAFETY: the caller promises it; no alignment is asked for.
    unsafe { from.cast::<S::f32s>().read_unaligned() }
}

/// Writes a vector of numbers.
///
/// # Safety
/// There must be room.
#[inline(always)]
pub(super) unsafe fn store<S: Simd>(to: *mut f32, vector: S::f32s) {
    // SAFETY: the caller promises it; no alignment is asked for.
    unsafe { to.cast::<S::f32s>().write_unaligned(vector) }
}
