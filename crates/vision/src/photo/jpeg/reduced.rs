//! A picture held smaller than it is stored, made of its blocks' coefficients: a half, a quarter or an eighth across and down.

use image::{GrayImage, RgbImage};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::super::decode::Pixels;
use super::segments::{Component, Jpeg, Part, Scan};
use super::transform::{Block, mix, transform};
use super::{JpegError, ZIGZAG, is_in_one_scan, is_usual, rare};

/// The highest step that leaves every mean that is let through within 16 bits. Tables of one byte a step stay far below.
const WIDEST_STEP: u16 = 8191;

/// What is known of a block besides its coefficients.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Its mean, before it is multiplied.
    pub mean: i16,
    /// The place of its last coefficient that is told, in the order of the file; 0 where there is none.
    pub last: u8,
}

/// Blocks that follow each other in the file.
pub(super) struct Piece<'a> {
    pub coefficients: &'a [Block],
    pub heads: &'a [Head],
}

/// How the blocks of one channel become samples.
struct Channel {
    /// Blocks in a unit, across and down.
    blocks: (usize, usize),
    /// Samples that a block becomes, across and down.
    samples: (usize, usize),
    /// What coefficients are multiplied by, row by row.
    steps: Block,
}

/// A picture that rows of units are added to.
pub(super) struct Picture {
    channels: Vec<Channel>,
    /// Units in a row.
    across: usize,
    /// Pixels that a unit becomes, across and down.
    unit: (usize, usize),
    width: usize,
    height: usize,
    bytes: Vec<u8>,
    /// Rows of units that are there.
    rows: usize,
}

impl Picture {
    /// An empty one, held `by` times smaller; none where a picture of this layout is left to decoders that make all pixels.
    pub(super) fn new(jpeg: &Jpeg, by: u32) -> Option<Self> {
        let by = by as usize;
        let in_order =
            |scan: &Scan| scan.components.iter().enumerate().all(|(place, own)| own.index == place);
        let ordered = jpeg.parts.iter().filter_map(Part::scan).all(in_order);
        if jpeg.frame.progressive || !is_usual(jpeg) || !is_in_one_scan(jpeg) || !ordered {
            return None;
        }
        let steps = steps(jpeg)?;
        let most = jpeg.frame.unit();
        let channel = |component: &Component| {
            let side = |own: u8, most: u8| 8 * usize::from(most) / (usize::from(own) * by);
            let samples = (side(component.across, most.0), side(component.down, most.1));
            Some(Channel {
                blocks: (component.across.into(), component.down.into()),
                samples,
                steps: steps[usize::from(component.quantisation)]?,
            })
        };
        let channels = jpeg.frame.components.iter().map(channel).collect::<Option<Vec<_>>>()?;
        let unit = (8 * usize::from(most.0), 8 * usize::from(most.1));
        let (width, height) =
            (usize::from(jpeg.frame.width).div_ceil(by), usize::from(jpeg.frame.height).div_ceil(by));
        Some(Self {
            across: usize::from(jpeg.frame.width).div_ceil(unit.0),
            unit: (unit.0 / by, unit.1 / by),
            bytes: vec![0; width * height * channels.len()],
            channels,
            width,
            height,
            rows: 0,
        })
    }

    /// For each channel: whether more than the means of its blocks is used.
    pub(super) fn detailed(&self) -> [bool; 3] {
        [0, 1, 2].map(|place| self.channels.get(place).is_some_and(|channel| channel.samples != (1, 1)))
    }

    /// Adds the rows that these units fill, and tells how many units that took.
    pub(super) fn draw(&mut self, pieces: &[Piece], blocks_a_unit: usize) -> usize {
        let units: usize = pieces.iter().map(|piece| piece.heads.len() / blocks_a_unit).sum();
        let rows = units / self.across;
        let row_bytes = self.width * self.channels.len() * self.unit.1;
        let mut bytes = std::mem::take(&mut self.bytes);
        let begin = (self.rows * row_bytes).min(bytes.len());
        bytes[begin..].par_chunks_mut(row_bytes).take(rows).enumerate().for_each(|(row, bytes)| {
            let mut passed = row * self.across * blocks_a_unit;
            let mut wanted = self.across * blocks_a_unit;
            let mut parts = Vec::with_capacity(pieces.len());
            for piece in pieces {
                let skipped = passed.min(piece.heads.len());
                passed -= skipped;
                let taken = wanted.min(piece.heads.len() - skipped);
                wanted -= taken;
                let range = skipped..skipped + taken;
                parts.push((&piece.coefficients[range.clone()], &piece.heads[range]));
            }
            let blocks = parts.iter().flat_map(|(blocks, heads)| blocks.iter().zip(*heads));
            self.draw_row(blocks, bytes);
        });
        self.bytes = bytes;
        self.rows += rows;
        rows * self.across
    }

    fn draw_row<'a>(&self, mut blocks: impl Iterator<Item = (&'a Block, &'a Head)>, bytes: &mut [u8]) {
        let stride = self.across * self.unit.0;
        let mut planes = vec![vec![0; stride * self.unit.1]; self.channels.len()];
        for unit in 0..self.across {
            for (channel, plane) in self.channels.iter().zip(&mut planes) {
                let (across, down) = channel.samples;
                for y in 0..channel.blocks.1 {
                    for x in 0..channel.blocks.0 {
                        let Some((block, head)) = blocks.next() else { return };
                        let at = y * down * stride + unit * self.unit.0 + x * across;
                        let head = (head.mean, head.last);
                        transform(channel.samples, block, head, &channel.steps, &mut plane[at..], stride);
                    }
                }
            }
        }
        if let [luma, blue, red] = &mut planes[..] {
            mix(luma, blue, red);
        }
        for (y, row) in bytes.chunks_mut(self.width * self.channels.len()).enumerate() {
            let samples = y * stride..(y + 1) * stride;
            match &planes[..] {
                [red, green, blue] => {
                    let (red, green, blue) = (&red[samples.clone()], &green[samples.clone()], &blue[samples]);
                    let colours = red.iter().zip(green).zip(blue);
                    for (pixel, ((red, green), blue)) in row.as_chunks_mut().0.iter_mut().zip(colours) {
                        *pixel = [*red, *green, *blue];
                    }
                }
                planes => row.copy_from_slice(&planes[0][samples][..row.len()]),
            }
        }
    }

    /// All of it.
    pub(super) fn into_pixels(self) -> Result<Pixels, JpegError> {
        let (width, height) = (self.width as u32, self.height as u32);
        let pixels = match self.channels.len() {
            1 => GrayImage::from_raw(width, height, self.bytes).map(Pixels::Grey),
            _ => RgbImage::from_raw(width, height, self.bytes).map(Pixels::Rgb),
        };
        pixels.ok_or_else(|| rare("its decoder made another number of pixels"))
    }
}

/// The quantisation tables that precede the scan, row by row; nothing where one makes no sense, or has steps that no picture needs.
fn steps(jpeg: &Jpeg) -> Option<[Option<Block>; 4]> {
    let mut tables = [None; 4];
    for part in &jpeg.parts {
        let mut body = match part {
            Part::Quantisation(body) => *body,
            Part::Scan(_) => break,
            Part::Huffman(_) | Part::RestartInterval(_) => continue,
        };
        while let Some((&which, rest)) = body.split_first() {
            let bytes = if which >> 4 == 0 { 1 } else { 2 };
            let (stored, rest) = rest.split_at_checked(64 * bytes)?;
            let mut table = [0; 64];
            for (place, step) in stored.chunks(bytes).enumerate() {
                let step = step.iter().fold(0, |step, &byte| step << 8 | u16::from(byte));
                table[usize::from(ZIGZAG[place])] = i16::try_from(step.min(WIDEST_STEP + 1)).ok()?;
                if step > WIDEST_STEP {
                    return None;
                }
            }
            *tables.get_mut(usize::from(which & 15))? = Some(table);
            body = rest;
        }
    }
    Some(tables)
}
