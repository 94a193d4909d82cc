//! A photo that is held at half its size takes far less memory to get there.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use vision::photo::{Detail, Photo};

#[path = "../../../tests/support/memory.rs"]
mod memory;

#[test]
fn twelve_megapixels_at_half_take_half_the_memory_of_all() {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_fn(4032, 3024, |x, y| {
        let grain = ((x ^ y.rotate_left(11)).wrapping_mul(2_654_435_761) >> 28) as u8;
        if x.abs_diff(2016) + y.abs_diff(1512) < 900 {
            Rgb([110 + grain, 70, 50])
        } else {
            Rgb([210, 160, 140 + grain])
        }
    });
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).expect("encoded");
    drop(picture);
    let (whole, all) = memory::peak_of(|| Photo::decode(&bytes).expect("photo"));
    drop(whole);
    let detail = Detail { longer_px: 1600, shorter_px: 480 };
    let (photo, half) = memory::peak_of(|| Photo::decode_reduced(&bytes, detail).expect("photo"));
    println!("{} kB of file: all {} kB, half {} kB", bytes.len() / 1000, all / 1000, half / 1000);
    assert_eq!((photo.size(), photo.pixels().dimensions()), ((4032, 3024), (2016, 1512)));
    assert!(2 * half < all, "{half} of {all}");
}
