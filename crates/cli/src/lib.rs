//! The command line: `spotcheck assess`, for a look at photos without the app's window; `spotcheck export`, for what is in a backup; and
//! `spotcheck pack`, for models that come as one signed file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use burn::tensor::Device;
use clap::{Args, Parser, Subcommand};
use image::RgbImage;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use assess::assessment::{Assessment, Assessor, Look, Saliency, Views};
use assess::evidence::{Evidence, OfThousand};
use net::network::error::ModelError;
use net::network::model::Model;
use net::person::{Person, Remarks, Sex, Site};
use vision::photo::{Photo, Square};
use wording::{Language, Wording};

#[cfg(feature = "export")]
mod export;
mod find;
mod output;
mod pack;
mod read;
mod table;
mod text;

#[cfg(feature = "export")]
pub use export::{ExportArguments, export};
use find::{Found, SALIENCY_ENDING, find};
pub use output::remark;
use output::{Json, advice_on_writing, say};
pub use pack::{PackCommand, pack};
use read::shown;
use table::Table;

/// Side of the pictures that `--saliency` writes, in pixels.
const SALIENCY_SIDE_PX: u32 = 448;

/// The most bytes of a file that is looked at beside others: what it unpacks to is bounded by that.
const SMALL_BYTES: u64 = 512 << 10;
/// How many small photos a thread gets at a time.
const PHOTOS_A_THREAD: usize = 8;

/// Looks at photos of skin lesions, on this device alone.
#[derive(Parser)]
#[command(name = "spotcheck", version, about)]
pub struct Arguments {
    /// Without a command the app opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Says what the lesions in photos look like, how sure that is, and whether to see a doctor.
    Assess(Assess),
    /// Writes what is in a backup as a file for the doctor or the researcher, and says first what that holds of the person.
    #[cfg(feature = "export")]
    Export(ExportArguments),
    /// Works with model packs: signed files that each hold a model.
    #[command(subcommand)]
    Pack(PackCommand),
}

/// `spotcheck assess`
#[derive(Args)]
pub struct Assess {
    /// Photos (JPEG, PNG, WebP, TIFF, BMP, DICOM), or folders of them. In folders, content counts and not names; hidden files and sub-folders are left out.
    #[arg(required = true, value_name = "PHOTO_OR_FOLDER")]
    paths: Vec<PathBuf>,
    /// Print one JSON array of assessments instead of text.
    #[arg(long)]
    json: bool,
    /// Write the ISIC challenge's table (image,MEL,NV,BCC,AKIEC,BKL,DF,VASC): probabilities as if all were equally common. Only another such
    /// table is replaced, and when all is done.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a picture of where it looked for each photo into this folder.
    #[arg(long, value_name = "DIR")]
    saliency: Option<PathBuf>,
    /// How many views (flips and turns) to average: 1, 4 or 8. The model's figures hold for 4, as the app looks.
    #[arg(long, default_value = "4", value_parser = parse_views)]
    views: Views,
    /// Age of the person, in years. It counts for all photos, like what follows.
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u8).range(..=120))]
    age: Option<u8>,
    /// Sex of the person: female or male.
    #[arg(long, value_parser = parse_sex)]
    sex: Option<Sex>,
    /// Where the lesion is: head_or_neck, trunk, arm, leg, hand or foot.
    #[arg(long, value_parser = parse_site)]
    site: Option<Site>,
    /// What was noticed, separated by commas: itches, bleeds, grows, new.
    #[arg(long, value_delimiter = ',', value_parser = parse_remark)]
    noticed: Vec<&'static str>,
    /// Use this model instead of the built-in one: a folder, as `training export` writes it, or a model pack.
    #[arg(long, value_name = "PACK_OR_FOLDER")]
    model: Option<PathBuf>,
    /// The fingerprint of the key that signed the pack, as its publisher told you by another way than the pack.
    #[arg(long, value_name = "FINGERPRINT", requires = "model")]
    trust: Option<String>,
}

fn parse_views(text: &str) -> Result<Views, String> {
    let known = [Views::One, Views::Four, Views::Eight];
    let found = known.into_iter().find(|views| views.count().to_string() == text);
    found.ok_or_else(|| "choose 1, 4 or 8".into())
}

fn parse_sex(text: &str) -> Result<Sex, String> {
    Sex::ALL.into_iter().find(|sex| sex.key() == text).ok_or_else(|| "choose female or male".into())
}

fn parse_site(text: &str) -> Result<Site, String> {
    let found = Site::ALL.into_iter().find(|site| site.key() == text);
    found.ok_or_else(|| format!("choose one of {}", Site::ALL.map(Site::key).join(", ")))
}

fn parse_remark(text: &str) -> Result<&'static str, String> {
    let keys = Remarks::default().all().map(|(key, _)| key);
    keys.into_iter().find(|key| *key == text).ok_or_else(|| format!("choose among {}", keys.join(", ")))
}

impl Assess {
    /// Where results go.
    fn results(&self) -> Vec<&Path> {
        [&self.csv, &self.saliency].into_iter().flatten().map(PathBuf::as_path).collect()
    }

    /// What is told besides the photos.
    fn person(&self) -> Person {
        let Self { age, sex, site, .. } = *self;
        let mut noticed = Remarks::default();
        for (key, _) in noticed.all() {
            if self.noticed.contains(&key) {
                noticed = noticed.toggled(key);
            }
        }
        Person { age, sex, site, noticed }
    }
}

/// Why nothing could be assessed at all. What is wrong with a single photo is told as it happens.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// No photo was named or found.
    #[error("no photos found: name JPEG, PNG, WebP, TIFF, BMP or DICOM files, or folders that hold some")]
    NoPhotos,
    /// A file that there is no answer without.
    #[error("{}: {}", shown(.0), .1)]
    Read(PathBuf, String),
    /// Results can't be written.
    #[error("cannot write {}: {}", shown(.0), .1)]
    Write(PathBuf, String),
    /// What was asked for can't be written.
    #[cfg(feature = "export")]
    #[error("nothing was exported: {0}")]
    NotExported(String),
    /// A model can't become a pack.
    #[error("no pack was made: {0}")]
    NotMade(String),
}

impl CliError {
    fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write(path.into(), advice_on_writing(error))
    }
}

/// One photo and its assessment, as `--json` prints it.
#[derive(Serialize)]
struct Report<'a> {
    /// The path as it was given or found.
    file: String,
    /// The diagnosis whose traces `--saliency` shows: see [`Assessment::explained`].
    explained: Option<&'a str>,
    /// Of 1,000 people who get this answer, how many have something malignant; null where that was not measured.
    of_thousand: Option<Vec<OfThousand>>,
    #[serde(flatten)]
    assessment: &'a Assessment,
}

/// Runs `spotcheck assess`. The exit status says whether every photo could be read.
///
/// # Errors
/// When there is nothing to assess, or results can't be written.
pub fn assess(arguments: &Assess) -> Result<ExitCode, CliError> {
    let wording = Wording::new(Language::English);
    let device = Device::flex();
    let assessor = match &arguments.model {
        Some(path) if pack::is_pack(path) => pack::assessor(path, arguments.trust.as_deref(), &device)?,
        Some(folder) => Assessor::new(&Model::load(folder, &device)?),
        None => Assessor::new(&Model::embedded(&device)?),
    };
    // Of any other model the app knows no figures.
    let evidence = if arguments.model.is_none() { Evidence::embedded() } else { &Evidence::default() };
    let Found { photos, remarks, left_photos_out } = find(&arguments.paths, &arguments.results());
    remarks.iter().for_each(|line| remark(line));
    if photos.is_empty() {
        return Err(CliError::NoPhotos);
    }
    if let Some(folder) = &arguments.saliency {
        fs::create_dir_all(folder).map_err(|error| CliError::write(folder, &error))?;
    }
    let person = arguments.person();
    // Hours of work should not end in a table that can't be written.
    let table = arguments.csv.as_deref().map(|path| Table::new(path, &assessor.card().classes, &photos));
    let mut table = table.transpose()?;
    let mut json = arguments.json.then(Json::default);
    let bar = progress_bar(arguments, photos.len());
    let mut saliency_names = BTreeMap::new();
    let (mut assessed, mut failed, mut unwritten) = (0, 0, false);
    let how = |square| Look { views: arguments.views, person, ..Look::at(square) };
    for batch in batches(&photos, rayon::current_num_threads()) {
        let looked: Vec<_> = batch
            .par_iter()
            .map(|path| {
                let (photo, assessment, saliency) = look(&assessor, path, how)?;
                let size = photo.size();
                // Here, so that the photo's pixels need not wait for their turn to be printed.
                let picture = arguments.saliency.is_some().then(|| overlay(&photo, &assessment, &saliency));
                Ok::<_, String>((size, assessment, saliency, picture))
            })
            .collect();
        for (path, looked) in batch.iter().zip(looked) {
            match looked {
                Ok((size, assessment, saliency, picture)) => {
                    if let Some((folder, picture)) = arguments.saliency.as_ref().zip(picture) {
                        let target = folder.join(saliency_name(path, &mut saliency_names));
                        if let Err(error) = write_saliency(target, &picture) {
                            unwritten = true;
                            bar.suspend(|| remark(&error.to_string()));
                        }
                    }
                    match &mut json {
                        Some(json) => bar.suspend(|| json.add(&Report::new(path, &assessment, evidence)))?,
                        None => {
                            let said = text::describe(&wording, path, size, &assessment, &saliency, evidence);
                            bar.suspend(|| say(&said))?;
                        }
                    }
                    if let Some(table) = &mut table {
                        table.add(path, &assessment)?;
                    }
                    assessed += 1;
                }
                Err(reason) => {
                    failed += 1;
                    bar.suspend(|| remark(&format!("{}: {reason}", shown(path))));
                }
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    if let Some(table) = table {
        table.finish()?.iter().for_each(|line| remark(line));
    }
    match json {
        Some(json) => json.finish()?,
        None => say(&text::closing(&wording, assessor.card(), assessed, failed))?,
    }
    Ok(if failed == 0 && !unwritten && !left_photos_out { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the assessments of these photos as `spotcheck assess --json` does, without anything around it.
///
/// # Errors
/// When a photo can't be read, or the result not be written.
pub fn assess_plainly(paths: impl Iterator<Item = PathBuf>) -> Result<ExitCode, CliError> {
    let assessor = Assessor::new(&Model::embedded(&Device::flex())?);
    let mut json = Json::default();
    for path in paths {
        match look(&assessor, &path, Look::at) {
            Ok((_, assessment, _)) => json.add(&Report::new(&path, &assessment, Evidence::embedded()))?,
            Err(reason) => return Err(CliError::Read(path, reason)),
        }
    }
    json.finish()?;
    Ok(ExitCode::SUCCESS)
}

impl<'a> Report<'a> {
    fn new(path: &Path, assessment: &'a Assessment, evidence: &Evidence) -> Self {
        let explained = assessment.explained().map(|likelihood| likelihood.diagnosis.as_str());
        let of_thousand = evidence.of_thousand(assessment);
        Self { file: path.display().to_string(), explained, of_thousand, assessment }
    }
}

/// A panic over one photo costs its answer, not those of the others.
fn look(
    assessor: &Assessor,
    path: &Path,
    how: impl Fn(Square) -> Look,
) -> Result<(Photo, Assessment, Saliency), String> {
    let photo = read::photo(path)?;
    let look = how(photo.central_square());
    let assessed = catch_unwind(AssertUnwindSafe(|| assessor.assess(&photo, look)));
    let unexpected = |_| "Spotcheck failed over something it did not expect; set RUST_BACKTRACE=1 to see where, and report it";
    let (assessment, saliency) = assessed.map_err(unexpected)?;
    Ok((photo, assessment, saliency))
}

/// The photo's whole name, so that a.jpg and a.png do not meet, and an ending that no photo has; numbered where photos of several folders
/// share it. `given` counts how often each was given.
fn saliency_name(photo: &Path, given: &mut BTreeMap<String, usize>) -> String {
    let name = photo.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let count = given.entry(name.clone()).or_insert(0);
    *count += 1;
    match count {
        1 => format!("{name}{SALIENCY_ENDING}"),
        count => format!("{name}.{count}{SALIENCY_ENDING}"),
    }
}

/// What was looked at, with where the network looked.
fn overlay(photo: &Photo, assessment: &Assessment, saliency: &Saliency) -> RgbImage {
    saliency.over(&photo.crop(assessment.crop, SALIENCY_SIDE_PX))
}

fn write_saliency(path: PathBuf, picture: &RgbImage) -> Result<(), CliError> {
    picture.save(&path).map_err(|error| match error {
        image::ImageError::IoError(error) => CliError::write(&path, &error),
        other => CliError::Write(path, other.to_string()),
    })
}

/// Photos that are looked at together, in their order: some small ones for each of `threads`, or a large one alone, which keeps
/// several threads busy by itself and takes the memory of many.
fn batches(photos: &[PathBuf], threads: usize) -> Vec<&[PathBuf]> {
    let is_small = |path: &PathBuf| fs::metadata(path).is_ok_and(|metadata| metadata.len() <= SMALL_BYTES);
    let small: Vec<bool> = photos.iter().map(is_small).collect();
    let mut batches = Vec::new();
    let mut start = 0;
    while start < photos.len() {
        let together =
            small[start..].iter().take(PHOTOS_A_THREAD * threads).take_while(|&&small| small).count();
        let end = start + together.max(1);
        batches.push(&photos[start..end]);
        start = end;
    }
    batches
}

/// Hidden for a single photo, and where standard error is not a terminal.
fn progress_bar(arguments: &Assess, photos: usize) -> ProgressBar {
    let folder = arguments.paths.iter().any(|path| path.is_dir());
    if !folder || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(photos as u64);
    match ProgressStyle::with_template("{wide_bar} {pos}/{len}  {per_sec}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_photos_go_together_and_large_ones_alone_in_their_order() {
        let folder = tempfile::tempdir().expect("folder");
        let photo = |(number, bytes): (usize, u64)| {
            let path = folder.path().join(format!("{number:02}.jpg"));
            let file = fs::File::create(&path).expect("created");
            file.set_len(bytes).expect("grown");
            path
        };
        let (small, large) = (SMALL_BYTES, SMALL_BYTES + 1);
        let sizes = [[large].as_slice(), &[small; 17], &[large, large, small]].concat();
        let mut photos: Vec<PathBuf> = sizes.into_iter().enumerate().map(photo).collect();
        photos.push(folder.path().join("missing.jpg"));
        let batches = batches(&photos, 2);
        assert_eq!(batches.iter().map(|batch| batch.len()).collect::<Vec<_>>(), [1, 16, 1, 1, 1, 1, 1]);
        assert_eq!(batches.concat(), photos);
    }
}
