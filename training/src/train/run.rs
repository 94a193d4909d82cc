//! The folder of a training run: its configuration, its log, its weights.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use net::diagnosis::Diagnosis;
use net::network::card::CARD_FILE;
use net::network::efficientnet::EfficientNetLite;
use serde::{Deserialize, Serialize};

use crate::train::checkpoint::{CheckpointError, load_weights};
use crate::train::config::Config;

/// Why the folder of a run can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file or the folder itself.
    #[error("{0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// Not even one epoch is over.
    #[error("{0} tells of no epoch yet; let the run go on")]
    Empty(PathBuf),
    /// The folder holds another run.
    #[error("{0} holds a run with another configuration; choose another folder or repeat its options")]
    OtherRun(PathBuf),
}

/// One line of the log: an epoch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EpochLog {
    /// Counted from one.
    pub epoch: usize,
    /// Side of the pictures, in pixels.
    pub side_px: u32,
    /// Mean over the epoch's steps.
    pub loss: f64,
    /// Of the body, at the epoch's end.
    pub learning_rate: f64,
    /// Pictures trained on in a second.
    pub images_per_s: f64,
    /// How long the epoch took without its evaluation.
    pub seconds: f64,
    /// How much of that it waited for augmented pictures, in seconds: nearly nothing where augmentation keeps up. Logs from before it
    /// was measured lack it.
    #[serde(default)]
    pub waited_s: Option<f64>,
    /// On validation pictures through a dermatoscope (or on all, where there are none): one view of the file that all have.
    pub balanced_accuracy: f64,
    /// On the same.
    pub accuracy: f64,
    /// On the same: mean over the classes of the area under the ROC curve of one against the rest.
    pub auroc: f64,
    /// The mean over the modalities of [`crate::metrics::cross_entropy_at_best_temperature`]: the epoch with the least is kept. Logs from
    /// before it counted lack it; some hold that of dermatoscopic pictures alone, and some that at a temperature of one.
    #[serde(default, rename = "surprise")]
    pub cross_entropy: Option<f64>,
    /// On the same as accuracy: area under the ROC curve of melanoma against all others.
    #[serde(default)]
    pub melanoma: Option<f64>,
    /// And of everything malignant.
    #[serde(default)]
    pub malignant: Option<f64>,
    /// On validation plain photos, where there are some.
    pub phone_balanced_accuracy: Option<f64>,
    /// On the same: area under the ROC curve of melanoma.
    #[serde(default)]
    pub phone_melanoma: Option<f64>,
    /// And of everything malignant.
    #[serde(default)]
    pub phone_malignant: Option<f64>,
    /// Whether these are the best weights so far, kept as `best.bpk`.
    pub best: bool,
}

/// Files of a run.
pub struct Run {
    folder: PathBuf,
}

impl Run {
    /// The run in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The averaged weights that were best on validation pictures.
    pub fn best(&self) -> PathBuf {
        self.folder.join("best.bpk")
    }

    /// One JSON object a line: see [`EpochLog`].
    pub fn log(&self) -> PathBuf {
        self.folder.join("log.jsonl")
    }

    /// See [`Config`].
    pub fn config(&self) -> PathBuf {
        self.folder.join("config.json")
    }

    /// The calibrated model.
    pub fn model(&self) -> PathBuf {
        self.folder.join("model")
    }

    /// What calibration found out.
    pub fn calibration(&self) -> PathBuf {
        self.folder.join("calibration.json")
    }

    /// Pictures of the run.
    pub fn plots(&self) -> PathBuf {
        self.folder.join("plots")
    }

    /// Drops from the log what was written after the checkpoint that the run goes on from.
    pub fn keep_epochs(&self, epochs: usize) -> Result<(), RunError> {
        let path = self.log();
        let kept = whole_lines(&path).into_iter().filter(|line| line.epoch <= epochs);
        let lines: Vec<String> = kept.filter_map(|line| serde_json::to_string(&line).ok()).collect();
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        fs::write(&path, text).map_err(|error| RunError::Folder(path, error))
    }

    /// Adds an epoch to the log.
    pub fn write(&self, log: &EpochLog) -> Result<(), RunError> {
        let path = self.log();
        let line = serde_json::to_string(log).unwrap_or_default();
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|error| RunError::Folder(path.clone(), error))?;
        writeln!(file, "{line}").map_err(|error| RunError::Folder(path, error))
    }

    /// The state to go on from.
    pub fn checkpoint(&self) -> PathBuf {
        self.folder.join("checkpoint")
    }

    /// The configuration that the run was started with.
    ///
    /// # Errors
    /// When there is none.
    pub fn read_config(&self) -> Result<Config, RunError> {
        let path = self.config();
        let read = |error| RunError::Folder(path.clone(), error);
        let text = fs::read_to_string(&path).map_err(read)?;
        serde_json::from_str(&text).map_err(|error| read(error.into()))
    }

    /// What the network tells apart, where the run says so: one made of an exported model, which may know less than the pictures do.
    ///
    /// # Errors
    /// When the file is not such a list.
    pub fn classes(&self) -> Result<Option<Vec<Diagnosis>>, RunError> {
        let path = self.folder.join("classes.json");
        let read = |error| RunError::Folder(path.clone(), error);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| read(error.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(read(error)),
        }
    }

    /// Says what the network tells apart: see [`Self::classes`].
    ///
    /// # Errors
    /// When that can't be written.
    pub fn write_classes(&self, classes: &[Diagnosis]) -> Result<(), RunError> {
        let path = self.folder.join("classes.json");
        let text = serde_json::to_string_pretty(classes)
            .map_err(|error| RunError::Folder(path.clone(), error.into()))?;
        fs::write(&path, text).map_err(|error| RunError::Folder(path, error))
    }

    /// The log so far.
    ///
    /// # Errors
    /// When there is none.
    pub fn epochs(&self) -> Result<Vec<EpochLog>, RunError> {
        read_log(&self.log())
    }

    /// Side of the pictures in the epoch whose weights are kept, in pixels.
    ///
    /// # Errors
    /// When the log can't be read or tells of none.
    pub fn best_side_px(&self) -> Result<u32, RunError> {
        let best = self.epochs()?.into_iter().rev().find(|epoch| epoch.best);
        best.map(|epoch| epoch.side_px).ok_or_else(|| RunError::Empty(self.log()))
    }

    /// Starts the run, or makes sure that the folder holds the same one.
    pub fn open(&self, config: &Config) -> Result<(), RunError> {
        let io = |error| RunError::Folder(self.folder.clone(), error);
        fs::create_dir_all(&self.folder).map_err(io)?;
        let text = serde_json::to_string_pretty(config).map_err(|error| io(error.into()))?;
        match fs::read_to_string(self.config()) {
            // Of an earlier version, it lacks what was not there to be set.
            Ok(old) if serde_json::from_str::<Config>(&old).is_ok_and(|old| old == *config) => Ok(()),
            Ok(_) => Err(RunError::OtherRun(self.folder.clone())),
            Err(_) => fs::write(self.config(), text).map_err(io),
        }
    }
}

/// Reads what lines of a log can be read: a kill may have torn the last one.
fn whole_lines(path: &Path) -> Vec<EpochLog> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// A log of [`EpochLog`]s.
///
/// # Errors
/// When it can't be read.
pub fn read_log(path: &Path) -> Result<Vec<EpochLog>, RunError> {
    let read = |error| RunError::Folder(path.into(), error);
    let text = fs::read_to_string(path).map_err(read)?;
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| read(error.into()))).collect()
}

/// Why a run's weights can't be read.
#[derive(Debug, thiserror::Error)]
pub enum BestError {
    /// Its folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The weights.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// The weights of a finished or running run, best so far.
///
/// # Errors
/// When there are none yet.
pub fn best_weights(run: &Run, classes: usize, device: &Device) -> Result<EfficientNetLite, BestError> {
    let Config { architecture, activation, .. } = run.read_config()?;
    let fresh = EfficientNetLite::new(architecture, classes, activation, device);
    Ok(load_weights(fresh, &run.best())?)
}

/// Puts the files of a model in the place of another's. The card goes first and comes last: a kill in between leaves a folder that nobody
/// takes for a model, and never the weights of one with the card of the other.
///
/// # Errors
/// When a file can't be read or written.
pub fn replace_model(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::remove_file(to.join(CARD_FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut files = fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(|file| file.file_name() == CARD_FILE);
    for file in files {
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_although_its_configuration_has_settings_that_are_gone() {
        let folder = tempfile::tempdir().expect("folder");
        let run = Run::new(folder.path().into());
        let config = Config::full(Vec::new(), None, 1);
        let mut old = serde_json::to_value(&config).expect("a configuration");
        old["drop_path"] = 0.0.into();
        old["teachers"] = Vec::<String>::new().into();
        fs::write(run.config(), old.to_string()).expect("written");
        assert_eq!(run.read_config().expect("a configuration"), config);
        run.open(&config).expect("the same run");
        let other = Config { seed: 2, ..config };
        assert!(matches!(run.open(&other), Err(RunError::OtherRun(_))));
    }

    /// They were trained when there were settings that are gone.
    #[test]
    fn the_shipped_weights_can_be_reopened() {
        let folder = tempfile::tempdir().expect("folder");
        let run = Run::new(folder.path().into());
        let models = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../models"));
        fs::copy(models.join("training-config.json"), run.config()).expect("copied");
        fs::copy(models.join("training-log.jsonl"), run.log()).expect("copied");
        assert!(!run.read_config().expect("a configuration").phases.is_empty());
        assert!(run.best_side_px().expect("an epoch") >= 32);
        // What is stored keeps its first name.
        let epochs = run.epochs().expect("a log");
        assert!(epochs.iter().all(|epoch| epoch.cross_entropy.is_some_and(f64::is_finite)));
        assert!(serde_json::to_string(&epochs[0]).expect("an epoch").contains("\"surprise\":"));
    }

    #[test]
    fn no_card_stands_beside_the_weights_of_another_model() {
        let (from, to) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
        let place = |folder: &tempfile::TempDir, name: &str| folder.path().join(name);
        for name in ["a.json", "weights.bpk", CARD_FILE] {
            fs::write(place(&from, name), "new").expect("written");
        }
        fs::write(place(&to, CARD_FILE), "old").expect("written");
        // In the way of the weights, as a full disk is.
        fs::create_dir(place(&to, "weights.bpk")).expect("folder");
        assert!(replace_model(from.path(), to.path()).is_err());
        assert!(!place(&to, CARD_FILE).exists());
        fs::remove_dir(place(&to, "weights.bpk")).expect("removed");
        replace_model(from.path(), to.path()).expect("replaced");
        for name in ["a.json", "weights.bpk", CARD_FILE] {
            assert_eq!(fs::read_to_string(place(&to, name)).expect("there"), "new");
        }
    }
}
