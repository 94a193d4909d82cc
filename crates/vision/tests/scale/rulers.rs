//! Real lesions with a scale beside them: dermatoscopic pictures of the ISIC archive, in which a ruler of 10 mm is printed on the glass.
//!
//! `rulers.csv` says where it lies, as it was found by its line and its marks: both ends, and how many pixels a millimetre takes by the distance
//! of the marks alone, which is the truth here. The lesion's true outline is the one that comes with the picture, drawn by an expert.

use std::path::PathBuf;

use image::imageops::{self, FilterType};
use vision::photo::{Photo, Square};
use vision::scale::{Reference, measure};

use crate::{Judged, summary};

/// One line of the table: the picture, its width over its height before it was squashed, and in pixels of the picture stretched to that, with
/// a height of 512.
struct Ruler {
    id: String,
    aspect: f32,
    ends_px: [[f32; 2]; 2],
    px_per_mm: f32,
}

fn rulers() -> Vec<Ruler> {
    let lines = include_str!("rulers.csv").lines().skip(1);
    lines
        .map(|line| {
            let mut fields = line.split(',');
            let id = fields.next().expect("an id").to_owned();
            let numbers: Vec<f32> = fields.map(|field| field.parse().expect("a number")).collect();
            let [aspect, x, y, to_x, to_y, px_per_mm] = numbers[..] else { panic!("six numbers: {line}") };
            Ruler { id, aspect, ends_px: [[x, y], [to_x, to_y]], px_per_mm }
        })
        .collect()
}

#[test]
#[ignore = "prints how well sizes are measured beside rulers, on the pictures in SPOTCHECK_ISIC"]
fn lesions_beside_rulers() {
    let folder = PathBuf::from(std::env::var_os("SPOTCHECK_ISIC").expect("the folder with images/ and masks/"));
    let (mut sizes, mut refused) = (Vec::new(), 0);
    for (number, Ruler { id, aspect, ends_px, px_per_mm }) in rulers().into_iter().enumerate() {
        let (width, height) = ((512.0 * aspect).round() as u32, 512);
        let picture = Photo::decode(&std::fs::read(folder.join(format!("images/{id}.jpg"))).expect("picture"));
        let picture = picture.expect("photo").into_pixels();
        let photo = Photo::from(imageops::resize(&picture, width, height, FilterType::CatmullRom));
        let mask = image::open(folder.join(format!("masks/{id}.png"))).expect("mask").into_luma8();
        let mask = imageops::resize(&mask, width, height, FilterType::Triangle);
        let inside: Vec<[f32; 2]> = mask
            .enumerate_pixels()
            .filter(|(.., value)| value.0[0] > 127)
            .map(|(x, y, _)| [x as f32, y as f32])
            .collect();
        let (longest_px, [left, top, right, bottom]) = extent(&inside);
        // Framed with skin all around, a little more or less.
        let side = (right - left).max(bottom - top) * (1.6 + 0.2 * (number % 5) as f32);
        let side = side.min(height as f32);
        let square = Square {
            left: ((left + right - side) / 2.0).max(0.0) as u32,
            top: ((top + bottom - side) / 2.0).max(0.0) as u32,
            side: side as u32,
        };
        match measure(&photo, square, &Reference::Ruler { ends_px, length_mm: 10.0 }) {
            Ok(size) => {
                let area_mm2 = inside.len() as f32 / (px_per_mm * px_per_mm);
                let longest = Judged::of(size.longest(), longest_px / px_per_mm);
                sizes.push([longest, Judged::of(size.area(), area_mm2)]);
            }
            Err(_) => refused += 1,
        }
    }
    summary("beside rulers", &sizes);
    println!("{refused} refused to be measured");
}

/// The longest diameter of pixels, and their frame: left, top, right, bottom.
fn extent(inside: &[[f32; 2]]) -> (f32, [f32; 4]) {
    let frame = inside.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |[left, top, right, bottom], [x, y]| {
        [left.min(*x), top.min(*y), right.max(*x), bottom.max(*y)]
    });
    // The ends of a longest diameter are farthest in some direction.
    let ends: Vec<[f32; 2]> = (0..180)
        .filter_map(|step| {
            let (sin, cos) = (step as f32 / 180.0 * std::f32::consts::TAU).sin_cos();
            let along = |at: &[f32; 2]| at[0] * cos + at[1] * sin;
            inside.iter().copied().max_by(|a, b| along(a).total_cmp(&along(b)))
        })
        .collect();
    let pairs = ends.iter().flat_map(|a| ends.iter().map(move |b| (a[0] - b[0]).hypot(a[1] - b[1])));
    (pairs.fold(0.0, f32::max) + 1.0, frame)
}
