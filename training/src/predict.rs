//! What a network says about many pictures.

use burn::tensor::{Device, Tensor};
use rayon::prelude::*;
use spotcheck::network::efficientnet::EfficientNetLite0;
use spotcheck::network::input::{Normalisation, to_tensor};

use crate::data::{DataError, Sample};
use crate::fast::{self, Mode};

/// Pictures that go through the network at once.
const BATCH: usize = 32;

/// The network's answers, one row a sample.
#[derive(Debug, Default, Clone)]
pub struct Answers {
    /// One logit a class.
    pub logits: Vec<Vec<f32>>,
    /// The pooled features before the last layer.
    pub features: Vec<Vec<f32>>,
}

/// Reads the central square of every sample's first file, as the app would, and runs the network.
///
/// # Errors
/// When a picture can't be read.
pub fn samples(net: &EfficientNetLite0, samples: &[&Sample], side: u32, device: &Device) -> Result<Answers, DataError> {
    let mut answers = Answers::default();
    for batch in samples.chunks(BATCH) {
        let crops = batch.par_iter().map(|sample| {
            let photo = sample.load(0)?;
            Ok(photo.crop(photo.central_square(), side))
        });
        let crops = crops.collect::<Result<Vec<_>, DataError>>()?;
        let x = to_tensor(&crops, Normalisation::EFFICIENTNET_LITE, device);
        answers.extend(forward(net, x));
    }
    Ok(answers)
}

/// Features and logits of one batch, by running statistics.
pub fn forward(net: &EfficientNetLite0, x: Tensor<4>) -> Answers {
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
