//! What the user has chosen, kept from one start to the next.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::assessment::Views;
use crate::wording::Language;

/// Version of the text that the user agrees to before the first check; grows when its meaning changes, and then it is asked again.
pub const CONSENT: u32 = 1;

const FILE: &str = "settings.json";

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
        }
    }
}

impl Settings {
    /// Whether the user has agreed to the present text.
    pub fn agreed(&self) -> bool {
        self.consent == CONSENT
    }
}

/// The folder that settings are kept in.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
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
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Keeps the settings: the file is either the old or the new one, whenever the power fails.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn save(&self, settings: &Settings) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        replace(&self.path(), serde_json::to_string_pretty(settings)?.as_bytes())
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

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_there_again() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::new(folder.path().join("new"));
        assert_eq!(store.load(), Settings::default());
        let settings = Settings {
            consent: CONSENT,
            language: Some(Language::German),
            appearance: Appearance::Dark,
            views: Views::Eight,
            reminders: true,
            auto_lock_minutes: 1,
        };
        store.save(&settings).expect("saved");
        assert_eq!(store.load(), settings);
        store.delete().expect("deleted");
        store.delete().expect("deleted twice");
        assert!(!store.load().agreed());
    }

    #[test]
    fn an_older_or_damaged_file_asks_for_consent_again_and_keeps_what_it_can() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::new(folder.path());
        fs::write(folder.path().join(FILE), r#"{"appearance":"dark","consent":0}"#).expect("written");
        assert_eq!(store.load().appearance, Appearance::Dark);
        assert!(!store.load().agreed());
        fs::write(folder.path().join(FILE), "{\"appe").expect("written");
        assert_eq!(store.load(), Settings::default());
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error() {
        let file = tempfile::NamedTempFile::new().expect("file");
        assert!(Store::new(file.path()).save(&Settings::default()).is_err());
    }
}
