//! Folders of pictures, of whatever source each turns out to be, as one data set without a lesion on both sides of its split.

use std::path::{Path, PathBuf};

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::sources::{folder, ham10000, isic_archive, isic_metadata, milk10k, pad};
use crate::data::split::Split;
use crate::data::table::{LABELS, columns};
use crate::data::{duplicates, groups};

/// Where pictures come from: folders, of whatever kind each turns out to be.
///
/// # Errors
/// When a folder can't be read or the classes of two folders differ.
pub fn load(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let mut all: Option<Dataset> = None;
    for folder in folders {
        let found = load_folder(folder)?;
        match &mut all {
            None => all = Some(found),
            Some(all) if all.classes == found.classes => all.samples.extend(found.samples),
            Some(_) => return Err(DataError::Classes(folder.clone())),
        }
    }
    let mut all =
        all.ok_or_else(|| DataError::Empty(PathBuf::new(), "name at least one folder with --data"))?;
    let pairs =
        folders.iter().map(|folder| duplicates::read(folder)).collect::<Result<Vec<_>, _>>()?.concat();
    groups::join(&mut all.samples, &pairs);
    match all.of(Split::Train).is_empty() || all.of(Split::Validation).is_empty() {
        true => Err(DataError::OneSided(folders[0].clone())),
        false => Ok(all),
    }
}

fn load_folder(folder: &Path) -> Result<Dataset, DataError> {
    let labels = folder.join(LABELS);
    if let Some(table) = ham10000::table(folder) {
        ham10000::load(folder, &table)
    } else if folder.join(pad::TABLE).is_file() {
        // Two sources call theirs so.
        match columns(&folder.join(pad::TABLE))?.contains(isic_metadata::ID) {
            true => isic_metadata::load(folder),
            false => pad::load(folder, pad::TABLE),
        }
    } else if labels.is_file() {
        match columns(&labels)? {
            columns if columns.contains("skin_tone") => milk10k::load(folder),
            columns if columns.contains("fitzpatrick") => pad::load(folder, LABELS),
            columns if columns.contains("isic_2017_part") => isic_archive::load(folder),
            _ => Err(DataError::Row(labels, 1, "its columns are of no source that is known here".into())),
        }
    } else {
        folder::load(folder)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::data::duplicates::NEAR_DUPLICATES;
    use crate::data::hash::fnv1a;
    use crate::data::sample::{Sample, Source};
    use crate::shared::needed;

    fn assert_no_group_on_both_sides(dataset: &Dataset) {
        let groups =
            |split| dataset.of(split).iter().map(|sample| sample.group.clone()).collect::<HashSet<_>>();
        let (train, validation) = (groups(Split::Train), groups(Split::Validation));
        assert!(!train.is_empty() && !validation.is_empty());
        let both: Vec<_> = train.intersection(&validation).collect();
        assert!(both.is_empty(), "on both sides: {both:?}");
    }

    #[test]
    #[ignore = "needs HAM10000 and PAD-UFES-20 in ../shared: ./dev test runs it where they are"]
    fn no_lesion_and_no_patient_is_on_both_sides() {
        for (name, validation) in [("ham10000", 0.198), ("pad-ufes-20", 0.25)] {
            let folder = needed(name);
            let dataset = load(&[folder]).expect("data");
            assert_no_group_on_both_sides(&dataset);
            let share = dataset.of(Split::Validation).len() as f64 / dataset.samples.len() as f64;
            assert!((share - validation).abs() < 0.05, "{name}: {share}");
        }
    }

    #[test]
    #[ignore = "needs HAM10000 in ../shared: ./dev test runs it where they are"]
    fn fold_0_is_for_validation_and_nothing_else() {
        let folder = needed("ham10000");
        let table = std::fs::read_to_string(folder.join("folds.csv")).expect("folds");
        let fold: HashMap<&str, &str> = table
            .lines()
            .skip(1)
            .map(|line| (line.split(',').next().unwrap_or(""), line.rsplit(',').next().unwrap_or("")))
            .collect();
        for sample in load(&[folder]).expect("data").samples {
            assert_eq!(sample.split == Split::Validation, fold[sample.id.as_str()] == "0", "{}", sample.id);
        }
    }

    #[test]
    fn the_published_layout_without_folds_is_split_by_lesion() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table = String::from("lesion_id,image_id,dx,dx_type,age,sex,localization\n");
        let images = folder.path().join("HAM10000_images_part_1");
        std::fs::create_dir(&images).expect("folder");
        for number in 0..200 {
            table += &format!("HAM_{:04},ISIC_{number:04},nv,histo,40.0,male,back\n", number / 2);
            image::RgbImage::new(4, 4).save(images.join(format!("ISIC_{number:04}.jpg"))).expect("image");
        }
        std::fs::write(folder.path().join("HAM10000_metadata.csv"), table).expect("table");
        let dataset = load(&[folder.path().into()]).expect("data");
        assert_eq!(dataset.samples.len(), 200);
        assert_no_group_on_both_sides(&dataset);
    }

    /// One is this project's, the others are what a download gives.
    #[test]
    fn the_table_may_have_any_of_its_published_names() {
        for (name, between) in [
            ("HAM10000_metadata.csv", ","),
            ("HAM10000_metadata.tab", "\t"),
            ("HAM10000_metadata", "\t"),
            ("HAM10000_metadata", ","),
        ] {
            let folder = tempfile::tempdir().expect("folder");
            let mut rows = vec!["lesion_id,image_id,dx,dx_type,age,sex,localization".to_string()];
            for number in 0..40 {
                draw(folder.path(), &format!("ISIC_{number}"));
                rows.push(format!("\"HAM_{number}\",\"ISIC_{number}\",\"mel\",\"histo\",,male,back"));
            }
            let table = rows.join("\n").replace(',', between);
            std::fs::write(folder.path().join(name), table).expect("table");
            let dataset = load(&[folder.path().into()]).expect(name);
            assert_eq!(dataset.samples.len(), 40, "{name}");
            let right =
                |sample: &Sample| sample.source == Source::Ham10000 && dataset.classes[sample.class] == "mel";
            assert!(dataset.samples.iter().all(right), "{name}");
        }
    }

    /// A picture in `folder`/images.
    fn draw(folder: &Path, name: &str) {
        std::fs::create_dir_all(folder.join("images")).expect("folder");
        let picture = image::RgbImage::from_fn(4, 4, |x, y| {
            image::Rgb([x as u8, y as u8, fnv1a(name.as_bytes()) as u8])
        });
        picture.save(folder.join("images").join(format!("{name}.jpg"))).expect("image");
    }

    #[test]
    fn a_lesion_that_two_sources_share_lies_on_the_side_of_its_fold() {
        let folder = tempfile::tempdir().expect("folder");
        let [ham, milk] = ["ham", "milk"].map(|name| folder.path().join(name));
        let mut table = String::from("lesion_id,image_id,dx,dx_type,age,sex,localization\n");
        let mut folds = String::from("image_id,lesion_id,dx,fold\n");
        let mut twins = String::from(
            "image_id,dx,lesion_id,group,modality,skin_tone,age,sex,site,diagnosis_full,confirmed_by,same_lesion_as\n",
        );
        for number in 0..100 {
            draw(&ham, &format!("ISIC_{number}"));
            table += &format!("HAM_{number},ISIC_{number},nv,histo,40.0,male,back\n");
            folds += &format!("ISIC_{number},HAM_{number},nv,{}\n", number % 5);
            for modality in ["clinical", "dermoscopic"] {
                let id = format!("MILK_{number}_{modality}");
                draw(&milk, &id);
                let twin = if modality == "clinical" { String::new() } else { format!("ISIC_{number}") };
                twins += &format!(
                    "{id},nv,IL_{number},IL_{number},{modality},3,40,male,trunk,,histopathology,{twin}\n"
                );
            }
        }
        std::fs::write(ham.join("HAM10000_metadata.csv"), table).expect("table");
        std::fs::write(ham.join("folds.csv"), folds).expect("table");
        std::fs::write(milk.join(LABELS), twins).expect("table");
        let dataset = load(&[milk, ham]).expect("data");
        assert_eq!(dataset.samples.len(), 300);
        for sample in &dataset.samples {
            let number: usize = sample.id.split('_').nth(1).expect("number").parse().expect("number");
            assert_eq!(sample.split == Split::Validation, number.is_multiple_of(5), "{}", sample.id);
        }
        assert_no_group_on_both_sides(&dataset);
    }

    #[test]
    fn near_duplicates_of_the_table_beside_the_pictures_stay_together() {
        let folder = tempfile::tempdir().expect("folder");
        let mut table = String::from("image_id,dx,lesion_id,licence,isic_2017_part,aspect\n");
        for number in 0..200 {
            draw(folder.path(), &format!("ISIC_{number}"));
            table += &format!("ISIC_{number},nv,ISIC_{number},CC0,training,1.333\n");
        }
        std::fs::write(folder.path().join(LABELS), table).expect("table");
        let split = |dataset: &Dataset, number: usize| dataset.samples[number].split;
        let apart = load(&[folder.path().into()]).expect("data");
        let other = (1..200).find(|&number| split(&apart, number) != split(&apart, 0)).expect("both sides");
        let pairs = format!("image_id,other_id\nISIC_0,ISIC_{other}\n");
        std::fs::write(folder.path().join(NEAR_DUPLICATES), pairs).expect("table");
        let together = load(&[folder.path().into()]).expect("data");
        assert_eq!(split(&together, 0), split(&together, other));
    }

    #[test]
    fn an_unknown_diagnosis_is_named_with_its_line() {
        let folder = tempfile::tempdir().expect("folder");
        let table =
            "lesion_id,image_id,dx,dx_type,age,sex,localization\nHAM_1,ISIC_1,wart,histo,,male,back\n";
        std::fs::write(folder.path().join("HAM10000_metadata.csv"), table).expect("table");
        let error = load(&[folder.path().into()]).expect_err("unknown diagnosis").to_string();
        assert!(error.contains("line 2") && error.contains("wart"), "{error}");
    }

    #[test]
    fn folders_with_other_classes_do_not_mix() {
        let folder = tempfile::tempdir().expect("folder");
        for place in ["one/malignant-a", "one/b", "two/malignant-a", "two/c"] {
            std::fs::create_dir_all(folder.path().join(place)).expect("folder");
            for name in ["1.png", "2.png"] {
                image::RgbImage::new(4, 4).save(folder.path().join(place).join(name)).expect("image");
            }
        }
        let folders = ["one", "two"].map(|name| folder.path().join(name));
        assert!(matches!(load(&folders), Err(DataError::Classes(_))));
    }
}
