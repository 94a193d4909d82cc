//! The three building blocks that EfficientNet-Lite is made of, as Burn modules.
//!
//! A [`ConvNorm`] is a convolution followed by batch normalisation; an [`InvertedResidual`] is
//! three of them (MobileNetV2, Sandler et al. 2018, section 3.3) with a shortcut where shapes
//! allow it. There is no squeeze-and-excite in the Lite family.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

/// The variance offset that Google's EfficientNet weights were trained with.
pub const NORM_EPSILON: f64 = 1e-3;
/// How fast the running statistics follow a batch while training.
const NORM_MOMENTUM: f64 = 0.02;

/// What follows a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Negative values become zero.
    Relu,
    /// And those above six become six, as in the published weights.
    Relu6,
}

impl Activation {
    /// What files mean that were written before there was a choice.
    pub fn before_choice() -> Self {
        Self::Relu6
    }

    /// Where it clips from above; infinity where it does not.
    pub fn ceiling(self) -> f32 {
        match self {
            Self::Relu => f32::INFINITY,
            Self::Relu6 => 6.0,
        }
    }
}

/// A convolution without bias and the batch normalisation after it.
#[derive(Module, Debug)]
pub struct ConvNorm {
    /// Weights `[out, in / groups, kernel, kernel]`, TensorFlow's SAME padding.
    pub conv: Conv2d,
    /// Per-channel normalisation.
    pub norm: BatchNorm,
    /// Whether the activation is [`Activation::Relu6`].
    clips: bool,
}

/// The shape of one [`ConvNorm`].
#[derive(Debug, Clone, Copy)]
pub struct ConvShape {
    /// Channels that come in.
    pub input: usize,
    /// Channels that go out.
    pub output: usize,
    /// Side of the square kernel, in pixels.
    pub kernel: usize,
    /// Step of the kernel, in pixels.
    pub stride: usize,
    /// One group for a dense convolution, `input` groups for a depthwise one.
    pub groups: usize,
}

impl ConvNorm {
    /// A layer with fresh random weights.
    pub fn new(shape: ConvShape, activation: Activation, device: &Device) -> Self {
        let conv = Conv2dConfig::new([shape.input, shape.output], [shape.kernel; 2])
            .with_stride([shape.stride; 2])
            .with_groups(shape.groups)
            .with_padding(PaddingConfig2d::Same)
            .with_bias(false)
            .init(device);
        let norm = BatchNormConfig::new(shape.output)
            .with_epsilon(NORM_EPSILON)
            .with_momentum(NORM_MOMENTUM)
            .init(device);
        Self { conv, norm, clips: activation == Activation::Relu6 }
    }

    /// `[batch, in, height, width]` to `[batch, out, ⌈height / stride⌉, ⌈width / stride⌉]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }

    /// [`Self::forward`] and the activation.
    pub fn forward_active(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.forward(x);
        match self.activation() {
            Activation::Relu => relu(x),
            Activation::Relu6 => x.clamp(0.0, Activation::Relu6.ceiling()),
        }
    }

    /// What [`Self::forward_active`] ends with.
    pub fn activation(&self) -> Activation {
        if self.clips { Activation::Relu6 } else { Activation::Relu }
    }
}

/// Expand with a 1x1 convolution, filter each channel by itself, project back with another 1x1.
#[derive(Module, Debug)]
pub struct InvertedResidual {
    /// Missing where the expansion ratio is one.
    pub expand: Option<ConvNorm>,
    /// One filter per channel.
    pub depthwise: ConvNorm,
    /// Linear: no activation follows it.
    pub project: ConvNorm,
    /// Whether input and output have the same shape, so that they are added.
    pub shortcut: bool,
}

/// The shape of one [`InvertedResidual`].
#[derive(Debug, Clone, Copy)]
pub struct BlockShape {
    /// Channels that come in.
    pub input: usize,
    /// Channels that go out.
    pub output: usize,
    /// Side of the depthwise kernel, in pixels.
    pub kernel: usize,
    /// Step of the depthwise kernel, in pixels.
    pub stride: usize,
    /// How many times wider the block is inside.
    pub expansion: usize,
}

impl InvertedResidual {
    /// A block with fresh random weights.
    pub fn new(shape: BlockShape, activation: Activation, device: &Device) -> Self {
        let wide = shape.input * shape.expansion;
        let pointwise = |input, output| {
            let shape = ConvShape { input, output, kernel: 1, stride: 1, groups: 1 };
            ConvNorm::new(shape, activation, device)
        };
        let depthwise =
            ConvShape { input: wide, output: wide, kernel: shape.kernel, stride: shape.stride, groups: wide };
        Self {
            expand: (shape.expansion > 1).then(|| pointwise(shape.input, wide)),
            depthwise: ConvNorm::new(depthwise, activation, device),
            project: pointwise(wide, shape.output),
            shortcut: shape.stride == 1 && shape.input == shape.output,
        }
    }

    /// `[batch, in, height, width]` to `[batch, out, ⌈height / stride⌉, ⌈width / stride⌉]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let wide = match &self.expand {
            Some(expand) => expand.forward_active(x.clone()),
            None => x.clone(),
        };
        let out = self.project.forward(self.depthwise.forward_active(wide));
        if self.shortcut { out + x } else { out }
    }
}
