//! Saving a run so that it can go on, to the last bit, after anything that stops it.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::store::ModuleRecord;
use burn::tensor::Device;
use net::network::efficientnet::EfficientNetLite;
use serde::{Deserialize, Serialize};

/// How far a run has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Epochs that are complete.
    pub epoch: usize,
    /// Steps of the epoch after them.
    pub step: usize,
    /// Least [`crate::metrics::cross_entropy_at_best_temperature`] on validation pictures; none before the first epoch is over.
    #[serde(default, rename = "least_surprise")]
    pub least_cross_entropy: Option<f64>,
    /// Epochs since then.
    pub since_best: usize,
    /// Sum of the losses of this epoch's steps.
    pub loss_sum: f64,
    /// Seconds spent in this epoch.
    pub seconds: f64,
    /// How much of that was spent waiting for pictures, in seconds.
    #[serde(default)]
    pub waited_s: f64,
}

/// All that changes while training.
pub struct State {
    /// The weights that learn.
    pub net: EfficientNetLite,
    /// Their moving average.
    pub average: EfficientNetLite,
    /// AdamW's moments.
    pub optimizer: ModuleOptimizer,
    /// How far it has come.
    pub progress: Progress,
}

/// Why a checkpoint can't be written or read.
#[derive(Debug, thiserror::Error)]
#[error("checkpoint {path}: {reason}")]
pub struct CheckpointError {
    path: PathBuf,
    reason: String,
}

fn fails(path: &Path, reason: impl ToString) -> CheckpointError {
    CheckpointError { path: path.into(), reason: reason.to_string() }
}

const NET: &str = "net.bpk";
const AVERAGE: &str = "average.bpk";
const OPTIMIZER: &str = "optimizer.bpk";
const PROGRESS: &str = "progress.json";

/// Waits until a file or folder is on the disk.
fn sync(path: &Path) -> std::io::Result<()> {
    fs::File::open(path)?.sync_all()
}

impl State {
    /// Writes the state to `folder`, which holds either the old or the new one, never a mixture.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn save(&self, folder: &Path) -> Result<(), CheckpointError> {
        let fresh = folder.with_extension("new");
        let old = folder.with_extension("old");
        let io = |error: std::io::Error| fails(folder, error);
        let _ = fs::remove_dir_all(&fresh);
        fs::create_dir_all(&fresh).map_err(io)?;
        save_weights(&self.net.valid(), &fresh.join(NET))?;
        save_weights(&self.average, &fresh.join(AVERAGE))?;
        self.optimizer.save(fresh.join(OPTIMIZER)).map_err(|error| fails(folder, error))?;
        let progress = serde_json::to_vec(&self.progress).map_err(|error| fails(folder, error))?;
        fs::write(fresh.join(PROGRESS), progress).map_err(io)?;
        // On the disk before it takes the old one's place, or a power cut would leave files without content.
        for file in fs::read_dir(&fresh).map_err(io)? {
            sync(&file.map_err(io)?.path()).map_err(io)?;
        }
        sync(&fresh).map_err(io)?;
        let _ = fs::remove_dir_all(&old);
        if folder.exists() {
            fs::rename(folder, &old).map_err(io)?;
        }
        fs::rename(&fresh, folder).map_err(io)?;
        if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync(parent).map_err(io)?;
        }
        let _ = fs::remove_dir_all(&old);
        Ok(())
    }

    /// Continues from `folder`; a kill between the two renames of [`Self::save`] left it as `.old`.
    ///
    /// # Errors
    /// When it is there but can't be read. `None` when there is none.
    pub fn resume(self, folder: &Path, device: &Device) -> Result<(Self, bool), CheckpointError> {
        let old = folder.with_extension("old");
        if !folder.exists() && old.exists() {
            fs::rename(&old, folder).map_err(|error| fails(folder, error))?;
        }
        if !folder.exists() {
            return Ok((self, false));
        }
        let bytes = fs::read(folder.join(PROGRESS)).map_err(|error| fails(folder, error))?;
        let progress = serde_json::from_slice(&bytes).map_err(|error| fails(folder, error))?;
        let net = load_weights(self.net.valid(), &folder.join(NET))?;
        let average = load_weights(self.average, &folder.join(AVERAGE))?;
        let optimizer =
            OptimizerRecord::load(folder.join(OPTIMIZER)).map_err(|error| fails(folder, error))?;
        let net = net.train().fork(device);
        Ok((Self { net, average, optimizer: self.optimizer.load_record(optimizer), progress }, true))
    }
}

/// Writes weights in full precision.
///
/// # Errors
/// When the file can't be written.
pub fn save_weights(net: &EfficientNetLite, path: &Path) -> Result<(), CheckpointError> {
    net.clone().into_record().save(path).map_err(|error| fails(path, error))
}

/// Fills `net` with the weights in a file of [`save_weights`].
///
/// # Errors
/// When the file can't be read or is of another network.
pub fn load_weights(net: EfficientNetLite, path: &Path) -> Result<EfficientNetLite, CheckpointError> {
    let record = ModuleRecord::load(path).map_err(|error| fails(path, error))?;
    net.try_load_record(record).map_err(|error| fails(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_keeps_its_first_name() {
        let progress = Progress { epoch: 2, least_cross_entropy: Some(1.5), ..Progress::default() };
        let stored = serde_json::to_value(progress).expect("progress");
        assert_eq!(stored["least_surprise"], 1.5);
        assert_eq!(serde_json::from_value::<Progress>(stored).expect("progress"), progress);
    }
}
