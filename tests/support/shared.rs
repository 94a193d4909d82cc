//! The real pictures and start weights that lie beside a checkout, where they do.

use std::path::PathBuf;

/// A file or folder of the shared data, or `None`, with the reason printed, where it is missing.
///
/// The data is looked for in `$SPOTCHECK_SHARED`, else in `shared` beside the checkout.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let root = std::env::var_os("SPOTCHECK_SHARED").map_or_else(|| beside.into(), PathBuf::from);
    let path = root.join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}
