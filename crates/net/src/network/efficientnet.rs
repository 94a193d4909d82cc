//! EfficientNet-Lite: the convolutional network that looks at the lesion.
//!
//! EfficientNet (Tan & Le 2019) in its Lite form for phones: no squeeze-and-excite, and a
//! stem and head of fixed width; an [`Architecture`] says how wide and deep it is between them. On top sit a global mean and one linear
//! layer, so that the class activation map (Zhou et al. 2016, section 2) is one small product away.

use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::architecture::{Architecture, FEATURES, STEM_CHANNELS};
use super::layers::{Activation, ConvNorm, ConvShape, InvertedResidual};

/// EfficientNet-Lite for any number of classes and any input size that 32 fits into.
#[derive(Module, Debug)]
pub struct EfficientNetLite {
    /// 3x3, stride 2, from RGB to 32 channels.
    pub stem: ConvNorm,
    /// The inverted residual blocks.
    pub blocks: Vec<InvertedResidual>,
    /// 1x1 to [`FEATURES`] channels.
    pub head: ConvNorm,
    /// Only active while training.
    pub dropout: Dropout,
    /// Features to one logit per class.
    pub classifier: Linear,
}

impl EfficientNetLite {
    /// The network with fresh random weights.
    pub fn new(architecture: Architecture, classes: usize, activation: Activation, device: &Device) -> Self {
        let stem = ConvShape { input: 3, output: STEM_CHANNELS, kernel: 3, stride: 2, groups: 1 };
        let shapes = architecture.blocks();
        let input = shapes.last().map_or(STEM_CHANNELS, |shape| shape.output);
        let blocks =
            shapes.into_iter().map(|shape| InvertedResidual::new(shape, activation, device)).collect();
        let head = ConvShape { input, output: FEATURES, kernel: 1, stride: 1, groups: 1 };
        Self {
            stem: ConvNorm::new(stem, activation, device),
            blocks,
            head: ConvNorm::new(head, activation, device),
            dropout: DropoutConfig::new(architecture.dropout()).init(),
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
