//! Any folder whose sub-folders are classes: the way to fit the app to another skin problem.
//!
//! `pictures/eczema/1.jpg`, `pictures/psoriasis/2.png`, and so on. Pictures whose names share the part before
//! `__` (`anna__1.jpg`, `anna__2.jpg`) are of one person or lesion and stay on one side. Of each class a fifth of the people is held
//! back, and one at least.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use net::modality::Modality;
use vision::photo;

use crate::data::dataset::{Dataset, MALIGNANT};
use crate::data::error::DataError;
use crate::data::files::list;
use crate::data::hash::fnv1a;
use crate::data::sample::{Sample, Source};
use crate::data::split::Split;

/// One in so many is held back.
const VALIDATION_ONE_IN: usize = 5;

/// Its pictures.
///
/// # Errors
/// When they can't be read, or would make a useless model.
pub fn load(folder: &Path) -> Result<Dataset, DataError> {
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
                split: Split::Train,
                source: Source::Folder,
                group,
                same_as: Vec::new(),
                modality: Modality::PlainPhoto,
                squashed_from: None,
                age_years: None,
                traits: BTreeMap::new(),
            });
        }
        classes.push(name);
    }
    check(folder, &classes)?;
    choose_validation(&mut samples, &classes).map_err(|class| DataError::OneSided(folder.join(class)))?;
    Ok(Dataset { classes, samples })
}

/// Whether a model of these classes would have something to tell apart, and something to warn of.
fn check(folder: &Path, classes: &[String]) -> Result<(), DataError> {
    let wrong = |reason| Err(DataError::Empty(folder.into(), reason));
    let mut names: Vec<&str> =
        classes.iter().map(|name| name.strip_prefix(MALIGNANT).unwrap_or(name)).collect();
    names.sort_unstable();
    if classes.len() < 2 {
        return wrong("expected at least two sub-folders with pictures, one a class");
    }
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return wrong("two sub-folders differ in `malignant-` alone; give one of them another name");
    }
    if !classes.iter().any(|name| name.starts_with(MALIGNANT)) {
        return wrong(
            "no sub-folder's name starts with `malignant-`: name those so that a doctor should see, or the app would warn of nothing",
        );
    }
    Ok(())
}

/// Holds back some people of each class: those whose names have the lowest hashes, so that the same pictures are split alike every
/// time. A person with lesions of several classes counts for the first.
///
/// # Errors
/// With a class that has one person only: it can't be learnt and tested.
fn choose_validation(samples: &mut [Sample], classes: &[String]) -> Result<(), String> {
    let mut class_of: BTreeMap<&str, usize> = BTreeMap::new();
    samples.iter().for_each(|sample| _ = class_of.entry(&sample.group).or_insert(sample.class));
    let mut validation: BTreeSet<String> = BTreeSet::new();
    for (class, name) in classes.iter().enumerate() {
        let own = class_of.iter().filter(|(_, of)| **of == class).map(|(group, _)| *group);
        let mut own: Vec<&str> = own.collect();
        if own.len() < 2 {
            return Err(name.clone());
        }
        own.sort_by_key(|group| fnv1a(group.as_bytes()));
        validation.extend(own[..own.len().div_ceil(VALIDATION_ONE_IN)].iter().map(ToString::to_string));
    }
    for sample in samples {
        if validation.contains(&sample.group) {
            sample.split = Split::Validation;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(classes: &[(&str, &[&str])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("folder");
        for (class, names) in classes {
            std::fs::create_dir(folder.path().join(class)).expect("class");
            for name in *names {
                let file = folder.path().join(class).join(format!("{name}.png"));
                image::RgbImage::new(2, 2).save(file).expect("picture");
            }
        }
        folder
    }

    #[test]
    fn every_class_is_on_both_sides_and_no_person_is() {
        let people: Vec<String> = (0..40).map(|n| format!("p{}__{n}", n / 2)).collect();
        let many: Vec<&str> = people.iter().map(String::as_str).collect();
        let folder = folder_of(&[("malignant-rare", &["a", "b"]), ("common", &many)]);
        let dataset = load(folder.path()).expect("data");
        for class in 0..2 {
            for split in [Split::Train, Split::Validation] {
                let found = dataset.samples.iter().filter(|s| s.class == class && s.split == split).count();
                assert!(found > 0, "class {class}, {split:?}");
            }
        }
        for sample in &dataset.samples {
            let of_person = dataset.samples.iter().filter(|other| other.group == sample.group);
            assert!(of_person.into_iter().all(|other| other.split == sample.split), "{}", sample.group);
        }
        let validation = dataset.samples.iter().filter(|s| s.split == Split::Validation && s.class == 0);
        assert_eq!(validation.count(), 8, "a fifth of twenty people with two pictures each");
    }

    #[test]
    fn hidden_folders_and_files_are_left_out() {
        let folder = folder_of(&[
            ("malignant-a", &["1", "2", "._1"]),
            ("b", &["1", "2"]),
            (".checkpoints", &["1", "2"]),
        ]);
        let dataset = load(folder.path()).expect("data");
        assert_eq!(dataset.classes, ["b", "malignant-a"]);
        assert_eq!(dataset.samples.len(), 4);
    }

    #[test]
    fn folders_that_would_make_a_useless_model_are_refused_with_the_reason() {
        let two: &[&str] = &["1", "2"];
        for (classes, word) in [
            (vec![("malignant-a", two)], "at least two"),
            (vec![("a", two), ("b", two)], "malignant-"),
            (vec![("malignant-a", two), ("a", two)], "another name"),
            (vec![("malignant-a", &["only"][..]), ("b", two)], "add more"),
        ] {
            let error = load(folder_of(&classes).path()).expect_err(word).to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
