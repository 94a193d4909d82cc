//! A photo as the rest of the app sees it: upright, 8-bit RGB, and of a size that fits in memory.

use std::path::Path;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

mod bmp;
mod colour;
mod decode;
mod dicom;
mod directories;
mod exif;
mod jpeg;
mod kind;
pub mod live;
mod packbits;
pub mod quality;
mod taken;
mod tiff;

pub use decode::{DecodeError, Detail, MAX_MEMORY_BYTES, MAX_PIXELS};
pub use kind::{looks_like_a_picture, starts_like_a_photo};
pub use taken::{Taken, taken};

/// A decoded photo: upright, sRGB, 8 bits a channel. It may be held with fewer pixels than it has; every size and every square are still in
/// those that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Those that are held.
    pixels: RgbImage,
    /// Width and height, in pixels, whatever is held.
    size: (u32, u32),
}

/// A square of a photo, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Square {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Length of each side, in pixels; at least one.
    pub side: u32,
}

impl Photo {
    /// Reads a JPEG, PNG, WebP, TIFF, BMP or DICOM file: turned as its EXIF data says, whatever its colour type, in
    /// sRGB whatever its colour profile. Of several pages or frames the first is read, and of a DICOM file nothing but its pixels.
    ///
    /// # Errors
    /// When the bytes are not such a picture, when part of it is missing or damaged, and when it would need more than [`MAX_PIXELS`] or
    /// [`MAX_MEMORY_BYTES`]. The message says what to do.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::decode_reduced(bytes, Detail::ALL)
    }

    /// The same, held at a half, a quarter or an eighth across and down where that suffices for `detail`: faster, and in less memory. What
    /// [`Self::decode`] refuses is refused.
    ///
    /// # Errors
    /// Those of [`Self::decode`].
    pub fn decode_reduced(bytes: &[u8], detail: Detail) -> Result<Self, DecodeError> {
        decode::decode(bytes, detail).map(|(pixels, size)| Self { pixels, size })
    }

    /// The pixels that are held, upright.
    pub fn pixels(&self) -> &RgbImage {
        &self.pixels
    }

    /// The pixels that are held, alone.
    pub fn into_pixels(self) -> RgbImage {
        self.pixels
    }

    /// Width and height of the photo, in pixels; fewer may be held.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Whether all of its pixels are held.
    pub fn is_whole(&self) -> bool {
        self.size == self.pixels.dimensions()
    }

    /// How many of the pixels are held, across and down: 1 where all are. The last one of a row may stand for fewer than the others; counted as
    /// one of them, it moves nothing by as much as a pixel that is held.
    fn share(&self) -> (f64, f64) {
        let (width, height) = self.pixels.dimensions();
        (f64::from(width) / f64::from(self.size.0), f64::from(height) / f64::from(self.size.1))
    }

    /// Whether so little of `square` is held that [`Self::crop`] to `side` shows less of it than if all of the photo were.
    pub fn is_too_coarse(&self, square: Square, side: u32) -> bool {
        let (across, down) = self.share();
        !self.is_whole() && f64::from(self.fit(square).side) * across.min(down) < f64::from(side)
    }

    /// The largest square around the centre.
    pub fn central_square(&self) -> Square {
        let (width, height) = self.size();
        let side = width.min(height);
        Square { left: (width - side) / 2, top: (height - side) / 2, side }
    }

    /// Cuts out `square` and scales it to `side` x `side` pixels. A square that reaches over the edge
    /// is moved and shrunk until it fits.
    ///
    /// # Panics
    /// When `side` is 0.
    pub fn crop(&self, square: Square, side: u32) -> RgbImage {
        let square = self.fit(square);
        if square.side == side && self.is_whole() {
            return image::imageops::crop_imm(&self.pixels, square.left, square.top, side, side).to_image();
        }
        let held = |begin: u32, share: f64, most: u32| {
            let begin = f64::from(begin) * share;
            // Rounding must not lead over the edge.
            (begin, (f64::from(square.side) * share).min(f64::from(most) - begin))
        };
        let (across, down) = self.share();
        let (left, width) = held(square.left, across, self.pixels.width());
        let (top, height) = held(square.top, down, self.pixels.height());
        self.resized(side, side, ResizeOptions::new().crop(left, top, width, height))
    }

    /// The whole picture, with no side longer than `longest` pixels, or than what is held.
    pub fn scaled_down(&self, longest: u32) -> RgbImage {
        let (width, height) = self.size();
        let factor = f64::from(longest) / f64::from(width.max(height));
        let scale = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
        let (width, height) = (scale(width), scale(height));
        if width >= self.pixels.width() && height >= self.pixels.height() {
            return self.pixels.clone();
        }
        self.resized(width, height, ResizeOptions::new())
    }

    /// What `options` cut out, scaled to `width` x `height` pixels. For pixels of this one kind: code for all others is as large as
    /// the network's.
    fn resized(&self, width: u32, height: u32, options: ResizeOptions) -> RgbImage {
        let options = options.resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        let mut scaled = RgbImage::new(width, height);
        // Neither can fail: the buffers have their sizes, and what is cut out lies inside the photo. If one did, a black picture would be
        // assessed; so it is a panic, which everybody who calls from outside catches.
        let from =
            TypedImageRef::<U8x3>::from_buffer(self.pixels.width(), self.pixels.height(), &self.pixels)
                .expect("a photo has as many bytes as its size says");
        let mut to =
            TypedImage::<U8x3>::from_buffer(width, height, &mut scaled).expect("a new picture does too");
        Resizer::new().resize_typed(&from, &mut to, &options).expect("what is cut out lies inside the photo");
        scaled
    }

    /// The nearest square that lies inside the photo.
    pub fn fit(&self, square: Square) -> Square {
        let (width, height) = self.size();
        let side = square.side.clamp(1, width.min(height));
        Square { left: square.left.min(width - side), top: square.top.min(height - side), side }
    }
}

/// Whether a file's name promises a photo that can be read.
pub fn by_name(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["jpg", "jpeg", "jfif", "png", "webp", "tif", "tiff", "bmp", "dcm", "dicom"].contains(&ending.as_str())
}

impl From<RgbImage> for Photo {
    /// Takes pixels that are upright already.
    ///
    /// # Panics
    /// When there are none.
    fn from(pixels: RgbImage) -> Self {
        assert!(pixels.width() > 0 && pixels.height() > 0, "a photo has at least one pixel");
        Self { size: pixels.dimensions(), pixels }
    }
}
