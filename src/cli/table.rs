//! Probabilities as the table that the ISIC challenge's scorer reads.

use std::collections::HashMap;
use std::path::Path;

use crate::assessment::{Assessment, Likelihood};
use crate::diagnosis::{self, Diagnosis};

/// The columns of ISIC 2018 task 3, in its order.
const ISIC: [&str; 7] = ["MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"];

/// Writes one row a photo: its file name without ending, and a probability, 0 to 1, for each class, as if all were equally common: the
/// challenge's score weighs them alike.
/// A model with other classes than HAM10000's has their names as columns. Squamous cell carcinoma counts as AKIEC, which is what its
/// early forms are called there; what is to be referred as something else has no column, and the others share what it had.
pub(super) fn write<'a>(
    path: &Path,
    classes: &[Diagnosis],
    rows: impl Iterator<Item = (&'a Path, &'a Assessment)>,
) -> csv::Result<()> {
    let columns = columns(classes);
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(std::iter::once("image").chain(columns.iter().map(String::as_str)))?;
    for (path, assessment) in rows {
        let image = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let cells = shares(&columns, &assessment.probabilities).into_iter().map(number);
        table.write_record(std::iter::once(image).chain(cells))?;
    }
    table.flush()?;
    Ok(())
}

/// The challenge's for a model that knows its seven and nothing but what the app itself may know besides them.
fn columns(classes: &[Diagnosis]) -> Vec<String> {
    let has = |key: &str| classes.iter().any(|class| class.key == key);
    let challenge = diagnosis::HAM10000.iter().all(|known| has(&known.key))
        && classes.iter().all(|class| diagnosis::by_key(&class.key).is_some());
    match challenge {
        true => ISIC.map(String::from).to_vec(),
        false => classes.iter().map(|class| class.key.to_uppercase()).collect(),
    }
}

/// What each column gets; all together one.
fn shares(columns: &[String], likelihoods: &[Likelihood]) -> Vec<f32> {
    let mut of: HashMap<String, f32> = HashMap::new();
    for likelihood in likelihoods {
        let own = likelihood.diagnosis.to_uppercase();
        let column = if likelihood.diagnosis == diagnosis::SCC && !columns.contains(&own) {
            "AKIEC".into()
        } else {
            own
        };
        *of.entry(column).or_default() += likelihood.likeness;
    }
    let values: Vec<f32> = columns.iter().map(|column| of.get(column).copied().unwrap_or(0.0)).collect();
    let sum: f32 = values.iter().sum();
    // Nothing is left to share where the network is certain of what has no column.
    let share = |value: &f32| if sum > 0.0 { value / sum } else { 1.0 / columns.len() as f32 };
    match columns.len() == likelihoods.len() {
        true => values,
        false => values.iter().map(share).collect(),
    }
}

/// With a point also where it is whole: some readers take a column without one for labels.
fn number(value: f32) -> String {
    if value.fract() == 0.0 { format!("{value:.1}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likelihoods(of: &[(&str, f32)]) -> Vec<Likelihood> {
        let likelihood = |(key, likeness): &(&str, f32)| Likelihood {
            diagnosis: (*key).into(),
            malignant: false,
            refer: false,
            probability: 0.0,
            likeness: *likeness,
        };
        of.iter().map(likelihood).collect()
    }

    fn nine() -> Vec<Diagnosis> {
        diagnosis::HAM10000.iter().chain(&diagnosis::BEYOND_HAM10000).cloned().collect()
    }

    #[test]
    fn the_challenge_has_seven_columns_whatever_else_the_model_knows() {
        assert_eq!(columns(&diagnosis::HAM10000), ISIC);
        assert_eq!(columns(&nine()), ISIC);
        let own = Diagnosis { key: "wart".into(), malignant: false, refer: false };
        assert_eq!(columns(&[nine(), vec![own.clone()]].concat()).len(), 10);
        assert_eq!(columns(&[own]), ["WART"]);
    }

    #[test]
    fn squamous_cell_carcinoma_counts_as_akiec_and_the_seven_share_what_something_else_had() {
        let of = [
            ("mel", 0.1),
            ("nv", 0.0),
            ("bcc", 0.1),
            ("akiec", 0.1),
            ("bkl", 0.0),
            ("df", 0.0),
            ("vasc", 0.1),
            ("scc", 0.1),
            ("other", 0.5),
        ];
        let found = shares(&columns(&nine()), &likelihoods(&of));
        for (found, wanted) in found.iter().zip([0.2, 0.0, 0.2, 0.4, 0.0, 0.0, 0.2]) {
            assert!((found - wanted).abs() < 1e-6, "{found} {wanted}");
        }
        let sure: Vec<(&str, f32)> =
            of.iter().map(|(key, _)| (*key, f32::from(u8::from(*key == "other")))).collect();
        let found = shares(&columns(&nine()), &likelihoods(&sure));
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn numbers_always_have_a_point() {
        assert_eq!([0.0, 1.0, 0.25].map(number), ["0.0", "1.0", "0.25"]);
    }
}
