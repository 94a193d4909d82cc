//! BMP: what its header says beyond what its decoder looks at.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, RgbImage};

use super::colour::Colours;
use super::decode::{self, DecodeError, Detail, MAX_HEADER_BYTES, Pixels, Unpacked};

const FORMAT: &str = "BMP";

/// Where the header of the picture begins, behind that of the file.
const HEADER_AT: usize = 14;

/// Whether it begins like a BMP: with two letters, as texts may, and with a header of a length that exists.
pub(super) fn starts(bytes: &[u8]) -> bool {
    const LENGTHS: [u32; 7] = [12, 40, 52, 56, 64, 108, 124];
    bytes.starts_with(b"BM") && u32_at(bytes, HEADER_AT).is_some_and(|length| LENGTHS.contains(&length))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn unpack(bytes: &[u8], _: Detail) -> Result<Unpacked, DecodeError> {
    if let Some(kind) = unread_kind(bytes) {
        return Err(DecodeError::Unsupported { kind: kind.into() });
    }
    let explain = |error: ImageError| match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DecodeError::Truncated(FORMAT)
        }
        other => DecodeError::Damaged { format: FORMAT, reason: other.to_string() },
    };
    if let Some((width, height)) = claimed(bytes) {
        decode::check_size((width, height), 0)?;
    }
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(explain)?;
    let (width, height) = decoder.dimensions();
    decode::check_size((width, height), decoder.total_bytes())?;
    // Nothing is compressed, so that what it holds tells at once whether all of it can be there.
    let rows = u64::from(height) * (u64::from(width) * u64::from(bits(bytes))).div_ceil(32) * 4;
    if rows > bytes.len() as u64 {
        return Err(DecodeError::Truncated(FORMAT));
    }
    let colours = profile(bytes)?.map_or(Colours::Srgb, |profile| Colours::Profile(profile.to_vec()));
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let pixels = match picture {
        DynamicImage::ImageRgba8(pixels) if pixels.pixels().any(|pixel| pixel.0[3] != 0) => {
            RgbImage::from_raw(width, height, decode::flatten(&pixels))
        }
        // Programs that know of no transparency leave zeros there, and viewers read over them.
        other => Some(other.into_rgb8()),
    };
    let odd = || DecodeError::Damaged { format: FORMAT, reason: "its size changes".into() };
    let pixels = Pixels::Rgb(pixels.ok_or_else(odd)?);
    Ok(Unpacked { pixels, size: (width, height), colours, orientation: Orientation::NoTransforms })
}

/// Width and height as a header says them that has room for large ones. The decoder calls such sizes broken.
fn claimed(bytes: &[u8]) -> Option<(u32, u32)> {
    (u32_at(bytes, HEADER_AT)? >= 40).then_some(())?;
    Some((u32_at(bytes, HEADER_AT + 4)?, (u32_at(bytes, HEADER_AT + 8)? as i32).unsigned_abs()))
}

/// Bits a pixel.
fn bits(bytes: &[u8]) -> u16 {
    let at = if u32_at(bytes, HEADER_AT) == Some(12) { HEADER_AT + 10 } else { HEADER_AT + 14 };
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bits| u16::from_le_bytes(*bits))
}

/// What it is where it is of a kind that is not read. In one of runs, pixels may be left out anywhere, and nothing tells whether on purpose.
fn unread_kind(bytes: &[u8]) -> Option<&'static str> {
    (u32_at(bytes, HEADER_AT)? >= 40).then_some(())?;
    match u32_at(bytes, HEADER_AT + 16)? {
        0 | 3 => None,
        1 | 2 => Some("a BMP that is compressed as runs"),
        4 => Some("a BMP that holds a JPEG"),
        5 => Some("a BMP that holds a PNG"),
        11..=13 => Some("a BMP in printing inks"),
        _ => Some("a rare kind of BMP"),
    }
}

/// The colour profile of a header that can have one (BITMAPV5HEADER).
fn profile(bytes: &[u8]) -> Result<Option<&[u8]>, DecodeError> {
    const EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");
    let field = |at| u32_at(bytes, HEADER_AT + at);
    if field(0) != Some(124) || field(56) != Some(EMBEDDED) {
        return Ok(None);
    }
    let (Some(begin), Some(length)) = (field(112), field(116)) else { return Ok(None) };
    if length as usize > MAX_HEADER_BYTES {
        return Err(decode::long_header(FORMAT));
    }
    let begin = HEADER_AT + begin as usize;
    Ok(bytes.get(begin..begin.saturating_add(length as usize)))
}
