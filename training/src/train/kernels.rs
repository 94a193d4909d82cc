//! Two layers written for training on a CPU, with their gradients, as operations of Burn.
//!
//! Burn's flex backend walks every activation many times in a training step. Here a batch is channels-last, `[batch, height, width,
//! channels]`, so that a 1x1 convolution is one matrix product, and two operations are ours: an inverted residual block as a whole, the
//! stem before the first of them included, and the head up to the mean of its maps. Each is checked against the plain layers of
//! [`net::network`], values and gradients alike.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, DispatchDevice, Flex, backend_extension};
use burn::tensor::{Device, Tensor, TensorData};
use half::bf16;
use rayon::prelude::*;

use crate::train::kernels::block::{Block, Shape};
use crate::train::kernels::head::Head;
use crate::train::kernels::layer::{Layer, LayerGradients};
use crate::train::kernels::norm::Moments;
use crate::train::kernels::precision::Precision;
use crate::train::kernels::product::Product;
use crate::train::kernels::widening::Widening;

pub mod block;
mod buffer;
mod depthwise;
mod element;
pub mod geometry;
mod head;
mod layer;
pub mod norm;
mod passes;
pub mod precision;
mod product;
mod tasks;
mod tiles;
pub mod widening;

/// Whether the kernels run on this device.
pub fn run_on(device: &Device) -> bool {
    matches!(device.clone().without_autodiff().as_dispatch(), DispatchDevice::Flex(_))
}

/// A 1x1 or depthwise convolution and its normalisation.
pub struct Weights {
    /// `[out, in / groups, kernel, kernel]`.
    pub weight: Tensor<4>,
    /// `[out]`.
    pub gain: Tensor<1>,
    /// `[out]`.
    pub offset: Tensor<1>,
    /// What to normalise by; the batch's own without, which is also what the gradients are those of.
    pub moments: Option<Moments>,
}

/// One use of an operation: what it is told beside tensors, and what it leaves for the way back.
#[derive(Debug)]
struct Use<S, K, const N: usize> {
    shape: S,
    precision: Precision,
    moments: [Option<Moments>; N],
    seen: OnceLock<[Moments; N]>,
    kept: OnceLock<K>,
}

/// Either kind of number.
#[derive(Debug)]
enum Kept<F, H> {
    Single(F),
    Half(H),
}

type BlockUse = Arc<Use<Shape, Kept<Block<f32>, Block<bf16>>, 3>>;
type HeadUse = Arc<Use<Widening, Kept<Head<f32>, Head<bf16>>, 1>>;

/// The forward passes.
#[backend_extension(Flex, Autodiff)]
trait Kernels: Backend {
    #[allow(clippy::too_many_arguments, reason = "the weights of three layers")]
    fn block(
        x: FloatTensor<Self>,
        expand: FloatTensor<Self>,
        expand_gain: FloatTensor<Self>,
        expand_offset: FloatTensor<Self>,
        filter: FloatTensor<Self>,
        filter_gain: FloatTensor<Self>,
        filter_offset: FloatTensor<Self>,
        project: FloatTensor<Self>,
        project_gain: FloatTensor<Self>,
        project_offset: FloatTensor<Self>,
        usage: BlockUse,
    ) -> FloatTensor<Self>;
    fn head(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        offset: FloatTensor<Self>,
        usage: HeadUse,
    ) -> FloatTensor<Self>;
    fn mix(old: FloatTensor<Self>, new: FloatTensor<Self>, keep: f32) -> FloatTensor<Self>;
}

/// The backward passes: a gradient for each of the tensors that went in, none for pictures.
trait KernelGradients: Backend {
    fn block_back(
        inputs: [FloatTensor<Self>; 10],
        grad: FloatTensor<Self>,
        usage: &BlockUse,
    ) -> [Option<FloatTensor<Self>>; 10];
    fn head_back(
        inputs: [FloatTensor<Self>; 4],
        grad: FloatTensor<Self>,
        usage: &HeadUse,
    ) -> [Option<FloatTensor<Self>>; 4];
}

/// An inverted residual block of `x`, which is `[batch, height, width, channels]` or, for the stem before the first block, pictures
/// `[batch, channels, height, width]`. Also the moments of what the three layers gave.
///
/// No gradient flows back to pictures.
pub fn block(
    x: Tensor<4>,
    layers: [Weights; 3],
    shape: Shape,
    precision: Precision,
) -> (Tensor<4>, [Moments; 3]) {
    let [expand, filter, project] = layers;
    let moments = [expand.moments, filter.moments, project.moments];
    let usage = Arc::new(Use { shape, precision, moments, seen: OnceLock::new(), kept: OnceLock::new() });
    let out = Tensor::from_dispatch(Dispatch::block(
        x.into_dispatch(),
        expand.weight.into_dispatch(),
        expand.gain.into_dispatch(),
        expand.offset.into_dispatch(),
        filter.weight.into_dispatch(),
        filter.gain.into_dispatch(),
        filter.offset.into_dispatch(),
        project.weight.into_dispatch(),
        project.gain.into_dispatch(),
        project.offset.into_dispatch(),
        Arc::clone(&usage),
    ));
    let seen = usage.seen.get().cloned().expect("an operation that ran");
    (out, seen)
}

/// The last 1x1 convolution of `x`, `[batch, height, width, channels]`, and the mean of each of its activated maps, `[batch, wide]`.
/// Also the moments of what the convolution gave.
pub fn head(x: Tensor<4>, layer: Weights, shape: Widening, precision: Precision) -> (Tensor<2>, Moments) {
    let moments = [layer.moments];
    let usage = Arc::new(Use { shape, precision, moments, seen: OnceLock::new(), kept: OnceLock::new() });
    let out = Tensor::from_dispatch(Dispatch::head(
        x.into_dispatch(),
        layer.weight.into_dispatch(),
        layer.gain.into_dispatch(),
        layer.offset.into_dispatch(),
        Arc::clone(&usage),
    ));
    let [seen] = usage.seen.get().cloned().expect("an operation that ran");
    (out, seen)
}

/// `keep` of `old` and the rest of `new`, which have one shape; without gradients.
pub fn mix<const D: usize>(old: Tensor<D>, new: Tensor<D>, keep: f32) -> Tensor<D> {
    assert_eq!(old.dims(), new.dims(), "one shape");
    Tensor::from_dispatch(Dispatch::mix(old.inner().into_dispatch(), new.inner().into_dispatch(), keep))
}

/// The values of a contiguous tensor.
///
/// # Panics
/// When the tensor is not contiguous `f32`: a mistake in the caller, not in any input.
fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("a contiguous f32 tensor")
}

fn tensor(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// The layers among the inputs of an operation, after `x`.
fn layers<'a, const N: usize>(inputs: &'a [FlexTensor], moments: &'a [Option<Moments>; N]) -> [Layer<'a>; N] {
    std::array::from_fn(|at| Layer {
        weights: values(&inputs[1 + 3 * at]),
        gain: values(&inputs[2 + 3 * at]),
        offset: values(&inputs[3 + 3 * at]),
        moments: moments[at].as_ref(),
    })
}

/// Gradients as tensors, in the order of the inputs.
fn gradients<const N: usize>(
    inputs: &[FlexTensor; N],
    dx: Option<Vec<f32>>,
    layers: impl IntoIterator<Item = LayerGradients>,
) -> [Option<FlexTensor>; N] {
    let layers = layers.into_iter().flat_map(|layer| [layer.weights, layer.gain, layer.offset].map(Some));
    let mut all = std::iter::once(dx).chain(layers);
    inputs
        .each_ref()
        .map(|input| all.next().flatten().map(|values| tensor(values, input.layout().shape().clone())))
}

impl Kernels for Flex {
    fn block(
        x: FlexTensor,
        expand: FlexTensor,
        expand_gain: FlexTensor,
        expand_offset: FlexTensor,
        filter: FlexTensor,
        filter_gain: FlexTensor,
        filter_offset: FlexTensor,
        project: FlexTensor,
        project_gain: FlexTensor,
        project_offset: FlexTensor,
        usage: BlockUse,
    ) -> FlexTensor {
        fn run<E: Product>(
            inputs: &[FlexTensor],
            usage: &BlockUse,
            keep: impl FnOnce(Block<E>) -> Kept<Block<f32>, Block<bf16>>,
        ) -> Vec<f32> {
            let layers = layers(inputs, &usage.moments);
            let (out, kept, seen) = block::forward::<E>(&usage.shape, values(&inputs[0]), layers);
            let _ = (usage.seen.set(seen), usage.kept.set(keep(kept)));
            out
        }
        let inputs = [
            x,
            expand,
            expand_gain,
            expand_offset,
            filter,
            filter_gain,
            filter_offset,
            project,
            project_gain,
            project_offset,
        ]
        .map(|input| input.to_contiguous());
        let out = match usage.precision.is_half() {
            true => run::<bf16>(&inputs, &usage, Kept::Half),
            false => run::<f32>(&inputs, &usage, Kept::Single),
        };
        let [height, width] = usage.shape.geometry.output();
        tensor(out, [usage.shape.widening.batch, height, width, usage.shape.output])
    }

    fn head(
        x: FlexTensor,
        weight: FlexTensor,
        gain: FlexTensor,
        offset: FlexTensor,
        usage: HeadUse,
    ) -> FlexTensor {
        fn run<E: Product>(
            inputs: &[FlexTensor],
            usage: &HeadUse,
            keep: impl FnOnce(Head<E>) -> Kept<Head<f32>, Head<bf16>>,
        ) -> Vec<f32> {
            let [layer] = layers(inputs, &usage.moments);
            let (out, kept, seen) = head::forward::<E>(&usage.shape, values(&inputs[0]), layer);
            let _ = (usage.seen.set([seen]), usage.kept.set(keep(kept)));
            out
        }
        let inputs = [x, weight, gain, offset].map(|input| input.to_contiguous());
        let out = match usage.precision.is_half() {
            true => run::<bf16>(&inputs, &usage, Kept::Half),
            false => run::<f32>(&inputs, &usage, Kept::Single),
        };
        tensor(out, [usage.shape.batch, usage.shape.wide])
    }

    fn mix(old: FlexTensor, new: FlexTensor, keep: f32) -> FlexTensor {
        const RUN: usize = 1 << 14;
        let new = new.to_contiguous();
        // Whoever holds the only handle takes the numbers along without a copy.
        let mut mixed = old.into_data();
        let numbers = mixed.as_mut_slice::<f32>().expect("f32");
        numbers.par_chunks_mut(RUN).zip(values(&new).par_chunks(RUN)).for_each(|(old, new)| {
            old.iter_mut().zip(new).for_each(|(old, new)| *old = *old * keep + new * (1.0 - keep));
        });
        FlexTensor::from_data(mixed)
    }
}

impl KernelGradients for Flex {
    fn block_back(inputs: [FlexTensor; 10], grad: FlexTensor, usage: &BlockUse) -> [Option<FlexTensor>; 10] {
        let (inputs, grad) = (inputs.map(|input| input.to_contiguous()), grad.to_contiguous());
        let (x, layers) = (values(&inputs[0]), layers(&inputs, &usage.moments));
        let (dx, of_layers) = match usage.kept.get().expect("what forwards left") {
            Kept::Single(kept) => block::backward(&usage.shape, x, layers, kept, values(&grad)),
            Kept::Half(kept) => block::backward(&usage.shape, x, layers, kept, values(&grad)),
        };
        gradients(&inputs, dx, of_layers)
    }

    fn head_back(inputs: [FlexTensor; 4], grad: FlexTensor, usage: &HeadUse) -> [Option<FlexTensor>; 4] {
        let (inputs, grad) = (inputs.map(|input| input.to_contiguous()), grad.to_contiguous());
        let (x, [layer]) = (values(&inputs[0]), layers(&inputs, &usage.moments));
        let (dx, of_layer) = match usage.kept.get().expect("what forwards left") {
            Kept::Single(kept) => head::backward(&usage.shape, x, layer, kept, values(&grad)),
            Kept::Half(kept) => head::backward(&usage.shape, x, layer, kept, values(&grad)),
        };
        gradients(&inputs, dx, [of_layer])
    }
}

/// Hands each parent that wants one its gradient.
fn register<B: Backend, const N: usize>(
    parents: [Option<NodeId>; N],
    found: [Option<FloatTensor<B>>; N],
    grads: &mut Gradients,
) {
    for (parent, grad) in parents.into_iter().zip(found) {
        if let (Some(id), Some(grad)) = (parent, grad) {
            grads.register::<B>(id, grad);
        }
    }
}

impl<B: KernelGradients + Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn block(
        x: FloatTensor<Self>,
        expand: FloatTensor<Self>,
        expand_gain: FloatTensor<Self>,
        expand_offset: FloatTensor<Self>,
        filter: FloatTensor<Self>,
        filter_gain: FloatTensor<Self>,
        filter_offset: FloatTensor<Self>,
        project: FloatTensor<Self>,
        project_gain: FloatTensor<Self>,
        project_offset: FloatTensor<Self>,
        usage: BlockUse,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Back;
        impl<B: KernelGradients> Backward<B, 10> for Back {
            type State = ([FloatTensor<B>; 10], BlockUse);

            fn backward(self, ops: Ops<Self::State, 10>, grads: &mut Gradients, _: &mut Checkpointer) {
                let grad = grads.consume::<B>(&ops.node);
                let found = B::block_back(ops.state.0, grad, &ops.state.1);
                register::<B, 10>(ops.parents.map(|parent| parent.map(|node| node.id)), found, grads);
            }
        }
        let inputs = [
            x,
            expand,
            expand_gain,
            expand_offset,
            filter,
            filter_gain,
            filter_offset,
            project,
            project_gain,
            project_offset,
        ];
        let prepared =
            Back.prepare::<C>(inputs.each_ref().map(|input| input.node())).compute_bound().stateful();
        let inputs = inputs.map(|input| input.into_primitive());
        let [x, a, b, c, d, e, f, g, h, i] = inputs.clone();
        let out = B::block(x, a, b, c, d, e, f, g, h, i, Arc::clone(&usage));
        match prepared {
            OpsKind::Tracked(prep) => prep.finish((inputs, usage), out),
            OpsKind::UnTracked(prep) => prep.finish(out),
        }
    }

    fn mix(_: FloatTensor<Self>, _: FloatTensor<Self>, _: f32) -> FloatTensor<Self> {
        unreachable!("mix() takes its tensors off the tape")
    }

    fn head(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        offset: FloatTensor<Self>,
        usage: HeadUse,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Back;
        impl<B: KernelGradients> Backward<B, 4> for Back {
            type State = ([FloatTensor<B>; 4], HeadUse);

            fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
                let grad = grads.consume::<B>(&ops.node);
                let found = B::head_back(ops.state.0, grad, &ops.state.1);
                register::<B, 4>(ops.parents.map(|parent| parent.map(|node| node.id)), found, grads);
            }
        }
        let inputs = [x, weight, gain, offset];
        let prepared =
            Back.prepare::<C>(inputs.each_ref().map(|input| input.node())).compute_bound().stateful();
        let inputs = inputs.map(|input| input.into_primitive());
        let [x, weight, gain, offset] = inputs.clone();
        let out = B::head(x, weight, gain, offset, Arc::clone(&usage));
        match prepared {
            OpsKind::Tracked(prep) => prep.finish((inputs, usage), out),
            OpsKind::UnTracked(prep) => prep.finish(out),
        }
    }
}
