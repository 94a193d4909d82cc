//! What a file is by its content, whatever its name says: for messages, and to mend harmless slips before it is read.

use std::borrow::Cow;

use image::ImageFormat;

use super::{bmp, dicom, tiff};

const CHOOSE: &str = "choose a photo: a JPEG, PNG, WebP, TIFF, BMP or DICOM file";
const CONVERT: &str = "open it in a picture viewer, save it as JPEG or PNG, and choose that";

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
    Tiff,
    Bmp,
    Dicom,
}

/// Which of them a file is by its first bytes.
pub(super) fn format(start: &[u8]) -> Option<Format> {
    // What precedes its mark may be the start of another format: slides that are TIFF as well have one.
    if dicom::starts(start) {
        return Some(Format::Dicom);
    }
    if tiff::starts(start) {
        return Some(Format::Tiff);
    }
    match image::guess_format(start).ok()? {
        ImageFormat::Jpeg => Some(Format::Jpeg),
        ImageFormat::Png => Some(Format::Png),
        ImageFormat::WebP => Some(Format::WebP),
        ImageFormat::Bmp if bmp::starts(start) => Some(Format::Bmp),
        _ => None,
    }
}

/// What a file that is none of our formats looks like, and what to do.
pub(super) fn describe(bytes: &[u8]) -> (String, &'static str) {
    let known: Option<(&str, &str)> = if let Some(brand) =
        bytes.get(4..12).and_then(|box_| box_.strip_prefix(b"ftyp"))
    {
        Some(match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => (
                "a HEIC picture, as iPhones take them",
                "set the iPhone's camera to \"Most Compatible\" formats, or save the picture as JPEG, and choose that",
            ),
            b"avif" | b"avis" => ("an AVIF picture", CONVERT),
            b"crx " => ("a camera's raw picture", "choose the camera's JPEG, or save it as JPEG or PNG"),
            _ => ("a video file", CHOOSE),
        })
    } else if bytes.starts_with(b"\xff\x0a") || bytes.starts_with(b"\0\0\0\x0cJXL ") {
        Some(("a JPEG XL picture", CONVERT))
    } else if bytes.starts_with(b"\0\0\0\x0cjP  ") || bytes.starts_with(b"\xff\x4f\xff\x51") {
        Some(("a JPEG 2000 picture", CONVERT))
    } else if bytes.starts_with(b"%PDF") {
        Some(("a PDF file", CHOOSE))
    } else if bytes.starts_with(b"PK\x03\x04") {
        Some(("a ZIP archive", "unpack it, and choose a photo in it"))
    } else if bytes.starts_with(b"8BPS") {
        Some(("a Photoshop file", CONVERT))
    } else {
        other_picture(bytes).map(|name| (name, CONVERT))
    };
    if let Some((found, advice)) = known {
        return (found.into(), advice);
    }
    match text(bytes) {
        Some(text) if is_web_page(&text) => (
            "a web page, not a photo".into(),
            "the download went wrong: download the photo itself, or choose another",
        ),
        Some(_) => ("a text file".into(), CHOOSE),
        None => ("not a picture that Spotcheck knows".into(), CHOOSE),
    }
}

/// Other pictures that `image` knows by their first bytes.
fn other_picture(bytes: &[u8]) -> Option<&'static str> {
    Some(match image::guess_format(bytes).ok()? {
        ImageFormat::Gif => "a GIF file",
        ImageFormat::Ico => "an ICO file",
        ImageFormat::Dds => "a DDS file",
        ImageFormat::Hdr => "a Radiance HDR file",
        ImageFormat::Pnm => "a PPM file",
        ImageFormat::OpenExr => "an OpenEXR file",
        ImageFormat::Farbfeld => "a Farbfeld file",
        ImageFormat::Qoi => "a QOI file",
        ImageFormat::Avif => "an AVIF picture",
        _ => return None,
    })
}

/// The start of a text: UTF-8, UTF-16 by its mark, or one that is ASCII but for a few letters.
fn text(bytes: &[u8]) -> Option<String> {
    const READ: usize = 4096;
    let start = &bytes[..bytes.len().min(READ)];
    if let Some(rest) = start.strip_prefix(b"\xff\xfe") {
        return Some(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = start.strip_prefix(b"\xfe\xff") {
        return Some(utf16(rest, u16::from_be_bytes));
    }
    let plain = |byte: u8| byte >= 0x20 && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if !start.iter().all(|&byte| plain(byte)) {
        return None;
    }
    let foreign = start.iter().filter(|byte| !byte.is_ascii()).count();
    let utf8 = match std::str::from_utf8(start) {
        Ok(_) => true,
        // Cut off within a letter.
        Err(error) => error.error_len().is_none(),
    };
    // Latin-1 and its like.
    (utf8 || foreign * 8 < start.len()).then(|| String::from_utf8_lossy(start).into_owned())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    char::decode_utf16(bytes.as_chunks().0.iter().map(|&pair| unit(pair))).flatten().collect()
}

fn is_web_page(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    text.starts_with("<!doctype html")
        || text.starts_with("<html")
        || text.contains("<html")
        || text.contains("<head>")
}

/// A WebP whose header promises no chunk that isn't there. Programs that strip EXIF data or a profile forget the promise, and `image-webp`
/// refuses such files, though their pixels are whole.
pub(super) fn without_false_promises(bytes: &[u8]) -> Cow<'_, [u8]> {
    const PROMISES: [(&[u8; 4], u8); 4] =
        [(b"ICCP", 0x20), (b"ALPH", 0x10), (b"EXIF", 0x08), (b"XMP ", 0x04)];
    const FLAGS_AT: usize = 20;
    const ANIMATED: u8 = 0x02;
    if bytes.get(12..16) != Some(b"VP8X") {
        return Cow::Borrowed(bytes);
    }
    let Some(&flags) = bytes.get(FLAGS_AT) else { return Cow::Borrowed(bytes) };
    if flags & ANIMATED != 0 {
        return Cow::Borrowed(bytes);
    }
    let chunks = chunks(bytes);
    // A lossless picture holds its transparency itself.
    let lossless = chunks.contains(b"VP8L");
    let broken = PROMISES.iter().filter(|(name, flag)| {
        flags & flag != 0 && !chunks.contains(name) && !(lossless && *name == b"ALPH")
    });
    let kept = broken.fold(flags, |flags, (_, flag)| flags & !flag);
    if kept == flags {
        return Cow::Borrowed(bytes);
    }
    let mut mended = bytes.to_vec();
    mended[FLAGS_AT] = kept;
    Cow::Owned(mended)
}

/// The names of a RIFF file's chunks.
fn chunks(bytes: &[u8]) -> Vec<[u8; 4]> {
    let (mut at, mut names) = (12usize, Vec::new());
    while let Some(header) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let [a, b, c, d, size @ ..] = *header;
        names.push([a, b, c, d]);
        let size = u32::from_le_bytes(size) as usize;
        match at.checked_add(8).and_then(|at| at.checked_add(size)).and_then(|at| at.checked_add(size & 1)) {
            Some(next) => at = next,
            None => break,
        }
    }
    names
}

/// Whether a file begins like one of the formats that are read.
pub fn starts_like_a_photo(start: &[u8]) -> bool {
    format(start).is_some()
}

/// Whether a file begins like a picture of any kind, be it one that is not read.
pub fn looks_like_a_picture(start: &[u8]) -> bool {
    let video = start.get(4..8) == Some(b"ftyp") && describe(start).0.contains("video");
    let archive = start.starts_with(b"PK") || start.starts_with(b"%PDF");
    let told = || {
        let (found, _) = describe(start);
        !["text", "web page", "not a picture"].iter().any(|word| found.contains(word))
    };
    starts_like_a_photo(start) || (!video && !archive && told())
}
