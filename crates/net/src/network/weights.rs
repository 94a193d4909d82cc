//! All weights of a model, and how they lie in one file: the large ones in half precision.

use burn::module::{Module, ModuleVisitor, Param};
use burn::store::burn_pack::Tensor as PackTensor;
use burn::store::{FloatCastAdapter, HalfPrecisionAdapter, ModuleAdapter, ModuleContext};
use burn::tensor::{Bytes, DType, Tensor};
use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};

use super::efficientnet::EfficientNetLite;
use super::probes::Probes;

/// File name of the weights.
pub const WEIGHTS_FILE: &str = "spotcheck.bpk";

/// Burn uses tensors where they lie and reads them as numbers: the file must start at an address that suits any of them.
#[repr(C, align(64))]
struct Aligned<T: ?Sized>(T);

static EMBEDDED_WEIGHTS: &Aligned<[u8]> = &Aligned(*include_bytes!("../../../../models/spotcheck.bpk"));

/// The weights that came with the app, as their file has them.
pub(super) fn embedded() -> &'static [u8] {
    &EMBEDDED_WEIGHTS.0
}

/// All weights of a model.
#[derive(Module, Debug)]
pub struct Weights {
    /// Pixels to features and logits.
    pub network: EfficientNetLite,
    /// Features to novelty and kind of picture.
    pub probes: Probes,
}

impl Weights {
    /// Whether all of them are numbers, and none is infinite.
    pub fn are_finite(&self) -> bool {
        struct Finite(bool);

        impl ModuleVisitor for Finite {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let data = param.val().into_data();
                let values = data.as_slice::<f32>();
                self.0 &= values.is_ok_and(|values| values.iter().all(|value| value.is_finite()));
            }
        }

        let mut finite = Finite(true);
        self.visit(&mut finite);
        finite.0
    }
}

/// Stores the large tensors in half precision. The small ones, among them the stem and all depthwise filters, cost little room
/// and the most accuracy: what is rounded early passes through the whole network.
#[derive(Debug, Clone)]
pub(super) struct HalveLarge;

/// Tensors of this many values are large.
const LARGE: usize = 30_000;
/// What a weight takes in the file at the least.
pub(super) const LEAST_BYTES: usize = size_of::<f16>();

impl ModuleAdapter for HalveLarge {
    fn adapt(&self, tensor: PackTensor, module: ModuleContext<'_>) -> PackTensor {
        match tensor.shape.num_elements() < LARGE {
            true => tensor,
            false => HalfPrecisionAdapter::new().adapt(tensor, module),
        }
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

/// Reads the large tensors in full precision again: a slice at a time, for which processors have instructions. Burn's own adapter does
/// it number by number, and whoever waits for the first answer waits for it.
#[derive(Debug, Clone)]
pub(super) struct WidenHalves;

impl ModuleAdapter for WidenHalves {
    fn adapt(&self, tensor: PackTensor, module: ModuleContext<'_>) -> PackTensor {
        if tensor.dtype != DType::F16 {
            return FloatCastAdapter::to(DType::F32).adapt(tensor, module);
        }
        let (name, shape, param_id) = (tensor.name.clone(), tensor.shape.clone(), tensor.param_id);
        let bytes = shape.num_elements() * size_of::<f32>();
        PackTensor::deferred(name, DType::F32, shape, param_id, bytes, move || {
            let halves: Vec<u16>;
            let bytes = tensor.to_bytes()?;
            let halves = match bytemuck::try_cast_slice(&bytes) {
                Ok(halves) => halves,
                Err(_) => {
                    halves = bytemuck::pod_collect_to_vec(&bytes);
                    &halves
                }
            };
            let mut whole = vec![0.0; halves.len()];
            halves.reinterpret_cast::<f16>().convert_to_f32_slice(&mut whole);
            Ok(Bytes::from_elems(whole))
        })
    }

    fn clone_box(&self) -> Box<dyn ModuleAdapter> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_weights_lie_at_an_aligned_address() {
        assert_eq!(EMBEDDED_WEIGHTS.0.as_ptr().align_offset(64), 0);
    }
}
