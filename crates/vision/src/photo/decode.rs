//! From the bytes of a file to upright sRGB pixels, within limits set before anything is unpacked.

use std::io::Cursor;
use std::panic::{UnwindSafe, catch_unwind};

use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, RgbImage};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use super::colour::{self, Colours};
use super::jpeg::{self, JpegError};
use super::kind::{self, Format};
use super::{bmp, dicom, exif, tiff};

/// The most pixels a photo may have: what phones make, but for the 200-megapixel mode of a few.
pub const MAX_PIXELS: u64 = 120_000_000;
/// The most memory that the unpacked picture may take, in bytes.
pub const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// The most memory that what precedes the pixels (a colour profile, say) may unpack to, in bytes.
pub(super) const MAX_HEADER_BYTES: usize = 16 << 20;

/// Why a file could not be read as a photo.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Nothing in it.
    #[error("the file is empty; choose another photo")]
    Empty,
    /// Nothing but zeros in it, as a crash or an interrupted copy leaves behind.
    #[error(
        "the file holds nothing but zeros: what was in it is lost; copy or download it again, or choose another photo"
    )]
    Zeros,
    /// None of the formats that are read, by its first bytes.
    #[error("this is {found}; {advice}")]
    Format {
        /// What it looks like instead.
        found: String,
        /// What to do.
        advice: &'static str,
    },
    /// Nothing is wrong with it, but it is of a kind that is not read here.
    #[error(
        "this is {kind}, which Spotcheck can't read; save it again as an ordinary JPEG or PNG, or choose another photo"
    )]
    Unsupported {
        /// Which kind.
        kind: String,
    },
    /// Nothing is wrong with it, but its pixels are compressed in a way that is not read here.
    #[error(
        "the {format} file is compressed as {compression}, which Spotcheck can't read; have its picture exported as JPEG or PNG, and choose that"
    )]
    Compression {
        /// The format that its first bytes announce.
        format: &'static str,
        /// The name of the compression, the same in each language.
        compression: &'static str,
    },
    /// More pixels or memory than allowed.
    #[error("the picture claims {width} x {height} pixels, more than the {} million that can be read; choose a smaller one", MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Claimed width, in pixels.
        width: u32,
        /// Claimed height, in pixels.
        height: u32,
    },
    /// So few bytes for so many pixels that next to nothing can be on it.
    #[error(
        "the {format} file claims {width} x {height} pixels in very few bytes: most of it is missing, or nothing is on it; choose another photo"
    )]
    TooPlain {
        /// The format that its first bytes announce.
        format: &'static str,
        /// Claimed width, in pixels.
        width: u32,
        /// Claimed height, in pixels.
        height: u32,
    },
    /// Ends early.
    #[error("the {0} file is cut off before its end; copy or download it again")]
    Truncated(&'static str),
    /// Part of the pixels is not there, whatever its end looks like.
    #[error("about {percent} % of the picture is missing from the {format} file; copy or download it again")]
    Missing {
        /// The format that its first bytes announce.
        format: &'static str,
        /// How much at least, in per cent.
        percent: u8,
    },
    /// Damaged inside.
    #[error("the {format} file is damaged ({reason}); copy or download it again, or choose another photo")]
    Damaged {
        /// The format that its first bytes announce.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
}

/// A picture as its file holds it, before it is turned and its colours are converted.
pub(super) enum Pixels {
    Grey(GrayImage),
    Rgb(RgbImage),
    Inks(Inks),
}

/// A picture in printing inks: cyan, magenta, yellow and black, 255 where all of an ink is.
pub(super) struct Inks {
    pub width: u32,
    pub height: u32,
    /// Four bytes a pixel.
    pub bytes: Vec<u8>,
}

impl Inks {
    /// None where there are not as many bytes as that takes.
    pub(super) fn from_raw(width: u32, height: u32, bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() as u64 == 4 * u64::from(width) * u64::from(height)).then_some(Self {
            width,
            height,
            bytes,
        })
    }
}

impl Pixels {
    fn size(&self) -> (u32, u32) {
        match self {
            Self::Grey(pixels) => pixels.dimensions(),
            Self::Rgb(pixels) => pixels.dimensions(),
            Self::Inks(inks) => (inks.width, inks.height),
        }
    }

    /// The same `by` times smaller: the mean of each so many pixels across and down, as a JPEG's are made.
    fn smaller(&self, by: u32) -> Option<Self> {
        let (width, height) = self.size();
        let size = (width.div_ceil(by), height.div_ceil(by));
        match self {
            Self::Grey(pixels) => {
                GrayImage::from_raw(size.0, size.1, means::<1>(pixels, width, by)).map(Self::Grey)
            }
            Self::Rgb(pixels) => {
                RgbImage::from_raw(size.0, size.1, means::<3>(pixels, width, by)).map(Self::Rgb)
            }
            Self::Inks(inks) => {
                Inks::from_raw(size.0, size.1, means::<4>(&inks.bytes, width, by)).map(Self::Inks)
            }
        }
    }
}

/// The mean of each `by` x `by` pixels of so many channels; at the right and at the bottom of those that are there.
fn means<const CHANNELS: usize>(bytes: &[u8], width: u32, by: u32) -> Vec<u8> {
    let (width, by) = (width as usize, by as usize);
    let pixels = bytes.as_chunks::<CHANNELS>().0;
    let row = |rows: &[[u8; CHANNELS]]| -> Vec<[u8; CHANNELS]> {
        let down = rows.len() / width;
        let mean = |left: usize| {
            let right = (left + by).min(width);
            let count = ((right - left) * down) as u32;
            let mut sums = [count / 2; CHANNELS];
            for pixel in rows.chunks(width).flat_map(|row| &row[left..right]) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*value);
                }
            }
            sums.map(|sum| (sum / count) as u8)
        };
        (0..width).step_by(by).map(mean).collect()
    };
    let rows: Vec<_> = pixels.par_chunks(width * by).map(row).collect();
    rows.concat().into_flattened()
}

/// How much of a photo has to be there: of one with more, fewer pixels are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// The fewest pixels along its longer side.
    pub longer_px: u32,
    /// The fewest pixels along its shorter side.
    pub shorter_px: u32,
}

impl Detail {
    /// All there is.
    pub const ALL: Self = Self { longer_px: u32::MAX, shorter_px: u32::MAX };

    /// How many times smaller a picture of this size may be held: 1, 2, 4 or 8.
    fn smaller_by(self, (width, height): (u32, u32)) -> u32 {
        let suffices = |by: &u32| {
            width.max(height) / by >= self.longer_px && width.min(height) / by >= self.shorter_px.max(1)
        };
        [8, 4, 2].into_iter().find(suffices).unwrap_or(1)
    }
}

/// A picture and what its file says of it.
pub(super) struct Unpacked {
    /// All of them, or fewer.
    pub pixels: Pixels,
    /// Width and height of all of it, in pixels.
    pub size: (u32, u32),
    pub colours: Colours,
    pub orientation: Orientation,
}

/// Takes a file of one format apart.
type Unpack = fn(&[u8], Detail) -> Result<Unpacked, DecodeError>;

/// The pixels, upright, as few as suffice for this detail, and how many all of them are across and down.
pub(super) fn decode(bytes: &[u8], detail: Detail) -> Result<(RgbImage, (u32, u32)), DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return Err(DecodeError::Zeros);
    }
    let (name, unpack): (_, Unpack) = match kind::format(bytes) {
        Some(Format::Jpeg) => ("JPEG", unpack_jpeg),
        Some(Format::Png) => ("PNG", unpack_png),
        Some(Format::WebP) => ("WebP", unpack_webp),
        Some(Format::Tiff) => ("TIFF", tiff::unpack),
        Some(Format::Bmp) => ("BMP", bmp::unpack),
        Some(Format::Dicom) => ("DICOM", dicom::unpack),
        None => {
            let (found, advice) = kind::describe(bytes);
            return Err(DecodeError::Format { found, advice });
        }
    };
    guarded(name, || {
        let Unpacked { mut pixels, size, colours, orientation } = unpack(bytes, detail)?;
        let by = detail.smaller_by(size);
        if by > 1 && pixels.size() == size {
            let odd = || DecodeError::Damaged { format: name, reason: "its size changes".into() };
            pixels = pixels.smaller(by).ok_or_else(odd)?;
        }
        let pixels = colour::to_srgb(pixels, &colours)?;
        let mut picture = DynamicImage::ImageRgb8(pixels);
        picture.apply_orientation(orientation);
        Ok((picture.into_rgb8(), upright(size, orientation)))
    })
}

/// Width and height once a picture is turned.
fn upright((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

/// Does `work` so that a decoder that panics costs the photo, not the app. Some do over damaged files: zune-jpeg 0.5.15 in its AVX2 code, which
/// writes past a row's end (zune-image's issue 409).
fn guarded<T>(
    format: &'static str,
    work: impl FnOnce() -> Result<T, DecodeError> + UnwindSafe,
) -> Result<T, DecodeError> {
    let given_up = || DecodeError::Damaged { format, reason: "its decoder gave up".into() };
    catch_unwind(work).unwrap_or_else(|_| Err(given_up()))
}

/// A file that says more of its pixels than is unpacked. It is refused, since some of that turns the picture or changes its colours.
pub(super) fn long_header(format: &str) -> DecodeError {
    let most = MAX_HEADER_BYTES >> 20;
    DecodeError::Unsupported {
        kind: format!("a {format} with more than {most} MB of EXIF data or colour profile"),
    }
}

/// Refuses sizes that nothing is to be set aside for.
pub(super) fn check_size((width, height): (u32, u32), unpacked_bytes: u64) -> Result<(), DecodeError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || unpacked_bytes > MAX_MEMORY_BYTES {
        return Err(DecodeError::TooLarge { width, height });
    }
    Ok(())
}

/// A photo with unreadable EXIF data is still a photo: it is taken as upright.
fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// Why a JPEG can't be read, be it a file of its own or what one of this format holds.
pub(super) fn of_jpeg(error: JpegError, format: &'static str) -> DecodeError {
    match error {
        JpegError::Truncated => DecodeError::Truncated(format),
        JpegError::Missing { percent } => DecodeError::Missing { format, percent },
        JpegError::MissingScans => {
            DecodeError::Damaged { format, reason: "some of what makes it sharp is missing".into() }
        }
        JpegError::Unsupported(kind) if format == "JPEG" => DecodeError::Unsupported { kind },
        JpegError::Unsupported(kind) => {
            DecodeError::Unsupported { kind: format!("a {format} file that holds {kind}") }
        }
        JpegError::Damaged(reason) => DecodeError::Damaged { format, reason: reason.into() },
    }
}

fn unpack_jpeg(bytes: &[u8], detail: Detail) -> Result<Unpacked, DecodeError> {
    let explain = |error| of_jpeg(error, "JPEG");
    let opened = jpeg::open(bytes).map_err(explain)?;
    let (width, height) = opened.size();
    check_size((width, height), 3 * u64::from(width) * u64::from(height))?;
    let fewer = match detail.smaller_by((width, height)) {
        1 => None,
        by => opened.fewer_pixels(by),
    };
    let pixels = fewer.unwrap_or_else(|| opened.pixels()).map_err(explain)?;
    let colours = match opened.profile() {
        Some(profile) => Colours::Profile(profile.to_vec()),
        None if opened.exif().is_some_and(exif::says_adobe_rgb) => Colours::adobe_rgb(),
        None => Colours::Srgb,
    };
    Ok(Unpacked { pixels, size: (width, height), colours, orientation: orientation(opened.exif()) })
}

fn unpack_png(bytes: &[u8], _: Detail) -> Result<Unpacked, DecodeError> {
    const FORMAT: &str = "PNG";
    /// Deflate shrinks by a factor of 1,032 at most.
    const MOST_DEFLATED: u64 = 1032;
    // Apple's tools for apps write it; its pixels are compressed in a way of its own.
    if bytes.get(12..16) == Some(b"CgBI") {
        return Err(DecodeError::Unsupported { kind: "Apple's own kind of PNG, made for apps".into() });
    }
    let explain = |error: png::DecodingError| match error {
        png::DecodingError::LimitsExceeded => long_header(FORMAT),
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated(FORMAT)
        }
        _ if !has_png_end(bytes) => DecodeError::Truncated(FORMAT),
        other => DecodeError::Damaged { format: FORMAT, reason: other.to_string() },
    };
    let limits = png::Limits { bytes: MAX_HEADER_BYTES };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    // Texts, XMP of many megabytes among them, say nothing of the pixels.
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let (width, height) = decoder.read_header_info().map_err(explain)?.size();
    check_size((width, height), 0)?;
    let mut reader = decoder.read_info().map_err(explain)?;
    let unpacked_bytes = reader.output_buffer_size().unwrap_or(usize::MAX);
    check_size((width, height), unpacked_bytes as u64)?;
    if unpacked_bytes as u64 / MOST_DEFLATED > bytes.len() as u64 {
        return Err(DecodeError::Truncated(FORMAT));
    }
    let colours = Colours::of_png(reader.info())?;
    let exif = reader.info().exif_metadata.clone();
    let mut unpacked = vec![0; unpacked_bytes];
    let frame = reader.next_frame(&mut unpacked).map_err(explain)?;
    unpacked.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        png::ColorType::Grayscale => GrayImage::from_raw(width, height, unpacked).map(Pixels::Grey),
        png::ColorType::GrayscaleAlpha => {
            let opaque =
                unpacked.as_chunks().0.iter().map(|&[grey, alpha]| over_white(grey, alpha)).collect();
            GrayImage::from_raw(width, height, opaque).map(Pixels::Grey)
        }
        png::ColorType::Rgb => RgbImage::from_raw(width, height, unpacked).map(Pixels::Rgb),
        png::ColorType::Rgba => RgbImage::from_raw(width, height, flatten(&unpacked)).map(Pixels::Rgb),
        png::ColorType::Indexed => None,
    };
    let odd = || DecodeError::Damaged { format: FORMAT, reason: "its size changes".into() };
    let exif = exif.as_deref().map(exif::unwrapped);
    let pixels = pixels.ok_or_else(odd)?;
    Ok(Unpacked { pixels, size: (width, height), colours, orientation: orientation(exif) })
}

/// Whether a PNG's last chunk is there, with its checksum.
fn has_png_end(bytes: &[u8]) -> bool {
    bytes.windows(4).rposition(|tag| tag == b"IEND").is_some_and(|end| bytes.len() >= end + 8)
}

fn unpack_webp(bytes: &[u8], _: Detail) -> Result<Unpacked, DecodeError> {
    const FORMAT: &str = "WebP";
    /// A photo so plain that a byte holds this many pixels shows nothing: a picture of a white wall takes a byte for a hundred.
    const MOST_PIXELS_A_BYTE: u64 = 500;
    /// So many pixels take too little memory to be afraid of.
    const FEW_PIXELS: u64 = 16_000_000;
    let cut_off = || {
        let size = bytes.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
        size.is_none_or(|size| (bytes.len() as u64) < 8 + u64::from(size))
    };
    let explain = |error: ImageError| match cut_off() {
        true => DecodeError::Truncated(FORMAT),
        false => DecodeError::Damaged { format: FORMAT, reason: error.to_string() },
    };
    let kept = kind::without_false_promises(bytes);
    let mut decoder = WebPDecoder::new(Cursor::new(&kept[..])).map_err(explain)?;
    let (width, height) = decoder.dimensions();
    check_size((width, height), decoder.total_bytes())?;
    let pixels = u64::from(width) * u64::from(height);
    if cut_off() {
        return Err(DecodeError::Truncated(FORMAT));
    }
    if pixels > FEW_PIXELS && pixels / MOST_PIXELS_A_BYTE > bytes.len() as u64 {
        return Err(DecodeError::TooPlain { format: FORMAT, width, height });
    }
    // Neither is longer than the file, which is in memory already.
    let exif = decoder.exif_metadata().unwrap_or_default();
    let profile = decoder.icc_profile().unwrap_or_default();
    if [&exif, &profile].into_iter().flatten().any(|data| data.len() > MAX_HEADER_BYTES) {
        return Err(long_header(FORMAT));
    }
    let colours = match profile {
        Some(profile) => Colours::Profile(profile),
        None => Colours::Srgb,
    };
    let picture = match DynamicImage::from_decoder(decoder) {
        Err(ImageError::Limits(_)) => return Err(DecodeError::TooLarge { width, height }),
        other => other.map_err(explain)?,
    };
    let pixels = if picture.color().has_alpha() {
        let flat = RgbImage::from_raw(width, height, flatten(&picture.into_rgba8()));
        flat.ok_or_else(|| DecodeError::Damaged { format: FORMAT, reason: "its size changes".into() })?
    } else {
        picture.into_rgb8()
    };
    let orientation = orientation(exif.as_deref().map(exif::unwrapped));
    Ok(Unpacked { pixels: Pixels::Rgb(pixels), size: (width, height), colours, orientation })
}

/// From RGBA to RGB; what is transparent becomes white, as a viewer shows it.
pub(super) fn flatten(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.as_chunks().0.iter();
    pixels
        .flat_map(|&[red, green, blue, alpha]| [red, green, blue].map(|channel| over_white(channel, alpha)))
        .collect()
}

pub(super) fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_costs_the_photo_and_not_the_app() {
        let decoder = || -> Result<RgbImage, DecodeError> { panic!("past the end of a row") };
        let error = guarded("JPEG", decoder).expect_err("no picture");
        assert!(matches!(error, DecodeError::Damaged { format: "JPEG", .. }), "{error}");
        assert!(error.to_string().contains("its decoder gave up"), "{error}");
        assert_eq!(guarded("JPEG", || Ok(7)).expect("whole"), 7);
    }

    #[test]
    fn one_that_panics_on_another_thread_does_not_either() {
        let decoder =
            || rayon::join(|| (), || -> Result<(), DecodeError> { panic!("on a thread of the pool") }).1;
        assert!(guarded("JPEG", decoder).is_err());
    }
}
