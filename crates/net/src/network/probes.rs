//! Small fits on top of the network's features: is it a lesion at all, and how was it taken?
//!
//! They are fitted by `training calibrate` after the network itself, which they leave alone.

use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::architecture::FEATURES;

/// Typical feature vectors that nearness is measured to.
pub const PROTOTYPES: usize = 256;

/// What is known about the features of the pictures that the network learnt from. All of it looks at their
/// direction alone: their length says more about contrast than about content.
#[derive(Module, Debug)]
pub struct Probes {
    /// Centres of clusters of what was learnt from, of unit length, `[FEATURES, PROTOTYPES]`.
    pub prototypes: Param<Tensor<2>>,
    /// Direction of the features to one logit: the log-odds that the picture shows a lesion.
    pub lesion: Linear,
    /// Direction of the features to one logit: the log-odds that it is a plain photo, not one through a dermatoscope.
    pub phone: Linear,
}

/// What the probes say of one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probed {
    /// Cosine of the angle to the nearest prototype: near one for what the network knows.
    pub nearness: f32,
    /// Logit of a lesion rather than anything else.
    pub lesion: f32,
    /// Logit of a plain photo rather than one through a dermatoscope.
    pub phone: f32,
}

impl Probed {
    /// What they say of a picture, told of several views of it.
    pub fn mean(views: impl ExactSizeIterator<Item = Self>) -> Self {
        let count = views.len() as f32;
        let none = Self { nearness: 0.0, lesion: 0.0, phone: 0.0 };
        let sum = views.fold(none, |sum, view| Self {
            nearness: sum.nearness + view.nearness,
            lesion: sum.lesion + view.lesion,
            phone: sum.phone + view.phone,
        });
        Self { nearness: sum.nearness / count, lesion: sum.lesion / count, phone: sum.phone / count }
    }
}

impl Probes {
    /// Probes that know nothing yet.
    pub fn new(device: &Device) -> Self {
        Self {
            prototypes: Param::from_tensor(Tensor::zeros([FEATURES, PROTOTYPES], device)),
            lesion: undecided(device),
            phone: undecided(device),
        }
    }

    /// Features `[batch, FEATURES]` to one answer a row.
    pub fn forward(&self, features: Tensor<2>) -> Vec<Probed> {
        let directions = directions(features);
        let nearness = unit(directions.clone()).matmul(self.prototypes.val()).max_dim(1);
        let answers = [nearness, self.lesion.forward(directions.clone()), self.phone.forward(directions)];
        let answers: Vec<f32> = Tensor::cat(answers.to_vec(), 1).into_data().iter().collect();
        let answers = answers.chunks_exact(3);
        answers.map(|row| Probed { nearness: row[0], lesion: row[1], phone: row[2] }).collect()
    }
}

/// A linear layer that answers zero to everything.
fn undecided(device: &Device) -> Linear {
    LinearConfig::new(FEATURES, 1).with_initializer(Initializer::Zeros).init(device)
}

/// Rows of unit length.
pub fn unit(rows: Tensor<2>) -> Tensor<2> {
    let length = rows.clone().powi_scalar(2).sum_dim(1).sqrt().clamp_min(1e-6);
    rows / length
}

/// Rows whose values have a mean square of one: what the linear probes read.
pub fn directions(features: Tensor<2>) -> Tensor<2> {
    unit(features) * (FEATURES as f64).sqrt()
}
