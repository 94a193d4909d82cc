//! An inverted residual block in one go: a band of rows is widened, filtered and narrowed while it is in cache.
//!
//! The wide values, six times as many as the others, never go back to memory. Only the rows that two bands share are
//! moved. The first block of the network takes the stem for its widening layer.

use std::ops::Range;

use pulp::Simd;

use super::buffer::Buffer;
use super::dense::{Dense, Grid, Pass};
use super::depthwise::{Depthwise, Rows};

/// What the wide and the filtered rows of a band may take together, in bytes: half the second-level cache of a phone's large core.
const BAND_BYTES: usize = 256 << 10;

/// How a kernel meets one side of a picture, with TensorFlow's SAME padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    /// Pixels that come in.
    pub input: usize,
    /// Pixels that go out.
    pub output: usize,
    /// Zeros before the first pixel.
    pub before: usize,
    /// Zeros after the last one.
    pub after: usize,
}

impl Side {
    /// `input` pixels under a kernel.
    pub fn new(input: usize, kernel: usize, stride: usize) -> Self {
        let output = input.div_ceil(stride);
        let padding = ((output - 1) * stride + kernel).saturating_sub(input);
        Self { input, output, before: padding / 2, after: padding - padding / 2 }
    }

    /// With its zeros.
    pub fn padded(self) -> usize {
        self.before + self.input + self.after
    }
}

/// A block for pictures of one size.
pub(super) struct Block {
    widen: Dense,
    filter: Depthwise,
    narrow: Dense,
    shortcut: bool,
    kernel: usize,
    stride: usize,
    /// How the widening layer finds its input.
    from: Grid,
    rows: Side,
    columns: Side,
    /// Output rows in a band.
    band: usize,
}

/// What a run needs while it computes: made once, used for every block.
pub(super) struct Space {
    wide: Buffer,
    filtered: Buffer,
}

impl Space {
    /// Enough for every one of the blocks.
    pub fn new<'a>(blocks: impl Iterator<Item = &'a Block>) -> Self {
        let (mut wide, mut filtered) = (0, 0);
        for block in blocks {
            wide = wide.max(block.wide_rows(block.band) * block.wide_row());
            filtered = filtered.max(block.band * block.columns.output * block.widen.outputs());
        }
        Self { wide: Buffer::zeros(wide), filtered: Buffer::zeros(filtered) }
    }
}

/// A block's three layers.
pub(super) struct Layers {
    pub widen: Dense,
    pub filter: Depthwise,
    pub narrow: Dense,
    /// Side of the filter.
    pub kernel: usize,
    /// Step of the filter.
    pub stride: usize,
    /// Whether the block's input is added to its output.
    pub shortcut: bool,
}

impl Block {
    /// A block whose widening layer finds its input by `from` and makes `height` x `width` pixels of it.
    pub fn new(layers: Layers, from: Grid, height: usize, width: usize) -> Self {
        let Layers { widen, filter, narrow, kernel, stride, shortcut } = layers;
        let (rows, columns) = (Side::new(height, kernel, stride), Side::new(width, kernel, stride));
        let mut block =
            Self { widen, filter, narrow, shortcut, kernel, stride, from, rows, columns, band: 1 };
        let bytes = |band| {
            let filtered = band * columns.output * block.widen.outputs();
            4 * (block.wide_rows(band) * block.wide_row() + filtered)
        };
        let fitting = (1..=rows.output).take_while(|&band| bytes(band) <= BAND_BYTES).last();
        // Bands of nearly one height.
        block.band = rows.output.div_ceil(rows.output.div_ceil(fitting.unwrap_or(1)));
        block
    }

    /// Rows and columns that come out.
    pub fn output_size(&self) -> (usize, usize) {
        (self.rows.output, self.columns.output)
    }

    /// How many numbers a pixel takes that comes out.
    pub fn outputs(&self) -> usize {
        self.narrow.outputs()
    }

    /// Numbers in a wide row, with the zeros beside it.
    fn wide_row(&self) -> usize {
        self.columns.padded() * self.widen.outputs()
    }

    /// Wide rows that so many output rows are computed from.
    fn wide_rows(&self, band: usize) -> usize {
        (band - 1) * self.stride + self.kernel
    }

    /// Computes `output` from `input`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, space: &mut Space, input: &[f32], output: &mut [f32]) {
        self.run_rows(simd, space, input, output, 0..self.rows.output);
    }

    /// The same by two threads: the upper half of the rows, and the lower one. Wide rows that both need are computed twice.
    #[inline(always)]
    pub fn run_by_two<S: Simd>(
        &self,
        simd: S,
        [upper, lower]: [&mut Space; 2],
        input: &[f32],
        output: &mut [f32],
    ) {
        let half = self.rows.output.div_ceil(2);
        let (to_upper, to_lower) = output.split_at_mut(half * self.columns.output * self.outputs());
        rayon::join(
            || self.run_rows(simd, upper, input, to_upper, 0..half),
            || self.run_rows(simd, lower, input, to_lower, half..self.rows.output),
        );
    }

    /// Computes these rows of the output; the first of them is at the beginning of `output`.
    #[inline(always)]
    fn run_rows<S: Simd>(
        &self,
        simd: S,
        space: &mut Space,
        input: &[f32],
        output: &mut [f32],
        rows: Range<usize>,
    ) {
        let (row, channels) = (self.wide_row(), self.widen.outputs());
        let wide = &mut space.wide;
        // What another block left where this one wants zeros.
        for columns in wide[..self.wide_rows(self.band) * row].chunks_exact_mut(row) {
            columns[..self.columns.before * channels].fill(0.0);
            columns[(self.columns.before + self.columns.input) * channels..].fill(0.0);
        }
        let shared = self.kernel.saturating_sub(self.stride);
        let mut start = rows.start;
        while start < rows.end {
            let end = rows.end.min(start + self.band);
            let mut known = 0;
            if start > rows.start {
                let moved = self.band * self.stride * row;
                wide.copy_within(moved..moved + shared * row, 0);
                known = shared;
            }
            self.widen_rows(simd, wide, input, start * self.stride, known..self.wide_rows(end - start));
            let width = self.columns.output;
            let pixels = (end - start) * width;
            self.filter.run(
                simd,
                Rows { count: end - start, width, input: wide, step: row, output: &mut space.filtered },
            );
            let to = Grid::closed(width, self.narrow.outputs());
            let shortcut = self.shortcut.then(|| &input[start * self.from.row..]);
            self.narrow.run(
                simd,
                Pass {
                    pixels,
                    input: &space.filtered,
                    from: Grid::closed(width, channels),
                    output: &mut output[(start - rows.start) * to.row..],
                    to,
                    shortcut,
                },
            );
            start = end;
        }
    }

    /// Computes some rows of the band whose first one is `first`, counted from the first row of zeros.
    #[inline(always)]
    fn widen_rows<S: Simd>(
        &self,
        simd: S,
        wide: &mut [f32],
        input: &[f32],
        first: usize,
        rows: Range<usize>,
    ) {
        let (row, channels) = (self.wide_row(), self.widen.outputs());
        // Which of them are pixels, not zeros.
        let inside = |at: usize| (at.max(first) - first).clamp(rows.start, rows.end);
        let (from, to) = (inside(self.rows.before), inside(self.rows.before + self.rows.input));
        wide[rows.start * row..from * row].fill(0.0);
        wide[to * row..rows.end * row].fill(0.0);
        if from == to {
            return;
        }
        let first_input = first + from - self.rows.before;
        self.widen.run(
            simd,
            Pass {
                pixels: (to - from) * self.columns.input,
                input: &input[first_input * self.from.row..],
                from: self.from,
                output: &mut wide[from * row + self.columns.before * channels..],
                to: Grid { width: self.columns.input, pixel: channels, row },
                shortcut: None,
            },
        );
    }
}
