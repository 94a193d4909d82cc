//! How long each part of an assessment takes, for a photo of twelve megapixels.
//!
//! The peer to compare with is the decoder alone: see the ratio of `assessment` to `decode`, and to what all pixels take.

use std::hint::black_box;
use std::io::Cursor;

use burn::tensor::Device;
use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageFormat, Rgb, RgbImage};
use spotcheck::assessment::{Assessor, DETAIL, Look};
use spotcheck::network::input::to_tensor;
use spotcheck::network::model::Model;
use spotcheck::photo::quality::Quality;
use spotcheck::photo::{Detail, Photo};

/// A phone's photo of drawn skin with a drawn spot: grain, so that it is as hard to decode as a real one.
fn twelve_megapixels() -> Vec<u8> {
    let picture = RgbImage::from_fn(4032, 3024, |x, y| {
        let distance = (x as f32 - 2016.0).hypot(y as f32 - 1512.0);
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 27;
        let base = if distance < 700.0 { [110, 70, 50] } else { [210, 160, 140] };
        Rgb(base.map(|value: u32| (value + grain) as u8))
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("encoded");
    bytes.into_inner()
}

fn stages(criterion: &mut Criterion) {
    let bytes = twelve_megapixels();
    let photo = Photo::decode_reduced(&bytes, DETAIL).expect("photo");
    let square = photo.central_square();
    let device = Device::flex();
    let assessor = Assessor::new(&Model::embedded(&device).expect("model"));
    let model = Model::embedded(&device).expect("model");
    let (side, normalisation) = (assessor.card().input_side_px, assessor.card().normalisation);
    let crop = photo.crop(square, side);

    let mut group = criterion.benchmark_group("12 megapixels");
    group.sample_size(20);
    group.bench_function("decode all pixels", |b| b.iter(|| Photo::decode(black_box(&bytes))));
    group.bench_function("decode", |b| b.iter(|| Photo::decode_reduced(black_box(&bytes), DETAIL)));
    group.bench_function("crop and resize", |b| b.iter(|| photo.crop(black_box(square), side)));
    group.bench_function("quality", |b| b.iter(|| Quality::measure(black_box(&photo), square)));
    group.bench_function("to tensor", |b| {
        b.iter(|| to_tensor(black_box(std::slice::from_ref(&crop)), normalisation, &device));
    });
    group.bench_function("forward", |b| b.iter(|| model.forward(black_box(std::slice::from_ref(&crop)))));
    for (name, detail) in [("assessment of all pixels", Detail::ALL), ("assessment", DETAIL)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let photo = Photo::decode_reduced(black_box(&bytes), detail).expect("photo");
                assessor.assess(&photo, Look::at(photo.central_square()))
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("start");
    group.sample_size(20);
    group.bench_function("load weights", |b| b.iter(|| Model::embedded(&device)));
    group.bench_function("compile plan", |b| b.iter(|| Assessor::new(black_box(&model))));
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
