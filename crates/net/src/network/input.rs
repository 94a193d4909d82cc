//! From crops to the numbers that the network reads.

use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How 0..=255 becomes what the network was trained on: `(value - mean) / deviation`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// Subtracted from each channel, on the scale 0 to 255.
    pub mean: f32,
    /// Divides each channel, on the scale 0 to 255.
    pub deviation: f32,
}

impl Normalisation {
    /// What Google's EfficientNet-Lite weights were trained with.
    pub const EFFICIENTNET_LITE: Self = Self { mean: 127.0, deviation: 128.0 };
}

/// Crops of one size to a tensor `[batch, 3, height, width]`.
///
/// # Panics
/// When the crops differ in size or there are none: a mistake in the caller.
pub fn to_tensor(crops: &[RgbImage], normalisation: Normalisation, device: &Device) -> Tensor<4> {
    let (width, height) = crops[0].dimensions();
    let plane = (width * height) as usize;
    let mut values = vec![0.0; crops.len() * 3 * plane];
    crops.par_iter().zip(values.par_chunks_exact_mut(3 * plane)).for_each(|(crop, planes)| {
        assert_eq!(crop.dimensions(), (width, height), "crops of one size");
        for (at, pixel) in crop.pixels().enumerate() {
            for (channel, &value) in pixel.0.iter().enumerate() {
                planes[channel * plane + at] =
                    (f32::from(value) - normalisation.mean) / normalisation.deviation;
            }
        }
    });
    let shape = [crops.len(), 3, height as usize, width as usize];
    Tensor::from_data(TensorData::new(values, shape), device)
}
