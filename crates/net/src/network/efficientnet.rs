//! EfficientNet-Lite0: the convolutional network that looks at the lesion.
//!
//! EfficientNet (Tan & Le 2019) in its Lite form for phones: no squeeze-and-excite, and a
//! stem and head of fixed width. On top sit a global mean and one linear layer, so that the class
//! activation map (Zhou et al. 2016, section 2) is one small product away.

use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::layers::{Activation, BlockShape, ConvNorm, ConvShape, InvertedResidual};

/// A run of blocks of one kind: a row of the paper's table.
struct Stage {
    repeats: usize,
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
}

const fn stage(repeats: usize, kernel: usize, stride: usize, expansion: usize, channels: usize) -> Stage {
    Stage { repeats, kernel, stride, expansion, channels }
}

/// EfficientNet-B0's table (Tan & Le 2019, table 1) as Lite0 uses it. Only the first block of a
/// stage has its stride.
const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];
const STEM_CHANNELS: usize = 32;
/// Length of the feature vector, which is the width of the last convolution.
pub const FEATURES: usize = 1280;
/// Share of features dropped before the linear layer while training.
const DROPOUT: f64 = 0.2;

/// EfficientNet-Lite0 for any number of classes and any input size that 32 fits into.
#[derive(Module, Debug)]
pub struct EfficientNetLite0 {
    /// 3x3, stride 2, from RGB to 32 channels.
    pub stem: ConvNorm,
    /// The sixteen inverted residual blocks.
    pub blocks: Vec<InvertedResidual>,
    /// 1x1 to [`FEATURES`] channels.
    pub head: ConvNorm,
    /// Only active while training.
    pub dropout: Dropout,
    /// Features to one logit per class.
    pub classifier: Linear,
}

impl EfficientNetLite0 {
    /// The network with fresh random weights.
    pub fn new(classes: usize, activation: Activation, device: &Device) -> Self {
        let stem = ConvShape { input: 3, output: STEM_CHANNELS, kernel: 3, stride: 2, groups: 1 };
        let mut blocks = Vec::new();
        let mut input = STEM_CHANNELS;
        for stage in &STAGES {
            for repeat in 0..stage.repeats {
                let shape = BlockShape {
                    input,
                    output: stage.channels,
                    kernel: stage.kernel,
                    stride: if repeat == 0 { stage.stride } else { 1 },
                    expansion: stage.expansion,
                };
                blocks.push(InvertedResidual::new(shape, activation, device));
                input = stage.channels;
            }
        }
        let head = ConvShape { input, output: FEATURES, kernel: 1, stride: 1, groups: 1 };
        Self {
            stem: ConvNorm::new(stem, activation, device),
            blocks,
            head: ConvNorm::new(head, activation, device),
            dropout: DropoutConfig::new(DROPOUT).init(),
            classifier: LinearConfig::new(FEATURES, classes).init(device),
        }
    }

    /// Normalised RGB `[batch, 3, height, width]` to the last feature maps
    /// `[batch, FEATURES, ⌈height / 32⌉, ⌈width / 32⌉]`.
    pub fn feature_maps(&self, x: Tensor<4>) -> Tensor<4> {
        let stem = self.stem.forward_active(x);
        let maps = self.blocks.iter().fold(stem, |x, block| block.forward(x));
        self.head.forward_active(maps)
    }

    /// Normalised RGB `[batch, 3, height, width]` to logits `[batch, classes]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let features = global_mean(self.feature_maps(x));
        self.classifier.forward(self.dropout.forward(features))
    }

    /// How many classes the last layer tells apart.
    pub fn classes(&self) -> usize {
        self.classifier.weight.shape().dims::<2>()[1]
    }
}

/// `[batch, channels, height, width]` to the mean over each map, `[batch, channels]`.
pub fn global_mean(maps: Tensor<4>) -> Tensor<2> {
    maps.flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2)
}
