//! Fitting the probes: what lesions look like to the network, and how pictures were taken.

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::activation::log_sigmoid;
use burn::tensor::{Device, Int, Tensor, TensorData};
use net::modality::Modality;
use net::network::architecture::FEATURES;
use net::network::probes::{PROTOTYPES, Probed, Probes, directions, unit};

use crate::data::negatives::Negative;
use crate::data::sample::Sample;
use crate::data::split::Split;
use crate::train::predict::Answers;

/// Steps of the logistic regressions: enough for their loss to stand still.
const STEPS: usize = 300;
const RATE: f64 = 0.01;
/// Rounds of clustering.
const ROUNDS: usize = 12;

/// Fits all probes on the pictures that the network learnt from and on negatives to train on.
pub fn fit(
    samples: &[&Sample],
    answers: &Answers,
    negatives: &[Negative],
    negative_answers: &Answers,
    device: &Device,
) -> Probes {
    let mut probes = Probes::new(device);
    probes.prototypes =
        Param::from_tensor(prototypes(&answers.features.iter().flatten().collect::<Vec<_>>(), device));
    if let Some(lesion) = lesion(answers, negatives, negative_answers, None, device) {
        probes.lesion = lesion;
    }
    let of = |modality| -> Vec<&Vec<f32>> {
        let pairs = samples.iter().zip(&answers.features);
        pairs.filter(|(sample, _)| sample.modality == modality).flat_map(|(_, views)| views).collect()
    };
    let (phone, dermatoscope) = (of(Modality::PlainPhoto), of(Modality::Dermatoscope));
    if !phone.is_empty() && !dermatoscope.is_empty() {
        probes.phone = separate(&phone, &dermatoscope, device);
    }
    probes
}

/// The lesion probe, fitted without the negatives of the kind `left_out`; none where no negatives are left.
pub fn lesion(
    answers: &Answers,
    negatives: &[Negative],
    negative_answers: &Answers,
    left_out: Option<&str>,
    device: &Device,
) -> Option<Linear> {
    let others: Vec<&Vec<f32>> = of_split(negatives, negative_answers, Split::Train)
        .filter(|(negative, _)| Some(negative.kind.as_str()) != left_out)
        .flat_map(|(_, views)| views)
        .collect();
    let lesions: Vec<&Vec<f32>> = answers.features.iter().flatten().collect();
    (!others.is_empty()).then(|| separate(&lesions, &others, device))
}

/// Negatives and their features, a row for each view, of one side of the split.
pub fn of_split<'a>(
    negatives: &'a [Negative],
    answers: &'a Answers,
    split: Split,
) -> impl Iterator<Item = (&'a Negative, &'a Vec<Vec<f32>>)> {
    negatives.iter().zip(&answers.features).filter(move |(negative, _)| negative.split == split)
}

/// What `probes` say of every picture.
pub fn apply(probes: &Probes, answers: &Answers, device: &Device) -> Vec<Probed> {
    if answers.features.is_empty() {
        return Vec::new();
    }
    let rows: Vec<&Vec<f32>> = answers.features.iter().flatten().collect();
    let mut probed = probes.forward(matrix(&rows, device)).into_iter();
    let features = answers.features.iter();
    features
        .map(|views| Probed::mean(probed.by_ref().take(views.len()).collect::<Vec<_>>().into_iter()))
        .collect()
}

/// What a probe of [`separate`] says of each row: above zero where the positive side is likelier.
pub fn score(probe: &Linear, rows: &[&Vec<f32>], device: &Device) -> Vec<f32> {
    probe.forward(directions(matrix(rows, device))).into_data().iter::<f32>().collect()
}

/// Rows as a tensor `[rows, FEATURES]`.
pub fn matrix(rows: &[&Vec<f32>], device: &Device) -> Tensor<2> {
    let values: Vec<f32> = rows.iter().flat_map(|row| row.iter().copied()).collect();
    Tensor::from_data(TensorData::new(values, [rows.len(), FEATURES]), device)
}

/// Centres of clusters of `features`, `[FEATURES, PROTOTYPES]`: spherical k-means (Dhillon & Modha 2001), begun from
/// evenly spread rows.
fn prototypes(features: &[&Vec<f32>], device: &Device) -> Tensor<2> {
    let rows = unit(matrix(features, device));
    let count = features.len();
    let first: Vec<i64> = (0..PROTOTYPES).map(|number| (number * count / PROTOTYPES) as i64).collect();
    let first = Tensor::<1, Int>::from_data(TensorData::from(&*first), device);
    let mut centres = rows.clone().select(0, first);
    for _ in 0..ROUNDS {
        let nearest = rows.clone().matmul(centres.clone().transpose()).argmax(1).squeeze_dim::<1>(1);
        let members: Tensor<2> = nearest.one_hot::<2>(PROTOTYPES).float();
        let sums = members.clone().transpose().matmul(rows.clone());
        // A centre that lost all its rows stays where it was.
        let empty = members.sum_dim(0).transpose().equal_elem(0.0).float();
        centres = unit(sums + centres * empty);
    }
    centres.transpose()
}

/// Logistic regression of `positive` against `negative`, both sides with equal weight, so that zero means even odds.
pub fn separate(positive: &[&Vec<f32>], negative: &[&Vec<f32>], device: &Device) -> Linear {
    let tape = device.clone().autodiff();
    let (positive, negative) = (directions(matrix(positive, &tape)), directions(matrix(negative, &tape)));
    device.seed(1);
    let mut linear = LinearConfig::new(FEATURES, 1).init(&tape);
    let mut optimizer = AdamWConfig::new().with_weight_decay(0.05).init();
    for _ in 0..STEPS {
        let right = log_sigmoid(linear.forward(positive.clone())).mean();
        let wrong = log_sigmoid(linear.forward(negative.clone()).neg()).mean();
        let grads = GradientsParams::from_grads((right + wrong).neg().backward(), &linear);
        linear = optimizer.step(RATE, linear, grads);
    }
    linear.valid()
}
