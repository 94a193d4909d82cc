//! The fast engine against the network on Burn, which it was compiled from.

use burn::module::{Param, RunningState};
use burn::tensor::{Device, Distribution, Tensor};
use image::{Rgb, RgbImage};
use net::engine::{Arch, Engine};
use net::network::architecture::Architecture;
use net::network::card::Card;
use net::network::efficientnet::EfficientNetLite;
use net::network::layers::{Activation, ConvNorm};
use net::network::model::{Model, Output};
use net::network::probes::Probes;
use net::network::weights::Weights;
use proptest::prelude::*;
use vision::photo::Photo;

#[path = "../../../tests/support/lesion.rs"]
mod lesion;
#[path = "../../../tests/support/shared.rs"]
mod shared;
use shared::needed;

/// The largest difference, as a share of the largest value that Burn computes.
fn gap(ours: &[f32], burns: &[f32]) -> f32 {
    assert_eq!(ours.len(), burns.len());
    assert!(ours.iter().all(|value| value.is_finite()), "numbers");
    let largest = burns.iter().map(|value| value.abs()).fold(1e-3, f32::max);
    ours.iter().zip(burns).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

fn assert_same(ours: &Output, burns: &Output) {
    assert_eq!(ours.map_side, burns.map_side);
    let probed = |output: &Output| vec![output.probed.nearness, output.probed.lesion, output.probed.phone];
    let gaps = [
        ("logits", gap(&ours.logits, &burns.logits)),
        ("activation", gap(&ours.activation.concat(), &burns.activation.concat())),
        ("probes", gap(&probed(ours), &probed(burns))),
    ];
    for (what, gap) in gaps {
        assert!(gap < 1e-4, "{what} differ by {gap}");
    }
}

/// Random weights for pictures of this size, with normalisations as training leaves them: neither zero nor one.
fn random_model(architecture: Architecture, side: u32, activation: Activation) -> Model {
    let device = Device::flex();
    let card = Card { input_side_px: side, architecture, activation, ..Card::embedded().expect("card") };
    let mut network = EfficientNetLite::new(architecture, card.classes.len(), activation, &device);
    let stir = |layer: &mut ConvNorm| {
        let channels = layer.norm.gamma.dims();
        let random = |low, high| Tensor::<1>::random(channels, Distribution::Uniform(low, high), &device);
        layer.norm.gamma = Param::from_tensor(random(0.5, 1.5));
        layer.norm.beta = Param::from_tensor(random(-0.5, 1.0));
        layer.norm.running_mean = RunningState::new(random(-0.2, 0.2));
        layer.norm.running_var = RunningState::new(random(0.2, 2.0));
    };
    stir(&mut network.stem);
    for block in &mut network.blocks {
        block.expand.iter_mut().for_each(stir);
        stir(&mut block.depthwise);
        stir(&mut block.project);
    }
    stir(&mut network.head);
    let mut probes = Probes::new(&device);
    let prototypes = probes.prototypes.dims();
    let small = Distribution::Uniform(-0.05, 0.05);
    probes.prototypes = Param::from_tensor(Tensor::random(prototypes, small, &device));
    Model::from_parts(Weights { network, probes }, card, &device)
}

fn noise(side: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| {
        let mix = (x.wrapping_mul(73) ^ y.wrapping_mul(151) ^ seed).wrapping_mul(2_654_435_761);
        Rgb([(mix >> 24) as u8, (mix >> 16) as u8, (x * 255 / side) as u8])
    })
}

/// What each kind of processor makes of photos, against Burn.
fn assert_all_processors_agree(photos: &[Photo]) {
    let model = Model::embedded(&Device::flex()).expect("model");
    let side = model.card().input_side_px;
    let crops: Vec<_> = photos.iter().map(|photo| photo.crop(photo.central_square(), side)).collect();
    let burns = model.forward(&crops);
    for arch in Engine::archs() {
        let engine = Engine::with_arch(&model, arch);
        for (crop, burns) in crops.iter().zip(&burns) {
            assert_same(&engine.infer(crop), burns);
        }
    }
}

#[test]
fn a_drawn_picture_looks_the_same_to_every_kind_of_processor() {
    assert_all_processors_agree(&[lesion::drawn(600).into()]);
}

#[test]
#[ignore = "needs HAM10000 in ../shared: ./dev test runs it where they are"]
fn real_pictures_look_the_same_to_every_kind_of_processor() {
    let photo = |name: &str| {
        let path = needed(&format!("ham10000/square224/{name}"));
        Photo::decode(&std::fs::read(path).expect("file")).expect("photo")
    };
    assert_all_processors_agree(&["ISIC_0024306.jpg", "ISIC_0024307.jpg", "ISIC_0024308.jpg"].map(photo));
}

#[test]
fn a_run_leaves_nothing_behind_that_the_next_one_sees() {
    let model = random_model(Architecture::LITE0, 96, Activation::Relu6);
    let engine = Engine::new(&model);
    let (first, other) = (noise(96, 1), noise(96, 2));
    let before = engine.infer(&first).logits;
    engine.infer(&other);
    assert_eq!(engine.infer(&first).logits, before);
    let threads: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| engine.infer(&first).logits)).collect();
        threads.into_iter().map(|thread| thread.join().expect("thread")).collect()
    });
    assert!(threads.iter().all(|logits| *logits == before), "four at a time");
}

fn assert_engine_gives_what_burn_gives(model: &Model, arch: Arch, crop: &RgbImage) {
    let engine = Engine::with_arch(model, arch);
    let seen = engine.infer(crop);
    assert_same(&seen, &model.forward(std::slice::from_ref(crop))[0]);
    let by_two = engine.infer_by_two(crop);
    assert_eq!(by_two.logits, seen.logits);
    assert_eq!(by_two.probed, seen.probed);
    assert_eq!(by_two.activation, seen.activation);
}

#[test]
fn the_plan_follows_the_architecture_on_every_kind_of_processor() {
    let narrowest = Architecture { width: 0.25, depth: 0.25 };
    let widest = Architecture { width: 1.5, depth: 0.5 };
    for architecture in [Architecture::LITE1, Architecture::LITE4, narrowest, widest] {
        let model = random_model(architecture, 64, Activation::Relu6);
        for arch in Engine::archs() {
            assert_engine_gives_what_burn_gives(&model, arch, &noise(64, 1));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn random_weights_and_odd_sizes_give_what_burn_gives(
        side in 32u32..180,
        relu6 in any::<bool>(),
        arch in 0usize..4,
        seed in any::<u32>(),
    ) {
        let activation = if relu6 { Activation::Relu6 } else { Activation::Relu };
        let model = random_model(Architecture::LITE0, side, activation);
        let archs: Vec<Arch> = Engine::archs().collect();
        assert_engine_gives_what_burn_gives(&model, archs[arch % archs.len()], &noise(side, seed));
    }
}
