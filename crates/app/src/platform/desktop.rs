//! Linux, macOS and Windows, where the app is for debugging and for doctors at a desk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyring_core::CredentialStore;

use super::{Outbox, System};

/// A desktop.
pub(super) struct Desktop;

/// `SPOTCHECK_DATA` names a folder of one's own: for tests and for trying things out.
fn named_folder() -> Option<PathBuf> {
    std::env::var_os("SPOTCHECK_DATA").map(PathBuf::from)
}

impl System for Desktop {
    fn data_folder(&self) -> Option<PathBuf> {
        named_folder().or_else(|| dirs::data_dir().map(|folder| folder.join("spotcheck")))
    }

    fn key_store(&self) -> Option<Arc<CredentialStore>> {
        store()
    }

    fn outbox(&self) -> Option<Outbox> {
        // Beside tests' own data, so that none lands in somebody's downloads.
        let folder = match named_folder() {
            Some(folder) => Some(folder.join("downloads")),
            None => dirs::download_dir().or_else(dirs::home_dir),
        };
        folder.map(Outbox::Users)
    }

    fn taken_photos(&self) -> Vec<PathBuf> {
        // No camera leaves anything on a desktop; for tests one does.
        named_folder().map(|folder| folder.join("photos")).into_iter().collect()
    }

    fn inbox(&self) -> Option<PathBuf> {
        // No system hands files over to a program that runs; for tests one does.
        named_folder().map(|folder| folder.join("inbox"))
    }

    fn offer(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(target_os = "linux")]
fn store() -> Option<Arc<CredentialStore>> {
    let store = zbus_secret_service_keyring_store::Store::new().ok()?;
    Some(store)
}

#[cfg(target_os = "macos")]
fn store() -> Option<Arc<CredentialStore>> {
    let store = apple_native_keyring_store::keychain::Store::new().ok()?;
    Some(store)
}

#[cfg(target_os = "windows")]
fn store() -> Option<Arc<CredentialStore>> {
    let store = windows_native_keyring_store::Store::new().ok()?;
    Some(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn store() -> Option<Arc<CredentialStore>> {
    None
}
