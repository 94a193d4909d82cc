//! What a network says about many pictures.

use burn::tensor::{Device, Tensor};
use image::RgbImage;
use rayon::prelude::*;
use spotcheck::assessment::Views;
use spotcheck::network::efficientnet::EfficientNetLite0;
use spotcheck::network::input::{Normalisation, to_tensor};
use spotcheck::network::model::softmax;
use spotcheck::photo::Photo;

use crate::data::{DataError, Rendition, Sample};
use crate::fast::{self, Mode};

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
    /// One view of the file that all pictures have.
    pub fn plainly(side_px: u32) -> Self {
        Self { side_px, rendition: Rendition::Common, views: Views::One }
    }
}

/// The network's answers, one row a sample.
#[derive(Debug, Default, Clone)]
pub struct Answers {
    /// One logit a class.
    pub logits: Vec<Vec<f32>>,
    /// The pooled features before the last layer.
    pub features: Vec<Vec<f32>>,
}

/// Reads the central square of every sample, as the app would, and runs the network. Of several views
/// the mean log probabilities stand in for logits, and the mean features.
///
/// # Errors
/// When a picture can't be read.
pub fn samples(
    net: &EfficientNetLite0,
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
        answers.extend(match how.views {
            Views::One => crops_of_one_size(net, &crops, device),
            views => mean_over_views(net, &crops, views, device),
        });
    }
    Ok(answers)
}

fn mean_over_views(net: &EfficientNetLite0, crops: &[RgbImage], views: Views, device: &Device) -> Answers {
    let mut mean = Answers::default();
    for crop in crops {
        let Answers { logits, features } = crops_of_one_size(net, &views.of(crop), device);
        let mut probabilities = average(logits.iter().map(|row| softmax(row)).collect());
        probabilities.iter_mut().for_each(|p| *p = p.max(1e-9).ln());
        mean.logits.push(probabilities);
        mean.features.push(average(features));
    }
    mean
}

/// The mean of rows.
fn average(rows: Vec<Vec<f32>>) -> Vec<f32> {
    let count = rows.len() as f32;
    let sum = rows.into_iter().reduce(|mut sum, row| {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        sum
    });
    sum.unwrap_or_default().into_iter().map(|sum| sum / count).collect()
}

/// The same for the central squares of pictures in memory.
pub fn pictures<'a>(
    net: &EfficientNetLite0,
    pictures: impl Iterator<Item = &'a Photo>,
    side: u32,
    device: &Device,
) -> Answers {
    let crops: Vec<RgbImage> = pictures.map(|photo| photo.crop(photo.central_square(), side)).collect();
    let mut answers = Answers::default();
    for batch in crops.chunks(BATCH) {
        answers.extend(crops_of_one_size(net, batch, device));
    }
    answers
}

fn crops_of_one_size(net: &EfficientNetLite0, crops: &[RgbImage], device: &Device) -> Answers {
    forward(net, to_tensor(crops, Normalisation::EFFICIENTNET_LITE, device))
}

/// Features and logits of one batch, by running statistics.
fn forward(net: &EfficientNetLite0, x: Tensor<4>) -> Answers {
    let (features, logits) = fast::forward(net, x, Mode::Evaluate, 0);
    Answers { logits: rows(logits), features: rows(features) }
}

impl Answers {
    fn extend(&mut self, other: Self) {
        self.logits.extend(other.logits);
        self.features.extend(other.features);
    }
}

/// A matrix as rows.
fn rows(matrix: Tensor<2>) -> Vec<Vec<f32>> {
    let [_, columns] = matrix.dims();
    let values: Vec<f32> = matrix.into_data().iter::<f32>().collect();
    values.chunks(columns).map(<[f32]>::to_vec).collect()
}
