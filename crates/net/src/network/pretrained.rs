//! Loading weights that were published under PyTorch's names, as a start for training.

use std::path::Path;

use burn::store::{
    KeyRemapper, ModuleSnapshot, PyTorchToBurnAdapter, SafetensorsStore, SafetensorsStoreError,
};

use super::efficientnet::EfficientNetLite;

/// PyTorch's names for the layers of EfficientNet-Lite, and ours.
const NAMES: [(&str, &str); 11] = [
    (r"^_conv_stem\.", "stem.conv."),
    (r"^_bn0\.", "stem.norm."),
    (r"^_conv_head\.", "head.conv."),
    (r"^_bn1\.", "head.norm."),
    (r"^_fc\.", "classifier."),
    (r"^_blocks\.(\d+)\._expand_conv\.", "blocks.$1.expand.conv."),
    (r"^_blocks\.(\d+)\._bn0\.", "blocks.$1.expand.norm."),
    (r"^_blocks\.(\d+)\._depthwise_conv\.", "blocks.$1.depthwise.conv."),
    (r"^_blocks\.(\d+)\._bn1\.", "blocks.$1.depthwise.norm."),
    (r"^_blocks\.(\d+)\._project_conv\.", "blocks.$1.project.conv."),
    (r"^_blocks\.(\d+)\._bn2\.", "blocks.$1.project.norm."),
];

/// Fills `network` from a safetensors file with PyTorch's names.
///
/// The linear layer is taken over only where the class count agrees; otherwise it keeps its
/// random start and everything before it is loaded.
///
/// # Errors
/// When the file can't be read or a layer of the network is not in it.
pub fn load_imagenet(network: &mut EfficientNetLite, path: &Path) -> Result<(), SafetensorsStoreError> {
    const IMAGENET_CLASSES: usize = 1000;
    let names = KeyRemapper::from_patterns(NAMES.to_vec())
        .map_err(|error| SafetensorsStoreError::Other(error.to_string()))?;
    let store = SafetensorsStore::from_file(path).with_from_adapter(PyTorchToBurnAdapter).remap(names);
    let same_classes = network.classes() == IMAGENET_CLASSES;
    let mut store = match same_classes {
        true => store,
        false => store.with_regex(r"^(stem|blocks|head)\.").allow_partial(true),
    };
    let applied = network.load_from(&mut store)?;
    let lost = applied.missing.iter().filter(|(name, _)| same_classes || !name.starts_with("classifier"));
    match lost.map(|(name, _)| name.as_str()).collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        names => Err(SafetensorsStoreError::Other(format!("layers not in the file: {}", names.join(", ")))),
    }
}
