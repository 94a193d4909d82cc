//! A sheet of augmented samples, to look at what the network is shown.

use image::{RgbImage, imageops};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::augment::{Recipe, augment};
use crate::data::{DataError, Dataset, Part, Sample};

/// Side of one picture, in pixels.
const SIDE_PX: u32 = 128;
/// Views of each sample: the first as it is, the others augmented.
const VIEWS: u32 = 9;
/// Samples of each class.
const PER_CLASS: usize = 2;

/// One row a sample, each class in turn.
///
/// # Errors
/// When a picture can't be read.
pub fn draw(dataset: &Dataset, seed: u64) -> Result<RgbImage, DataError> {
    let learn = dataset.part(Part::Learn);
    let of_class = |class: usize| {
        learn.iter().copied().filter(move |sample| sample.class == class).step_by(11).take(PER_CLASS)
    };
    let samples: Vec<&Sample> = (0..dataset.classes.len()).flat_map(of_class).collect();
    let mut sheet = RgbImage::new(VIEWS * SIDE_PX, samples.len() as u32 * SIDE_PX);
    for (row, sample) in samples.into_iter().enumerate() {
        let photo = sample.load(0)?;
        let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(row as u64));
        for view in 0..VIEWS {
            let picture = match view {
                0 => photo.crop(photo.central_square(), SIDE_PX),
                _ => augment(&photo, SIDE_PX, &Recipe::default(), &mut random),
            };
            imageops::replace(
                &mut sheet,
                &picture,
                i64::from(view * SIDE_PX),
                row as i64 * i64::from(SIDE_PX),
            );
        }
    }
    Ok(sheet)
}
