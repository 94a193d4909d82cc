//! Starting from a model that was trained before, perhaps for fewer classes.

use std::path::Path;

use burn::module::Param;
use burn::tensor::Tensor;
use net::diagnosis::Diagnosis;
use net::network::architecture::Architecture;
use net::network::efficientnet::EfficientNetLite;
use net::network::model::Model;

/// Takes over the weights of the model in `folder`, which has to be of the same `architecture` as `net`. Of the last layer, the columns of classes that the model has as well; the
/// others stay as they are, random.
///
/// # Errors
/// When it can't be read, is another network or has another activation, or shares no class with `classes`; the reason in words.
pub fn from_model(
    net: &mut EfficientNetLite,
    architecture: Architecture,
    folder: &Path,
    classes: &[Diagnosis],
) -> Result<(), String> {
    let device = net.classifier.weight.device();
    let model = Model::load(folder, &device).map_err(|error| error.to_string())?;
    if model.card().architecture != architecture {
        return Err(format!("it is an {}, and this run trains an {architecture}", model.card().architecture));
    }
    let before = &model.weights().network;
    if before.head.activation() != net.head.activation() {
        return Err("its activation is another one: see the setting `activation`".into());
    }
    let known: Vec<Option<usize>> = classes
        .iter()
        .map(|class| model.card().classes.iter().position(|known| known.key == class.key))
        .collect();
    if known.iter().all(Option::is_none) {
        return Err("it has none of the classes of these pictures".into());
    }
    let fresh = net.classifier.clone();
    let column = |at: usize, known: &Option<usize>| -> (Tensor<2>, Option<Tensor<1>>) {
        let (from, at) = match known {
            Some(known) => (&before.classifier, *known),
            None => (&fresh, at),
        };
        let bias = from.bias.as_ref().map(|bias| bias.val().narrow(0, at, 1));
        (from.weight.val().narrow(1, at, 1), bias)
    };
    let columns: Vec<_> = known.iter().enumerate().map(|(at, known)| column(at, known)).collect();
    let (weights, biases): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let biases: Option<Vec<_>> = biases.into_iter().collect();
    *net = EfficientNetLite {
        dropout: net.dropout.clone(),
        classifier: net.classifier.clone(),
        ..before.clone()
    };
    net.classifier.weight = Param::from_tensor(Tensor::cat(weights, 1));
    net.classifier.bias = biases.map(|biases| Param::from_tensor(Tensor::cat(biases, 0)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use net::network::layers::Activation;

    use super::*;

    const LITE0: Architecture = Architecture::LITE0;

    #[test]
    fn classes_that_the_model_has_keep_their_columns_and_new_ones_are_random() {
        let device = Device::flex();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"));
        let model = Model::load(folder, &device).expect("model");
        let mut classes: Vec<Diagnosis> = model.card().classes.iter().rev().cloned().collect();
        classes.insert(2, Diagnosis { key: "new".into(), ..classes[0].clone() });
        let mut net = EfficientNetLite::new(LITE0, classes.len(), model.card().activation, &device);
        from_model(&mut net, LITE0, folder, &classes).expect("started");
        let column = |net: &EfficientNetLite, at: usize| {
            net.classifier.weight.val().narrow(1, at, 1).into_data().iter::<f32>().collect::<Vec<_>>()
        };
        let last = model.card().classes.len() - 1;
        assert_eq!(column(&net, 0), column(&model.weights().network, last));
        assert_eq!(column(&net, 3), column(&model.weights().network, last - 2));
        assert!(column(&net, 2).iter().any(|&weight| weight != 0.0));
        assert_eq!(net.classes(), last + 2);
        let stem = |net: &EfficientNetLite| net.stem.conv.weight.val().into_data();
        assert_eq!(stem(&net), stem(&model.weights().network));
    }

    #[test]
    fn another_activation_is_named() {
        let device = Device::flex();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"));
        let classes = Model::load(folder, &device).expect("model").card().classes.clone();
        let mut net = EfficientNetLite::new(LITE0, classes.len(), Activation::Relu6, &device);
        let reason = from_model(&mut net, LITE0, folder, &classes).expect_err("another activation");
        assert!(reason.contains("activation"), "{reason}");
    }

    #[test]
    fn another_network_is_named() {
        let device = Device::flex();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"));
        let classes = Model::load(folder, &device).expect("model").card().classes.clone();
        let mut net = EfficientNetLite::new(Architecture::LITE1, classes.len(), Activation::Relu, &device);
        let reason =
            from_model(&mut net, Architecture::LITE1, folder, &classes).expect_err("another network");
        assert_eq!(reason, "it is an EfficientNet-Lite0, and this run trains an EfficientNet-Lite1");
    }
}
