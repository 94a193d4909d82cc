//! What differs from one operating system to the next: where the app may keep its files and its keys, how it hands a file over, and
//! its user's language.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyring_core::CredentialStore;

/// The folder for the app's own files; `None` where the system names none.
///
/// `SPOTCHECK_DATA` names another one: for tests and for trying things out.
pub fn data_folder() -> Option<PathBuf> {
    match std::env::var_os("SPOTCHECK_DATA") {
        Some(folder) => Some(folder.into()),
        None => dirs::data_dir().map(|folder| folder.join("spotcheck")),
    }
}

/// The languages that the user has set for the system, most wanted first, as BCP 47 tags.
pub fn languages() -> impl Iterator<Item = String> {
    sys_locale::get_locales()
}

/// The system's store for keys; `None` where there is none that can be used.
#[cfg(target_os = "linux")]
pub fn key_store() -> Option<Arc<CredentialStore>> {
    let store = zbus_secret_service_keyring_store::Store::new().ok()?;
    Some(store as Arc<CredentialStore>)
}

/// The system's store for keys; `None` where there is none that can be used.
#[cfg(not(target_os = "linux"))]
pub fn key_store() -> Option<Arc<CredentialStore>> {
    None
}

/// Hands a new file over to the user: into the folder for downloads, under this name or, where that is taken, the next free one.
/// `write` writes it; when that fails, no file is left.
///
/// # Errors
/// Those of `write`, and when there is no such folder.
pub fn hand_over<E: From<io::Error>>(
    name: &str,
    write: impl FnOnce(File) -> Result<(), E>,
) -> Result<PathBuf, E> {
    // Beside tests' own data, so that none lands in somebody's downloads.
    let folder = match std::env::var_os("SPOTCHECK_DATA") {
        Some(folder) => Some(PathBuf::from(folder).join("downloads")),
        None => dirs::download_dir().or_else(dirs::home_dir),
    };
    let folder = folder.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    hand_over_in(&folder, name, write)
}

fn hand_over_in<E: From<io::Error>>(
    folder: &Path,
    name: &str,
    write: impl FnOnce(File) -> Result<(), E>,
) -> Result<PathBuf, E> {
    fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut number = 1;
    let (path, file) = loop {
        let name = if number == 1 { name.into() } else { format!("{stem} {number}.{ending}") };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error.into()),
        }
    };
    match write(file) {
        Ok(()) => Ok(path),
        Err(error) => {
            let _ = fs::remove_file(&path);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_never_replaces_another_and_a_failed_one_is_not_left() {
        let folder = tempfile::tempdir().expect("folder");
        let write = |text: &'static str| move |mut file: File| file.write_all(text.as_bytes());
        let first = hand_over_in(folder.path(), "spots.age", write("first")).expect("written");
        let second = hand_over_in(folder.path(), "spots.age", write("second")).expect("written");
        assert_eq!(fs::read_to_string(&first).expect("first"), "first");
        assert_eq!(second.file_name().expect("name"), "spots 2.age");
        let full = |_: File| Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull));
        assert!(hand_over_in(folder.path(), "spots.age", full).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 2);
    }
}
