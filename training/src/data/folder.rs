//! Any folder whose sub-folders are classes: the way to fit the app to another skin problem.
//!
//! `pictures/eczema/1.jpg`, `pictures/psoriasis/2.png`, and so on. Pictures whose names share the part before
//! `__` (`anna__1.jpg`, `anna__2.jpg`) are of one person or lesion and stay on one side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spotcheck::photo;

use super::{DataError, Dataset, Domain, Sample, part_of};

const HELD_BACK_PERCENT: u64 = 20;

pub(super) fn load(folder: &Path) -> Result<Dataset, DataError> {
    let mut classes = Vec::new();
    let mut samples = Vec::new();
    for class_folder in list(folder)?.into_iter().filter(|path| path.is_dir()) {
        let files: Vec<PathBuf> =
            list(&class_folder)?.into_iter().filter(|path| path.is_file() && photo::by_name(path)).collect();
        if files.is_empty() {
            continue;
        }
        let name = class_folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in files {
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let group = match id.split_once("__") {
                Some((group, _)) => group.to_string(),
                None => format!("{name}/{id}"),
            };
            samples.push(Sample {
                id,
                files: vec![file],
                class: classes.len(),
                part: part_of(&group, HELD_BACK_PERCENT),
                group,
                domain: Domain::Phone,
                outside_classes: false,
                traits: BTreeMap::new(),
            });
        }
        classes.push(name);
    }
    match classes.len() {
        0 | 1 => Err(DataError::Empty(
            folder.into(),
            "expected at least two sub-folders with pictures, one a class",
        )),
        _ => Ok(Dataset { classes, samples }),
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let read = |error: std::io::Error| DataError::Read(folder.into(), error.to_string());
    let entries = std::fs::read_dir(folder).map_err(read)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(read)?;
    paths.sort();
    Ok(paths)
}
