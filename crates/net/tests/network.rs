//! The network against the published weights' own answers.

use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::{Device, Tensor};
use net::network::efficientnet::{EfficientNetLite0, FEATURES, global_mean};
use net::network::layers::Activation;
use net::network::model::{CARD_FILE, Model, ModelError};
use net::network::pretrained::load_imagenet;

#[path = "../../../tests/support/shared.rs"]
mod shared;
use shared::needed;

/// What `parity.safetensors` holds, as a module, so that Burn's store can read it.
#[derive(burn::module::Module, Debug)]
struct Parity {
    x: burn::module::Param<Tensor<4>>,
    feat: burn::module::Param<Tensor<2>>,
    logits: burn::module::Param<Tensor<2>>,
}

impl Parity {
    fn load(path: &std::path::Path, device: &Device) -> Self {
        use burn::module::Param;
        let mut parity = Self {
            x: Param::from_tensor(Tensor::zeros([1, 3, 160, 160], device)),
            feat: Param::from_tensor(Tensor::zeros([1, FEATURES], device)),
            logits: Param::from_tensor(Tensor::zeros([1, 1000], device)),
        };
        parity.load_from(&mut SafetensorsStore::from_file(path)).expect("parity file");
        parity
    }
}

fn largest_gap(a: Tensor<2>, b: Tensor<2>) -> f32 {
    (a - b).abs().max().into_scalar()
}

#[test]
#[ignore = "needs the published weights in ../shared: ./dev test runs it where they are"]
fn agrees_with_the_published_weights() {
    let weights = needed("pretrained/efficientnet_lite0_imagenet.safetensors");
    let parity = needed("pretrained/parity.safetensors");
    let device = Device::flex();
    let mut network = EfficientNetLite0::new(1000, Activation::Relu6, &device);
    load_imagenet(&mut network, &weights).expect("published weights");
    let parity = Parity::load(&parity, &device);
    let features = global_mean(network.feature_maps(parity.x.val()));
    let (features_gap, logits_gap) = (
        largest_gap(features, parity.feat.val()),
        largest_gap(network.forward(parity.x.val()), parity.logits.val()),
    );
    assert!(features_gap < 1e-3, "features differ by {features_gap}");
    assert!(logits_gap < 1e-3, "logits differ by {logits_gap}");
}

#[test]
fn a_card_that_cannot_be_written_is_not_told_as_unreadable() {
    let folder = tempfile::tempdir().expect("folder");
    let card = folder.path().join(CARD_FILE);
    std::fs::create_dir(&card).expect("folder");
    let model = Model::embedded(&Device::flex()).expect("model");
    let error = model.save(folder.path()).expect_err("a folder is in the way");
    assert!(error.to_string().starts_with("cannot write"), "{error}");
    assert!(matches!(error, ModelError::Write(path, _) if path == card));
}

#[test]
fn the_embedded_record_fits_the_architecture() {
    let model = Model::embedded(&Device::flex()).expect("embedded model");
    let known = [&net::diagnosis::HAM10000[..], &net::diagnosis::BEYOND_HAM10000].concat();
    assert_eq!(model.card().classes, known);
    assert_eq!(model.weights().network.classes(), known.len());
}

#[cfg(feature = "ndarray")]
#[test]
#[allow(deprecated, reason = "the comparison with the backend that flex succeeds is the point")]
fn ndarray_agrees_with_flex() {
    let crops = (0..3u32).map(|number| {
        image::RgbImage::from_fn(96, 96, |x, y| {
            image::Rgb([(x * 2 + number * 40) as u8, (y * 2) as u8, (x * y / 37 + number) as u8])
        })
    });
    let crops: Vec<_> = crops.collect();
    let see = |device: Device| Model::embedded(&device).expect("embedded model").see(&crops);
    for (flex, ndarray) in see(Device::flex()).iter().zip(see(Device::ndarray())) {
        let flex = net::network::model::softmax(&flex.logits);
        let ndarray = net::network::model::softmax(&ndarray.logits);
        let gap = flex.iter().zip(&ndarray).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(gap < 1e-4, "{gap}");
    }
}
