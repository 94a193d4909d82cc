//! What the user has chosen, kept from one start to the next.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use archive::durable;
use assess::assessment::Views;
use wording::Language;

/// Version of the text that the user agrees to before the first check; grows when its meaning changes, and then it is asked again.
pub const CONSENT: u32 = 1;

const FILE: &str = "settings.json";
/// Version of the file; grows when an older app would misread it or lose some of it.
const VERSION: u32 = 1;

/// Why settings can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A later app wrote those that are there, and they are left alone.
    #[error("a newer version of Spotcheck wrote the settings; update the app to change them")]
    Newer,
    /// The file.
    #[error("the settings can't be written: {0}")]
    File(#[from] io::Error),
}

/// Read before the rest, of which a later version may have any other.
#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    /// Files of the first version have none.
    #[serde(default = "first_version")]
    version: u32,
    #[serde(flatten)]
    content: T,
}

fn first_version() -> u32 {
    1
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The version of the text that was agreed to; zero for none.
    pub consent: u32,
    /// The language; the system's without.
    pub language: Option<Language>,
    /// Light or dark.
    pub appearance: Appearance,
    /// How many views of a spot are averaged.
    pub views: Views,
    /// Whether the system shows a reminder on the morning of a day on which a spot is due.
    pub reminders: bool,
    /// After so many minutes without a touch, an archive that has a passphrase is locked.
    pub auto_lock_minutes: u32,
    /// Whether the camera takes the photo by itself once the picture is sharp and still.
    pub auto_shot: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Appearance {
    /// As the system is.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            consent: 0,
            language: None,
            appearance: Appearance::System,
            views: Views::default(),
            reminders: false,
            auto_lock_minutes: 5,
            auto_shot: true,
        }
    }
}

impl Settings {
    /// Whether the user has agreed to the present text.
    pub fn agreed(&self) -> bool {
        self.consent == CONSENT
    }
}

/// The file that settings are kept in.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    folder: PathBuf,
}

impl SettingsFile {
    /// Settings in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was saved. The defaults where nothing was, or nothing that can be read: then the user is asked for consent again,
    /// which is the safe side.
    pub fn load(&self) -> Settings {
        let text = fs::read_to_string(self.path()).unwrap_or_default();
        match self.is_newer() {
            true => Settings::default(),
            false => serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    /// Whether a later app wrote the settings.
    pub fn is_newer(&self) -> bool {
        let text = fs::read_to_string(self.path()).unwrap_or_default();
        let found = serde_json::from_str::<Versioned<serde_json::Value>>(&text);
        found.is_ok_and(|found| found.version > VERSION)
    }

    /// Keeps the settings: the file is either the old or the new one, whenever the power fails.
    ///
    /// # Errors
    /// When the folder can't be written to, or a later app wrote what is there.
    pub fn save(&self, settings: &Settings) -> Result<(), SettingsError> {
        if self.is_newer() {
            return Err(SettingsError::Newer);
        }
        let text = serde_json::to_string_pretty(&Versioned { version: VERSION, content: settings });
        Ok(durable::replace(&self.path(), text.map_err(io::Error::from)?.as_bytes())?)
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// When the file is there and can't be removed.
    pub fn delete(&self) -> io::Result<()> {
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_there_again() {
        let folder = tempfile::tempdir().expect("folder");
        let file = SettingsFile::new(folder.path().join("new"));
        assert_eq!(file.load(), Settings::default());
        let settings = Settings {
            consent: CONSENT,
            language: Some(Language::German),
            appearance: Appearance::Dark,
            views: Views::Eight,
            reminders: true,
            auto_lock_minutes: 1,
        };
        file.save(&settings).expect("saved");
        assert_eq!(file.load(), settings);
        file.delete().expect("deleted");
        file.delete().expect("deleted twice");
        assert!(!file.load().agreed());
    }

    #[test]
    fn an_older_or_damaged_file_asks_for_consent_again_and_keeps_what_it_can() {
        let folder = tempfile::tempdir().expect("folder");
        let file = SettingsFile::new(folder.path());
        fs::write(folder.path().join(FILE), r#"{"appearance":"dark","consent":0}"#).expect("written");
        assert_eq!(file.load().appearance, Appearance::Dark);
        assert!(!file.load().agreed());
        fs::write(folder.path().join(FILE), "{\"appe").expect("written");
        assert_eq!(file.load(), Settings::default());
    }

    #[test]
    fn what_a_newer_app_wrote_is_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let file = SettingsFile::new(folder.path());
        let newer = r#"{"version":2,"appearance":{"of":"another kind"},"consent":1}"#;
        fs::write(folder.path().join(FILE), newer).expect("written");
        assert_eq!(file.load(), Settings::default(), "so that consent is asked for");
        assert!(matches!(file.save(&Settings::default()), Err(SettingsError::Newer)));
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).expect("file"), newer);
        // Written by a version that did not say which.
        fs::write(folder.path().join(FILE), r#"{"consent":1,"auto_lock_minutes":9}"#).expect("written");
        assert_eq!((file.load().consent, file.load().auto_lock_minutes), (1, 9));
        file.save(&file.load()).expect("saved");
        assert!(fs::read_to_string(folder.path().join(FILE)).expect("file").contains("\"version\": 1"));
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error() {
        let file = tempfile::NamedTempFile::new().expect("file");
        assert!(SettingsFile::new(file.path()).save(&Settings::default()).is_err());
    }
}
