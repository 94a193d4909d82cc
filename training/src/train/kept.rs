//! Answers kept in a folder, so that what is fitted on them can be fitted again without looking at every picture anew.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use net::network::architecture::FEATURES;
use net::network::calibration::mean_of_views;
use net::network::efficientnet::EfficientNetLite;

use crate::data::error::DataError;
use crate::data::hash::fnv1a;
use crate::data::sample::Sample;
use crate::train::predict::{self, Answers, How};

/// The same as [`predict::samples`]; where there is a folder, answers that this network gave to these pictures before are taken from it, and
/// new ones kept there.
///
/// # Errors
/// When a picture can't be read, or the answers not be written.
pub fn samples(
    folder: Option<&Path>,
    net: &EfficientNetLite,
    samples: &[&Sample],
    how: How,
    device: &Device,
) -> Result<Answers, DataError> {
    let Some(folder) = folder else { return predict::samples(net, samples, how, device) };
    let path = folder.join(format!("{:016x}.answers", key(net, samples, how)));
    let failed = |error: std::io::Error| DataError::Read(folder.into(), error.to_string());
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path.with_extension("csv"), table(samples)))
        .map_err(failed)?;
    if let Some(answers) =
        fs::read(&path).ok().and_then(|bytes| parse(&bytes, samples.len(), how.views.count()))
    {
        return Ok(answers);
    }
    let answers = predict::samples(net, samples, how, device)?;
    let write = |path: &PathBuf| -> std::io::Result<()> {
        // Whole, or not there.
        let part = path.with_extension("part");
        fs::write(&part, bytes(&answers))?;
        fs::rename(&part, path)
    };
    write(&path).map_err(failed)?;
    Ok(answers)
}

/// Changes with the weights, the pictures (by name and place), and how they are looked at.
fn key(net: &EfficientNetLite, samples: &[&Sample], how: How) -> u64 {
    let mut bytes = values(net);
    bytes.extend(format!("{how:?}").bytes());
    for sample in samples {
        bytes.extend(
            sample
                .files
                .get(sample.file(how.rendition))
                .map(|file| format!("{}\n", file.display()))
                .unwrap_or_default()
                .bytes(),
        );
    }
    fnv1a(&bytes)
}

/// The bytes of all parameters, in their order.
pub fn values(module: &impl Module) -> Vec<u8> {
    struct Values(Vec<u8>);

    impl ModuleVisitor for Values {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.extend_from_slice(param.val().into_data().as_bytes());
        }
    }

    let mut values = Values(Vec::new());
    module.visit(&mut values);
    values.0
}

/// Which pictures they are, for whoever reads the answers without us: a row each, in their order.
fn table(samples: &[&Sample]) -> String {
    let row = |sample: &&Sample| {
        let Sample { id, source, modality, class, group, age_years, .. } = sample;
        let told = |name: &str| sample.traits.get(name).map_or("", String::as_str);
        let age = age_years.map_or(String::new(), |age| age.to_string());
        let [sex, site] = ["sex", "site"].map(told);
        format!("{id},{source},{},{class},{group},{age},{sex},{site}\n", modality.key())
    };
    let rows: String = samples.iter().map(row).collect();
    format!("image_id,source,modality,class,group,age,sex,site\n{rows}")
}

/// The number of classes, then for each view of each picture its logits and its features; all as four bytes, the lowest first.
fn bytes(answers: &Answers) -> Vec<u8> {
    let classes = answers.logits.first().map_or(0, Vec::len) as u32;
    let rows = answers.views.iter().flatten().zip(answers.features.iter().flatten());
    let numbers = rows.flat_map(|(logits, features)| logits.iter().chain(features));
    classes.to_le_bytes().into_iter().chain(numbers.flat_map(|number| number.to_le_bytes())).collect()
}

/// The answers in such bytes; none where they are not of so many pictures and views.
fn parse(bytes: &[u8], pictures: usize, views: usize) -> Option<Answers> {
    let (classes, rest) = bytes.split_first_chunk::<4>()?;
    let classes = u32::from_le_bytes(*classes) as usize;
    let numbers: Vec<f32> = rest.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let row = classes + FEATURES;
    if rest.len() != 4 * pictures * views * row {
        return None;
    }
    let mut answers = Answers::default();
    for picture in numbers.chunks_exact(views * row) {
        let (logits, features): (Vec<Vec<f32>>, Vec<Vec<f32>>) =
            picture.chunks_exact(row).map(|row| (row[..classes].to_vec(), row[classes..].to_vec())).unzip();
        answers.logits.push(mean_of_views(logits.iter()));
        answers.views.push(logits);
        answers.features.push(features);
    }
    Some(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again_whole_or_not_at_all() {
        let views = |start: f32| (0..4).map(|view| vec![start + view as f32, -1.0, 0.5]).collect::<Vec<_>>();
        let features =
            |start: f32| (0..4).map(|view| vec![start * view as f32; FEATURES]).collect::<Vec<_>>();
        let views = vec![views(0.0), views(7.0)];
        let answers = Answers {
            logits: views.iter().map(|views| mean_of_views(views.iter())).collect(),
            features: vec![features(1.0), features(2.0)],
            views,
        };
        let bytes = bytes(&answers);
        let found = parse(&bytes, 2, 4).expect("whole");
        assert_eq!(found.logits, answers.logits);
        assert_eq!((found.views, found.features), (answers.views, answers.features));
        assert!(parse(&bytes[..bytes.len() - 1], 2, 4).is_none());
        assert!(parse(&bytes, 3, 4).is_none() && parse(&[], 0, 4).is_none());
    }
}
