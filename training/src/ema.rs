//! An exponential moving average of the weights, which judges better than any single step's.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use spotcheck::network::efficientnet::EfficientNetLite0;

/// Moves `average` a step towards `net`: `decay` of the old stays. Running statistics are averaged too.
pub fn follow(average: EfficientNetLite0, net: &EfficientNetLite0, decay: f64) -> EfficientNetLite0 {
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
            old * self.decay + latest * (1.0 - self.decay)
        })
    }
}
