//! Where the network looked: the class activation map of the stated diagnosis.
//!
//! Zhou et al. 2016, section 2: since a global mean and one linear layer follow the last feature maps, the
//! maps weighted by that layer say how much each place speaks for a class.

use image::imageops::FilterType;
use image::{ImageBuffer, Luma, Rgb, RgbImage};

use super::Views;
use net::network::model::Output;

/// How much each place of the crop spoke for the stated diagnosis.
#[derive(Debug, Clone, PartialEq)]
pub struct Saliency {
    /// Rows and columns.
    side: usize,
    /// 0 (least) to 1 (most), row after row.
    values: Vec<f32>,
}

impl Saliency {
    /// The mean over the views, each turned back.
    pub(super) fn of(outputs: &[Output], views: Views, class: usize) -> Self {
        let side = outputs.first().map_or(1, |output| output.map_side);
        let mut values = vec![0.0; side * side];
        for (view, output) in outputs.iter().enumerate().take(views.count()) {
            for (place, activation) in output.activation[class].iter().enumerate() {
                let (row, column) = Views::origin(view, place / side, place % side, side);
                values[row * side + column] += activation;
            }
        }
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let range = (high - low).max(f32::EPSILON);
        values.iter_mut().for_each(|value| *value = (*value - low) / range);
        Self { side, values }
    }

    /// Rows and columns of the map.
    pub fn side(&self) -> usize {
        self.side
    }

    /// 0 to 1 at each place, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Smoothly scaled up to `side` x `side` pixels.
    fn enlarged(&self, side: u32) -> ImageBuffer<Luma<f32>, Vec<f32>> {
        let small = ImageBuffer::from_fn(self.side as u32, self.side as u32, |x, y| {
            Luma([self.values[y as usize * self.side + x as usize]])
        });
        image::imageops::resize(&small, side, side, FilterType::CatmullRom)
    }

    /// Laid over the crop: grey where it mattered little, coloured through orange to red where it mattered.
    pub fn over(&self, crop: &RgbImage) -> RgbImage {
        let map = self.enlarged(crop.width());
        RgbImage::from_fn(crop.width(), crop.height(), |x, y| {
            let heat = map.get_pixel(x, y).0[0].clamp(0.0, 1.0);
            let pixel = crop.get_pixel(x, y).0.map(f32::from);
            let grey = 0.3 * pixel[0] + 0.59 * pixel[1] + 0.11 * pixel[2];
            let colour = [255.0, 190.0 * (1.0 - heat), 30.0];
            let cover = 0.6 * heat * heat;
            let base = pixel.map(|value| value * (0.35 + 0.65 * heat) + grey * 0.65 * (1.0 - heat));
            Rgb([0, 1, 2].map(|c| (base[c] * (1.0 - cover) + colour[c] * cover).round() as u8))
        })
    }
}
