//! Burn's modules as plain numbers, with each batch normalisation folded into the convolution before it.
//!
//! A batch normalisation that has stopped learning is one factor and one offset a channel, and so is a convolution's output.

use burn::nn::Linear;
use burn::tensor::Tensor;

use super::dense::Clip;
use crate::network::layers::ConvNorm;

/// A convolution with a bias.
pub(super) struct Folded {
    /// `[output][input of its group][row][column]`.
    pub weights: Vec<f32>,
    /// One an output.
    pub bias: Vec<f32>,
    /// Side of the kernel.
    pub kernel: usize,
    /// Step of the kernel.
    pub stride: usize,
    /// The activation that may follow.
    pub active: Clip,
}

impl Folded {
    /// The layer without its normalisation.
    pub fn new(layer: &ConvNorm) -> Self {
        let norm = &layer.norm;
        let [gain, offset] = [&norm.gamma, &norm.beta].map(|parameter| numbers(parameter.val()));
        let [mean, variance] = [&norm.running_mean, &norm.running_var].map(|state| numbers(state.value()));
        let weight = layer.conv.weight.val();
        let [outputs, inputs, kernel, _] = weight.dims();
        let mut weights = numbers(weight);
        let mut bias = Vec::with_capacity(outputs);
        for (output, filter) in weights.chunks_exact_mut(inputs * kernel * kernel).enumerate() {
            // In double precision: what is rounded here is rounded for good.
            let factor = f64::from(gain[output]) / (f64::from(variance[output]) + norm.epsilon).sqrt();
            filter.iter_mut().for_each(|weight| *weight = (f64::from(*weight) * factor) as f32);
            bias.push((f64::from(offset[output]) - f64::from(mean[output]) * factor) as f32);
        }
        let active = Clip { floor: 0.0, ceiling: layer.activation().ceiling() };
        Self { weights, bias, kernel, stride: layer.conv.stride[0], active }
    }

    /// The weights as `[output][row][column][input]`: in the order in which a picture lies in memory.
    pub fn pixel_by_pixel(&self) -> Vec<f32> {
        let taps = self.kernel * self.kernel;
        let filters = self.weights.chunks_exact(self.weights.len() / self.bias.len());
        filters
            .flat_map(|filter| (0..taps).flat_map(move |tap| filter.iter().skip(tap).step_by(taps).copied()))
            .collect()
    }
}

/// A linear layer.
pub(super) struct Rows {
    /// `[output][input]`.
    pub weights: Vec<f32>,
    /// One an output.
    pub bias: Vec<f32>,
}

/// A linear layer, which Burn keeps as `[input, output]`.
pub(super) fn linear(layer: &Linear) -> Rows {
    let weights = columns(&layer.weight.val());
    let outputs = layer.weight.dims()[1];
    let bias = layer.bias.as_ref().map_or_else(|| vec![0.0; outputs], |bias| numbers(bias.val()));
    Rows { weights, bias }
}

/// The columns of a matrix, one after the other.
pub(super) fn columns(matrix: &Tensor<2>) -> Vec<f32> {
    numbers(matrix.clone().transpose())
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().convert::<f32>().try_into_vec::<f32>().expect("what was made f32 is f32")
}
