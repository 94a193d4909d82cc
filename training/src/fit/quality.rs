//! Where the quality thresholds come from: validation pictures, degraded at random strengths.

use assess::assessment::Views;
use burn::tensor::Device;
use image::{RgbImage, imageops};
use net::network::model::Model;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use vision::photo::Photo;
use vision::photo::quality::{Aspect, Quality};

use crate::data::error::DataError;
use crate::data::sample::Sample;
use crate::metrics;
use crate::train::predict;

/// Ranges of the figure that balanced accuracy is measured in.
const BINS: usize = 10;
/// How far below that of the pictures as they are balanced accuracy may lie before a photo is called bad.
pub const TOLERATED: f64 = 0.15;

/// What is degraded. Not the colour, whose line is that of what real photos have: see [`vision::photo::quality`].
const DEGRADED: [Aspect; 5] = [Aspect::Size, Aspect::Focus, Aspect::Dark, Aspect::Bright, Aspect::Glare];

/// How balanced accuracy depends on one aspect.
#[derive(Debug, Serialize)]
pub struct Sensitivity {
    /// What was degraded.
    pub aspect: Aspect,
    /// Balanced accuracy on the pictures as they are.
    pub undegraded: f64,
    /// From the smallest figure to the largest.
    pub bins: Vec<Bin>,
    /// The line between good and bad that follows.
    pub threshold: f32,
}

/// Pictures whose figure lies in a range.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bin {
    /// Smallest figure.
    pub from: f32,
    /// Largest figure.
    pub to: f32,
    /// How many.
    pub count: usize,
    /// Mean of the recalls among them.
    pub balanced_accuracy: f64,
}

/// Degrades every sample once for each aspect.
///
/// # Errors
/// When a picture can't be read.
pub fn measure(model: &Model, samples: &[&Sample], device: &Device) -> Result<Vec<Sensitivity>, DataError> {
    let net = &model.weights().network;
    let side = model.card().input_side_px;
    let classes = model.card().classes.len();
    let photos = samples.par_iter().map(|sample| sample.load(0)).collect::<Result<Vec<_>, _>>()?;
    let truth: Vec<usize> = samples.iter().map(|sample| sample.class).collect();
    let stated = |photos: &[Photo]| {
        metrics::stated(&predict::pictures(net, photos.iter(), side, Views::One, device).logits)
    };
    let balanced = |rows: &[usize], stated: &[usize]| {
        let of = |values: &[usize]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
        metrics::balanced_accuracy(&metrics::confusion(&of(&truth), &of(stated), classes))
    };
    let all: Vec<usize> = (0..photos.len()).collect();
    let undegraded = balanced(&all, &stated(&photos));
    let sensitivities = DEGRADED.map(|aspect| {
        let degraded: Vec<Photo> = photos
            .par_iter()
            .enumerate()
            .map(|(number, photo)| {
                let mut random = ChaCha8Rng::seed_from_u64(number as u64);
                degrade(photo.crop(photo.central_square(), photo.central_square().side), aspect, &mut random)
                    .into()
            })
            .collect();
        let figure =
            |photo: &Photo| Quality::measure(photo, photo.central_square()).value(aspect).unwrap_or(f32::NAN);
        let figures: Vec<f32> = degraded.par_iter().map(figure).collect();
        let stated = stated(&degraded);
        let mut order = all.clone();
        order.sort_by(|&a, &b| figures[a].total_cmp(&figures[b]));
        let bins = order.chunks(order.len().div_ceil(BINS)).map(|rows| Bin {
            from: figures[rows[0]],
            to: figures[rows[rows.len() - 1]],
            count: rows.len(),
            balanced_accuracy: balanced(rows, &stated),
        });
        let bins: Vec<Bin> = bins.collect();
        Sensitivity { aspect, undegraded, threshold: threshold(aspect, &bins, undegraded), bins }
    });
    Ok(sensitivities.into())
}

/// The edge of the ranges in which balanced accuracy lies no more than [`TOLERATED`] below that of the pictures as they are. Single
/// ranges are noisy: what counts is a fit that never rises as the photo gets worse.
fn threshold(aspect: Aspect, bins: &[Bin], undegraded: f64) -> f32 {
    // From the worst to the best.
    let mut bins: Vec<&Bin> = bins.iter().collect();
    if !aspect.worse_below() {
        bins.reverse();
    }
    let fitted =
        never_falling(&bins.iter().map(|bin| (bin.balanced_accuracy, bin.count)).collect::<Vec<_>>());
    let first_good = fitted.iter().position(|&accuracy| accuracy >= undegraded - TOLERATED);
    let edge = |bin: &Bin| if aspect.worse_below() { bin.from } else { bin.to };
    bins.get(first_good.unwrap_or(bins.len() - 1)).map_or(f32::NAN, |bin| edge(bin))
}

/// The sequence that never falls and is closest to these values with their weights: neighbours that fall become their mean (pool adjacent
/// violators; Ayer et al. 1955).
fn never_falling(values: &[(f64, usize)]) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize, usize)> = Vec::new();
    for &(value, weight) in values {
        let mut block = (value, weight, 1);
        while let Some(&(before, of, length)) = blocks.last().filter(|(before, ..)| *before > block.0) {
            let both = of + block.1;
            block = ((before * of as f64 + block.0 * block.1 as f64) / both as f64, both, block.2 + length);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(value, _, length)| vec![value; length]).collect()
}

/// Makes one thing worse, by a random amount from nothing to beyond use.
fn degrade(picture: RgbImage, aspect: Aspect, random: &mut impl Rng) -> RgbImage {
    let strength: f32 = random.random_range(0.0..1.0);
    let scaled = |factor: f32| {
        let mut picture = picture.clone();
        picture.iter_mut().for_each(|value| *value = (f32::from(*value) * factor) as u8);
        picture
    };
    match aspect {
        Aspect::Size => {
            let side = (picture.width() as f32 * (8.0 / picture.width() as f32).powf(strength)) as u32;
            imageops::resize(&picture, side.max(8), side.max(8), imageops::FilterType::Triangle)
        }
        Aspect::Focus => imageops::blur(&picture, 0.1 + strength * picture.width() as f32 * 0.06),
        Aspect::Dark => scaled(0.03f32.powf(strength)),
        Aspect::Bright => scaled(1.0 + 3.0 * strength),
        Aspect::Glare => glare(picture, strength, random),
        Aspect::Colour => faded(picture, strength),
    }
}

/// Towards grey, all the way at a strength of one.
fn faded(mut picture: RgbImage, strength: f32) -> RgbImage {
    for pixel in picture.pixels_mut() {
        let [red, green, blue] = pixel.0.map(f32::from);
        let grey = 0.299 * red + 0.587 * green + 0.114 * blue;
        pixel.0 =
            pixel.0.map(|value| (f32::from(value) + (grey - f32::from(value)) * strength).round() as u8);
    }
    picture
}

/// A burnt-out disc with a soft edge, somewhere on the picture.
fn glare(mut picture: RgbImage, strength: f32, random: &mut impl Rng) -> RgbImage {
    let side = picture.width() as f32;
    let radius = strength * side * 0.6;
    let centre = [0; 2].map(|_| random.random_range(0.0..side));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let distance = (x as f32 - centre[0]).hypot(y as f32 - centre[1]);
        let light = ((radius - distance) / (0.2 * side) + 1.0).clamp(0.0, 1.0);
        pixel.0.iter_mut().for_each(|value| *value = (f32::from(*value) + 400.0 * light) as u8);
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falling_neighbours_are_pooled_by_their_weights() {
        assert_eq!(never_falling(&[(1.0, 1), (4.0, 1), (1.0, 2), (5.0, 1)]), [1.0, 2.0, 2.0, 5.0]);
        assert_eq!(never_falling(&[(3.0, 1), (2.0, 1), (1.0, 1)]), [2.0; 3]);
    }

    /// The app's lines are as strict as those that the shipped model's table gives, and little stricter: a range is a tenth of the pictures,
    /// and where its edge lies is noise.
    #[test]
    fn the_thresholds_follow_from_what_was_measured() {
        #[derive(Deserialize)]
        struct Measured {
            aspect: Aspect,
            undegraded: f64,
            bins: Vec<Bin>,
        }
        let table = include_str!("../../../models/quality.json");
        let measured: Vec<Measured> = serde_json::from_str(table).expect("table");
        assert_eq!(measured.iter().map(|measured| measured.aspect).collect::<Vec<_>>(), DEGRADED);
        for Measured { aspect, undegraded, bins } in measured {
            let (found, line) = (threshold(aspect, &bins, undegraded), aspect.threshold());
            let strictness = if aspect.worse_below() { line / found } else { found / line };
            assert!((0.97..1.3).contains(&strictness), "{aspect:?}: {found} measured, {line} in the app");
        }
    }
}
