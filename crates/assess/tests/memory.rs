//! An assessment of a large photo takes little more memory than its pixels.

use std::io::Cursor;
use std::sync::Mutex;

use assess::assessment::{Assessor, Look};
use burn::tensor::Device;
use image::{ImageFormat, Rgb, RgbImage};
use net::network::model::Model;
use vision::photo::{MAX_MEMORY_BYTES, Photo};

#[path = "../../../tests/support/memory.rs"]
mod memory;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A drawn spot as a JPEG file; `turned` as a phone held upright says so, in its EXIF data.
fn photo(width: u32, height: u32, turned: bool) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        if x.hypot(y) < 0.2 { Rgb([110, 70, 50]) } else { Rgb([210, 160, 140]) }
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("encoded");
    let mut bytes = bytes.into_inner();
    if turned {
        // One directory with one entry: orientation (0x0112), a short (3), one of them, turned by a quarter (6).
        let exif =
            b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        bytes.splice(2..2, exif.iter().copied());
    }
    bytes
}

/// Bytes to assessment, the weights included.
fn peak(bytes: &[u8], upright: (u32, u32)) -> usize {
    let assess = || {
        let assessor = Assessor::new(&Model::embedded(&Device::flex()).expect("model"));
        let photo = Photo::decode(bytes).expect("photo");
        assert_eq!(photo.size(), upright);
        assessor.assess(&photo, Look::at(photo.central_square()))
    };
    let (_, peak) = memory::peak_of(assess);
    println!("{} x {}: {} MB", upright.0, upright.1, peak / 1_000_000);
    peak
}

#[test]
fn twelve_megapixels_take_less_than_120_megabytes_turned_or_not() {
    // Drawing the photos takes memory too.
    let _alone = ONE_AT_A_TIME.lock();
    assert!(peak(&photo(4032, 3024, false), (4032, 3024)) < 120_000_000);
    assert!(peak(&photo(4032, 3024, true), (3024, 4032)) < 120_000_000);
}

#[test]
fn a_hundred_megapixels_take_little_more_than_their_pixels_or_twice_that_to_be_turned() {
    let _alone = ONE_AT_A_TIME.lock();
    const PIXELS_BYTES: usize = 11_600 * 8_700 * 3;
    const MORE_BYTES: usize = 60_000_000;
    assert!(2 * PIXELS_BYTES + MORE_BYTES < MAX_MEMORY_BYTES as usize, "what the decoder promises");
    assert!(peak(&photo(11_600, 8_700, false), (11_600, 8_700)) < PIXELS_BYTES + MORE_BYTES);
    assert!(peak(&photo(11_600, 8_700, true), (8_700, 11_600)) < 2 * PIXELS_BYTES + MORE_BYTES);
}
