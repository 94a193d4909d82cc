//! What a network says about many pictures.

use assess::assessment::Views;
use burn::tensor::{Device, Tensor};
use image::RgbImage;
use net::network::calibration::mean_of_views;
use net::network::efficientnet::EfficientNetLite;
use net::network::input::{Normalisation, to_tensor};
use rayon::prelude::*;
use vision::photo::Photo;

use crate::data::error::DataError;
use crate::data::sample::{Rendition, Sample};
use crate::train::fast::{self, Mode};
use crate::train::kernels::precision::Precision;

/// Pictures that go through the network at once.
const BATCH: usize = 32;

/// How to look at samples.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Side of what the network reads, in pixels.
    pub side_px: u32,
    /// Which file of each.
    pub rendition: Rendition,
    /// How many flips and turns.
    pub views: Views,
}

impl How {
    /// As the app looks, at the file that all pictures have.
    pub fn usually(side_px: u32) -> Self {
        Self { side_px, rendition: Rendition::Common, views: Views::default() }
    }

    /// One view of the file that all pictures have.
    pub fn plainly(side_px: u32) -> Self {
        Self { views: Views::One, ..Self::usually(side_px) }
    }
}

/// The network's answers, in the order of the pictures.
#[derive(Debug, Default, Clone)]
pub struct Answers {
    /// One logit a class; of several views what the app makes of them, see [`pooled`].
    pub logits: Vec<Vec<f32>>,
    /// The network's own logits, a row for each view.
    pub views: Vec<Vec<Vec<f32>>>,
    /// The mean features before the last layer, a row for each view.
    pub features: Vec<Vec<Vec<f32>>>,
}

/// Reads the central square of every sample, as the app would, and runs the network.
///
/// # Errors
/// When a picture can't be read.
pub fn samples(
    net: &EfficientNetLite,
    samples: &[&Sample],
    how: How,
    device: &Device,
) -> Result<Answers, DataError> {
    let mut answers = Answers::default();
    for batch in samples.chunks(BATCH) {
        let crops = batch.par_iter().map(|sample| {
            let photo = sample.load(sample.file(how.rendition))?;
            Ok(photo.crop(photo.central_square(), how.side_px))
        });
        let crops = crops.collect::<Result<Vec<_>, DataError>>()?;
        answers.extend(look(net, &crops, how.views, device));
    }
    Ok(answers)
}

/// The same for the central squares of pictures in memory.
pub fn pictures<'a>(
    net: &EfficientNetLite,
    pictures: impl Iterator<Item = &'a Photo>,
    side: u32,
    views: Views,
    device: &Device,
) -> Answers {
    let crops: Vec<RgbImage> = pictures.map(|photo| photo.crop(photo.central_square(), side)).collect();
    let mut answers = Answers::default();
    for batch in crops.chunks(BATCH) {
        answers.extend(look(net, batch, views, device));
    }
    answers
}

/// The answers to crops of one size, by running statistics.
fn look(net: &EfficientNetLite, crops: &[RgbImage], views: Views, device: &Device) -> Answers {
    let pictures: Vec<RgbImage> = crops.par_iter().flat_map_iter(|crop| views.of(crop)).collect();
    let (mut logits, mut features) = (Vec::new(), Vec::new());
    for batch in pictures.chunks(BATCH) {
        let x = to_tensor(batch, Normalisation::EFFICIENTNET_LITE, device);
        let (batch_features, batch_logits) = fast::forward(net, x, Mode::Evaluate, 0, Precision::F32);
        features.extend(rows(batch_features));
        logits.extend(rows(batch_logits));
    }
    let of_each = |rows: Vec<Vec<f32>>| rows.chunks(views.count()).map(<[_]>::to_vec).collect::<Vec<_>>();
    let (views, features) = (of_each(logits), of_each(features));
    Answers { logits: views.iter().map(|views| mean_of_views(views.iter())).collect(), views, features }
}

impl Answers {
    fn extend(&mut self, other: Self) {
        self.logits.extend(other.logits);
        self.views.extend(other.views);
        self.features.extend(other.features);
    }

    /// Those to the pictures at these places.
    pub fn only(&self, places: &[usize]) -> Self {
        Self {
            logits: places.iter().map(|&at| self.logits[at].clone()).collect(),
            views: places.iter().map(|&at| self.views[at].clone()).collect(),
            features: places.iter().map(|&at| self.features[at].clone()).collect(),
        }
    }
}

/// A matrix as rows.
fn rows(matrix: Tensor<2>) -> Vec<Vec<f32>> {
    let [_, columns] = matrix.dims();
    let values: Vec<f32> = matrix.into_data().iter::<f32>().collect();
    values.chunks(columns).map(<[f32]>::to_vec).collect()
}
