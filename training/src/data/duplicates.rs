//! Pictures that are nearly the same: a table beside them says which, and this finds them.
//!
//! Each picture becomes the signs of the differences between neighbours in a small grey copy, of each of its four flips
//! (a difference hash, Krawetz 2013). Where few signs differ, the small pictures themselves are compared: round dark lesions on
//! smooth skin have similar signs without being one picture.

use std::path::Path;

use image::RgbImage;
use image::imageops::{self, FilterType};
use rayon::prelude::*;
use serde::Deserialize;

use crate::data::error::DataError;
use crate::data::sample::Sample;
use crate::data::table::rows;

/// The table of pairs, beside a source's own: `image_id,other_id`.
pub const NEAR_DUPLICATES: &str = "near-duplicates.csv";
/// Rows and columns of the signs.
const SIDE: u32 = 16;
/// Pictures of which at most so many of the 256 signs differ are taken for one: of pictures that share nothing about half do.
const NEAR: u32 = 40;
/// Side of the pictures that are compared after that, in pixels.
const SMALL: u32 = 32;
/// From this correlation of their pixels on they are one. Of two lesions that look alike it reaches 0.97 (looked at by eye).
const ALIKE: f32 = 0.985;

#[derive(Deserialize)]
struct Row {
    image_id: String,
    other_id: String,
}

/// The pairs of the table in `folder`; none where there is no table.
///
/// # Errors
/// When the table can't be read.
pub fn read(folder: &Path) -> Result<Vec<[String; 2]>, DataError> {
    let path = folder.join(NEAR_DUPLICATES);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    Ok(rows::<Row>(&path)?.into_iter().map(|(_, row)| [row.image_id, row.other_id]).collect())
}

type Signs = [u64; 4];

fn signs(picture: &RgbImage) -> Signs {
    let grey = imageops::grayscale(picture);
    let small = imageops::resize(&grey, SIDE + 1, SIDE, FilterType::Triangle);
    let mut signs = [0u64; 4];
    for y in 0..SIDE {
        for x in 0..SIDE {
            let place = (y * SIDE + x) as usize;
            let rises = small.get_pixel(x + 1, y).0[0] > small.get_pixel(x, y).0[0];
            signs[place / 64] |= u64::from(rises) << (place % 64);
        }
    }
    signs
}

fn differences(one: &Signs, other: &Signs) -> u32 {
    one.iter().zip(other).map(|(one, other)| (one ^ other).count_ones()).sum()
}

/// How alike the pixels of two pictures of one size are, -1 to 1, whatever their brightness and contrast.
fn correlation(one: &RgbImage, other: &RgbImage) -> f32 {
    let mean = |picture: &RgbImage| {
        picture.as_raw().iter().map(|&value| f32::from(value)).sum::<f32>() / picture.as_raw().len() as f32
    };
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut squares_one, mut squares_other) = (0.0, 0.0, 0.0);
    for (&one, &other) in one.as_raw().iter().zip(other.as_raw()) {
        let (one, other) = (f32::from(one) - mean_one, f32::from(other) - mean_other);
        both += one * other;
        squares_one += one * one;
        squares_other += other * other;
    }
    both / (squares_one * squares_other).sqrt().max(f32::MIN_POSITIVE)
}

/// A picture and its flips, small.
fn flips(small: RgbImage) -> [RgbImage; 4] {
    [imageops::flip_horizontal(&small), imageops::flip_vertical(&small), imageops::rotate180(&small), small]
}

/// Pairs of places in `samples`, of different groups, whose central squares are nearly the same, perhaps mirrored.
///
/// # Errors
/// When a picture can't be read.
pub fn near_duplicates(samples: &[Sample]) -> Result<Vec<[usize; 2]>, DataError> {
    let small = samples.par_iter().map(|sample| {
        let photo = sample.load(0)?;
        Ok(photo.crop(photo.central_square(), SMALL))
    });
    let small = small.collect::<Result<Vec<RgbImage>, DataError>>()?;
    let hashes: Vec<Signs> = small.par_iter().map(signs).collect();
    let of_one = (0..samples.len()).into_par_iter().flat_map_iter(|one| {
        let (hashes, small) = (&hashes, &small);
        let flipped = flips(small[one].clone()).map(|flip| (signs(&flip), flip));
        (one + 1..samples.len()).filter_map(move |other| {
            let same = |(signs, flip): &(Signs, RgbImage)| {
                differences(signs, &hashes[other]) <= NEAR && correlation(flip, &small[other]) >= ALIKE
            };
            (samples[one].group != samples[other].group && flipped.iter().any(same)).then_some([one, other])
        })
    });
    Ok(of_one.collect())
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn drawn(seed: u32) -> RgbImage {
        let wave = |x: u32, y: u32| (x * seed) as f32 * 0.05 + ((y * y + seed) as f32 * 0.011).sin() * 3.0;
        RgbImage::from_fn(90, 90, |x, y| Rgb([(wave(x, y).sin() * 100.0 + 120.0) as u8; 3]))
    }

    #[test]
    fn a_smaller_brighter_copy_is_near_and_another_picture_is_not() {
        let one = drawn(3);
        let mut copy = imageops::resize(&one, 61, 61, FilterType::CatmullRom);
        copy.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| value.saturating_add(20)));
        assert!(differences(&signs(&one), &signs(&copy)) <= NEAR);
        let small = |picture: &RgbImage| imageops::resize(picture, SMALL, SMALL, FilterType::Triangle);
        assert!(correlation(&small(&one), &small(&copy)) >= ALIKE);
        assert!(differences(&signs(&one), &signs(&drawn(7))) > 2 * NEAR);
        assert!(correlation(&small(&one), &small(&drawn(7))) < 0.5);
    }
}
