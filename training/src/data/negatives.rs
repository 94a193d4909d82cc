//! Pictures that are not of lesions: what the app must not give a diagnosis for.
//!
//! Three sources: a folder with one sub-folder a kind (see `training/negatives.py`), drawn walls and textures,
//! and plain skin cut from around the lesions of the data sets.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use net::modality::Modality;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vision::photo::{self, Photo, Square};

use crate::data::augment::{Recipe, augment};
use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::files::list;
use crate::data::sample::Sample;
use crate::data::split::Split;

/// A picture that is not of a lesion.
pub struct Negative {
    /// What it shows, in a word.
    pub kind: String,
    /// Number of what it was cut from, among those of its kind.
    pub source: usize,
    /// Whether probes may learn from it.
    pub split: Split,
    /// The picture.
    pub picture: Photo,
}

/// Views cut from each picture of the folder.
const VIEWS: u64 = 6;
/// Drawn pictures of each kind.
const DRAWN: u64 = 120;
/// Pieces of skin from each data set.
const SKIN: usize = 400;
/// Side of drawn pictures and views, in pixels.
const SIDE_PX: u32 = 224;
/// A piece of skin is at least this much of the picture's shorter side.
const LEAST_SKIN: f32 = 0.3;

/// All negatives; drawn ones alone without a folder. What surrounds a rash may well be part of it: skin is cut only where somebody
/// brings negatives along.
///
/// # Errors
/// When a folder or picture can't be read.
pub fn gather(dataset: &Dataset, folder: Option<&Path>) -> Result<Vec<Negative>, DataError> {
    let mut negatives: Vec<Negative> = drawn().collect();
    if let Some(folder) = folder {
        negatives.extend(from_folder(folder)?);
        negatives.extend(skin(dataset)?);
    }
    Ok(negatives)
}

/// Random views of the pictures in `folder`/KIND/: near and far, turned and recoloured.
fn from_folder(folder: &Path) -> Result<Vec<Negative>, DataError> {
    let mut negatives = Vec::new();
    for kind in list(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = kind.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let pictures = list(&kind)?.into_iter().filter(|path| path.is_file() && photo::by_name(path));
        for (number, file) in pictures.enumerate() {
            let read = |error: String| DataError::Read(file.clone(), error);
            let bytes = fs::read(&file).map_err(|error| read(error.to_string()))?;
            let photo = Photo::decode(&bytes).map_err(|error| read(error.to_string()))?;
            let split = if number % 2 == 0 { Split::Train } else { Split::Validation };
            let recipe = Recipe { zoom: (0.25, 1.0), shift: 0.3, ..Recipe::default() };
            for view in 0..VIEWS {
                let mut random = ChaCha8Rng::seed_from_u64(number as u64 * VIEWS + view);
                let picture = match view {
                    0 => photo.crop(photo.central_square(), SIDE_PX),
                    _ => augment(&photo, SIDE_PX, &recipe, &mut random),
                };
                negatives.push(Negative {
                    kind: name.clone(),
                    source: number,
                    split,
                    picture: picture.into(),
                });
            }
        }
    }
    Ok(negatives)
}

/// Draws one picture.
type Painter = fn(&mut ChaCha8Rng) -> RgbImage;

/// Walls and textures.
fn drawn() -> impl Iterator<Item = Negative> {
    let draw = |(kind, painter): (&'static str, Painter)| {
        (0..DRAWN).map(move |number| {
            let mut random = ChaCha8Rng::seed_from_u64(number);
            let split = if number % 2 == 0 { Split::Train } else { Split::Validation };
            let picture = painter(&mut random).into();
            Negative { kind: kind.into(), source: number as usize, split, picture }
        })
    };
    let kinds: [(&str, Painter); 7] = [
        ("drawn wall", wall),
        ("drawn texture", texture),
        ("drawn weave", weave),
        ("drawn tiles", tiles),
        ("drawn wood", wood),
        ("drawn pebbles", pebbles),
        ("drawn screen", screen),
    ];
    kinds.into_iter().flat_map(draw)
}

fn colour(random: &mut impl Rng) -> [f32; 3] {
    [0; 3].map(|_| random.random_range(20.0..240.0))
}

/// One colour, a gradient of light, and grain.
fn wall(random: &mut ChaCha8Rng) -> RgbImage {
    let base = colour(random);
    let slope = [0; 2].map(|_| random.random_range(-0.3..0.3f32));
    let grain = random.random_range(0.5..8.0f32);
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let place = [x, y].map(|at| at as f32 / SIDE_PX as f32 - 0.5);
        let light = 1.0 + slope[0] * place[0] + slope[1] * place[1];
        let noise = random.random_range(-grain..grain);
        Rgb(base.map(|value| (value * light + noise) as u8))
    })
}

/// Two colours in waves that cross.
fn texture(random: &mut ChaCha8Rng) -> RgbImage {
    let (first, second) = (colour(random), colour(random));
    let waves = [0; 3].map(|_| {
        [
            random.random_range(-0.4..0.4f32),
            random.random_range(-0.4..0.4f32),
            random.random_range(0.0..6.0f32),
        ]
    });
    let hard = random.random_bool(0.5);
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let height: f32 =
            waves.iter().map(|[right, down, start]| (x as f32 * right + y as f32 * down + start).sin()).sum();
        let mix = if hard { f32::from(height > 0.0) } else { (height / 6.0 + 0.5).clamp(0.0, 1.0) };
        Rgb([0, 1, 2].map(|channel| (first[channel] * mix + second[channel] * (1.0 - mix)) as u8))
    })
}

/// A colour with some more or less light.
fn lit(colour: [f32; 3], light: f32) -> Rgb<u8> {
    Rgb(colour.map(|value| (value * light) as u8))
}

/// Threads over and under each other, as cloth and carpets have.
fn weave(random: &mut ChaCha8Rng) -> RgbImage {
    let (warp, weft) = (colour(random), colour(random));
    let thread = random.random_range(3.0..24.0f32);
    let turn = random.random_range(0.0..std::f32::consts::FRAC_PI_2);
    let (sin, cos) = turn.sin_cos();
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let (x, y) = (x as f32 * cos - y as f32 * sin, x as f32 * sin + y as f32 * cos);
        let (column, row) = ((x / thread).floor(), (y / thread).floor());
        let over = (column + row).rem_euclid(2.0) < 1.0;
        let across = if over { x / thread - column } else { y / thread - row };
        let round = 0.55 + 0.45 * (across * std::f32::consts::PI).sin();
        lit(if over { warp } else { weft }, round * random.random_range(0.93..1.0))
    })
}

/// Tiles, bricks or keys with gaps between them, each a little different.
fn tiles(random: &mut ChaCha8Rng) -> RgbImage {
    let (face, gap) = (colour(random), colour(random));
    let (wide, tall) = (random.random_range(12..80u32), random.random_range(12..80u32));
    let (width, shift) = (random.random_range(1..6u32), random.random_range(0..2u32));
    let tones: Vec<f32> = (0..64).map(|_| random.random_range(0.75..1.05)).collect();
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let row = y / tall;
        let x = x + shift * (row % 2) * wide / 2;
        let grain = random.random_range(0.95..1.0);
        match x % wide < width || y % tall < width {
            true => lit(gap, grain),
            false => lit(face, tones[((x / wide * 7 + row * 13) % 64) as usize] * grain),
        }
    })
}

/// Rings and grain.
fn wood(random: &mut ChaCha8Rng) -> RgbImage {
    let base = [
        random.random_range(110.0..220.0),
        random.random_range(70.0..160.0),
        random.random_range(30.0..110.0),
    ];
    let [x0, y0] = [0; 2].map(|_| random.random_range(-600.0..600.0f32));
    let (ring, bend) = (random.random_range(4.0..22.0f32), random.random_range(0.0..12.0f32));
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let distance = (x - x0).hypot((y - y0) * 3.0) + bend * (x * 0.03).sin() + bend * (y * 0.05).cos();
        let dark = (distance / ring).sin().powi(3) * 0.14;
        lit(base, (0.86 + dark) * random.random_range(0.94..1.0))
    })
}

/// Stones, leaves or beans: each place has the colour of the nearest centre, darker towards its edge.
fn pebbles(random: &mut ChaCha8Rng) -> RgbImage {
    let base = colour(random);
    let count = random.random_range(12..90);
    let centres: Vec<([f32; 2], [f32; 3])> = (0..count)
        .map(|_| {
            let place = [0; 2].map(|_| random.random_range(0.0..SIDE_PX as f32));
            (place, base.map(|value| (value + random.random_range(-50.0..50.0f32)).clamp(5.0, 250.0)))
        })
        .collect();
    RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        let far = |place: &[f32; 2]| (x as f32 - place[0]).hypot(y as f32 - place[1]);
        let (mut nearest, mut second) = ((f32::MAX, base), f32::MAX);
        for (place, tone) in &centres {
            let distance = far(place);
            if distance < nearest.0 {
                (nearest, second) = ((distance, *tone), nearest.0);
            } else {
                second = second.min(distance);
            }
        }
        lit(nearest.1, ((second - nearest.0) / 12.0).clamp(0.25, 1.0))
    })
}

/// Lines of writing and a few boxes, as screens and packages have.
fn screen(random: &mut ChaCha8Rng) -> RgbImage {
    let (paper, ink) = if random.random_bool(0.6) { (245.0, 40.0) } else { (30.0, 215.0) };
    let mut picture = RgbImage::from_pixel(SIDE_PX, SIDE_PX, Rgb([paper as u8; 3]));
    let mut fill = |left: u32, top: u32, width: u32, height: u32, tone: [f32; 3]| {
        for y in top..(top + height).min(SIDE_PX) {
            for x in left..(left + width).min(SIDE_PX) {
                picture.put_pixel(x, y, lit(tone, 1.0));
            }
        }
    };
    for _ in 0..random.random_range(1..5) {
        let [left, top] = [0; 2].map(|_| random.random_range(0..SIDE_PX));
        let [width, height] = [0; 2].map(|_| random.random_range(10..SIDE_PX / 2));
        fill(left, top, width, height, colour(random));
    }
    let letter = random.random_range(3..10u32);
    for line in (letter..SIDE_PX).step_by(2 * letter as usize) {
        let mut x = letter;
        while x < SIDE_PX {
            let word = random.random_range(1..9) * letter / 2;
            fill(x, line, word, letter, [ink; 3]);
            x += word + letter;
        }
    }
    picture
}

/// Skin from around lesions: outside HAM10000's masks, and the calmest corner of phone photos.
fn skin(dataset: &Dataset) -> Result<Vec<Negative>, DataError> {
    let mut negatives = Vec::new();
    for (modality, kind) in
        [(Modality::Dermatoscope, "skin (dermatoscope)"), (Modality::PlainPhoto, "skin (phone)")]
    {
        let samples: Vec<&Sample> =
            dataset.samples.iter().filter(|sample| sample.modality == modality).collect();
        let mut found = 0;
        // Spread over the whole data set, until there are enough.
        for sample in samples.iter().step_by((samples.len() / (4 * SKIN)).max(1)) {
            if found == SKIN {
                break;
            }
            let photo = sample.load(sample.files.len() - 1)?;
            let square = match modality {
                Modality::Dermatoscope => outside_mask(sample, &photo),
                Modality::PlainPhoto => calmest_corner(&photo),
            };
            if let Some(square) = square {
                let picture = photo.crop(square, SIDE_PX).into();
                negatives.push(Negative { kind: kind.into(), source: found, split: sample.split, picture });
                found += 1;
            }
        }
    }
    Ok(negatives)
}

/// The largest of the four corner squares that the lesion's mask leaves free.
fn outside_mask(sample: &Sample, photo: &Photo) -> Option<Square> {
    let path = sample.mask()?;
    let mask = image::open(path).ok()?.into_luma8();
    let (width, height) = photo.size();
    if mask.dimensions() != (width, height) {
        return None;
    }
    let least = (LEAST_SKIN * height as f32) as u32;
    (least..height / 2).rev().step_by(4).find_map(|side| {
        corners(width, height, side).into_iter().find(|square| {
            let inside = |x: u32, y: u32| mask.get_pixel(square.left + x, square.top + y).0[0] > 0;
            !(0..side).any(|y| (0..side).any(|x| inside(x, y)))
        })
    })
}

/// The corner with the least change of brightness, where it is calm enough to be plain skin.
fn calmest_corner(photo: &Photo) -> Option<Square> {
    const CALM: f32 = 0.004;
    let (width, height) = photo.size();
    let side = (LEAST_SKIN * width.min(height) as f32) as u32;
    let spread = |square: &Square| {
        let piece = photo.crop(*square, 32);
        let grey: Vec<f32> =
            piece.pixels().map(|p| p.0.iter().map(|&v| f32::from(v)).sum::<f32>() / 765.0).collect();
        let mean = grey.iter().sum::<f32>() / grey.len() as f32;
        grey.iter().map(|grey| (grey - mean).powi(2)).sum::<f32>() / grey.len() as f32
    };
    let best = corners(width, height, side).into_iter().min_by(|a, b| spread(a).total_cmp(&spread(b)))?;
    (spread(&best) < CALM).then_some(best)
}

fn corners(width: u32, height: u32, side: u32) -> [Square; 4] {
    [(0, 0), (width - side, 0), (0, height - side), (width - side, height - side)].map(|(left, top)| Square {
        left,
        top,
        side,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a Mac, a download or a table of contents left there neither ends the run nor counts as a picture.
    #[test]
    fn what_is_hidden_or_no_picture_is_left_out() {
        let folder = tempfile::tempdir().expect("folder");
        for kind in ["walls", ".cache"] {
            fs::create_dir(folder.path().join(kind)).expect("folder");
        }
        let walls = folder.path().join("walls");
        for name in ["1.png", "2.png", "3.png"] {
            RgbImage::new(40, 40).save(walls.join(name)).expect("picture");
        }
        RgbImage::new(40, 40).save(folder.path().join(".cache/1.png")).expect("picture");
        for name in ["._1.png", ".DS_Store", "LICENCE.txt"] {
            fs::write(walls.join(name), b"no picture").expect("written");
        }
        fs::create_dir(walls.join("more.png")).expect("folder");
        let negatives = from_folder(folder.path()).expect("pictures");
        assert_eq!(negatives.len() as u64, 3 * VIEWS);
        assert!(negatives.iter().all(|negative| negative.kind == "walls" && negative.source < 3));
    }

    #[test]
    fn a_broken_picture_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("folder");
        let walls = folder.path().join("walls");
        fs::create_dir(&walls).expect("folder");
        fs::write(walls.join("1.png"), b"broken").expect("written");
        let error = from_folder(folder.path()).err().expect("an error").to_string();
        assert!(error.contains("1.png"), "{error}");
    }
}
