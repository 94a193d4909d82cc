//! An exponential moving average of the weights, which judges better than any single step's.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use net::network::efficientnet::EfficientNetLite;

use crate::train::kernels;

/// Moves `average` a step towards `net`: `decay` of the old stays. Running statistics are averaged too.
pub fn follow(average: EfficientNetLite, net: &EfficientNetLite, decay: f64) -> EfficientNetLite {
    let mut latest = Latest::default();
    net.visit(&mut latest);
    average.map(&mut Mix { latest: latest.0, decay })
}

/// The values of all parameters, flattened to one axis.
#[derive(Default)]
struct Latest(HashMap<ParamId, Tensor<1>>);

impl ModuleVisitor for Latest {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().inner();
        let length = value.shape().num_elements();
        self.0.insert(param.id, value.reshape([length]));
    }
}

struct Mix {
    latest: HashMap<ParamId, Tensor<1>>,
    decay: f64,
}

impl ModuleMapper for Mix {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(latest) = self.latest.remove(&param.id) else { return param };
        param.map(|old| {
            let latest = latest.reshape(old.shape());
            match kernels::run_on(&old.device()) {
                true => kernels::mix(old, latest, self.decay as f32),
                false => old * self.decay + latest * (1.0 - self.decay),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use net::network::architecture::Architecture;
    use net::network::layers::Activation;

    use super::*;

    #[test]
    fn every_weight_and_statistic_moves_by_its_share() {
        let device = Device::flex();
        let net = |seed| {
            device.seed(seed);
            EfficientNetLite::new(Architecture::LITE0, 3, Activation::Relu, &device)
        };
        // The same parameters with other values, as training makes them.
        let start = net(1);
        let later =
            start.clone().map(&mut Mix { latest: HashMap::from_iter(values(&net(2), &start)), decay: 0.0 });
        let average = follow(start.clone(), &later, 0.75);
        let [start, later, average] = [&start, &later, &average].map(|net| net.head.conv.weight.val());
        let expected = start.clone() * 0.75 + later.clone() * 0.25;
        let largest = |weights: &Tensor<4>| weights.clone().abs().max().into_scalar::<f32>();
        // The rounding of two products and a sum of weights that are drawn anew.
        let rounding = 2.0 * f32::EPSILON * largest(&start).max(largest(&later));
        assert!((average - expected).abs().max().into_scalar::<f32>() <= rounding);
        assert!((later - start).abs().max().into_scalar::<f32>() > 1e-3);
    }

    /// The values of `net` under the names of `named`.
    fn values(net: &EfficientNetLite, named: &EfficientNetLite) -> Vec<(ParamId, Tensor<1>)> {
        #[derive(Default)]
        struct InOrder(Vec<(ParamId, Tensor<1>)>);
        impl ModuleVisitor for InOrder {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                self.0.push((param.id, param.val().flatten(0, D - 1)));
            }
        }
        let [net, named] = [net, named].map(|net| {
            let mut all = InOrder::default();
            net.visit(&mut all);
            all.0
        });
        named.into_iter().zip(net).map(|((id, _), (_, value))| (id, value)).collect()
    }
}
