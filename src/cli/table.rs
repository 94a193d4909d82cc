//! Probabilities as the table that the ISIC challenge's scorer reads.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::CliError;
use super::read::{plain, shown};
use crate::assessment::{Assessment, Likelihood};
use crate::diagnosis::{self, Diagnosis};
use crate::photo;

/// The columns of ISIC 2018 task 3, in its order.
const ISIC: [&str; 7] = ["MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"];

/// How every table begins.
const START: &[u8] = b"image,";

/// A table that grows row by row: each stands in the file as soon as it is there, so that an interrupted run has not been for nothing.
///
/// One row a photo: its file name without ending, and a probability, 0 to 1, for each class, as if all were equally common: the challenge's
/// score weighs them alike. A model with other classes than HAM10000's has their names as columns. Squamous cell carcinoma counts as AKIEC,
/// which is what its early forms are called there; what is to be referred as something else has no column, and the others share what it had.
pub(super) struct Table {
    path: PathBuf,
    /// Where the rows go until all are there: beside the table that they replace, or where the table is to be.
    growing: PathBuf,
    columns: Vec<String>,
    writer: Option<csv::Writer<File>>,
    /// Which photos each name in the first column stands for.
    names: BTreeMap<String, Vec<PathBuf>>,
}

impl Table {
    /// A table under this path, of which nothing is written yet.
    ///
    /// # Errors
    /// When it can't be written, when something else than a table stands there, and when it is one of the photos: a shell puts the first of
    /// `--csv *.jpg` there.
    pub(super) fn new(path: &Path, classes: &[Diagnosis], photos: &[PathBuf]) -> Result<Self, CliError> {
        let refused = |why: &str| CliError::Write(path.into(), why.into());
        let same = |photo: &PathBuf| matches!((fs::canonicalize(photo), fs::canonicalize(path)), (Ok(a), Ok(b)) if a == b);
        if photo::by_name(path) || photos.iter().any(same) {
            return Err(refused(
                "that is the name of a photo; name a table after --csv, such as answers.csv",
            ));
        }
        let replaced = match File::open(path) {
            Ok(file) => {
                let mut start = Vec::new();
                file.take(START.len() as u64)
                    .read_to_end(&mut start)
                    .map_err(|error| CliError::write(path, &error))?;
                if !start.is_empty() && start != START {
                    return Err(refused("it exists and is no table of answers; choose another name"));
                }
                true
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(CliError::write(path, &error)),
        };
        let growing = if replaced { with_ending(path, ".part") } else { path.into() };
        // Whether it can be written is tried before anything is looked at. An empty file would look like a result.
        let written =
            fs::OpenOptions::new().create(true).append(true).open(path).and_then(|_| File::create(&growing));
        written.and_then(|_| fs::remove_file(&growing)).map_err(|error| CliError::write(path, &error))?;
        let columns = columns(classes);
        Ok(Self { path: path.into(), growing, columns, writer: None, names: BTreeMap::new() })
    }

    /// Writes one more row.
    ///
    /// # Errors
    /// When it can't be written.
    pub(super) fn add(&mut self, path: &Path, assessment: &Assessment) -> Result<(), CliError> {
        let image = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let values = shares(&self.columns, &assessment.probabilities).into_iter().map(number);
        let row: Vec<String> = std::iter::once(image.clone()).chain(values).collect();
        self.write(&row)?;
        self.names.entry(image).or_default().push(path.into());
        Ok(())
    }

    fn write(&mut self, row: &[String]) -> Result<(), CliError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let file =
                    File::create(&self.growing).map_err(|error| CliError::write(&self.growing, &error))?;
                let writer = none.insert(csv::Writer::from_writer(file));
                let header = std::iter::once("image").chain(self.columns.iter().map(String::as_str));
                writer.write_record(header).map_err(|error| failed(&self.growing, error))?;
                writer
            }
        };
        writer.write_record(row).map_err(|error| failed(&self.growing, error))?;
        writer.flush().map_err(|error| CliError::write(&self.growing, &error))
    }

    /// Puts the table in its place. Gives back what is to be said of it.
    ///
    /// # Errors
    /// When it can't be put there.
    pub(super) fn finish(self) -> Result<Vec<String>, CliError> {
        if self.writer.is_some() && self.growing != self.path {
            fs::rename(&self.growing, &self.path).map_err(|error| CliError::write(&self.path, &error))?;
        }
        let twice = self.names.iter().filter(|(_, photos)| photos.len() > 1);
        let said = twice.map(|(name, photos)| {
            let photos: Vec<String> = photos.iter().map(|photo| shown(photo)).collect();
            format!(
                "{} stands {} times in the table, for {}; the ISIC challenge's scorer wants each name once",
                plain(name),
                photos.len(),
                photos.join(", ")
            )
        });
        Ok(said.collect())
    }
}

fn failed(path: &Path, error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CliError::write(path, &error),
        other => CliError::Write(path.into(), format!("{other:?}")),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
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

    #[test]
    fn nothing_but_a_table_is_replaced_and_no_photo() {
        let folder = tempfile::tempdir().expect("folder");
        let place = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::write(&path, content).expect("written");
            path
        };
        let photo = place("a.jpg", "a photo");
        let notes = place("notes.csv", "what I did today");
        let table = place("table.csv", "image,MEL\nold,0.5\n");
        let new =
            |path: &Path| Table::new(path, &diagnosis::HAM10000, std::slice::from_ref(&photo)).map(|_| ());
        for path in
            [&photo, &notes, &folder.path().join("new.jpeg"), &folder.path().join("no/such/folder.csv")]
        {
            assert!(new(path).is_err(), "{path:?}");
        }
        assert!(new(&table).is_ok());
        let empty = folder.path().join("new.csv");
        assert!(new(&empty).is_ok() && !empty.exists(), "no empty table is left");
        assert_eq!(fs::read_to_string(&table).expect("table"), "image,MEL\nold,0.5\n");
        assert_eq!(fs::read_to_string(&photo).expect("photo"), "a photo");
    }
}
