//! What it costs that weights are kept in half precision.

use assess::assessment::Assessor;
use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor};
use net::network::model::Model;

#[path = "../../../tests/support/shared.rs"]
mod shared;
use shared::needed;

/// HAM10000 images, evenly spread.
fn real_photos(count: usize) -> Vec<vision::photo::Photo> {
    let folder = needed("ham10000/images");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let every = paths.len() / count;
    let read = |path: &std::path::PathBuf| {
        vision::photo::Photo::decode(&std::fs::read(path).expect("image")).expect("photo")
    };
    paths.iter().step_by(every).take(count).map(read).collect()
}

/// The shipped weights are rounded already: weights that they could have been rounded from are rounded again.
#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where it is"]
fn half_precision_costs_little() {
    /// Shifts every weight by up to the largest error of rounding it to half precision, 2⁻¹¹ of itself.
    struct Unround;
    impl ModuleMapper for Unround {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|value| {
                let reach = burn::tensor::Distribution::Uniform(-1.0, 1.0);
                let noise = Tensor::random(value.shape(), reach, &value.device());
                value.clone() + value * noise * 2f64.powi(-11)
            })
        }
    }

    let photos = real_photos(200);
    let device = Device::flex();
    let model = Model::embedded(&device).expect("embedded model");
    let side = model.card().input_side_px;
    device.seed(3);
    let full = Model::from_parts(model.weights().clone().map(&mut Unround), model.card().clone(), &device);
    let folder = tempfile::tempdir().expect("folder");
    full.save(folder.path()).expect("saved");
    let half = Assessor::new(&Model::load(folder.path(), &device).expect("loaded"));
    let full = Assessor::new(&full);
    let largest = photos
        .iter()
        .map(|photo| {
            let crop = photo.crop(photo.central_square(), side);
            let pairs = full.probabilities(&crop).into_iter().zip(half.probabilities(&crop));
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        })
        .fold(0.0, f32::max);
    println!("largest change of a probability: {largest}");
    assert!(largest < 0.002, "{largest}");
}
