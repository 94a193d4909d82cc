//! JPEG: what its segments say, whether every block of the picture is there, and its pixels.
//!
//! No decoder in Rust says when part of a picture is missing, and each reads some layouts wrongly or not at all
//! (`docs/photos.md` has the comparison). So a file is taken apart here, its scans are walked and counted while a decoder makes pixels
//! of them, and the decoder gets a plain file, written anew, of a layout that it is known to read rightly.

use image::{GrayImage, RgbImage};
use jpeg_decoder::ColorTransform;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::decode::{Inks, Pixels};

mod huffman;
mod reduced;
mod scan;
mod segments;
#[cfg(test)]
mod tests;
mod transform;

use reduced::Picture;
pub(super) use segments::Encoding;
use segments::{Frame, Jpeg, Part, Scan};

/// Where each coefficient stands in its block, by rows, in the order of the file.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// A file that claims more pixels a byte is counted before memory is set aside for them.
const MOST_PIXELS_A_BYTE: usize = 150;

/// Why a JPEG can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum JpegError {
    /// Ends before its pixels begin.
    Truncated,
    /// Blocks are missing.
    Missing {
        /// How much of the picture that is at least, in per cent.
        percent: u8,
    },
    /// All scans are whole, but some of those that the picture needs are missing.
    MissingScans,
    /// Something in it can't be.
    Damaged(&'static str),
    /// Nothing is wrong with it, but it is of this kind, which is not read here.
    Unsupported(String),
}

/// What a file is that the count may find sound and a decoder does not read, for this reason.
fn rare(reason: impl std::fmt::Display) -> JpegError {
    JpegError::Unsupported(format!("a rare kind of JPEG ({reason})"))
}

/// A JPEG that has been taken apart, before its pixels are made.
pub(super) struct Opened<'a> {
    jpeg: Jpeg<'a>,
}

/// Takes a file apart, without setting memory aside for its pixels.
pub(super) fn open(bytes: &[u8]) -> Result<Opened<'_>, JpegError> {
    Jpeg::read(bytes).map(|jpeg| Opened { jpeg })
}

impl Opened<'_> {
    /// Width and height, in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.jpeg.frame.width.into(), self.jpeg.frame.height.into())
    }

    /// The EXIF data.
    pub(super) fn exif(&self) -> Option<&[u8]> {
        self.jpeg.exif.as_deref()
    }

    /// The colour profile.
    pub(super) fn profile(&self) -> Option<&[u8]> {
        self.jpeg.profile.as_deref()
    }

    /// How many channels it has.
    pub(super) fn channels(&self) -> usize {
        self.jpeg.frame.components.len()
    }

    /// Takes the three channels of a JPEG within another file for what that file says.
    pub(super) fn assume(&mut self, encoding: Encoding) {
        if self.channels() == 3 {
            self.jpeg.encoding = encoding;
        }
    }

    /// What its channels mean; none where it says so itself nowhere.
    pub(super) fn told_encoding(&self) -> Option<Encoding> {
        self.jpeg.encoding_told.then_some(self.jpeg.encoding)
    }

    /// Makes pixels, and counts at the same time whether all of them are there.
    pub(super) fn pixels(&self) -> Result<Pixels, JpegError> {
        let jpeg = &self.jpeg;
        if !read_by_zune(jpeg) && misread_by_jpeg_decoder(jpeg) {
            return Err(rare("its channels come one by one, in unusual sizes"));
        }
        let plain = plain(jpeg);
        let decode = || {
            if read_by_zune(jpeg) { with_zune(&jpeg.frame, &plain) } else { with_jpeg_decoder(jpeg, &plain) }
        };
        // A decoder sets memory aside for all that the header claims: where so much can hardly be in so few bytes, they are counted first.
        let (counted, pixels) = if self.is_plain() {
            scan::check(jpeg)?;
            (Ok(()), decode())
        } else {
            rayon::join(|| scan::check(jpeg), decode)
        };
        counted?;
        pixels
    }

    /// Makes pixels for a picture held `by` times smaller, 2, 4 or 8, from the coefficients that the count comes upon: with the time for the
    /// others, that for counting beside a decoder is saved. None where the layout is one for [`Self::pixels`].
    pub(super) fn fewer_pixels(&self, by: u32) -> Option<Result<Pixels, JpegError>> {
        if self.is_plain()
            && let Err(error) = scan::check(&self.jpeg)
        {
            return Some(Err(error));
        }
        let mut picture = Picture::new(&self.jpeg, by)?;
        Some(scan::draw(&self.jpeg, &mut picture).and_then(|()| picture.into_pixels()))
    }

    /// Whether it claims so many pixels that hardly all can be in its bytes.
    fn is_plain(&self) -> bool {
        let frame = &self.jpeg.frame;
        let coded: usize = self.jpeg.parts.iter().filter_map(Part::scan).map(|scan| scan.data.len()).sum();
        usize::from(frame.width) * usize::from(frame.height) / MOST_PIXELS_A_BYTE > coded
    }
}

/// Whether zune-jpeg 0.5.15 reads a picture of this layout as libjpeg does; it is faster than jpeg-decoder.
fn read_by_zune(jpeg: &Jpeg) -> bool {
    is_usual(jpeg) && (jpeg.frame.progressive || is_in_one_scan(jpeg))
}

/// Whether all channels come at once, and that once.
fn is_in_one_scan(jpeg: &Jpeg) -> bool {
    let mut scans = jpeg.parts.iter().filter_map(Part::scan);
    scans.next().is_some_and(|scan| scan.components.len() == jpeg.frame.components.len())
        && scans.next().is_none()
}

/// Whether it is grey, or of luma and of chroma that is stored at half in either direction, or not.
fn is_usual(jpeg: &Jpeg) -> bool {
    let frame = &jpeg.frame;
    match frame.components[..] {
        [_] => jpeg.encoding == Encoding::Grey,
        [luma, blue, red] => {
            let halved = luma.across <= 2 && luma.down <= 2;
            let plain = [blue, red].iter().all(|chroma| (chroma.across, chroma.down) == (1, 1));
            jpeg.encoding == Encoding::YCbCr && halved && plain
        }
        _ => false,
    }
}

/// Whether jpeg-decoder 0.3.2 makes garbage of this layout: in a scan of one channel it takes the blocks of a whole unit for those that the
/// picture shows, where the channel has several from left to right and another has more.
fn misread_by_jpeg_decoder(jpeg: &Jpeg) -> bool {
    let (most, _) = jpeg.frame.unit();
    jpeg.parts.iter().filter_map(Part::scan).any(|scan| match scan.components[..] {
        [alone] => (2..most).contains(&jpeg.frame.components[alone.index].across),
        _ => false,
    })
}

/// The file anew: the tables and scans alone, and what decoders stumble over left out. A height told late stands in the header, restart
/// markers count up, tables left out are there, channels have the usual names, and the end mark is at the end.
fn plain(jpeg: &Jpeg) -> Vec<u8> {
    let scans = jpeg.parts.iter().filter_map(Part::scan);
    let mut bytes = Vec::with_capacity(4096 + scans.map(|scan| scan.data.len() + 64).sum::<usize>());
    bytes.extend([0xff, 0xd8]);
    let frame = &jpeg.frame;
    let mut header = vec![8];
    header.extend(frame.height.to_be_bytes());
    header.extend(frame.width.to_be_bytes());
    header.push(frame.components.len() as u8);
    for (id, component) in (1..).zip(&frame.components) {
        header.extend([id, component.across << 4 | component.down, component.quantisation]);
    }
    segment(&mut bytes, if frame.progressive { 0xc2 } else { 0xc1 }, &header);
    if scan::leaves_out_tables(jpeg) {
        segment(&mut bytes, 0xc4, &huffman::standard());
    }
    for part in &jpeg.parts {
        match part {
            Part::Quantisation(body) => segment(&mut bytes, 0xdb, body),
            Part::Huffman(body) => segment(&mut bytes, 0xc4, body),
            Part::RestartInterval(units) => segment(&mut bytes, 0xdd, &units.to_be_bytes()),
            Part::Scan(scan) => write_scan(&mut bytes, scan),
        }
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend([0xff, marker]);
    // A body is what a segment held, so its length fits.
    bytes.extend(((body.len() + 2) as u16).to_be_bytes());
    bytes.extend(body);
}

fn write_scan(bytes: &mut Vec<u8>, scan: &Scan) {
    let mut header = vec![scan.components.len() as u8];
    for component in &scan.components {
        header.extend([component.index as u8 + 1, component.dc << 4 | component.ac]);
    }
    header.extend([scan.first, scan.last, scan.high << 4 | scan.low]);
    segment(bytes, 0xda, &header);
    let start = bytes.len();
    bytes.extend(scan.data);
    let (mut at, mut number) = (start, 0);
    while let Some(found) = memchr::memchr(0xff, &bytes[at..]) {
        at += found + 1;
        if let Some(code @ 0xd0..=0xd7) = bytes.get_mut(at) {
            *code = 0xd0 + number;
            number = (number + 1) % 8;
        }
    }
}

fn with_zune(frame: &Frame, plain: &[u8]) -> Result<Pixels, JpegError> {
    let grey = frame.components.len() == 1;
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(if grey { ColorSpace::Luma } else { ColorSpace::RGB });
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(plain), options);
    let bytes = decoder.decode().map_err(rare)?;
    let (width, height) = (frame.width.into(), frame.height.into());
    let pixels = match grey {
        true => GrayImage::from_raw(width, height, bytes).map(Pixels::Grey),
        false => RgbImage::from_raw(width, height, bytes).map(Pixels::Rgb),
    };
    pixels.ok_or_else(|| rare("its decoder made another number of pixels"))
}

fn with_jpeg_decoder(jpeg: &Jpeg, plain: &[u8]) -> Result<Pixels, JpegError> {
    let mut decoder = jpeg_decoder::Decoder::new(plain);
    decoder.set_color_transform(match jpeg.encoding {
        Encoding::Grey => ColorTransform::Grayscale,
        Encoding::YCbCr => ColorTransform::YCbCr,
        Encoding::Rgb => ColorTransform::RGB,
        Encoding::Cmyk => ColorTransform::CMYK,
        Encoding::Ycck => ColorTransform::YCCK,
    });
    let bytes = decoder.decode().map_err(|error| match error {
        jpeg_decoder::Error::Unsupported(feature) => rare(format_args!("{feature:?}")),
        other => rare(other),
    })?;
    let (width, height) = (jpeg.frame.width.into(), jpeg.frame.height.into());
    let pixels = match jpeg.encoding {
        Encoding::Grey => GrayImage::from_raw(width, height, bytes).map(Pixels::Grey),
        Encoding::YCbCr | Encoding::Rgb => RgbImage::from_raw(width, height, bytes).map(Pixels::Rgb),
        Encoding::Cmyk | Encoding::Ycck => Inks::from_raw(width, height, bytes).map(Pixels::Inks),
    };
    pixels.ok_or_else(|| rare("its decoder made another number of pixels"))
}
