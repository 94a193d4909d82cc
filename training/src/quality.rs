//! Where the quality thresholds come from: held-back pictures, degraded at random strengths.

use burn::tensor::Device;
use image::{RgbImage, imageops};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;
use spotcheck::assessment::Views;
use spotcheck::network::model::Model;
use spotcheck::photo::Photo;
use spotcheck::photo::quality::{Aspect, Quality};

use crate::data::{DataError, Sample};
use crate::{metrics, predict};

/// Ranges of the figure that balanced accuracy is measured in.
const BINS: usize = 10;

/// How balanced accuracy depends on one aspect.
#[derive(Debug, Serialize)]
pub struct Sensitivity {
    /// What was degraded.
    pub aspect: Aspect,
    /// Balanced accuracy on the pictures as they are.
    pub undegraded: f64,
    /// From the smallest figure to the largest.
    pub bins: Vec<Bin>,
}

/// Pictures whose figure lies in a range.
#[derive(Debug, Serialize)]
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
    let sensitivities = Aspect::ALL.map(|aspect| {
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
        Sensitivity { aspect, undegraded, bins: bins.collect() }
    });
    Ok(sensitivities.into())
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
    }
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
