//! Probabilities as the table that the ISIC challenge's scorer reads.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::CliError;
use super::read::{plain, shown};
use assess::assessment::{Assessment, Likelihood};
use net::diagnosis::{self, Diagnosis};
use vision::photo;

/// The columns of ISIC 2018 task 3, in its order.
const ISIC: [&str; 7] = ["MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"];

/// A table that grows row by row: each stands in the file as soon as it is there, so that an interrupted run has not been for nothing. One
/// of an earlier run is replaced at the end; until then the rows stand beside it, in a file whose name ends in `.part`.
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
    /// When it can't be written, when something else than such a table stands there or where its rows are to grow, and when it is one of the
    /// photos: a shell puts the first of `--csv *.jpg` there.
    pub(super) fn new(path: &Path, classes: &[Diagnosis], photos: &[PathBuf]) -> Result<Self, CliError> {
        let refused = |why: &str| CliError::Write(path.into(), why.into());
        let same = |photo: &PathBuf| matches!((fs::canonicalize(photo), fs::canonicalize(path)), (Ok(a), Ok(b)) if a == b);
        if photo::by_name(path) || photos.iter().any(same) {
            return Err(refused(
                "that is the name of a photo; name a table after --csv, such as answers.csv",
            ));
        }
        let columns = columns(classes);
        let fails = |error: io::Error| CliError::write(path, &error);
        let (path, replaced) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(fails(io::ErrorKind::IsADirectory.into())),
            // Where a device or a pipe is renamed away, whoever needs it finds a file.
            Ok(metadata) if !metadata.is_file() => {
                return Err(refused("it is a device or a pipe; name a file, such as answers.csv"));
            }
            Ok(_) => {
                if let Some(objection) = objection(path, &columns)? {
                    return Err(refused(objection));
                }
                // Appending alone changes nothing.
                fs::OpenOptions::new().append(true).open(path).map_err(fails)?;
                // A link stays, and what it leads to is replaced.
                let target =
                    if path.is_symlink() { fs::canonicalize(path).map_err(fails)? } else { path.into() };
                (target, true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
                return Err(refused("it is a link that leads nowhere; choose another name"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (path.into(), false),
            Err(error) => return Err(fails(error)),
        };
        let growing = if replaced { with_ending(&path, ".part") } else { path.clone() };
        // Whether it can be written is tried before anything is looked at. An empty file would look like a result.
        let written = File::create_new(&growing).and_then(|_| fs::remove_file(&growing));
        written.map_err(|error| CliError::write(&growing, &error))?;
        Ok(Self { path, growing, columns, writer: None, names: BTreeMap::new() })
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
                let file = File::create_new(&self.growing);
                let file = file.map_err(|error| CliError::write(&self.growing, &error))?;
                let writer = none.insert(csv::Writer::from_writer(file));
                writer.write_record(header(&self.columns)).map_err(|error| failed(&self.growing, error))?;
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

/// The first row.
fn header(columns: &[String]) -> impl Iterator<Item = &str> {
    std::iter::once("image").chain(columns.iter().map(String::as_str))
}

/// Why the file must not be replaced; nothing where it is empty, or holds answers under just these columns.
fn objection(path: &Path, columns: &[String]) -> Result<Option<&'static str>, CliError> {
    let fails = |error: io::Error| CliError::write(path, &error);
    let mut first = csv::Writer::from_writer(Vec::new());
    first.write_record(header(columns)).map_err(|error| failed(path, error))?;
    let first = first.into_inner().map_err(|error| fails(error.into_error()))?;
    let mut file = BufReader::new(File::open(path).map_err(fails)?);
    let mut start = Vec::new();
    file.by_ref().take(first.len() as u64).read_to_end(&mut start).map_err(fails)?;
    if start.is_empty() {
        return Ok(None);
    }
    if start != first {
        return Ok(Some("it exists and is no table of such answers; choose another name"));
    }
    // The truth that answers are compared with has the same columns.
    let between = |cell: &[u8]| {
        let share = std::str::from_utf8(cell).ok().and_then(|cell| cell.parse::<f32>().ok());
        share.is_some_and(|share| share > 0.0 && share < 1.0)
    };
    let mut rows = 0;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    for row in reader.byte_records() {
        if row.map_err(|error| failed(path, error))?.iter().skip(1).any(between) {
            return Ok(None);
        }
        rows += 1;
    }
    Ok((rows > 0).then_some(
        "its numbers are all 0 or 1, like those of the challenge's ground truth; choose another name",
    ))
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

    /// The challenge's first row.
    const ISIC_HEADER: &str = "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\n";

    /// A row of it.
    fn row(name: &str) -> String {
        format!("{name},0.5,0.5,0.0,0.0,0.0,0.0,0.0\n")
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
        let (one, half) = (format!("{ISIC_HEADER}one,1.0,0.0,0.0,0.0,0.0,0.0,0.0\n"), row("half"));
        let others = place("others.csv", "image,MEL,remark\nold,0.5,mine\n");
        let longer = place("longer.csv", &format!("{},remark\n", ISIC_HEADER.trim_end()));
        let truth = place("truth.csv", &one);
        let table = place("table.csv", &format!("{one}{half}"));
        let (empty, bare) = (place("empty.csv", ""), place("bare.csv", ISIC_HEADER));
        let new =
            |path: &Path| Table::new(path, &diagnosis::HAM10000, std::slice::from_ref(&photo)).map(|_| ());
        let inside = |name: &str| folder.path().join(name);
        for path in
            [&photo, &notes, &others, &longer, &truth, &inside("new.jpeg"), &inside("no/such/one.csv")]
        {
            assert!(new(path).is_err(), "{path:?}");
        }
        assert!(new(folder.path()).expect_err("a folder").to_string().contains("folder"));
        for path in [&table, &empty, &bare] {
            assert!(new(path).is_ok(), "{path:?}");
        }
        assert!(new(&inside("new.csv")).is_ok() && !inside("new.csv").exists(), "no empty table is left");
        assert_eq!(fs::read_to_string(&table).expect("table"), format!("{one}{half}"));
        assert_eq!(fs::read_to_string(&photo).expect("photo"), "a photo");
    }

    /// It may hold the rows of a run that was interrupted, or what somebody else is downloading.
    #[test]
    fn what_has_the_name_of_a_growing_table_stays() {
        let folder = tempfile::tempdir().expect("folder");
        let table = folder.path().join("table.csv");
        let part = folder.path().join("table.csv.part");
        fs::write(&table, format!("{ISIC_HEADER}{}", row("old"))).expect("written");
        for content in [format!("{ISIC_HEADER}{}", row("of hours")), "somebody else's".into()] {
            fs::write(&part, &content).expect("written");
            let error = Table::new(&table, &diagnosis::HAM10000, &[]).err().expect("an error").to_string();
            assert!(error.contains("table.csv.part") && error.contains("move it away"), "{error}");
            assert_eq!(fs::read_to_string(&part).expect("part"), content);
        }
    }

    /// What takes hours should not be lost in the last minute.
    #[test]
    fn each_row_stands_in_the_file_as_soon_as_it_is_there() {
        let folder = tempfile::tempdir().expect("folder");
        let (new, old) = (folder.path().join("new.csv"), folder.path().join("old.csv"));
        let before = format!("{ISIC_HEADER}{}", row("old"));
        fs::write(&old, &before).expect("written");
        let answers = include_str!("../../../tests/fixtures/lesion.json");
        let answers: Vec<Assessment> = serde_json::from_str(answers).expect("JSON");
        for (path, growing) in [(&new, new.clone()), (&old, with_ending(&old, ".part"))] {
            let mut table = Table::new(path, &nine(), &[]).expect("a table");
            for (count, name) in [(2, "a.jpg"), (3, "b.jpg")] {
                table.add(name.as_ref(), &answers[0]).expect("added");
                let lines = fs::read_to_string(&growing).expect("rows");
                assert!(lines.ends_with('\n') && lines.lines().count() == count, "{lines}");
            }
            assert_eq!(fs::read_to_string(&old).expect("table"), before, "as long as not all are there");
            table.finish().expect("finished");
            assert_eq!(fs::read_to_string(path).expect("table").lines().count(), 3);
        }
        assert!(!with_ending(&old, ".part").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_what_is_no_file_stay() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let folder = tempfile::tempdir().expect("folder");
        let inside = |name: &str| folder.path().join(name);
        let (target, link, nowhere, pipe) =
            (inside("target.csv"), inside("link.csv"), inside("nowhere.csv"), inside("pipe.csv"));
        fs::write(&target, format!("{ISIC_HEADER}{}", row("old"))).expect("written");
        symlink(&target, &link).expect("link");
        symlink(inside("none.csv"), &nowhere).expect("link");
        let _listening = std::os::unix::net::UnixListener::bind(&pipe).expect("socket");
        let new = |path: &Path| Table::new(path, &diagnosis::HAM10000, &[]);
        let mut table = new(&link).expect("a table");
        let values: Vec<String> = row("new").trim_end().split(',').map(String::from).collect();
        table.write(&values).expect("written");
        table.finish().expect("finished");
        assert!(link.is_symlink() && fs::read_to_string(&target).expect("table").contains("new"));
        for path in [nowhere.as_path(), &pipe, Path::new("/dev/null")] {
            assert!(new(path).is_err(), "{path:?}");
        }
        assert!(nowhere.is_symlink() && !inside("none.csv").exists());
        assert!(fs::metadata(&pipe).expect("socket").file_type().is_socket());
        assert!(fs::metadata("/dev/null").expect("device").file_type().is_char_device());
    }
}
