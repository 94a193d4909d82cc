//! AdamW in one pass over each parameter: Burn's makes a dozen of them, which took longer than a block of the network.

use burn::optim::{AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, LearningRate, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use crate::train::kernels;

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-7;
/// Parameters that one thread works on at a time.
const RUN: usize = 1 << 14;

/// AdamW (Loshchilov & Hutter 2019) with the state that Burn's has, so that either goes on from the other's checkpoints.
#[derive(Clone)]
pub struct OnePassAdamW {
    burns: AdamW,
    weight_decay: f32,
}

impl OnePassAdamW {
    /// With this decay of the weights.
    pub fn new(weight_decay: f32) -> Self {
        let config = AdamWConfig::new().with_beta_1(BETA_1).with_beta_2(BETA_2).with_epsilon(EPSILON);
        Self { burns: config.with_weight_decay(weight_decay).build(), weight_decay }
    }
}

impl Optimizer for OnePassAdamW {
    type State<const D: usize> = AdamWState<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let device = tensor.device();
        if !kernels::run_on(&device) {
            return self.burns.step(lr, tensor, grad, state);
        }
        let zeros = || Tensor::zeros(tensor.dims(), &device);
        let state =
            state.map_or_else(|| AdaptiveMomentumState::new(0, zeros(), zeros()), |state| state.momentum);
        let time = state.time + 1;
        // Whoever holds the only handle takes the numbers along without a copy.
        let [mut weights, mut first, mut second] =
            [tensor, state.moment_1, state.moment_2].map(Tensor::into_data);
        let grad = grad.into_data();
        let rates = Rates {
            step: lr as f32,
            keep: (1.0 - lr * f64::from(self.weight_decay)) as f32,
            correct: [BETA_1, BETA_2].map(|beta| 1.0 - beta.powi(time as i32)),
        };
        fn numbers(data: &mut TensorData) -> &mut [f32] {
            data.as_mut_slice().expect("f32")
        }
        numbers(&mut weights)
            .par_chunks_mut(RUN)
            .zip(grad.as_slice::<f32>().expect("f32").par_chunks(RUN))
            .zip(numbers(&mut first).par_chunks_mut(RUN).zip(numbers(&mut second).par_chunks_mut(RUN)))
            .for_each(|((weights, grad), (first, second))| rates.apply(weights, grad, first, second));
        let tensor = |data: TensorData| Tensor::<D>::from_data(data, &device);
        let momentum = AdaptiveMomentumState::new(time, tensor(first), tensor(second));
        (tensor(weights), Some(AdamWState::new(momentum)))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        AdamW::to_device(state, device)
    }
}

/// What one step multiplies by.
#[derive(Clone, Copy)]
struct Rates {
    step: f32,
    /// What decay leaves of a weight.
    keep: f32,
    /// Divides the moments, which start from zero.
    correct: [f32; 2],
}

impl Rates {
    fn apply(self, weights: &mut [f32], grad: &[f32], first: &mut [f32], second: &mut [f32]) {
        struct Pass<'a>(Rates, &'a mut [f32], &'a [f32], &'a mut [f32], &'a mut [f32]);
        impl pulp::WithSimd for Pass<'_> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) {
                let Self(rates, weights, grad, first, second) = self;
                let moments = first.iter_mut().zip(second);
                for ((weight, &grad), (first, second)) in weights.iter_mut().zip(grad).zip(moments) {
                    *first = *first * BETA_1 + grad * (1.0 - BETA_1);
                    *second = *second * BETA_2 + grad * grad * (1.0 - BETA_2);
                    let [first, second] = [*first / rates.correct[0], *second / rates.correct[1]];
                    *weight = *weight * rates.keep - first / (second.sqrt() + EPSILON) * rates.step;
                }
            }
        }
        pulp::Arch::new().dispatch(Pass(self, weights, grad, first, second));
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    #[test]
    fn equals_burns_over_several_steps_and_goes_on_from_its_state() {
        let device = Device::flex();
        device.seed(5);
        let draw = || Tensor::<2>::random([211, 97], Distribution::Normal(0.0, 1.0), &device);
        let own = OnePassAdamW::new(0.02);
        let (mut expected, mut state) = (draw(), None);
        let (mut found, mut own_state) = (expected.clone(), None);
        for step in 0..6 {
            let grad = draw();
            (expected, state) = own.burns.step(1e-2, expected, grad.clone(), state);
            if step == 3 {
                own_state = state.clone();
                found = expected.clone();
            } else {
                (found, own_state) = own.step(1e-2, found, grad, own_state);
            }
            let gap = (found.clone() - expected.clone()).abs().max().into_scalar::<f32>();
            assert!(gap < 1e-6, "step {step}: {gap}");
        }
    }
}
