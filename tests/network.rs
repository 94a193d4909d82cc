//! The network against the published weights' own answers.

use burn::store::{ModuleSnapshot, SafetensorsStore};
use burn::tensor::{Device, Tensor};
use spotcheck::network::efficientnet::{EfficientNetLite0, FEATURES, global_mean};
use spotcheck::network::pretrained::load_imagenet;

#[path = "support/shared.rs"]
mod shared;
use shared::shared;

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
fn agrees_with_the_published_weights() {
    let (Some(weights), Some(parity)) =
        (shared("pretrained/efficientnet_lite0_imagenet.safetensors"), shared("pretrained/parity.safetensors"))
    else {
        return;
    };
    let device = Device::flex();
    let mut network = EfficientNetLite0::new(1000, &device);
    load_imagenet(&mut network, &weights).expect("published weights");
    let parity = Parity::load(&parity, &device);
    let features = global_mean(network.feature_maps(parity.x.val()));
    let (features_gap, logits_gap) =
        (largest_gap(features, parity.feat.val()), largest_gap(network.forward(parity.x.val()), parity.logits.val()));
    assert!(features_gap < 1e-3, "features differ by {features_gap}");
    assert!(logits_gap < 1e-3, "logits differ by {logits_gap}");
}
