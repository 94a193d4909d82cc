//! An inverted residual block in one go: a band of rows is expanded, filtered and projected while it is in cache.
//!
//! The expanded values, six times as many as the others, never go back to memory. Only the rows that two bands share are
//! moved. The first block of the network takes the stem for its expansion.

use std::ops::Range;

use pulp::Simd;

use super::buffer::Buffer;
use super::dense::{Dense, Grid, Pass};
use super::depthwise::{Depthwise, Rows};

/// What the expanded and the filtered rows of a band may take together, in bytes: half the second-level cache of a phone's large core.
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
    expand: Dense,
    depthwise: Depthwise,
    project: Dense,
    shortcut: bool,
    kernel: usize,
    stride: usize,
    /// How the expansion finds its input.
    from: Grid,
    rows: Side,
    columns: Side,
    /// Output rows in a band.
    band: usize,
}

/// What a run needs while it computes: made once, used for every block.
pub(super) struct Scratch {
    expanded: Buffer,
    filtered: Buffer,
}

impl Scratch {
    /// Enough for every one of the blocks.
    pub fn new<'a>(blocks: impl Iterator<Item = &'a Block>) -> Self {
        let (mut expanded, mut filtered) = (0, 0);
        for block in blocks {
            expanded = expanded.max(block.expanded_rows(block.band) * block.expanded_row());
            filtered = filtered.max(block.band * block.columns.output * block.expand.outputs());
        }
        Self { expanded: Buffer::zeros(expanded), filtered: Buffer::zeros(filtered) }
    }
}

/// A block's three layers.
pub(super) struct Layers {
    pub expand: Dense,
    pub depthwise: Depthwise,
    pub project: Dense,
    /// Side of the filter.
    pub kernel: usize,
    /// Step of the filter.
    pub stride: usize,
    /// Whether the block's input is added to its output.
    pub shortcut: bool,
}

impl Block {
    /// A block whose expansion finds its input by `from` and makes `height` x `width` pixels of it.
    pub fn new(layers: Layers, from: Grid, height: usize, width: usize) -> Self {
        let Layers { expand, depthwise, project, kernel, stride, shortcut } = layers;
        let (rows, columns) = (Side::new(height, kernel, stride), Side::new(width, kernel, stride));
        let mut block =
            Self { expand, depthwise, project, shortcut, kernel, stride, from, rows, columns, band: 1 };
        let bytes = |band| {
            let filtered = band * columns.output * block.expand.outputs();
            4 * (block.expanded_rows(band) * block.expanded_row() + filtered)
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
        self.project.outputs()
    }

    /// Numbers in a expanded row, with the zeros beside it.
    fn expanded_row(&self) -> usize {
        self.columns.padded() * self.expand.outputs()
    }

    /// Wide rows that so many output rows are computed from.
    fn expanded_rows(&self, band: usize) -> usize {
        (band - 1) * self.stride + self.kernel
    }

    /// Computes `output` from `input`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, scratch: &mut Scratch, input: &[f32], output: &mut [f32]) {
        self.run_rows(simd, scratch, input, output, 0..self.rows.output);
    }

    /// The same by two threads: the upper half of the rows, and the lower one. Wide rows that both need are computed twice.
    #[inline(always)]
    pub fn run_by_two<S: Simd>(
        &self,
        simd: S,
        [upper, lower]: [&mut Scratch; 2],
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
        scratch: &mut Scratch,
        input: &[f32],
        output: &mut [f32],
        rows: Range<usize>,
    ) {
        let (row, channels) = (self.expanded_row(), self.expand.outputs());
        let expanded = &mut scratch.expanded;
        // What another block left where this one wants zeros.
        for columns in expanded[..self.expanded_rows(self.band) * row].chunks_exact_mut(row) {
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
                expanded.copy_within(moved..moved + shared * row, 0);
                known = shared;
            }
            self.expand_rows(
                simd,
                expanded,
                input,
                start * self.stride,
                known..self.expanded_rows(end - start),
            );
            let width = self.columns.output;
            let pixels = (end - start) * width;
            self.depthwise.run(
                simd,
                Rows { count: end - start, width, input: expanded, step: row, output: &mut scratch.filtered },
            );
            let to = Grid::closed(width, self.project.outputs());
            let shortcut = self.shortcut.then(|| &input[start * self.from.row..]);
            self.project.run(
                simd,
                Pass {
                    pixels,
                    input: &scratch.filtered,
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
    fn expand_rows<S: Simd>(
        &self,
        simd: S,
        expanded: &mut [f32],
        input: &[f32],
        first: usize,
        rows: Range<usize>,
    ) {
        let (row, channels) = (self.expanded_row(), self.expand.outputs());
        // Which of them are pixels, not zeros.
        let inside = |at: usize| (at.max(first) - first).clamp(rows.start, rows.end);
        let (from, to) = (inside(self.rows.before), inside(self.rows.before + self.rows.input));
        expanded[rows.start * row..from * row].fill(0.0);
        expanded[to * row..rows.end * row].fill(0.0);
        if from == to {
            return;
        }
        let first_input = first + from - self.rows.before;
        self.expand.run(
            simd,
            Pass {
                pixels: (to - from) * self.columns.input,
                input: &input[first_input * self.from.row..],
                from: self.from,
                output: &mut expanded[from * row + self.columns.before * channels..],
                to: Grid { width: self.columns.input, pixel: channels, row },
                shortcut: None,
            },
        );
    }
}
