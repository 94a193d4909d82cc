//! Two layers written for training on a CPU, with their gradients, as operations of Burn.
//!
//! Burn's flex backend keeps images channels-first and walks every activation many times in a
//! training step. Here an image batch is channels-last, `[batch, height, width, channels]`, so that a 1x1
//! convolution is one matrix product, and two operations are ours: the depthwise convolution,
//! and batch normalisation with the activation in the same pass. Each is checked
//! against the plain layers of [`spotcheck::network`], values and gradients alike.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, DispatchDevice, Flex, backend_extension};
use burn::tensor::{Device, Tensor};

mod depthwise;
mod float;
mod normalise;

pub use normalise::Range;

/// Whether the kernels run on this device.
pub fn run_on(device: &Device) -> bool {
    matches!(device.clone().without_autodiff().as_dispatch(), DispatchDevice::Flex(_))
}

/// The forward passes.
#[backend_extension(Flex, Autodiff)]
trait Kernels: Backend {
    fn depthwise(x: FloatTensor<Self>, weight: FloatTensor<Self>, geometry: Geometry) -> FloatTensor<Self>;
    fn moments(x: FloatTensor<Self>) -> FloatTensor<Self>;
    fn normalise(
        x: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        range: Range,
    ) -> FloatTensor<Self>;
}

/// The backward passes.
trait KernelGradients: Backend {
    fn depthwise_dx(
        weight: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self>;
    fn depthwise_dw(x: FloatTensor<Self>, grad: FloatTensor<Self>, geometry: Geometry) -> FloatTensor<Self>;
    /// Gradients for `x` and for `scale`.
    fn normalise_back(
        x: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        range: Range,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// Where a square kernel with TensorFlow's SAME padding meets a channels-last image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    batch: usize,
    /// Input height and width, in pixels.
    input: [usize; 2],
    channels: usize,
    /// Kernel side, in pixels.
    kernel: usize,
    stride: usize,
}

impl Geometry {
    /// Output height and width, in pixels.
    fn output(&self) -> [usize; 2] {
        self.input.map(|side| side.div_ceil(self.stride))
    }

    /// Rows above (axis 0) or columns left (axis 1) of the image that the kernel may cover.
    fn before(&self, axis: usize) -> usize {
        let needed = (self.output()[axis] - 1) * self.stride + self.kernel;
        needed.saturating_sub(self.input[axis]) / 2
    }
}

/// One filter per channel: `x` is `[batch, height, width, channels]`, `weight`
/// `[kernel * kernel, channels]`, the result `[batch, ⌈height / stride⌉, ⌈width / stride⌉, channels]`.
pub fn depthwise(x: Tensor<4>, weight: Tensor<2>, stride: usize) -> Tensor<4> {
    let [batch, height, width, channels] = x.dims();
    let kernel = weight.dims()[0].isqrt();
    let geometry = Geometry { batch, input: [height, width], channels, kernel, stride };
    Tensor::from_dispatch(Dispatch::depthwise(x.into_dispatch(), weight.into_dispatch(), geometry))
}

/// Mean and variance of each channel of `x` `[…, channels]`, as `[2, channels]`. No gradient
/// flows through the result: [`normalise`] accounts for it.
pub fn moments<const D: usize>(x: Tensor<D>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::moments(x.inner().into_dispatch()))
}

/// Batch normalisation of `x` `[…, channels]` by its own `moments` `[2, channels]`, times the first row and
/// plus the second row of `scale` `[2, channels]`, clipped to `range`.
///
/// The moments must be those of `x` itself; the gradient is that of batch normalisation in training.
pub fn normalise<const D: usize>(
    x: Tensor<D>,
    moments: Tensor<2>,
    scale: Tensor<2>,
    range: Range,
) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::normalise(
        x.into_dispatch(),
        moments.into_dispatch(),
        scale.into_dispatch(),
        range,
    ))
}

impl<B: KernelGradients + Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn depthwise(x: FloatTensor<Self>, weight: FloatTensor<Self>, geometry: Geometry) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Depthwise;
        impl<B: KernelGradients> Backward<B, 2> for Depthwise {
            type State = (NodeId, NodeId, Geometry);

            fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, kept: &mut Checkpointer) {
                let [node_x, node_weight] = ops.parents;
                let (x, weight, geometry) = ops.state;
                let grad = grads.consume::<B>(&ops.node);
                let x = kept.retrieve_node_output::<FloatTensor<B>>(x);
                let weight = kept.retrieve_node_output::<FloatTensor<B>>(weight);
                if let Some(node) = node_x {
                    grads.register::<B>(node.id, B::depthwise_dx(weight, grad.clone(), geometry));
                }
                if let Some(node) = node_weight {
                    grads.register::<B>(node.id, B::depthwise_dw(x, grad, geometry));
                }
            }
        }
        let prepared = Depthwise.prepare::<C>([x.node(), weight.node()]).compute_bound().stateful();
        match prepared {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&x), prep.checkpoint(&weight), geometry);
                prep.finish(state, B::depthwise(x.into_primitive(), weight.into_primitive(), geometry))
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::depthwise(x.into_primitive(), weight.into_primitive(), geometry))
            }
        }
    }

    fn moments(_: FloatTensor<Self>) -> FloatTensor<Self> {
        unreachable!("moments() takes its tensor off the tape")
    }

    fn normalise(
        x: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        range: Range,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Normalise<B: Backend>(FloatTensor<B>, Range);
        impl<B: KernelGradients> Backward<B, 2> for Normalise<B> {
            type State = (NodeId, NodeId);

            fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, kept: &mut Checkpointer) {
                let [node_x, node_scale] = ops.parents;
                let grad = grads.consume::<B>(&ops.node);
                let x = kept.retrieve_node_output::<FloatTensor<B>>(ops.state.0);
                let scale = kept.retrieve_node_output::<FloatTensor<B>>(ops.state.1);
                let (dx, dscale) = B::normalise_back(x, self.0, scale, grad, self.1);
                if let Some(node) = node_x {
                    grads.register::<B>(node.id, dx);
                }
                if let Some(node) = node_scale {
                    grads.register::<B>(node.id, dscale);
                }
            }
        }
        let moments = moments.into_primitive();
        let step = Normalise::<B>(moments.clone(), range);
        match step.prepare::<C>([x.node(), scale.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&x), prep.checkpoint(&scale));
                prep.finish(state, B::normalise(x.into_primitive(), moments, scale.into_primitive(), range))
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::normalise(x.into_primitive(), moments, scale.into_primitive(), range))
            }
        }
    }
}
