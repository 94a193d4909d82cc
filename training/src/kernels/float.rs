//! Between Burn's flex tensors and slices of `f32`.

use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;

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

/// Element by element, for sums that threads made apart.
pub fn add(mut left: Vec<f32>, right: Vec<f32>) -> Vec<f32> {
    left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
    left
}
