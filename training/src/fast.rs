//! The network's training pass, channels-last: same weights and same result as
//! [`EfficientNetLite0::forward`], several times as fast on a CPU.

use burn::module::Module;
use burn::nn::BatchNorm;
use burn::tensor::module::unfold4d;
use burn::tensor::ops::UnfoldOptions;
use burn::tensor::{Distribution, Tensor};
use spotcheck::network::efficientnet::{EfficientNetLite0, global_mean};
use spotcheck::network::layers::{ConvNorm, InvertedResidual};

use crate::kernels::{self, Range};

/// What follows this layer.
fn active(layer: &ConvNorm) -> Range {
    Range { low: 0.0, high: layer.activation().ceiling() }
}

/// Batch statistics and a tape, or running statistics and none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Normalises by the batch and updates the running statistics.
    Train {
        /// Chance at which a block after the last one would be skipped for a picture; those with a shortcut are, at less the earlier
        /// they come.
        drop_path: f64,
    },
    /// Normalises by the running statistics.
    Evaluate,
}

/// Features `[batch, FEATURES]` and logits `[batch, classes]` of normalised RGB `[batch, 3, height, width]`.
///
/// Blocks before `frozen` (and the stem with the first of them) take part without learning.
pub fn forward(net: &EfficientNetLite0, x: Tensor<4>, mode: Mode, frozen: usize) -> (Tensor<2>, Tensor<2>) {
    if !kernels::run_on(&x.device()) {
        return plain(net, x, mode, frozen);
    }
    let mut x = match frozen {
        0 => stem(&net.stem, x, mode),
        // Off the tape altogether: what was recorded and never asked for would never be freed.
        _ => Tensor::from_inner(frozen_part(net, x.inner(), frozen)),
    };
    for (number, block) in net.blocks.iter().enumerate().skip(frozen) {
        let out = residual(block, x.clone(), mode);
        x = if block.shortcut { skip(out, x, mode, number as f64 / net.blocks.len() as f64) } else { out };
    }
    let x = pointwise(&net.head, x, mode, active(&net.head));
    let [batch, height, width, channels] = x.dims();
    let features = x.reshape([batch, height * width, channels]).mean_dim(1).reshape([batch, channels]);
    let logits = net.classifier.forward(net.dropout.forward(features.clone()));
    (features, logits)
}

/// The same with Burn's own layers, for devices that our kernels don't run on.
fn plain(net: &EfficientNetLite0, x: Tensor<4>, mode: Mode, frozen: usize) -> (Tensor<2>, Tensor<2>) {
    let mut x = match frozen {
        0 => net.stem.forward_active(x),
        _ => {
            let x = net.stem.valid().forward_active(x.inner());
            Tensor::from_inner(net.blocks[..frozen].iter().fold(x, |x, block| block.valid().forward(x)))
        }
    };
    for (number, block) in net.blocks.iter().enumerate().skip(frozen) {
        let out = block.forward(x.clone());
        x = if block.shortcut { skip(out, x, mode, number as f64 / net.blocks.len() as f64) } else { out };
    }
    let features = global_mean(net.head.forward_active(x));
    let logits = net.classifier.forward(net.dropout.forward(features.clone()));
    (features, logits)
}

/// The stem and the first blocks by running statistics, without learning.
fn frozen_part(net: &EfficientNetLite0, x: Tensor<4>, blocks: usize) -> Tensor<4> {
    let x = stem(&net.stem.valid(), x, Mode::Evaluate);
    net.blocks[..blocks].iter().fold(x, |x, block| residual(&block.valid(), x, Mode::Evaluate))
}

/// What a block made of `x`, or `x` itself for pictures for which chance skips the block that lies so `deep`, from 0 to 1; what
/// others get of it is enlarged, so that the mean stays.
fn skip(out: Tensor<4>, x: Tensor<4>, mode: Mode, deep: f64) -> Tensor<4> {
    let Mode::Train { drop_path } = mode else { return out };
    let keep = 1.0 - drop_path * deep;
    if keep >= 1.0 {
        return out;
    }
    let kept = Tensor::random([x.dims()[0], 1, 1, 1], Distribution::Bernoulli(keep), &x.device());
    x.clone() + (out - x) * (kept / keep)
}

fn residual(block: &InvertedResidual, x: Tensor<4>, mode: Mode) -> Tensor<4> {
    let wide = match &block.expand {
        Some(expand) => pointwise(expand, x.clone(), mode, active(expand)),
        None => x.clone(),
    };
    let [channels, _, kernel, _] = block.depthwise.conv.weight.dims();
    let weight = block.depthwise.conv.weight.val().reshape([channels, kernel * kernel]).transpose();
    let filtered = kernels::depthwise(wide, weight, block.depthwise.conv.stride[0]);
    let filtered = normalise(&block.depthwise.norm, filtered, mode, active(&block.depthwise));
    let out = pointwise(&block.project, filtered, mode, Range::LINEAR);
    if block.shortcut { out + x } else { out }
}

fn pointwise(layer: &ConvNorm, x: Tensor<4>, mode: Mode, range: Range) -> Tensor<4> {
    let [batch, height, width, input] = x.dims();
    let output = layer.conv.weight.dims()[0];
    let weight = layer.conv.weight.val().reshape([output, input]).transpose();
    let x = x.reshape([batch * height * width, input]).matmul(weight);
    normalise(&layer.norm, x, mode, range).reshape([batch, height, width, output])
}

/// The dense first convolution, as a matrix product over the patches it sees.
fn stem(layer: &ConvNorm, x: Tensor<4>, mode: Mode) -> Tensor<4> {
    let [batch, input, height, width] = x.dims();
    let [output, _, kernel, _] = layer.conv.weight.dims();
    let stride = layer.conv.stride[0];
    let sides = [height.div_ceil(stride), width.div_ceil(stride)];
    let padding = |side: usize, out: usize| ((out - 1) * stride + kernel).saturating_sub(side);
    let (tall, wide) = (padding(height, sides[0]), padding(width, sides[1]));
    let x = x.pad((wide / 2, wide - wide / 2, tall / 2, tall - tall / 2), 0.0);
    let options = UnfoldOptions::new([stride; 2], [0; 2], [1; 2]);
    let patches = unfold4d(x, [kernel; 2], options); // [batch, input * kernel², positions]
    let patches = patches.swap_dims(1, 2).reshape([batch * sides[0] * sides[1], input * kernel * kernel]);
    let weight = layer.conv.weight.val().reshape([output, input * kernel * kernel]).transpose();
    let x = patches.matmul(weight);
    normalise(&layer.norm, x, mode, active(layer)).reshape([batch, sides[0], sides[1], output])
}

fn normalise<const D: usize>(norm: &BatchNorm, x: Tensor<D>, mode: Mode, range: Range) -> Tensor<D> {
    let scale = Tensor::stack(vec![norm.gamma.val(), norm.beta.val()], 0);
    let moments = match mode {
        Mode::Evaluate => {
            Tensor::stack(vec![norm.running_mean.value_sync(), norm.running_var.value_sync()], 0)
        }
        Mode::Train { .. } => {
            let moments = kernels::moments(x.clone());
            follow(norm, &moments);
            Tensor::from_inner(moments)
        }
    };
    kernels::normalise(x, moments, scale, range)
}

/// Moves the running statistics towards those of this batch.
fn follow(norm: &BatchNorm, moments: &Tensor<2>) {
    let mix = |old: Tensor<1>, row: usize| {
        let new = moments.clone().narrow(0, row, 1).flatten(0, 1);
        Tensor::from_inner(old.inner() * (1.0 - norm.momentum) + new * norm.momentum)
    };
    norm.running_mean.update(mix(norm.running_mean.value_sync(), 0));
    norm.running_var.update(mix(norm.running_var.value_sync(), 1));
    // An update only waits until it is synchronised; whoever visits the module must see it.
    norm.running_mean.value_sync();
    norm.running_var.value_sync();
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use spotcheck::network::layers::{Activation, BlockShape, ConvShape};

    use super::*;

    const TRAIN: Mode = Mode::Train { drop_path: 0.0 };

    fn gap<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
        let length = |t: Tensor<D>| t.powi_scalar(2).sum().sqrt().into_scalar::<f32>();
        length(a - b.clone()) / length(b).max(1e-3)
    }

    /// Random weights, statistics that are none of the defaults, no dropout.
    fn network(activation: Activation, device: &Device) -> EfficientNetLite0 {
        device.seed(7);
        let mut net = EfficientNetLite0::new(5, activation, device);
        net.dropout.prob = 0.0;
        net
    }

    #[test]
    fn training_pass_equals_the_plain_network_in_values_gradients_and_statistics() {
        let device = Device::flex().autodiff();
        for (side, batch, activation) in [(64, 8, Activation::Relu), (50, 12, Activation::Relu6)] {
            let plain = network(activation, &device);
            // Back and forth: its running statistics are its own then.
            let fast = plain.valid().train();
            let x = Tensor::<4>::random([batch, 3, side, side], Distribution::Normal(0.0, 1.0), &device);
            let expected = plain.forward(x.clone());
            let (_, logits) = forward(&fast, x, TRAIN, 0);
            let logits_gap = gap(logits.clone(), expected.clone());
            assert!(logits_gap < 1e-3, "logits at {side} px: {logits_gap}");

            let plain_grads = expected.powi_scalar(2).sum().backward();
            let fast_grads = logits.powi_scalar(2).sum().backward();
            let pairs = [
                (&plain.stem, &fast.stem),
                (&plain.blocks[1].depthwise, &fast.blocks[1].depthwise),
                (&plain.blocks[4].project, &fast.blocks[4].project),
                (&plain.blocks[5].depthwise, &fast.blocks[5].depthwise),
                (&plain.head, &fast.head),
            ];
            for (place, (plain, fast)) in pairs.into_iter().enumerate() {
                let weight = gap(
                    fast.conv.weight.val().grad(&fast_grads).expect("gradient"),
                    plain.conv.weight.val().grad(&plain_grads).expect("gradient"),
                );
                let gain = gap(
                    fast.norm.gamma.val().grad(&fast_grads).expect("gradient"),
                    plain.norm.gamma.val().grad(&plain_grads).expect("gradient"),
                );
                // Rounding flips a few activations at their kinks, differently on each kind of processor, and fifty layers
                // carry that on: this sees parts that are wired wrongly, the tight bounds are those of a single block, below.
                assert!(weight < 0.1 && gain < 0.1, "layer {place} at {side} px: {weight}, {gain}");
                let mean = gap(fast.norm.running_mean.value_sync(), plain.norm.running_mean.value_sync());
                let variance = gap(fast.norm.running_var.value_sync(), plain.norm.running_var.value_sync());
                assert!(
                    mean < 1e-3 && variance < 1e-3,
                    "statistics {place} at {side} px: {mean}, {variance}"
                );
            }
        }
    }

    #[test]
    fn one_block_equals_burns_layers_closely_in_values_and_gradients() {
        let device = Device::flex().autodiff();
        device.seed(11);
        for (input, output, stride) in [(24, 24, 1), (16, 40, 2)] {
            let shape = BlockShape { input, output, kernel: 5, stride, expansion: 6 };
            let plain = InvertedResidual::new(shape, Activation::Relu6, &device);
            let fast = plain.valid().train();
            let x = Tensor::<4>::random([4, input, 14, 11], Distribution::Normal(0.0, 1.0), &device)
                .require_grad();
            let expected = plain.forward(x.clone());
            let found = residual(&fast, x.clone().permute([0, 2, 3, 1]), TRAIN).permute([0, 3, 1, 2]);
            assert!(gap(found.clone(), expected.clone()) < 1e-5);
            let direction = Tensor::<4>::random(expected.dims(), Distribution::Normal(0.0, 1.0), &device);
            let plain_grads = (expected * direction.clone()).sum().backward();
            let fast_grads = (found * direction).sum().backward();
            let gap = |of: &dyn Fn(&InvertedResidual) -> Tensor<1>| {
                let found = of(&fast).grad(&fast_grads).expect("gradient");
                gap(found, of(&plain).grad(&plain_grads).expect("gradient"))
            };
            assert!(gap(&|block| block.depthwise.norm.gamma.val()) < 1e-3);
            assert!(gap(&|block| block.depthwise.norm.beta.val()) < 1e-3);
            assert!(gap(&|block| block.project.norm.gamma.val()) < 1e-3);
            let dx = |grads| x.grad(grads).expect("gradient");
            assert!(super::tests::gap(dx(&fast_grads), dx(&plain_grads)) < 1e-3);
        }
    }

    #[test]
    fn skipping_takes_pictures_past_a_block_as_often_as_asked_and_keeps_the_mean() {
        let device = Device::flex();
        device.seed(3);
        let x = Tensor::<4>::ones([4000, 1, 1, 1], &device);
        let after =
            |mode| skip(x.clone() * 3.0, x.clone(), mode, 0.5).into_data().iter::<f32>().collect::<Vec<_>>();
        let values = after(Mode::Train { drop_path: 0.4 });
        let skipped = values.iter().filter(|&&value| value == 1.0).count();
        assert!((700..900).contains(&skipped), "{skipped} of 4000, not about a fifth");
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!((mean - 3.0).abs() < 0.1, "{mean}");
        assert!(after(TRAIN).iter().chain(&after(Mode::Evaluate)).all(|&value| value == 3.0));
    }

    #[test]
    fn evaluation_pass_equals_the_plain_network() {
        let device = Device::flex();
        let net = network(Activation::Relu, &device);
        let x = Tensor::<4>::random([2, 3, 70, 70], Distribution::Normal(0.0, 1.0), &device);
        let (_, logits) = forward(&net, x.clone(), Mode::Evaluate, 0);
        assert!(gap(logits, net.forward(x)) < 1e-3);
    }

    #[test]
    fn depthwise_filters_equal_burns_for_any_channels_and_sizes_smaller_than_the_kernel() {
        let device = Device::flex().autodiff();
        for (channels, kernel, stride, size) in [
            (3, 3, 1, [13, 10]),
            (19, 5, 2, [13, 10]),
            (16, 3, 2, [9, 4]),
            (33, 5, 1, [1, 1]),
            (16, 5, 1, [2, 3]),
            (16, 5, 2, [1, 2]),
            (32, 3, 2, [1, 7]),
        ] {
            let shape = ConvShape { input: channels, output: channels, kernel, stride, groups: channels };
            let layer = ConvNorm::new(shape, Activation::Relu6, &device);
            let x = Tensor::<4>::random([2, channels, size[0], size[1]], Distribution::Default, &device)
                .require_grad();
            let plain = layer.conv.forward(x.clone());
            let weight = layer.conv.weight.val().reshape([channels, kernel * kernel]).transpose();
            let fast =
                kernels::depthwise(x.clone().permute([0, 2, 3, 1]), weight, stride).permute([0, 3, 1, 2]);
            assert!(gap(fast.clone(), plain.clone()) < 1e-5);
            let (plain, fast) = (plain.powi_scalar(2).sum().backward(), fast.powi_scalar(2).sum().backward());
            assert!(gap(x.grad(&fast).expect("gradient"), x.grad(&plain).expect("gradient")) < 1e-4);
            let weight = |grads| layer.conv.weight.val().grad(grads).expect("gradient");
            assert!(gap(weight(&fast), weight(&plain)) < 1e-4);
        }
    }
}
