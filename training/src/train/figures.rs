//! How a network does on pictures that it does not learn from: what an epoch is judged by.

use burn::tensor::Device;
use net::diagnosis::Diagnosis;
use net::network::calibration::softmax;
use net::network::efficientnet::EfficientNetLite;

use crate::data::error::DataError;
use crate::data::sample::Sample;
use crate::metrics;
use crate::train::predict::{self, How};

/// How a network does on validation pictures.
#[derive(Debug)]
pub struct Figures {
    /// AUROC of melanoma against all others, where there are any.
    pub melanoma: Option<f64>,
    /// AUROC of everything malignant.
    pub malignant: Option<f64>,
    /// Mean of the recalls.
    pub balanced_accuracy: f64,
    /// Share of right answers.
    pub accuracy: f64,
    /// Mean over the classes of the AUROC of one against the rest.
    pub auroc: f64,
    /// See [`metrics::cross_entropy_at_best_temperature`].
    pub cross_entropy: f64,
}

/// How `net` does on `samples`, scaled to `side` pixels: one view of the file that all have.
///
/// # Errors
/// When a picture can't be read.
pub fn figures(
    net: &EfficientNetLite,
    samples: &[&Sample],
    diagnoses: &[Diagnosis],
    side: u32,
    device: &Device,
) -> Result<Figures, DataError> {
    let classes = diagnoses.len();
    let answers = predict::samples(net, samples, How::plainly(side), device)?;
    let truth: Vec<usize> = samples.iter().map(|sample| sample.class).collect();
    let table = metrics::confusion(&truth, &metrics::stated(&answers.logits), classes);
    let probabilities: Vec<Vec<f32>> = answers.logits.iter().map(|row| softmax(row)).collect();
    let areas: Vec<f64> = (0..classes)
        .filter_map(|class| {
            let scores: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
            let positive: Vec<bool> = truth.iter().map(|&truth| truth == class).collect();
            metrics::auroc(&scores, &positive)
        })
        .collect();
    let area = |wanted: &dyn Fn(usize) -> bool| {
        let scores: Vec<f32> = probabilities
            .iter()
            .map(|row| (0..classes).filter(|&class| wanted(class)).map(|class| row[class]).sum())
            .collect();
        let positive: Vec<bool> = truth.iter().map(|&truth| wanted(truth)).collect();
        metrics::auroc(&scores, &positive)
    };
    Ok(Figures {
        melanoma: area(&|class| diagnoses[class].key == "mel"),
        malignant: area(&|class| diagnoses[class].malignant),
        balanced_accuracy: metrics::balanced_accuracy(&table),
        accuracy: metrics::accuracy(&table),
        auroc: areas.iter().sum::<f64>() / areas.len() as f64,
        cross_entropy: metrics::cross_entropy_at_best_temperature(&truth, &answers.logits),
    })
}
