//! Between Burn's flex tensors and slices of `f32`.

use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;
use rayon::prelude::*;

/// The values of a contiguous tensor.
///
/// # Panics
/// When the tensor is not contiguous `f32`: a mistake in the caller, not in any input.
pub fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("a contiguous f32 tensor")
}

/// A tensor of this shape.
pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Adds up, element by element, what threads made apart: always in the same order, so that a run
/// that is repeated or resumed gives the same weights to the last bit.
pub fn total(shares: impl IndexedParallelIterator<Item = Vec<f32>>, length: usize) -> Vec<f32> {
    let shares: Vec<Vec<f32>> = shares.collect();
    shares.into_iter().fold(vec![0.0; length], |mut total, share| {
        total.iter_mut().zip(share).for_each(|(total, share)| *total += share);
        total
    })
}
