//! From the bytes of a file to upright pixels, within limits set before anything is unpacked.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageResult, Limits, RgbImage};

use super::colour;

/// The most pixels a photo may have: what phones make, but for the 200-megapixel mode of a few.
pub const MAX_PIXELS: u64 = 120_000_000;
/// The most memory that the unpacked picture may take, in bytes.
pub const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// The most memory that what precedes the pixels (a colour profile, say) may unpack to, in bytes.
const MAX_HEADER_BYTES: u64 = 16 << 20;

/// Why a file could not be read as a photo.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Nothing in it.
    #[error("the file is empty; choose another photo")]
    Empty,
    /// Not a JPEG, PNG or WebP by its first bytes.
    #[error("this is {found}; choose a JPEG, PNG or WebP photo")]
    Format {
        /// What it looks like instead.
        found: String,
    },
    /// More pixels or memory than allowed.
    #[error("the picture claims {width} x {height} pixels, more than the {} million that can be read; choose a smaller one", MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Claimed width, in pixels.
        width: u32,
        /// Claimed height, in pixels.
        height: u32,
    },
    /// Ends early.
    #[error("the {0} file is cut off before its end; copy or download it again")]
    Truncated(&'static str),
    /// Damaged inside.
    #[error("the {format} file is damaged ({reason}); choose another photo")]
    Damaged {
        /// The format that its first bytes announce.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
}

/// The name people know a format by.
fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::WebP => "WebP",
        _ => "image",
    }
}

/// What follows the header of a JPEG's first scan. The segments before it may hold a thumbnail, which is a JPEG with an
/// end mark of its own.
fn jpeg_pixels(bytes: &[u8]) -> &[u8] {
    const START_OF_SCAN: u8 = 0xda;
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xff, kind, high, low, ..] = *rest {
        if kind == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        rest = rest.get(length..).unwrap_or_default();
        if kind == START_OF_SCAN {
            return rest;
        }
    }
    &[]
}

/// Whether the file's last bytes are missing, told from the format's own end mark or length.
fn ends_early(format: ImageFormat, bytes: &[u8]) -> bool {
    match format {
        ImageFormat::Jpeg => !jpeg_pixels(bytes).windows(2).any(|pair| pair == [0xff, 0xd9]),
        // The end chunk's name and the four bytes of its checksum.
        ImageFormat::Png => {
            let end = bytes.windows(4).rposition(|tag| tag == b"IEND");
            end.is_none_or(|end| bytes.len() < end + 8)
        }
        ImageFormat::WebP => bytes
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .is_none_or(|size| (bytes.len() as u64) < 8 + u64::from(u32::from_le_bytes(size))),
        _ => false,
    }
}

/// Whether a file is too short for what its header announces, so that no memory is set aside for pixels that can't come.
fn claims_too_much(format: ImageFormat, pixels: u64, unpacked_bytes: u64, file_bytes: u64) -> bool {
    /// Deflate shrinks by a factor of 1,032 at most.
    const MOST_DEFLATED: u64 = 1032;
    /// JPEG and WebP know no such limit, but a photo so plain that a byte holds this many pixels shows nothing: a picture of a white
    /// wall takes a byte for a hundred.
    const MOST_PIXELS_A_BYTE: u64 = 500;
    match format {
        ImageFormat::Png => unpacked_bytes / MOST_DEFLATED > file_bytes,
        _ => pixels / MOST_PIXELS_A_BYTE > file_bytes,
    }
}

/// What a file that is none of our formats looks like, for the message.
fn describe(bytes: &[u8]) -> String {
    let heic = bytes.get(4..8) == Some(b"ftyp");
    match image::guess_format(bytes) {
        Ok(format) if !heic => {
            format!("a {} file", format.to_mime_type().trim_start_matches("image/").to_uppercase())
        }
        _ if heic => "a HEIC, AVIF or video file".into(),
        _ if bytes.starts_with(b"%PDF") => "a PDF file".into(),
        _ if bytes.is_ascii() => "a text file".into(),
        _ => "not a picture that Spotcheck knows".into(),
    }
}

/// The decoder for one of our formats, its header read. Named one by one: whoever asks `image` for any of its decoders gets all of them.
fn decoder(format: ImageFormat, bytes: &[u8]) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let (input, mut limits) = (Cursor::new(bytes), Limits::default());
    limits.max_alloc = Some(MAX_HEADER_BYTES);
    let mut decoder: Box<dyn ImageDecoder + '_> = match format {
        ImageFormat::Jpeg => Box::new(JpegDecoder::new(input)?),
        ImageFormat::Png => Box::new(PngDecoder::with_limits(input, limits.clone())?),
        _ => Box::new(WebPDecoder::new(input)?),
    };
    decoder.set_limits(limits)?;
    Ok(decoder)
}

pub(super) fn decode(bytes: &[u8]) -> Result<RgbImage, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => format,
        _ => return Err(DecodeError::Format { found: describe(bytes) }),
    };
    // A decoder that panics costs the photo, not the app: zune-jpeg 0.5.15 does, on some damaged files (zune-image's issue 409).
    let given_up = || DecodeError::Damaged { format: name(format), reason: "its decoder gave up".into() };
    catch_unwind(|| unpack(format, bytes)).unwrap_or_else(|_| Err(given_up()))
}

/// The pixels of a file of this format.
fn unpack(format: ImageFormat, bytes: &[u8]) -> Result<RgbImage, DecodeError> {
    let explain = |error: ImageError| match ends_early(format, bytes) {
        true => DecodeError::Truncated(name(format)),
        false => DecodeError::Damaged { format: name(format), reason: error.to_string() },
    };
    let mut decoder = decoder(format, bytes).map_err(explain)?;

    let (width, height) = decoder.dimensions();
    let too_large = || DecodeError::TooLarge { width, height };
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY_BYTES {
        return Err(too_large());
    }
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged { format: name(format), reason: "it has no pixels".into() });
    }
    if claims_too_much(
        format,
        u64::from(width) * u64::from(height),
        decoder.total_bytes(),
        bytes.len() as u64,
    ) {
        return Err(DecodeError::Truncated(name(format)));
    }
    // A photo with unreadable EXIF data is still a photo: it is taken as upright.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // One that can't be read is as good as none: viewers take such pictures for sRGB.
    let profile = decoder.icc_profile().unwrap_or_default();
    let mut picture = match DynamicImage::from_decoder(decoder) {
        Err(ImageError::Limits(_)) => return Err(too_large()),
        other => other.map_err(explain)?,
    };
    if ends_early(format, bytes) {
        return Err(DecodeError::Truncated(name(format)));
    }
    picture.apply_orientation(orientation);
    let mut pixels = flatten(picture);
    if let Some(profile) = profile {
        colour::to_srgb(&mut pixels, &profile);
    }
    Ok(pixels)
}

/// To 8-bit RGB; what is transparent becomes white, as a viewer shows it.
fn flatten(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        image::Rgb(
            [red, green, blue].map(|channel| ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8),
        )
    })
}
