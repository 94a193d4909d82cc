//! Test-time augmentation: the same crop flipped and turned, and the answers averaged.

use image::{RgbImage, imageops};
use serde::{Deserialize, Serialize};

/// How many ways to look at a crop. A lesion has no up or down. A model's figures are measured, and its thresholds set, with as many as
/// is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Views {
    /// As it is.
    One,
    /// With both flips.
    #[default]
    Four,
    /// With both flips and a quarter turn of each.
    Eight,
}

impl Views {
    /// The views of `crop`, itself first.
    pub fn of(self, crop: &RgbImage) -> Vec<RgbImage> {
        (0..self.count()).map(|view| turn(crop, view)).collect()
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// Where a place of a view of `side` rows and columns lies in the crop.
    pub(super) fn origin(view: usize, row: usize, column: usize, side: usize) -> (usize, usize) {
        let last = side - 1;
        // The reverse of `turn`: its last step first.
        let column = if view & 1 == 1 { last - column } else { column };
        let row = if view & 2 == 2 { last - row } else { row };
        match view & 4 {
            // rotate90 moves (row, column) to (column, last - row).
            4 => (last - column, row),
            _ => (row, column),
        }
    }
}

/// View number 0 to 7: bit 0 mirrors left and right, bit 1 top and bottom, bit 2 turns before that.
fn turn(crop: &RgbImage, view: usize) -> RgbImage {
    let mut picture = if view & 4 == 4 { imageops::rotate90(crop) } else { crop.clone() };
    if view & 1 == 1 {
        imageops::flip_horizontal_in_place(&mut picture);
    }
    if view & 2 == 2 {
        imageops::flip_vertical_in_place(&mut picture);
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn origin_finds_every_pixel_of_every_view_again() {
        let crop = RgbImage::from_fn(5, 5, |x, y| Rgb([x as u8, y as u8, 0]));
        for (number, view) in Views::Eight.of(&crop).iter().enumerate() {
            for (column, row, pixel) in view.enumerate_pixels() {
                let (from_row, from_column) = Views::origin(number, row as usize, column as usize, 5);
                assert_eq!(pixel, crop.get_pixel(from_column as u32, from_row as u32), "view {number}");
            }
        }
    }

    #[test]
    fn the_eight_views_differ() {
        let crop = RgbImage::from_fn(3, 3, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        let views = Views::Eight.of(&crop);
        for (a, first) in views.iter().enumerate() {
            assert!(views[a + 1..].iter().all(|second| first != second));
        }
    }
}
