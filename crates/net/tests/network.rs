//! The network against the published weights' own answers.

use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::{Device, Tensor};
use net::network::architecture::{Architecture, FEATURES};
use net::network::card::{CARD_FILE, Card};
use net::network::efficientnet::{EfficientNetLite, global_mean};
use net::network::error::ModelError;
use net::network::layers::{Activation, ConvNorm, InvertedResidual};
use net::network::model::Model;
use net::network::pretrained::load_imagenet;
use net::network::probes::Probes;
use net::network::weights::{WEIGHTS_FILE, Weights};

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
    let mut network = EfficientNetLite::new(Architecture::LITE0, 1000, Activation::Relu6, &device);
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

/// Numbers that are learnt, counted in the layers themselves: running statistics are none.
fn learnt(network: &EfficientNetLite) -> usize {
    let layer = |layer: &ConvNorm| {
        let weights = layer.conv.weight.shape().num_elements();
        weights + layer.norm.gamma.shape().num_elements() + layer.norm.beta.shape().num_elements()
    };
    let block = |block: &InvertedResidual| {
        block.expand.as_ref().map_or(0, layer) + layer(&block.depthwise) + layer(&block.project)
    };
    let blocks: usize = network.blocks.iter().map(block).sum();
    let linear = &network.classifier;
    let bias = linear.bias.as_ref().map_or(0, |bias| bias.shape().num_elements());
    layer(&network.stem) + blocks + layer(&network.head) + linear.weight.shape().num_elements() + bias
}

#[test]
fn every_network_of_the_family_has_as_many_parameters_as_was_published() {
    let millions = Architecture::PUBLISHED.map(|architecture| {
        let network = EfficientNetLite::new(architecture, 1000, Activation::Relu6, &Device::flex());
        assert_eq!(learnt(&network), architecture.parameters(1000), "{architecture}");
        format!("{:.2}", learnt(&network) as f64 / 1e6)
    });
    assert_eq!(millions, ["4.65", "5.42", "6.09", "8.20", "13.01"]);
}

#[test]
fn maps_of_every_network_are_a_thirty_second_of_the_picture() {
    let device = Device::flex();
    for architecture in Architecture::PUBLISHED {
        let network = EfficientNetLite::new(architecture, 5, Activation::Relu, &device);
        let maps = network.feature_maps(Tensor::zeros([1, 3, 64, 70], &device));
        assert_eq!(maps.dims(), [1, FEATURES, 2, 3], "{architecture}");
        assert_eq!(network.forward(Tensor::zeros([2, 3, 64, 64], &device)).dims(), [2, 5]);
    }
}

#[test]
fn weights_and_card_of_two_networks_are_told_apart() {
    let (device, folder) = (Device::flex(), tempfile::tempdir().expect("folder"));
    let card = Card { architecture: Architecture::LITE1, ..Card::embedded().expect("card") };
    let network = EfficientNetLite::new(Architecture::LITE1, card.classes.len(), card.activation, &device);
    let weights = Weights { network, probes: Probes::new(&device) };
    let save = |card: &Card| Model::from_parts(weights.clone(), card.clone(), &device).save(folder.path());
    save(&card).expect("saved");
    let loaded = Model::load(folder.path(), &device).expect("a model");
    assert_eq!(loaded.card().architecture, Architecture::LITE1);
    assert_eq!(loaded.weights().network.blocks.len(), 21);

    for (other, name) in
        [(Architecture::LITE0, "EfficientNet-Lite0"), (Architecture::LITE2, "EfficientNet-Lite2")]
    {
        save(&Card { architecture: other, ..card.clone() }).expect("saved");
        let why = Model::load(folder.path(), &device).expect_err("other weights").to_string();
        assert!(why.contains(WEIGHTS_FILE) && why.contains(name) && why.len() < 500, "{why}");
    }
}

#[test]
fn a_card_cannot_claim_more_than_its_weights_file_holds_or_than_there_is() {
    let device = Device::flex();
    let load = |width, depth| {
        let card = Card { architecture: Architecture { width, depth }, ..Card::embedded().expect("card") };
        Model::from_bytes(card, vec![0; 4096], &device).expect_err("refused").to_string()
    };
    let why = load(1.5, 2.0);
    assert!(why.contains("only 4096 bytes"), "{why}");
    for (width, depth) in [(1e300, 1.0), (1.0, 1e300), (-1.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0)] {
        let why = load(width, depth);
        assert!(why.contains(CARD_FILE) && why.contains("architecture."), "{why}");
    }
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
    let see = |device: Device| Model::embedded(&device).expect("embedded model").forward(&crops);
    for (flex, ndarray) in see(Device::flex()).iter().zip(see(Device::ndarray())) {
        let flex = net::network::calibration::softmax(&flex.logits);
        let ndarray = net::network::calibration::softmax(&ndarray.logits);
        let gap = flex.iter().zip(&ndarray).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(gap < 1e-4, "{gap}");
    }
}
