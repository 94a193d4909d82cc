//! How well the lesion's outline is found: against the outlines that experts drew for HAM10000.

use image::imageops::{self, FilterType};
use vision::change::outline::{Outline, SIDE_PX};
use vision::photo::Photo;

#[path = "../../../tests/support/shared.rs"]
mod shared;
use shared::needed;

/// The central square of a mask, as an outline.
fn drawn_by_experts(bytes: &[u8]) -> Outline {
    let mask = image::load_from_memory(bytes).expect("mask").into_luma8();
    let side = mask.width().min(mask.height());
    let square = imageops::crop_imm(&mask, (mask.width() - side) / 2, (mask.height() - side) / 2, side, side)
        .to_image();
    let small = imageops::resize(&square, SIDE_PX, SIDE_PX, FilterType::Triangle);
    Outline::from_mask(SIDE_PX as usize, small.pixels().map(|pixel| pixel.0[0] > 127).collect())
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn outlines_agree_with_those_of_experts() {
    let (images, masks) = (needed("ham10000/images"), needed("ham10000/masks"));
    let mut names: Vec<_> =
        std::fs::read_dir(&images).expect("folder").flatten().map(|entry| entry.path()).collect();
    names.sort();
    let (mut agreements, mut without, mut cut_off) = (Vec::new(), 0, 0);
    // Others than those that the method was chosen on, which were the first of each twenty.
    for path in names.iter().skip(10).step_by(20) {
        let mask = masks.join(path.file_stem().expect("name")).with_extension("png");
        let truth = drawn_by_experts(&std::fs::read(mask).expect("mask"));
        if truth.touches_edge() {
            // The app does not measure these, either: it asks for skin around the spot.
            cut_off += 1;
            continue;
        }
        let photo = Photo::decode(&std::fs::read(path).expect("image")).expect("photo");
        let side = photo.central_square().side;
        match Outline::of(&photo.crop(photo.central_square(), side)) {
            Some(found) => agreements.push(found.dice(&truth)),
            None => without += 1,
        }
    }
    agreements.sort_by(f32::total_cmp);
    let mean = agreements.iter().sum::<f32>() / agreements.len() as f32;
    println!(
        "{} outlines, mean Dice {mean:.3}, median {:.3}, a tenth below {:.3}; {without} not found, {cut_off} cut off",
        agreements.len(),
        agreements[agreements.len() / 2],
        agreements[agreements.len() / 10],
    );
    assert!(mean > 0.8 && without * 10 < agreements.len(), "mean Dice {mean:.3}, {without} not found");
}
