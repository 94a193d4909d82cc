//! Whether a photo is good enough to be looked at: measured, compared, and explained.
//!
//! The thresholds come from `training quality`, which degrades HAM10000's held-back pictures at random strengths: each is the
//! edge of the range beyond which balanced accuracy lies more than 0.15 below that of the pictures as they are, or a little stricter. The
//! table is in `models/MODEL_CARD.md`, and a test of `training` compares them with it. The threshold for darkness is
//! biased towards light skin, since nearly all of HAM10000 is light.
//!
//! The line for colour is not from there: a picture without colour gets an answer that sounds like any other and calms too often. It lies just
//! below what real photos have: of 1,200 each of HAM10000, PAD-UFES-20, the ISIC archive and MILK10k, 0 to 1 have less.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::{Photo, Square};

/// Side of the picture that everything but the size is measured on, in pixels.
pub(super) const MEASURED_SIDE_PX: u32 = 192;

/// All measurements of one crop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// One of each [`Aspect`].
    pub measurements: Vec<Measurement>,
}

/// One figure, the line it must not cross, and whether it did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured.
    pub aspect: Aspect,
    /// The figure, in the unit of [`Aspect`].
    pub value: f32,
    /// The line.
    pub threshold: f32,
    /// Whether the figure is on the right side of it.
    pub good: bool,
}

/// What can be wrong with a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Side of the crop in pixels; too small below the threshold.
    Size,
    /// Fine detail over coarse detail, from 0 up; out of focus below the threshold.
    Focus,
    /// Mean brightness, 0 to 1; too dark below the threshold.
    Dark,
    /// Mean brightness, 0 to 1; too bright above the threshold.
    Bright,
    /// Share of burnt-out pixels, 0 to 1; glare above the threshold.
    Glare,
    /// Mean chroma, the largest channel less the smallest, 0 to 1; without colour below the threshold.
    Colour,
}

impl Aspect {
    /// Every aspect, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Size, Self::Focus, Self::Dark, Self::Bright, Self::Glare, Self::Colour];

    /// The line between good and bad, in the unit of the aspect.
    pub const fn threshold(self) -> f32 {
        match self {
            Self::Size => 28.0,
            Self::Focus => 0.016,
            Self::Dark => 0.25,
            Self::Bright => 0.91,
            Self::Glare => 0.23,
            Self::Colour => 0.02,
        }
    }

    /// Whether the photo is bad below the threshold; above it otherwise.
    pub const fn worse_below(self) -> bool {
        matches!(self, Self::Size | Self::Focus | Self::Dark | Self::Colour)
    }

    fn good(self, value: f32) -> bool {
        if self.worse_below() { value >= self.threshold() } else { value <= self.threshold() }
    }
}

impl Quality {
    /// Measures `square` of `photo`.
    pub fn measure(photo: &Photo, square: Square) -> Self {
        let picture = photo.crop(square, MEASURED_SIDE_PX);
        let measurements = Aspect::ALL.map(|aspect| {
            let value = match aspect {
                Aspect::Size => square.side as f32,
                Aspect::Focus => focus(&picture),
                Aspect::Dark | Aspect::Bright => brightness(&picture),
                Aspect::Glare => glare(&picture),
                Aspect::Colour => chroma(&picture),
            };
            Measurement { aspect, value, threshold: aspect.threshold(), good: aspect.good(value) }
        });
        Self { measurements: measurements.to_vec() }
    }

    /// Whether every measurement is good.
    pub fn suffices(&self) -> bool {
        self.measurements.iter().all(|measurement| measurement.good)
    }

    /// The measurements that are not good.
    pub fn faults(&self) -> impl Iterator<Item = &Measurement> {
        self.measurements.iter().filter(|measurement| !measurement.good)
    }

    /// The figure for one aspect.
    pub fn value(&self, aspect: Aspect) -> Option<f32> {
        self.measurements.iter().find(|measurement| measurement.aspect == aspect).map(|found| found.value)
    }
}

/// Rec. 601 luma, 0 to 1.
pub(super) fn luma(pixel: [u8; 3]) -> f32 {
    let [red, green, blue] = pixel.map(f32::from);
    (0.299 * red + 0.587 * green + 0.114 * blue) / 255.0
}

fn brightness(picture: &RgbImage) -> f32 {
    picture.pixels().map(|pixel| luma(pixel.0)).sum::<f32>() / (picture.width() * picture.height()) as f32
}

fn chroma(picture: &RgbImage) -> f32 {
    let chroma =
        |pixel: &[u8; 3]| u64::from(pixel.iter().max().unwrap_or(&0) - pixel.iter().min().unwrap_or(&0));
    let sum: u64 = picture.pixels().map(|pixel| chroma(&pixel.0)).sum();
    sum as f32 / (255 * picture.width() * picture.height()) as f32
}

/// The share of pixels with no detail left at the bright end.
fn glare(picture: &RgbImage) -> f32 {
    let burnt = picture.pixels().filter(|pixel| pixel.0.iter().all(|&value| value >= 250)).count();
    burnt as f32 / (picture.width() * picture.height()) as f32
}

/// The energy of differences between neighbours over that of differences across eight pixels: a blurred
/// picture keeps only the second. Independent of contrast and brightness.
fn focus(picture: &RgbImage) -> f32 {
    const FAR: u32 = 8;
    let (width, height) = picture.dimensions();
    let grey: Vec<f32> = picture.pixels().map(|pixel| luma(pixel.0)).collect();
    let at = |x: u32, y: u32| grey[(y * width + x) as usize];
    let energy = |step: u32| {
        let mut sum = 0.0f64;
        for y in 0..height.saturating_sub(step) {
            for x in 0..width.saturating_sub(step) {
                let (right, down) = (at(x + step, y) - at(x, y), at(x, y + step) - at(x, y));
                sum += f64::from(right * right + down * down);
            }
        }
        sum / (f64::from(width.saturating_sub(step)) * f64::from(height.saturating_sub(step))).max(1.0)
    };
    // What rounding to 8 bits, once by the camera and once by scaling, adds to either energy.
    const ROUNDING: f64 = 4.0 * 2.0 * 0.447 / 12.0 / (255.0 * 255.0);
    let (near, far) = ((energy(1) - ROUNDING).max(0.0), energy(FAR) - ROUNDING);
    // A picture whose contrast is no more than the steps of its 8-bit values has nothing in focus.
    const LEAST_CONTRAST: f64 = 4e-5;
    if far < LEAST_CONTRAST { 0.0 } else { (near / far) as f32 }
}
