//! Batch normalisation as one multiplication and one addition a channel, and its gradients.
//!
//! Ioffe & Szegedy 2015, algorithm 1 and the gradients of section 3.

use net::network::layers::NORM_EPSILON;

use crate::train::kernels::tiles::padded;

/// The variance offset of the network's layers.
const EPSILON: f32 = NORM_EPSILON as f32;

/// What the activation lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Smaller values become this.
    pub low: f32,
    /// Larger values become this.
    pub high: f32,
}

/// Mean and variance of each channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moments {
    /// One a channel.
    pub mean: Vec<f32>,
    /// One a channel, of all that there are and not of a sample.
    pub variance: Vec<f32>,
}

impl Moments {
    /// From the sums of `channels` values and, after `stride` numbers, of their squares, over `rows` rows.
    pub fn of(sums: &[f64], channels: usize, rows: usize) -> Self {
        let (sum, squares) = sums.split_at(sums.len() / 2);
        let mean: Vec<f64> = sum[..channels].iter().map(|sum| sum / rows as f64).collect();
        let variance = squares.iter().zip(&mean).map(|(square, mean)| square / rows as f64 - mean * mean);
        Self {
            variance: variance.map(|variance| variance.max(0.0) as f32).collect(),
            mean: mean.into_iter().map(|mean| mean as f32).collect(),
        }
    }
}

/// A normalisation by known moments: `value * slope + shift`.
#[derive(Debug, Clone)]
pub struct Norm {
    /// Padded with zeros, as panels are.
    pub slope: Vec<f32>,
    /// Padded with zeros.
    pub shift: Vec<f32>,
    mean: Vec<f32>,
    /// One over the deviation.
    inverse: Vec<f32>,
}

fn with_zeros(values: impl ExactSizeIterator<Item = f32>) -> Vec<f32> {
    let length = padded(values.len());
    let mut values: Vec<f32> = values.collect();
    values.resize(length, 0.0);
    values
}

impl Norm {
    /// With what is learnt: each channel's `gain` and `offset`.
    pub fn new(moments: &Moments, gain: &[f32], offset: &[f32]) -> Self {
        let Moments { mean, variance } = moments;
        let inverse: Vec<f32> = variance.iter().map(|variance| (variance + EPSILON).sqrt().recip()).collect();
        let slope = with_zeros(gain.iter().zip(&inverse).map(|(gain, inverse)| gain * inverse));
        let shift = with_zeros(
            offset.iter().zip(mean).zip(&slope).map(|((offset, mean), slope)| offset - mean * slope),
        );
        Self { slope, shift, mean: mean.clone(), inverse }
    }

    /// How a gradient for what comes out becomes one for what went in, over `rows` rows; from the sums of the gradient and, after
    /// them, of the gradient times what went in.
    pub fn pull(&self, sums: &[f64], rows: usize) -> Pull {
        let (plain, weighted) = sums.split_at(sums.len() / 2);
        let channels = self.mean.len();
        let dgain: Vec<f32> = (0..channels)
            .map(|at| {
                ((weighted[at] - f64::from(self.mean[at]) * plain[at]) * f64::from(self.inverse[at])) as f32
            })
            .collect();
        let along =
            with_zeros((0..channels).map(|at| self.slope[at] * dgain[at] * self.inverse[at] / rows as f32));
        let doffset: Vec<f32> = plain[..channels].iter().map(|&plain| plain as f32).collect();
        let offset = with_zeros(
            (0..channels).map(|at| self.slope[at] * doffset[at] / rows as f32 - along[at] * self.mean[at]),
        );
        Pull { slope: self.slope.clone(), along, offset, dgain, doffset }
    }
}

/// Gradient of a normalisation: `slope * gradient - along * value - offset`, padded with zeros.
pub struct Pull {
    /// One a channel.
    pub slope: Vec<f32>,
    /// One a channel.
    pub along: Vec<f32>,
    /// One a channel.
    pub offset: Vec<f32>,
    /// For the gains, one a channel, not padded.
    pub dgain: Vec<f32>,
    /// For the offsets.
    pub doffset: Vec<f32>,
}
