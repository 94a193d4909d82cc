//! Where to compute: the processor, or a graphics card where the program was built for one.

use burn::tensor::Device;
use clap::ValueEnum;

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The processor, with Burn's flex backend.
    Flex,
    /// Any graphics card, through wgpu.
    #[cfg(feature = "wgpu")]
    Wgpu,
    /// Nvidia's cards.
    #[cfg(feature = "cuda")]
    Cuda,
}

impl Backend {
    /// Its first device.
    pub fn open(self) -> Device {
        match self {
            Self::Flex => Device::flex(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(Default::default()),
            #[cfg(feature = "cuda")]
            Self::Cuda => Device::cuda(0),
        }
    }
}
