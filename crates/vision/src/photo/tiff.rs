//! TIFF, as scanners and the programs of clinics write it: the pixels of its first page.
//!
//! The crates that read TIFF take each part for what it says and paint what is missing; here every part must be there, and unpack to as many
//! bytes as its place on the page takes (`docs/photos.md`).

use std::borrow::Cow;
use std::io::Read;

use image::metadata::Orientation;
use image::{GrayImage, RgbImage};

use super::colour::Colours;
use super::decode::{self, DecodeError, Detail, Inks, MAX_HEADER_BYTES, Pixels, Unpacked};
use super::directories::{Beyond, Directories};
use super::jpeg::{self, Encoding};
use super::packbits;

const FORMAT: &str = "TIFF";

/// The most bytes that one packed by LZW or deflate can stand for.
const MOST_UNPACKED: usize = 1400;

/// What a pixel's samples mean (TIFF 6.0, "PhotometricInterpretation").
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Grey {
        inverted: bool,
    },
    Rgb,
    /// Places in a table of colours.
    Palette(Vec<[u8; 3]>),
    Inks,
    /// Only as a JPEG's.
    YCbCr,
}

impl Meaning {
    fn samples(&self) -> usize {
        match self {
            Self::Grey { .. } | Self::Palette(_) => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Inks => 4,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alpha {
    /// None, or samples of another meaning.
    None,
    /// Colours are stored as what is seen of them.
    Associated,
    Unassociated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
    Jpeg,
}

fn damaged(reason: &str) -> DecodeError {
    DecodeError::Damaged { format: FORMAT, reason: reason.into() }
}

fn unsupported(kind: impl Into<String>) -> DecodeError {
    DecodeError::Unsupported { kind: kind.into() }
}

impl From<Beyond> for DecodeError {
    fn from(_: Beyond) -> Self {
        Self::Truncated(FORMAT)
    }
}

/// The directory of a page.
struct Page<'a> {
    directories: Directories<'a>,
    at: u32,
}

impl<'a> Page<'a> {
    fn first(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let directories =
            Directories::new(bytes).ok_or_else(|| unsupported("a BigTIFF, made for huge pictures"))?;
        let at = directories.first().filter(|&at| directories.is_whole(at));
        Ok(Self { at: at.ok_or(DecodeError::Truncated(FORMAT))?, directories })
    }

    fn has(&self, tag: u16) -> bool {
        self.directories.entry(self.at, tag).is_some()
    }

    fn numbers(&self, tag: u16) -> Result<Option<Vec<u32>>, DecodeError> {
        Ok(self.directories.numbers(self.at, tag)?)
    }

    fn number(&self, tag: u16) -> Result<Option<u32>, DecodeError> {
        Ok(self.numbers(tag)?.and_then(|numbers| numbers.first().copied()))
    }

    fn number_or(&self, tag: u16, default: u32) -> Result<u32, DecodeError> {
        Ok(self.number(tag)?.unwrap_or(default))
    }

    fn required(&self, tag: u16) -> Result<u32, DecodeError> {
        self.number(tag)?.ok_or_else(|| damaged("a field is missing"))
    }
}

mod tag {
    pub const SUBFILE: u16 = 254;
    pub const WIDTH: u16 = 256;
    pub const HEIGHT: u16 = 257;
    pub const BITS: u16 = 258;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const ORIENTATION: u16 = 274;
    pub const SAMPLES: u16 = 277;
    pub const ROWS_PER_STRIP: u16 = 278;
    pub const STRIP_BYTES: u16 = 279;
    pub const PLANAR: u16 = 284;
    pub const PREDICTOR: u16 = 317;
    pub const COLOUR_MAP: u16 = 320;
    pub const TILE_WIDTH: u16 = 322;
    pub const TILE_HEIGHT: u16 = 323;
    pub const TILE_OFFSETS: u16 = 324;
    pub const TILE_BYTES: u16 = 325;
    pub const INK_SET: u16 = 332;
    pub const EXTRA_SAMPLES: u16 = 338;
    pub const SAMPLE_FORMAT: u16 = 339;
    pub const JPEG_TABLES: u16 = 347;
    pub const PROFILE: u16 = 34675;
    pub const DNG_VERSION: u16 = 50706;
}

/// Whether it begins like a TIFF, be it of the kind for huge files, which is not read.
pub(super) fn starts(bytes: &[u8]) -> bool {
    matches!(bytes.first_chunk(), Some(b"II\x2a\0" | b"MM\0\x2a" | b"II\x2b\0" | b"MM\0\x2b"))
}

pub(super) fn unpack(bytes: &[u8], _: Detail) -> Result<Unpacked, DecodeError> {
    let page = Page::first(bytes)?;
    refuse_raw(bytes, &page)?;
    let size = (page.required(tag::WIDTH)?, page.required(tag::HEIGHT)?);
    if size.0 == 0 || size.1 == 0 {
        return Err(damaged("it has no pixels"));
    }
    decode::check_size(size, 0)?;
    let layout = Layout::read(&page, size)?;
    let colours = match page.directories.bytes(page.at, tag::PROFILE)? {
        Some(profile) if profile.len() > MAX_HEADER_BYTES => return Err(decode::long_header(FORMAT)),
        Some(profile) => Colours::Profile(profile.to_vec()),
        None => Colours::Srgb,
    };
    let orientation = page.number_or(tag::ORIENTATION, 1)?;
    let orientation = u8::try_from(orientation).ok().and_then(Orientation::from_exif);
    let samples = layout.samples(bytes, &page)?;
    let pixels = layout.pixels(samples).ok_or_else(|| damaged("its size changes"))?;
    Ok(Unpacked { pixels, size, colours, orientation: orientation.unwrap_or(Orientation::NoTransforms) })
}

/// Refuses what cameras write as TIFF: its first page is a small picture of what follows.
fn refuse_raw(bytes: &[u8], page: &Page) -> Result<(), DecodeError> {
    const COLOUR_FILTER: u32 = 32803;
    const LINEAR_RAW: u32 = 34892;
    let raw = bytes.get(8..10) == Some(b"CR")
        || page.has(tag::DNG_VERSION)
        || matches!(page.number(tag::PHOTOMETRIC)?, Some(COLOUR_FILTER | LINEAR_RAW));
    if raw {
        return Err(unsupported("a camera's raw picture"));
    }
    // Bit 0: a smaller version of another; bit 2: a mask.
    if page.number_or(tag::SUBFILE, 0)? & 0b101 != 0 {
        return Err(unsupported("a camera's raw picture, or a TIFF whose first page is not its picture"));
    }
    Ok(())
}

/// How the page is made up.
struct Layout {
    size: (u32, u32),
    meaning: Meaning,
    alpha: Alpha,
    /// Samples a pixel, those of no known meaning included.
    samples: usize,
    /// Bytes a sample: one or two.
    sample_bytes: usize,
    big_endian: bool,
    /// Each sample in parts of its own.
    planar: bool,
    compression: Compression,
    /// Each sample as the difference from that before it.
    differences: bool,
    /// Width and height of a part, in pixels. Strips are as wide as the page; the last one may have fewer rows.
    part: (u32, u32),
    tiled: bool,
}

impl Layout {
    fn read(page: &Page, size: (u32, u32)) -> Result<Self, DecodeError> {
        let compression = compression(page.number_or(tag::COMPRESSION, 1)?)?;
        let bits = page.numbers(tag::BITS)?.unwrap_or_else(|| vec![1]);
        let sample_bytes = match bits[..] {
            [8, ref others @ ..] if others.iter().all(|&bits| bits == 8) => 1,
            [16, ref others @ ..] if others.iter().all(|&bits| bits == 16) => 2,
            [bits, ..] => return Err(unsupported(format!("a TIFF of {bits} bits a channel"))),
            [] => return Err(damaged("a field is empty")),
        };
        // Unsigned, or of no known kind.
        let formats = page.numbers(tag::SAMPLE_FORMAT)?.unwrap_or_default();
        if !formats.iter().all(|format| matches!(format, 1 | 4)) {
            return Err(unsupported("a TIFF of fractions or of signed numbers"));
        }
        if page.number_or(tag::FILL_ORDER, 1)? != 1 {
            return Err(unsupported("a TIFF whose bits are the other way round"));
        }
        let meaning = meaning(page, sample_bytes)?;
        let samples = page.number_or(tag::SAMPLES, 1)? as usize;
        let extra = samples.checked_sub(meaning.samples()).ok_or_else(|| damaged("a channel is missing"))?;
        let alone = matches!(meaning, Meaning::Palette(_) | Meaning::Inks | Meaning::YCbCr);
        if extra > 4 || (extra > 0 && (alone || compression == Compression::Jpeg)) {
            return Err(unsupported(format!("a TIFF of {samples} channels")));
        }
        let alpha = match page.number(tag::EXTRA_SAMPLES)? {
            Some(1) if extra > 0 => Alpha::Associated,
            Some(2) if extra > 0 => Alpha::Unassociated,
            _ => Alpha::None,
        };
        let planar = page.number_or(tag::PLANAR, 1)? == 2 && samples > 1;
        let differences = match page.number_or(tag::PREDICTOR, 1)? {
            1 => false,
            2 => matches!(compression, Compression::Lzw | Compression::Deflate),
            _ => return Err(unsupported("a TIFF of fractions or of signed numbers")),
        };
        if compression == Compression::Jpeg && (planar || sample_bytes != 1 || meaning == Meaning::Inks)
            || compression != Compression::Jpeg && meaning == Meaning::YCbCr
        {
            return Err(unsupported("a rare kind of TIFF (its channels are stored as video's)"));
        }
        let tiled = page.has(tag::TILE_OFFSETS);
        let part = match tiled {
            true => (page.required(tag::TILE_WIDTH)?, page.required(tag::TILE_HEIGHT)?),
            false => (size.0, page.number_or(tag::ROWS_PER_STRIP, u32::MAX)?.min(size.1)),
        };
        if part.0 == 0 || part.1 == 0 {
            return Err(damaged("its parts have no pixels"));
        }
        let layout = Self {
            size,
            meaning,
            alpha,
            samples,
            sample_bytes,
            big_endian: page.directories.big_endian,
            planar,
            compression,
            differences,
            part,
            tiled,
        };
        // A part unpacked, beside all of the page.
        let page_bytes = samples as u64 * u64::from(size.0) * u64::from(size.1);
        decode::check_size(size, page_bytes.saturating_add(layout.part_bytes(part.1)))?;
        Ok(layout)
    }

    /// Samples that stand beside each other in a part, for each pixel.
    fn samples_together(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Bytes of a part with so many rows, unpacked.
    fn part_bytes(&self, rows: u32) -> u64 {
        let row = u64::from(self.part.0) * (self.samples_together() * self.sample_bytes) as u64;
        row.saturating_mul(rows.into())
    }

    /// The packed bytes of each part: row by row of parts, and plane by plane.
    fn parts<'a>(&self, bytes: &'a [u8], page: &Page) -> Result<Vec<&'a [u8]>, DecodeError> {
        let (offsets, lengths) = match self.tiled {
            true => (tag::TILE_OFFSETS, tag::TILE_BYTES),
            false => (tag::STRIP_OFFSETS, tag::STRIP_BYTES),
        };
        let offsets = page.numbers(offsets)?.unwrap_or_default();
        let lengths = page.numbers(lengths)?.unwrap_or_default();
        let planes = if self.planar { self.samples as u64 } else { 1 };
        let across = u64::from(self.size.0.div_ceil(self.part.0));
        let down = u64::from(self.size.1.div_ceil(self.part.1));
        if offsets.len() as u64 != planes * across * down || lengths.len() != offsets.len() {
            return Err(damaged("it has more or fewer parts than its size asks for"));
        }
        // Or else a small file could make much of the same bytes.
        if lengths.iter().map(|&length| u64::from(length)).sum::<u64>() > bytes.len() as u64 {
            return Err(DecodeError::Truncated(FORMAT));
        }
        let part = |(&offset, &length): (&u32, &u32)| {
            let end = (offset as usize).checked_add(length as usize);
            end.and_then(|end| bytes.get(offset as usize..end)).ok_or(DecodeError::Truncated(FORMAT))
        };
        offsets.iter().zip(&lengths).map(part).collect()
    }

    /// All samples of the page in 8 bits, pixel by pixel.
    fn samples(&self, bytes: &[u8], page: &Page) -> Result<Vec<u8>, DecodeError> {
        let parts = self.parts(bytes, page)?;
        let tables = page.directories.bytes(page.at, tag::JPEG_TABLES)?;
        // What can't be there is not made room for.
        let packed = parts.iter().map(|part| part.len()).sum::<usize>() as u64;
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let unpacked = (width * height * self.samples) as u64;
        if self.compression != Compression::Jpeg && unpacked / self.most_unpacked() as u64 > packed {
            return Err(DecodeError::Truncated(FORMAT));
        }
        let mut samples = Vec::new();
        let across = width.div_ceil(self.part.0 as usize);
        let in_plane = across * height.div_ceil(self.part.1 as usize);
        for (number, packed) in parts.iter().enumerate() {
            let (plane, place) = (number / in_plane, number % in_plane);
            let left = place % across * self.part.0 as usize;
            let top = place / across * self.part.1 as usize;
            let rows = (self.part.1 as usize).min(height - top);
            let needed = if self.tiled { self.part.1 } else { rows as u32 };
            let part = self.unpacked_part(packed, needed, tables)?;
            if samples.is_empty() {
                samples.resize(width * height * self.samples, 0);
            }
            let (together, bytes) = (self.samples_together(), self.sample_bytes);
            let columns = (self.part.0 as usize).min(width - left);
            // The high byte of two.
            let high = if bytes == 2 && !self.big_endian { 1 } else { 0 };
            for (row, from) in
                part.chunks_exact(self.part.0 as usize * together * bytes).take(rows).enumerate()
            {
                let begin = ((top + row) * width + left) * self.samples;
                let to = &mut samples[begin..begin + columns * self.samples];
                match (self.planar, bytes) {
                    (false, 1) => to.copy_from_slice(&from[..to.len()]),
                    (false, _) => {
                        for (to, from) in to.iter_mut().zip(from.chunks_exact(bytes)) {
                            *to = from[high];
                        }
                    }
                    (true, _) => {
                        let to = to.iter_mut().skip(plane).step_by(self.samples);
                        for (to, from) in to.zip(from.chunks_exact(bytes)) {
                            *to = from[high];
                        }
                    }
                }
            }
        }
        Ok(samples)
    }

    /// The most bytes that a packed one stands for.
    fn most_unpacked(&self) -> usize {
        match self.compression {
            Compression::None => 1,
            Compression::PackBits => packbits::MOST_UNPACKED,
            Compression::Lzw | Compression::Deflate | Compression::Jpeg => MOST_UNPACKED,
        }
    }

    /// A part of at least `needed` rows, unpacked. The last strip may have as many as the others.
    fn unpacked_part<'a>(
        &self,
        packed: &'a [u8],
        needed: u32,
        tables: Option<&[u8]>,
    ) -> Result<Cow<'a, [u8]>, DecodeError> {
        if self.compression == Compression::Jpeg {
            return self.jpeg_part(packed, needed, tables).map(Cow::Owned);
        }
        // Both are within the limits that were checked.
        let (most, needed) = (self.part_bytes(self.part.1) as usize, self.part_bytes(needed) as usize);
        if needed / self.most_unpacked() > packed.len() {
            return Err(damaged("a part is too short for its pixels"));
        }
        let mut part = match self.compression {
            Compression::None | Compression::Jpeg => Cow::Borrowed(packed),
            Compression::PackBits => {
                let long = || damaged("a part is not what it takes");
                Cow::Owned(packbits::unpack(packed, most).ok_or_else(long)?)
            }
            Compression::Lzw => Cow::Owned(lzw(packed, most)?),
            Compression::Deflate => Cow::Owned(deflate(packed, most)?),
        };
        if part.len() != needed && part.len() != most {
            return Err(damaged("a part has more or fewer pixels than its place"));
        }
        if self.differences {
            let row_bytes = self.part_bytes(1) as usize;
            for row in part.to_mut().chunks_exact_mut(row_bytes) {
                self.add_up(row);
            }
        }
        Ok(part)
    }

    /// Each sample from the difference that it is stored as (TIFF 6.0, section 14).
    fn add_up(&self, row: &mut [u8]) {
        let back = self.samples_together() * self.sample_bytes;
        if self.sample_bytes == 1 {
            for at in back..row.len() {
                row[at] = row[at].wrapping_add(row[at - back]);
            }
            return;
        }
        for at in (back..row.len()).step_by(2) {
            let pair = |at: usize| [row[at], row[at + 1]];
            let sum = match self.big_endian {
                true => u16::from_be_bytes(pair(at))
                    .wrapping_add(u16::from_be_bytes(pair(at - back)))
                    .to_be_bytes(),
                false => u16::from_le_bytes(pair(at))
                    .wrapping_add(u16::from_le_bytes(pair(at - back)))
                    .to_le_bytes(),
            };
            row[at..at + 2].copy_from_slice(&sum);
        }
    }

    /// A part that is a JPEG of its own, with tables that all parts share. What its channels mean is said by the page.
    fn jpeg_part(&self, packed: &[u8], needed: u32, tables: Option<&[u8]>) -> Result<Vec<u8>, DecodeError> {
        let joined = match tables.and_then(|tables| tables.strip_suffix(b"\xff\xd9")) {
            Some(tables) => Cow::Owned([tables, packed.strip_prefix(b"\xff\xd8").unwrap_or(packed)].concat()),
            None => Cow::Borrowed(packed),
        };
        let explain = |error| decode::of_jpeg(error, FORMAT);
        let mut opened = jpeg::open(&joined).map_err(explain)?;
        let encoding = if self.meaning == Meaning::YCbCr { Encoding::YCbCr } else { Encoding::Rgb };
        if self.samples == 3 && opened.told_encoding().is_some_and(|told| told != encoding) {
            return Err(unsupported("a TIFF that contradicts itself about its colours"));
        }
        opened.assume(encoding);
        let (width, height) = opened.size();
        if width != self.part.0 || (height != needed && height != self.part.1) {
            return Err(damaged("a part has more or fewer pixels than its place"));
        }
        match (opened.pixels().map_err(explain)?, self.samples) {
            (Pixels::Grey(grey), 1) => Ok(grey.into_raw()),
            (Pixels::Rgb(pixels), 3) => Ok(pixels.into_raw()),
            _ => Err(damaged("a part has more or fewer channels than its page")),
        }
    }

    /// What the samples mean; none where they are not as many as the page takes.
    fn pixels(&self, samples: Vec<u8>) -> Option<Pixels> {
        let (width, height) = self.size;
        let samples = match self.samples - self.meaning.samples() {
            0 => samples,
            _ => self.without_extra(&samples),
        };
        match &self.meaning {
            Meaning::Grey { inverted } => {
                let mut grey = samples;
                if *inverted {
                    grey.iter_mut().for_each(|value| *value = 255 - *value);
                }
                GrayImage::from_raw(width, height, grey).map(Pixels::Grey)
            }
            Meaning::Rgb | Meaning::YCbCr => RgbImage::from_raw(width, height, samples).map(Pixels::Rgb),
            Meaning::Palette(colours) => {
                let colour = |place: &u8| colours.get(usize::from(*place)).copied();
                let pixels: Option<Vec<[u8; 3]>> = samples.iter().map(colour).collect();
                RgbImage::from_raw(width, height, pixels?.into_flattened()).map(Pixels::Rgb)
            }
            Meaning::Inks => Inks::from_raw(width, height, samples).map(Pixels::Inks),
        }
    }

    /// The samples without those beyond their meaning; what is transparent becomes white.
    fn without_extra(&self, samples: &[u8]) -> Vec<u8> {
        let kept = self.meaning.samples();
        // White in what is stored, which may be black.
        let white = if self.meaning == (Meaning::Grey { inverted: true }) { 0 } else { 255 };
        let seen = |value: u8, alpha: u8| match self.alpha {
            Alpha::None => value,
            Alpha::Unassociated if white == 0 => 255 - decode::over_white(255 - value, alpha),
            Alpha::Unassociated => decode::over_white(value, alpha),
            Alpha::Associated if white == 0 => value.saturating_sub(255 - alpha),
            Alpha::Associated => value.saturating_add(255 - alpha),
        };
        let pixels = samples.chunks_exact(self.samples);
        pixels.flat_map(|pixel| pixel[..kept].iter().map(move |&value| seen(value, pixel[kept]))).collect()
    }
}

/// How parts are packed.
///
/// # Errors
/// What it is, where it is not read.
fn compression(number: u32) -> Result<Compression, DecodeError> {
    let compression = match number {
        1 => return Ok(Compression::None),
        5 => return Ok(Compression::Lzw),
        7 => return Ok(Compression::Jpeg),
        8 | 32946 => return Ok(Compression::Deflate),
        32773 => return Ok(Compression::PackBits),
        2..=4 => "CCITT fax",
        // Given up in 1995 since nobody agreed what it meant; raw pictures of cameras have it still.
        6 => "old-style JPEG",
        33003 | 33004 | 33005 | 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        _ => return Err(unsupported("a TIFF compressed in a rare way")),
    };
    Err(DecodeError::Compression { format: FORMAT, compression })
}

/// What the samples mean.
///
/// # Errors
/// What it is, where it is not read.
fn meaning(page: &Page, sample_bytes: usize) -> Result<Meaning, DecodeError> {
    Ok(match page.required(tag::PHOTOMETRIC)? {
        0 => Meaning::Grey { inverted: true },
        1 => Meaning::Grey { inverted: false },
        2 => Meaning::Rgb,
        3 if sample_bytes == 1 => {
            let values = page.numbers(tag::COLOUR_MAP)?.unwrap_or_default();
            if values.len() != 3 * 256 {
                return Err(damaged("its colours are missing"));
            }
            // All reds, greens and blues, of 16 bits each.
            let colour = |place: usize| [0, 256, 512].map(|channel| (values[channel + place] >> 8) as u8);
            Meaning::Palette((0..256).map(colour).collect())
        }
        5 if page.number_or(tag::INK_SET, 1)? == 1 => Meaning::Inks,
        5 => return Err(unsupported("a TIFF in unusual printing inks")),
        6 => Meaning::YCbCr,
        8..=10 => return Err(unsupported("a TIFF in Lab colours")),
        _ => return Err(unsupported("a TIFF in rare colours")),
    })
}

fn lzw(packed: &[u8], most: usize) -> Result<Vec<u8>, DecodeError> {
    // Its first code clears the table. Before TIFF 6.0, bits came the other way round.
    if let [0, second, ..] = packed
        && second & 1 == 1
    {
        return Err(unsupported("a TIFF compressed in a way that was given up"));
    }
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let mut unpacked = vec![0; most];
    let (mut from, mut to) = (0, 0);
    let mut beyond = [0];
    loop {
        // Once all is there, the end mark alone may follow.
        let full = to == most;
        let room = if full { &mut beyond[..] } else { &mut unpacked[to..] };
        let step = decoder.decode_bytes(&packed[from..], room);
        from += step.consumed_in;
        if full && step.consumed_out > 0 {
            return Err(damaged("a part has more pixels than its place"));
        }
        to += step.consumed_out;
        match step.status {
            Ok(weezl::LzwStatus::Ok) if step.consumed_in > 0 || step.consumed_out > 0 => {}
            Ok(_) => break,
            Err(_) if full => break,
            Err(_) => return Err(damaged("a part is not what it takes")),
        }
    }
    unpacked.truncate(to);
    Ok(unpacked)
}

fn deflate(packed: &[u8], most: usize) -> Result<Vec<u8>, DecodeError> {
    let mut unpacked = Vec::with_capacity(most.saturating_add(1));
    let mut reader = flate2::bufread::ZlibDecoder::new(packed).take(most as u64 + 1);
    reader.read_to_end(&mut unpacked).map_err(|_| damaged("a part is not what it takes"))?;
    Ok(unpacked)
}
