//! What differs from one operating system to the next: where the app may keep its files, and its user's language.

use std::path::PathBuf;

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
