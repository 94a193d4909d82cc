//! DICOM, as the cameras and archives of clinics write it: the pixels of its first frame, and nothing else that is in the file.
//!
//! `dicom-pixeldata`, the library for it, gets colours wrong that are stored as YBR_FULL, and brings a dictionary of thousands of fields to a
//! phone. A dozen of them say what the pixels are (DICOM PS3.3, section C.7.6.3), and the compression that photos have is JPEG.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{GrayImage, RgbImage};

use super::colour::Colours;
use super::decode::{self, DecodeError, Detail, MAX_HEADER_BYTES, Pixels, Unpacked};
use super::jpeg::{self, Encoding};
use super::packbits;

mod elements;
mod palette;

use elements::{Elements, PIXEL_DATA, Syntax, Tag, Value};
use palette::Palette;

const FORMAT: &str = "DICOM";

/// What precedes the mark of a file: 128 bytes that mean nothing.
const PREAMBLE: usize = 128;

fn damaged(reason: &str) -> DecodeError {
    DecodeError::Damaged { format: FORMAT, reason: reason.into() }
}

fn truncated() -> DecodeError {
    DecodeError::Truncated(FORMAT)
}

fn unsupported(kind: impl Into<String>) -> DecodeError {
    DecodeError::Unsupported { kind: kind.into() }
}

/// Whether it begins like a DICOM file.
pub(super) fn starts(bytes: &[u8]) -> bool {
    bytes.get(PREAMBLE..).is_some_and(|rest| rest.starts_with(b"DICM"))
}

/// How the pixels are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Jpeg,
    Rle,
}

/// What a pixel's samples mean (PS3.3, section C.7.6.3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Grey {
        inverted: bool,
    },
    Palette,
    Rgb,
    YbrFull,
    /// The same, with chroma for every other pixel alone.
    YbrFull422,
}

pub(super) fn unpack(bytes: &[u8], _: Detail) -> Result<Unpacked, DecodeError> {
    let (syntax, packing, at) = transfer_syntax(bytes)?;
    let fields = Fields::read(Elements::new(bytes, at, syntax))?;
    let picture = Picture::read(&fields)?;
    let frame = picture.frame(&fields, packing)?;
    let mut colours = match fields.bytes(ICC_PROFILE) {
        Some(profile) if profile.len() > MAX_HEADER_BYTES => return Err(decode::long_header(FORMAT)),
        Some(profile) => Colours::Profile(profile.to_vec()),
        None => Colours::Srgb,
    };
    let pixels = match packing {
        Packing::None => picture.plain(&frame, &fields)?,
        Packing::Rle => picture.runs(&frame, &fields)?,
        Packing::Jpeg => {
            let (pixels, profile) = picture.jpeg(&frame)?;
            if let (Colours::Srgb, Some(profile)) = (&colours, profile) {
                colours = Colours::Profile(profile);
            }
            pixels
        }
    };
    // How a picture is held says the table of its fields, not the EXIF data of a JPEG in it.
    Ok(Unpacked { pixels, size: picture.size, colours, orientation: Orientation::NoTransforms })
}

/// How the file is written, and where what follows its header begins.
fn transfer_syntax(bytes: &[u8]) -> Result<(Syntax, Packing, usize), DecodeError> {
    const TRANSFER_SYNTAX: Tag = (2, 0x0010);
    let mut header = Elements::new(bytes, PREAMBLE + 4, Syntax::EXPLICIT);
    let mut found = None;
    while let Some((2, _)) = header.peek() {
        match header.next()? {
            Some((TRANSFER_SYNTAX, Value::Bytes { bytes, .. })) => found = Some(text(bytes)),
            Some(_) => {}
            None => break,
        }
    }
    let name = found.ok_or_else(|| {
        if header.at() >= bytes.len() { truncated() } else { damaged("it does not say how it is written") }
    })?;
    let (syntax, packing) = syntax_named(name)?;
    Ok((syntax, packing, header.at()))
}

/// What is meant by a transfer syntax's name (PS3.6, annex A).
///
/// # Errors
/// What it is, where it is not read.
fn syntax_named(name: &str) -> Result<(Syntax, Packing), DecodeError> {
    let compression = match name.strip_prefix("1.2.840.10008.1.2").unwrap_or_default() {
        "" if name == "1.2.840.10008.1.2" => return Ok((Syntax::IMPLICIT, Packing::None)),
        ".1" => return Ok((Syntax::EXPLICIT, Packing::None)),
        ".2" => return Ok((Syntax { big_endian: true, ..Syntax::EXPLICIT }, Packing::None)),
        ".4.50" | ".4.51" => return Ok((Syntax::EXPLICIT, Packing::Jpeg)),
        ".5" => return Ok((Syntax::EXPLICIT, Packing::Rle)),
        ".1.99" => "Deflate",
        ".4.57" | ".4.70" => "JPEG Lossless",
        ".4.80" | ".4.81" => "JPEG-LS",
        ".4.90" | ".4.91" | ".4.92" | ".4.93" => "JPEG 2000",
        ".4.94" | ".4.95" | ".4.204" | ".4.205" => {
            return Err(unsupported("a DICOM file whose picture is kept elsewhere"));
        }
        ".4.110" | ".4.111" | ".4.112" => "JPEG XL",
        ".4.201" | ".4.202" | ".4.203" => "High-Throughput JPEG 2000",
        other if other.starts_with(".4.10") => return Err(unsupported("a DICOM file that holds a video")),
        _ => return Err(unsupported("a rare kind of DICOM file")),
    };
    Err(DecodeError::Compression { format: FORMAT, compression })
}

/// A text without what pads it.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default().trim_matches(['\0', ' '])
}

const SAMPLES: Tag = (0x0028, 0x0002);
const PHOTOMETRIC: Tag = (0x0028, 0x0004);
const PLANAR: Tag = (0x0028, 0x0006);
const FRAMES: Tag = (0x0028, 0x0008);
const ROWS: Tag = (0x0028, 0x0010);
const COLUMNS: Tag = (0x0028, 0x0011);
const ASPECT_RATIO: Tag = (0x0028, 0x0034);
const BITS_ALLOCATED: Tag = (0x0028, 0x0100);
const BITS_STORED: Tag = (0x0028, 0x0101);
const HIGH_BIT: Tag = (0x0028, 0x0102);
const SIGNED: Tag = (0x0028, 0x0103);
const ICC_PROFILE: Tag = (0x0028, 0x2000);

/// The fields that say what the pixels are, and the pixels.
struct Fields<'a> {
    syntax: Syntax,
    found: Vec<(Tag, Value<'a>)>,
}

impl<'a> Fields<'a> {
    fn read(mut elements: Elements<'a>) -> Result<Self, DecodeError> {
        let mut found = Vec::new();
        while let Some((tag, value)) = elements.next()? {
            let wanted = matches!(
                tag,
                SAMPLES
                    | PHOTOMETRIC
                    | PLANAR
                    | FRAMES
                    | ROWS
                    | COLUMNS
                    | ASPECT_RATIO
                    | BITS_ALLOCATED
                    | BITS_STORED
                    | HIGH_BIT
                    | SIGNED
                    | ICC_PROFILE
                    | PIXEL_DATA
            ) || palette::FIELDS.contains(&tag);
            if wanted {
                if found.iter().any(|(other, _)| *other == tag) {
                    return Err(damaged("one of its fields is there twice"));
                }
                found.push((tag, value));
            }
            if tag == PIXEL_DATA {
                return Ok(Self { syntax: elements.syntax, found });
            }
        }
        // Cut off between two fields, or one of the many DICOM files that hold none: reports, plans, lists of files.
        match found.iter().any(|(tag, _)| *tag == ROWS) {
            true => Err(truncated()),
            false => Err(unsupported("a DICOM file without a picture")),
        }
    }

    fn value(&self, tag: Tag) -> Option<&Value<'a>> {
        self.found.iter().find(|(found, _)| *found == tag).map(|(_, value)| value)
    }

    fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        match self.value(tag)? {
            Value::Bytes { bytes, .. } => Some(bytes),
            Value::Fragments(_) | Value::Sequence => None,
        }
    }

    fn number(&self, tag: Tag) -> Option<u16> {
        self.bytes(tag)?.first_chunk().map(|bytes| self.syntax.u16(*bytes))
    }

    fn required(&self, tag: Tag) -> Result<u16, DecodeError> {
        self.number(tag).ok_or_else(|| damaged("a field that describes its pixels is missing"))
    }

    /// Words of 16 bits as bytes, the lower half of each first, whichever way round the file writes them; and other bytes as they are.
    fn in_order(&self, bytes: &'a [u8], words: bool) -> Cow<'a, [u8]> {
        if !(self.syntax.big_endian && words) {
            return Cow::Borrowed(bytes);
        }
        let mut swapped = bytes.to_vec();
        swapped.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        Cow::Owned(swapped)
    }
}

/// What the fields say of the picture.
#[derive(Debug, Clone, Copy)]
struct Picture {
    size: (u32, u32),
    meaning: Meaning,
    /// Each channel by itself.
    planar: bool,
    /// Bytes a sample takes: one or two.
    sample_bytes: usize,
    /// Bits of them that mean something.
    stored: u32,
    /// How many bits lie below those.
    shift: u32,
    frames: u32,
}

impl Picture {
    fn read(fields: &Fields) -> Result<Self, DecodeError> {
        let size = (u32::from(fields.required(COLUMNS)?), u32::from(fields.required(ROWS)?));
        if size.0 == 0 || size.1 == 0 {
            return Err(damaged("it has no pixels"));
        }
        let samples = fields.required(SAMPLES)?;
        let told = text(fields.bytes(PHOTOMETRIC).unwrap_or_default());
        let meaning = match told {
            "MONOCHROME1" => Meaning::Grey { inverted: true },
            "MONOCHROME2" => Meaning::Grey { inverted: false },
            "PALETTE COLOR" => Meaning::Palette,
            "RGB" => Meaning::Rgb,
            "YBR_FULL" => Meaning::YbrFull,
            "YBR_FULL_422" => Meaning::YbrFull422,
            "" => return Err(damaged("it does not say what its colours are")),
            _ => return Err(unsupported("a DICOM picture in rare colours")),
        };
        let picture = Self { meaning, size, planar: false, sample_bytes: 1, stored: 8, shift: 0, frames: 1 };
        if usize::from(samples) != picture.samples() {
            return Err(damaged("its channels and its colours don't go together"));
        }
        // A sample, a byte of what it becomes, and another while channels are brought together.
        decode::check_size(size, 3 * picture.samples() as u64 * u64::from(size.0) * u64::from(size.1))?;
        if let Some(ratio) = fields.bytes(ASPECT_RATIO).map(text)
            && ratio.split_once('\\').is_some_and(|(down, across)| down.trim() != across.trim())
        {
            return Err(unsupported("a DICOM picture whose pixels are not square"));
        }
        let (allocated, stored) = (fields.required(BITS_ALLOCATED)?, fields.required(BITS_STORED)?);
        let high = fields.number(HIGH_BIT).unwrap_or(stored.wrapping_sub(1));
        let shift = high.checked_add(1).and_then(|bits| bits.checked_sub(stored));
        let Some(shift) = shift.filter(|_| (1..=allocated).contains(&stored) && high < allocated) else {
            return Err(damaged("the bits of its pixels don't add up"));
        };
        if !matches!(allocated, 8 | 16) {
            return Err(unsupported(format!("a DICOM picture of {allocated} bits a channel")));
        }
        if fields.number(SIGNED).unwrap_or(0) != 0 {
            return Err(unsupported("a DICOM picture of signed numbers"));
        }
        match meaning {
            // What of so many shades is black and what is white is for whoever looks at it.
            Meaning::Grey { .. } if stored > 8 => {
                return Err(unsupported(format!("a grey DICOM picture of {stored} bits, as X-rays are")));
            }
            Meaning::Rgb | Meaning::YbrFull | Meaning::YbrFull422 if (allocated, stored) != (8, 8) => {
                return Err(unsupported(format!("a DICOM picture of {stored} bits a channel")));
            }
            _ => {}
        }
        let frames = match fields.bytes(FRAMES).map(text) {
            None | Some("") => 1,
            Some(count) => {
                count.parse().ok().filter(|&count| count > 0).ok_or_else(|| damaged("it has no frames"))?
            }
        };
        let planar = picture.samples() > 1 && fields.number(PLANAR) == Some(1);
        if planar && meaning == Meaning::YbrFull422 {
            return Err(damaged("its channels and its colours don't go together"));
        }
        let sample_bytes = usize::from(allocated / 8);
        Ok(Self { planar, sample_bytes, stored: stored.into(), shift: shift.into(), frames, ..picture })
    }

    /// Channels.
    fn samples(&self) -> usize {
        match self.meaning {
            Meaning::Grey { .. } | Meaning::Palette => 1,
            Meaning::Rgb | Meaning::YbrFull | Meaning::YbrFull422 => 3,
        }
    }

    fn pixels(&self) -> usize {
        self.size.0 as usize * self.size.1 as usize
    }

    /// The bytes of the first frame, as they are packed.
    fn frame<'a>(&self, fields: &Fields<'a>, packing: Packing) -> Result<Cow<'a, [u8]>, DecodeError> {
        match fields.value(PIXEL_DATA) {
            Some(Value::Bytes { bytes, words }) if packing == Packing::None => {
                let frame = self.plain_bytes()?;
                let all = frame as u64 * u64::from(self.frames);
                // Other numbers would come of another size, and make stripes. One byte more makes theirs even.
                if bytes.len() as u64 != all && bytes.len() as u64 != all.next_multiple_of(2) {
                    return Err(damaged("it has more or fewer pixels than it says"));
                }
                // Two bytes are taken for a word of the file's order later on.
                let words = *words && self.sample_bytes == 1;
                Ok(match fields.in_order(&bytes[..frame.next_multiple_of(2).min(bytes.len())], words) {
                    Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..frame]),
                    Cow::Owned(mut bytes) => {
                        bytes.truncate(frame);
                        Cow::Owned(bytes)
                    }
                })
            }
            Some(Value::Fragments(fragments)) if packing != Packing::None => {
                let (offsets, pieces) =
                    fragments.split_first().ok_or_else(|| damaged("its pixels are missing"))?;
                let pieces = first_frame(offsets, pieces, self.frames, packing)?;
                match pieces {
                    [piece] => Ok(Cow::Borrowed(piece)),
                    pieces => Ok(Cow::Owned(pieces.concat())),
                }
            }
            _ => Err(damaged("its pixels are not packed as it says")),
        }
    }

    /// The bytes of a frame that is not packed.
    fn plain_bytes(&self) -> Result<usize, DecodeError> {
        if self.meaning != Meaning::YbrFull422 {
            return Ok(self.pixels() * self.samples() * self.sample_bytes);
        }
        match self.size.0 % 2 {
            0 => Ok(2 * self.pixels()),
            _ => Err(damaged("its width and its colours don't go together")),
        }
    }

    fn plain(&self, frame: &[u8], fields: &Fields) -> Result<Pixels, DecodeError> {
        match self.meaning {
            Meaning::YbrFull422 => {
                // Two of luma, then chroma for both.
                let pairs = frame.as_chunks().0.iter();
                let pixels: Vec<u8> = pairs
                    .flat_map(|&[one, two, blue, red]| [[one, blue, red], [two, blue, red]])
                    .flat_map(rgb_of_ybr)
                    .collect();
                self.rgb(pixels)
            }
            Meaning::Rgb | Meaning::YbrFull => match self.planar {
                true => self.colours(woven(frame, self.pixels())),
                false => self.colours(frame.to_vec()),
            },
            Meaning::Grey { .. } | Meaning::Palette => {
                let places = |bytes: &[u8]| match *bytes {
                    [low] => u16::from(low),
                    [a, b] => fields.syntax.u16([a, b]),
                    _ => 0,
                };
                let samples = frame.chunks_exact(self.sample_bytes).map(places);
                self.single(samples, fields)
            }
        }
    }

    /// Frames of runs of equal bytes, each channel's bytes by themselves (PS3.5, annex G).
    fn runs(&self, frame: &[u8], fields: &Fields) -> Result<Pixels, DecodeError> {
        if self.meaning == Meaning::YbrFull422 {
            return Err(damaged("its channels and its colours don't go together"));
        }
        let segments = self.segments(frame)?;
        let pixels = self.pixels();
        if pixels / packbits::MOST_UNPACKED > frame.len() {
            return Err(damaged("it has more or fewer pixels than it says"));
        }
        let unpack = |segment: &&[u8]| {
            // Some make the length even before they pack, and not after.
            let unpacked = packbits::unpack(segment, pixels + 1).filter(|unpacked| unpacked.len() >= pixels);
            let unpacked = unpacked.map(|mut unpacked| {
                unpacked.truncate(pixels);
                unpacked
            });
            unpacked.ok_or_else(|| damaged("it has more or fewer pixels than it says"))
        };
        let planes = segments.iter().map(unpack).collect::<Result<Vec<_>, _>>()?;
        match &planes[..] {
            [_, _, _] => self.colours(woven(&planes.concat(), pixels)),
            [low] => self.single(low.iter().map(|&low| u16::from(low)), fields),
            // The high bytes come first.
            [high, low] => {
                self.single(high.iter().zip(low).map(|(&high, &low)| u16::from_be_bytes([high, low])), fields)
            }
            _ => Err(damaged("it has more or fewer channels than it says")),
        }
    }

    fn segments<'a>(&self, frame: &'a [u8]) -> Result<Vec<&'a [u8]>, DecodeError> {
        const HEADER: usize = 64;
        let header: &[u8; HEADER] = frame.first_chunk().ok_or_else(|| damaged("its pixels are missing"))?;
        let numbers = header.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes) as usize);
        let numbers: Vec<usize> = numbers.collect();
        let count = self.samples() * self.sample_bytes;
        if numbers[0] != count {
            return Err(damaged("it has more or fewer channels than it says"));
        }
        let begins = &numbers[1..=count];
        let ends = begins[1..].iter().copied().chain([frame.len()]);
        let segment = |(&begin, end)| frame.get(begin..end).filter(|_| begin >= HEADER);
        begins
            .iter()
            .zip(ends)
            .map(|ends| segment(ends).ok_or_else(|| damaged("its channels overlap")))
            .collect()
    }

    /// A JPEG, and the colour profile in it.
    fn jpeg(&self, frame: &[u8]) -> Result<(Pixels, Option<Vec<u8>>), DecodeError> {
        let explain = |error| decode::of_jpeg(error, FORMAT);
        // What makes its length even may follow its end mark, and is passed over.
        if !frame.starts_with(b"\xff\xd8") {
            return Err(damaged("its pixels are not packed as it says"));
        }
        let mut opened = jpeg::open(frame).map_err(explain)?;
        if opened.size() != self.size {
            return Err(damaged("it has more or fewer pixels than it says"));
        }
        if opened.channels() != self.samples() || self.meaning == Meaning::Palette {
            return Err(damaged("it has more or fewer channels than it says"));
        }
        // Where the JPEG says itself what its colours are, it was there before the file around it.
        if opened.told_encoding().is_none() {
            opened.assume(if self.meaning == Meaning::Rgb { Encoding::Rgb } else { Encoding::YCbCr });
        }
        let profile = opened.profile().map(<[u8]>::to_vec);
        let pixels = match (opened.pixels().map_err(explain)?, self.meaning) {
            (Pixels::Grey(mut grey), Meaning::Grey { inverted: true }) => {
                grey.iter_mut().for_each(|value| *value = 255 - *value);
                Pixels::Grey(grey)
            }
            (pixels, _) => pixels,
        };
        Ok((pixels, profile))
    }

    /// Red, green and blue, or what stands for them.
    fn colours(&self, mut samples: Vec<u8>) -> Result<Pixels, DecodeError> {
        if self.meaning == Meaning::YbrFull {
            samples.as_chunks_mut().0.iter_mut().for_each(|pixel| *pixel = rgb_of_ybr(*pixel));
        }
        self.rgb(samples)
    }

    fn rgb(&self, samples: Vec<u8>) -> Result<Pixels, DecodeError> {
        let pixels = RgbImage::from_raw(self.size.0, self.size.1, samples).map(Pixels::Rgb);
        pixels.ok_or_else(|| damaged("it has more or fewer pixels than it says"))
    }

    /// Shades, or places in a table of colours.
    fn single(&self, samples: impl Iterator<Item = u16>, fields: &Fields) -> Result<Pixels, DecodeError> {
        let most = (1u32 << self.stored) - 1;
        let values = samples.map(|sample| u32::from(sample) >> self.shift & most);
        if self.meaning == Meaning::Palette {
            let palette = Palette::read(fields)?;
            return self.rgb(values.flat_map(|place| palette.colour(place)).collect());
        }
        let inverted = self.meaning == Meaning::Grey { inverted: true };
        let shade = |value: u32| {
            let shade = ((value * 255 + most / 2) / most) as u8;
            if inverted { 255 - shade } else { shade }
        };
        let grey = GrayImage::from_raw(self.size.0, self.size.1, values.map(shade).collect());
        grey.map(Pixels::Grey).ok_or_else(|| damaged("it has more or fewer pixels than it says"))
    }
}

/// The pieces of the first of so many frames.
fn first_frame<'p, 'a>(
    offsets: &[u8],
    pieces: &'p [&'a [u8]],
    frames: u32,
    packing: Packing,
) -> Result<&'p [&'a [u8]], DecodeError> {
    if pieces.is_empty() {
        return Err(damaged("its pixels are missing"));
    }
    if frames == 1 {
        return Ok(pieces);
    }
    // Where the second frame begins, counted from the first one's header.
    let second = offsets.as_chunks().0.get(1).map(|&offset| u32::from_le_bytes(offset) as usize);
    let begins = pieces.iter().scan(0, |at, piece| {
        let begin = *at;
        *at += 8 + piece.len();
        Some(begin)
    });
    let count = match second {
        Some(second) => begins.clone().position(|begin| begin == second),
        // Runs are never in several pieces, and whoever leaves out the table has one for each frame, or begins each with a mark.
        None if packing == Packing::Rle || pieces.len() == frames as usize => Some(1),
        None => {
            pieces[1..].iter().position(|piece| piece.starts_with(b"\xff\xd8\xff")).map(|place| place + 1)
        }
    };
    match count {
        Some(count) if count > 0 => Ok(&pieces[..count]),
        _ => Err(damaged("its frames can't be told apart")),
    }
}

/// Pixels of three channels that stood one after the other.
fn woven(planes: &[u8], pixels: usize) -> Vec<u8> {
    let (red, others) = planes.split_at(pixels);
    let (green, blue) = others.split_at(pixels);
    let pixels = red.iter().zip(green).zip(blue);
    pixels.flat_map(|((&red, &green), &blue)| [red, green, blue]).collect()
}

/// A colour from luma and chroma of full range (PS3.3, section C.7.6.3.1.2: the inverse of what it gives, as in JFIF).
fn rgb_of_ybr([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let luma = f32::from(luma);
    let (blue, red) = (f32::from(blue) - 128.0, f32::from(red) - 128.0);
    let green = luma - (0.114 * 1.772 / 0.587) * blue - (0.299 * 1.402 / 0.587) * red;
    // Halves are rounded up, and what lies outside is cut off.
    [luma + 1.402 * red, green, luma + 1.772 * blue]
        .map(|value| (value + 0.5).floor().clamp(0.0, 255.0) as u8)
}
