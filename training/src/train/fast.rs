//! The network's training pass, channels-last: same weights and same result as
//! [`EfficientNetLite::forward`], several times as fast on a CPU.

use burn::module::Module;
use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use net::network::efficientnet::{EfficientNetLite, global_mean};
use net::network::layers::{ConvNorm, InvertedResidual};

use crate::train::kernels::block::Shape;
use crate::train::kernels::geometry::Geometry;
use crate::train::kernels::norm::{Moments, Range};
use crate::train::kernels::precision::Precision;
use crate::train::kernels::widening::{Source, Widening};
use crate::train::kernels::{self, Weights};

/// Batch statistics and a tape, or running statistics and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Normalises by the batch and updates the running statistics.
    Train,
    /// Normalises by the running statistics.
    Evaluate,
}

/// Features `[batch, FEATURES]` and logits `[batch, classes]` of normalised RGB `[batch, 3, height, width]`.
///
/// Blocks before `frozen` (and the stem with the first of them) take part without learning. No gradient flows back to `x`.
pub fn forward(
    net: &EfficientNetLite,
    x: Tensor<4>,
    mode: Mode,
    frozen: usize,
    precision: Precision,
) -> (Tensor<2>, Tensor<2>) {
    if !kernels::run_on(&x.device()) || !is_known(net) {
        return plain(net, x, frozen);
    }
    let mut x = match frozen {
        0 => first(&net.stem, &net.blocks[0], x, mode, precision),
        // Off the tape altogether: what was recorded and never asked for would never be freed.
        _ => Tensor::from_inner(frozen_part(net, x.inner(), frozen, precision)),
    };
    for block in net.blocks.iter().skip(frozen.max(1)) {
        x = residual(block, x, mode, precision);
    }
    let features = head(&net.head, x, mode, precision);
    let logits = net.classifier.forward(net.dropout.forward(features.clone()));
    (features, logits)
}

/// Whether the kernels know layers of these shapes: the first block doesn't widen, all others do.
fn is_known(net: &EfficientNetLite) -> bool {
    let widens = |block: &InvertedResidual| block.expand.is_some();
    let filter = |block: &InvertedResidual| geometry(&block.depthwise, [1, 1]).is_known();
    net.blocks.iter().all(filter)
        && net
            .blocks
            .split_first()
            .is_some_and(|(first, others)| !widens(first) && !first.shortcut && others.iter().all(widens))
}

/// The same with Burn's own layers, for devices that our kernels don't run on.
fn plain(net: &EfficientNetLite, x: Tensor<4>, frozen: usize) -> (Tensor<2>, Tensor<2>) {
    let x = match frozen {
        0 => net.stem.forward_active(x),
        _ => {
            let x = net.stem.valid().forward_active(x.inner());
            Tensor::from_inner(net.blocks[..frozen].iter().fold(x, |x, block| block.valid().forward(x)))
        }
    };
    let x = net.blocks.iter().skip(frozen).fold(x, |x, block| block.forward(x));
    let features = global_mean(net.head.forward_active(x));
    let logits = net.classifier.forward(net.dropout.forward(features.clone()));
    (features, logits)
}

/// The stem and the first blocks by running statistics, without learning.
fn frozen_part(net: &EfficientNetLite, x: Tensor<4>, blocks: usize, precision: Precision) -> Tensor<4> {
    let x = first(&net.stem.valid(), &net.blocks[0].valid(), x, Mode::Evaluate, precision);
    let others = net.blocks[1..blocks].iter();
    others.fold(x, |x, block| residual(&block.valid(), x, Mode::Evaluate, precision))
}

fn residual(block: &InvertedResidual, x: Tensor<4>, mode: Mode, precision: Precision) -> Tensor<4> {
    let Some(expand) = &block.expand else { unreachable!("the first block goes with the stem") };
    let [_, height, width, channels] = x.dims();
    unit(expand, block, x, Source::Pixels(channels), [height, width], mode, precision)
}

/// The stem, from pictures `[batch, 3, height, width]`, and the first block, which does not widen what comes from it.
fn first(
    stem: &ConvNorm,
    block: &InvertedResidual,
    x: Tensor<4>,
    mode: Mode,
    precision: Precision,
) -> Tensor<4> {
    let [_, channels, height, width] = x.dims();
    let geometry = geometry(stem, [height, width]);
    let source = Source::Patches { channels, geometry };
    unit(stem, block, x, source, geometry.output(), mode, precision)
}

fn unit(
    expand: &ConvNorm,
    block: &InvertedResidual,
    x: Tensor<4>,
    source: Source,
    sides: [usize; 2],
    mode: Mode,
    precision: Precision,
) -> Tensor<4> {
    let shape = Shape {
        widening: widening(expand, x.dims()[0], source, sides),
        geometry: geometry(&block.depthwise, sides),
        output: block.project.conv.weight.dims()[0],
        shortcut: block.shortcut,
    };
    let layers = [expand, &block.depthwise, &block.project];
    let (out, seen) = kernels::block(x, layers.map(|layer| weights(layer, mode)), shape, precision);
    if mode != Mode::Evaluate {
        layers.iter().zip(&seen).for_each(|(layer, seen)| follow(&layer.norm, seen));
    }
    out
}

fn head(layer: &ConvNorm, x: Tensor<4>, mode: Mode, precision: Precision) -> Tensor<2> {
    let [batch, height, width, channels] = x.dims();
    let shape = widening(layer, batch, Source::Pixels(channels), [height, width]);
    let (features, seen) = kernels::head(x, weights(layer, mode), shape, precision);
    if mode != Mode::Evaluate {
        follow(&layer.norm, &seen);
    }
    features
}

fn widening(layer: &ConvNorm, batch: usize, source: Source, [height, width]: [usize; 2]) -> Widening {
    let range = Range { low: 0.0, high: layer.activation().ceiling() };
    Widening { batch, source, rows: height * width, wide: layer.conv.weight.dims()[0], range }
}

fn geometry(layer: &ConvNorm, input: [usize; 2]) -> Geometry {
    Geometry { input, kernel: layer.conv.weight.dims()[2], stride: layer.conv.stride[0] }
}

fn weights(layer: &ConvNorm, mode: Mode) -> Weights {
    let norm = &layer.norm;
    let moments = (mode == Mode::Evaluate).then(|| {
        let [mean, variance] = [&norm.running_mean, &norm.running_var]
            .map(|of| of.value_sync().into_data().iter::<f32>().collect());
        Moments { mean, variance }
    });
    Weights { weight: layer.conv.weight.val(), gain: norm.gamma.val(), offset: norm.beta.val(), moments }
}

/// Moves the running statistics towards those of this batch.
fn follow(norm: &BatchNorm, seen: &Moments) {
    let mix = |old: Tensor<1>, new: &[f32]| {
        let old = old.inner();
        let new = Tensor::<1>::from_data(new, &old.device());
        Tensor::from_inner(old * (1.0 - norm.momentum) + new * norm.momentum)
    };
    norm.running_mean.update(mix(norm.running_mean.value_sync(), &seen.mean));
    norm.running_var.update(mix(norm.running_var.value_sync(), &seen.variance));
    // An update only waits until it is synchronised; whoever visits the module must see it.
    norm.running_mean.value_sync();
    norm.running_var.value_sync();
}

#[cfg(test)]
mod tests;
