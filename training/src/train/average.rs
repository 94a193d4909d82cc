//! The mean of the weights of several models that were trained from one another (Wortsman et al. 2022, "Model soups").

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;
use net::network::efficientnet::EfficientNetLite;

/// A network whose weights and running statistics are the mean of those of `nets`; nothing where there are none.
pub fn mean(nets: Vec<EfficientNetLite>) -> Option<EfficientNetLite> {
    let mut nets = nets.into_iter();
    let mut mean = nets.next()?;
    for (before, net) in (1..).zip(nets) {
        let mut values = InOrder::default();
        net.visit(&mut values);
        values.0.reverse();
        mean = mean.map(&mut Towards { values: values.0, share: 1.0 / f64::from(before + 1) });
    }
    Some(mean)
}

/// The values of all parameters in the order of a visit, flattened to one axis.
#[derive(Default)]
struct InOrder(Vec<Tensor<1>>);

impl ModuleVisitor for InOrder {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let length = value.shape().num_elements();
        self.0.push(value.reshape([length]));
    }
}

/// Moves each parameter by `share` of the way towards the last of `values`, which are in reverse order.
struct Towards {
    values: Vec<Tensor<1>>,
    share: f64,
}

impl ModuleMapper for Towards {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let value = self.values.pop().expect("networks of one architecture have as many parameters");
        let share = self.share;
        param.map(|old| {
            let value = value.reshape(old.shape());
            old * (1.0 - share) + value * share
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
    fn every_weight_and_statistic_is_the_mean() {
        let device = Device::flex();
        let nets = [1, 2, 3].map(|seed| {
            device.seed(seed);
            EfficientNetLite::new(Architecture::LITE0, 3, Activation::Relu, &device)
        });
        let values = |net: &EfficientNetLite| {
            let mut values = InOrder::default();
            net.visit(&mut values);
            values.0
        };
        let of_mean = values(&mean(nets.to_vec()).expect("three networks"));
        let [one, two, three] = nets.map(|net| values(&net));
        assert!(of_mean.len() > 200);
        for (((mean, one), two), three) in of_mean.into_iter().zip(one).zip(two).zip(three) {
            let expected = (one + two + three) / 3.0;
            assert!((mean - expected).abs().max().into_scalar::<f32>() < 1e-5);
        }
        assert!(mean(Vec::new()).is_none());
    }
}
