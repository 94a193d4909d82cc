//! The real pictures and start weights that lie beside a checkout, where they do.

use std::path::{Path, PathBuf};

/// A file or folder of the shared data, or `None`, with the reason printed, where it is missing.
///
/// The data is looked for in `$SPOTCHECK_SHARED`, else in `shared` beside the checkout.
pub fn shared(path: &str) -> Option<PathBuf> {
    // A package's folder is the checkout or lies in it.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside =
        package.ancestors().skip(1).map(|folder| folder.join("shared")).find(|folder| folder.is_dir());
    let root = std::env::var_os("SPOTCHECK_SHARED").map(PathBuf::from).or(beside).unwrap_or_default();
    let path = root.join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

/// The same for a test that is ignored without the data: it says what is missing instead of passing.
#[allow(dead_code, reason = "not every test binary has such tests")]
pub fn needed(path: &str) -> PathBuf {
    shared(path)
        .unwrap_or_else(|| panic!("{path} is not in $SPOTCHECK_SHARED, nor in shared beside the checkout"))
}
