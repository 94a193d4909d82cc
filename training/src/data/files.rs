//! Finding the files of a source.

use std::path::{Path, PathBuf};

use crate::data::error::DataError;

/// The picture of this name in `folder`/images, with any ending.
pub fn picture(folder: &Path, name: &str) -> Option<PathBuf> {
    let paths = ["jpg", "png"].map(|ending| folder.join("images").join(format!("{name}.{ending}")));
    paths.into_iter().find(|path| path.is_file())
}

/// What lies in a folder, in order, without what is hidden.
///
/// # Errors
/// When it can't be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let read = |error: std::io::Error| DataError::Read(folder.into(), error.to_string());
    let entries = std::fs::read_dir(folder).map_err(read)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(read)?;
    // What a Mac, a notebook or a version control left there is no class and no picture.
    paths.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    paths.sort();
    Ok(paths)
}
