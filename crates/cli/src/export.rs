//! `spotcheck export`: what is in a backup, as a file for the doctor or the researcher. `docs/exchange.md` describes each format.
//!
//! The backup is read into a sealed archive in a temporary folder, whose key is never written anywhere.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::CliError;
use super::output::{remark, say};
use super::read::{advice, plain, shown};
use archive::backup::{self, BackupError};
use archive::record::RecordKind;
use archive::seal::{Key, Passphrase};
use archive::{Archive, Contents};
use exchange::personal::takes;
use exchange::{ExchangeError, Export, Format, Include, Item, Lost};
use wording::{Language, Wording};

/// What `--with` takes where nothing is to be included.
const NOTHING: &str = "nothing";
/// No passphrase is nearly as long, in bytes.
const MOST_PASSPHRASE: u64 = 64 << 10;
/// No report is nearly as long, in bytes.
const MOST_REPORT: u64 = 256 << 20;

/// `spotcheck export`
#[derive(Args)]
pub struct ExportArguments {
    /// The backup: an .age file that the app has saved.
    #[arg(long, value_name = "BACKUP")]
    from: PathBuf,
    /// dicom: pictures for a clinic's image archive. fhir: answers and findings for its records. isic: pictures for researchers. photos:
    /// pictures for anybody.
    #[arg(long = "as", value_name = "FORMAT", value_parser = parse_format)]
    format: Format,
    /// The file to write. One that is there already is never replaced.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Only what is of this person, by the name that they have in the app.
    #[arg(long, value_name = "NAME")]
    patient: Option<String>,
    /// What of the person to include, separated by commas, or nothing: whole-photos, name, birth-year, sex, skin-type, spot-names, notes,
    /// noticed, findings, dates. Without it: dates for dicom and fhir; findings for isic; whole-photos, spot-names and dates for photos.
    #[arg(long = "with", value_name = "WHAT", value_delimiter = ',', value_parser = parse_item)]
    with: Option<Vec<Included>>,
    /// For fhir: the report for the doctor, a PDF that the app has saved.
    #[arg(long, value_name = "PDF")]
    report: Option<PathBuf>,
    /// A file whose first line is the backup's passphrase. Without it, it is asked for; where standard input is not a terminal, it is the
    /// first line there.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// What `--with` names.
#[derive(Debug, Clone, Copy)]
enum Included {
    Nothing,
    Item(Item),
}

fn parse_format(text: &str) -> Result<Format, String> {
    let found = Format::ALL.into_iter().find(|format| format.key() == text);
    found.ok_or_else(|| format!("choose one of {}", Format::ALL.map(Format::key).join(", ")))
}

fn parse_item(text: &str) -> Result<Included, String> {
    if text == NOTHING {
        return Ok(Included::Nothing);
    }
    let item = Item::from_key(text).filter(|item| item.may_be_left_out() && *item != Item::Report);
    item.map(Included::Item).ok_or_else(|| {
        let optional = Item::ALL.into_iter().filter(|item| item.may_be_left_out() && *item != Item::Report);
        let keys: Vec<&str> = optional.map(Item::key).collect();
        format!("choose among {}, or {NOTHING}", keys.join(", "))
    })
}

impl ExportArguments {
    /// What is to be included.
    ///
    /// # Errors
    /// When the format has no place for it: whoever asks for findings is to know that they are not there.
    fn include(&self) -> Result<Include, CliError> {
        let format = self.format;
        let Some(with) = &self.with else { return Ok(Include::usual(format)) };
        let items = with.iter().filter_map(|included| match included {
            Included::Nothing => None,
            Included::Item(item) => Some(*item),
        });
        let items: Vec<Item> = items.collect();
        if let Some(item) = items.iter().find(|item| !takes(format, **item)) {
            return Err(CliError::NotExported(format!("{} has no place for {}", format.key(), item.key())));
        }
        // A report that is named is wanted.
        Ok(Include::these(items.into_iter().chain([Item::Report])))
    }
}

/// Runs `spotcheck export`. The exit status says whether everything could be read and written.
///
/// # Errors
/// When the backup can't be opened, or the file not be written. Nothing is left of it then.
pub fn export(arguments: &ExportArguments) -> Result<ExitCode, CliError> {
    let ExportArguments { from, to, format, .. } = arguments;
    let include = arguments.include()?;
    let backup = File::open(from).map_err(|error| unreadable(from, &error))?;
    let report = arguments.report.as_deref().map(report).transpose()?;
    if report.is_some() && !takes(*format, Item::Report) {
        return Err(CliError::NotExported(format!("{} has no place for a report", format.key())));
    }
    // Before anybody types a passphrase.
    if to.symlink_metadata().is_ok() {
        return Err(CliError::Write(to.clone(), EXISTS.into()));
    }
    let passphrase = passphrase(arguments)?;
    let folder = tempfile::tempdir().map_err(|error| CliError::write(&std::env::temp_dir(), &error))?;
    let refused = |error: &dyn std::fmt::Display| CliError::Read(from.clone(), error.to_string());
    let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random())
        .map_err(|error| CliError::Write(folder.path().into(), error.to_string()))?;
    let whole = match backup::import(&mut archive, &passphrase, BufReader::new(backup)) {
        Ok(_) => true,
        Err(error @ (BackupError::Damaged | BackupError::TooLarge)) => {
            remark(&format!("{}: {error}", shown(from)));
            false
        }
        Err(error) => return Err(refused(&error)),
    };
    let part = part(archive.contents(), arguments.patient.as_deref())?;
    let wording = Wording::new(Language::English);
    let export = Export {
        archive: &archive,
        part: &part,
        include,
        report: report.as_deref(),
        unnamed: "Spot",
        now: Timestamp::now(),
        zone: TimeZone::system(),
    };
    say(&listed(&export, *format, to, &wording))?;
    let written = write(&export, *format, to)?;
    written.lost.iter().for_each(|lost| remark(&lost_in_words(&part, *lost)));
    say(&format!("{} written (checks: {}, pictures: {}).", shown(to), written.checks, written.pictures))?;
    Ok(if whole && written.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

const EXISTS: &str = "it exists already; move it away, or choose another name";

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::Read(path.into(), advice(error))
}

fn report(path: &Path) -> Result<Vec<u8>, CliError> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut bytes = Vec::new();
    file.take(MOST_REPORT).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    match bytes.starts_with(b"%PDF-") {
        true => Ok(bytes),
        false => {
            Err(CliError::Read(path.into(), "it is not a PDF; name the report that the app has saved".into()))
        }
    }
}

/// The backup's passphrase; never an argument, which other programs on the machine can see.
fn passphrase(arguments: &ExportArguments) -> Result<Passphrase, CliError> {
    let (place, line) = match &arguments.passphrase_file {
        Some(path) => {
            let file = File::open(path).map_err(|error| unreadable(path, &error))?;
            (path.clone(), first_line(file).map_err(|error| unreadable(path, &error))?)
        }
        None => {
            let place = PathBuf::from("standard input");
            let line = match io::stdin().is_terminal() {
                true => rpassword::prompt_password("The backup's passphrase: "),
                false => first_line(io::stdin().lock()),
            };
            (place.clone(), line.map_err(|error| unreadable(&place, &error))?)
        }
    };
    Passphrase::new(line)
        .ok_or_else(|| CliError::Read(place, "the passphrase is too short to be a backup's".into()))
}

fn first_line(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    BufReader::new(input.take(MOST_PASSPHRASE)).read_line(&mut text)?;
    text.truncate(text.find(['\n', '\r']).unwrap_or(text.len()));
    Ok(text)
}

/// Everything, or what is of somebody.
fn part(contents: &Contents, patient: Option<&str>) -> Result<Contents, CliError> {
    let Some(name) = patient else { return Ok(contents.clone()) };
    let patients = contents.patients();
    let named = patients.iter().filter(|patient| patient.name.to_lowercase() == name.to_lowercase());
    match named.collect::<Vec<_>>()[..] {
        [patient] => Ok(contents.of_patient(Some(patient.id))),
        [] => {
            let names: Vec<String> = patients.iter().map(|patient| plain(&patient.name)).collect();
            let known = if names.is_empty() {
                "nobody has a name".into()
            } else {
                format!("there are {}", names.join(", "))
            };
            Err(CliError::NotExported(format!(
                "there is nobody called {} in this backup: {known}",
                plain(name)
            )))
        }
        _ => Err(CliError::NotExported(format!(
            "there are several people called {}; give them other names in the app",
            plain(name)
        ))),
    }
}

/// What the file will hold of the person, and what else could be included.
fn listed(export: &Export, format: Format, to: &Path, wording: &Wording) -> String {
    let held = export.holds(format);
    let all = Export { include: Include::these(Item::ALL), ..export.clone() }.holds(format);
    let mut lines = vec![format!("{} will hold of the person:", shown(to))];
    lines.extend(held.iter().map(|item| format!("  {}", wording.say(item.text()))));
    let left_out: Vec<&str> = all.iter().filter(|item| !held.contains(item)).map(|item| item.key()).collect();
    if !left_out.is_empty() {
        lines.push(format!("It leaves out: {}.", left_out.join(", ")));
    }
    lines.join("\n")
}

fn write(export: &Export, format: Format, to: &Path) -> Result<exchange::Written, CliError> {
    let file = File::create_new(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::Write(to.into(), EXISTS.into()),
        _ => CliError::write(to, &error),
    })?;
    let mut output = BufWriter::new(file);
    let written = export.write(format, &mut output).and_then(|written| {
        output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(written)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(to);
        match error {
            ExchangeError::File(error) => CliError::write(to, &error),
            other => CliError::NotExported(other.to_string()),
        }
    })
}

fn lost_in_words(part: &Contents, lost: Lost) -> String {
    let picture = if lost.picture == RecordKind::Photo { "photo" } else { "crop" };
    let spot = part.spot(lost.spot).map(|spot| plain(&spot.name)).filter(|name| !name.is_empty());
    let day = part.check(lost.check).map(|check| check.at.to_zoned_datetime(TimeZone::system()).date());
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    format!(
        "the {picture} of {} of {day} is damaged, and was left out",
        spot.unwrap_or_else(|| "a spot without a name".into())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_as_it_is() {
        assert_eq!(first_line(&b"correct horse \r\nmore"[..]).expect("read"), "correct horse ");
        assert_eq!(first_line(&b"no line break"[..]).expect("read"), "no line break");
        assert!(first_line(&b"\xff"[..]).is_err());
    }

    #[test]
    fn all_that_may_be_included_is_named_in_the_help() {
        let help = <ExportArguments as Args>::augment_args(clap::Command::new("export"));
        let with = help.get_arguments().find(|argument| argument.get_id() == "with").expect("an argument");
        let text = with.get_help().expect("a help").to_string();
        for item in Item::ALL.into_iter().filter(|item| item.may_be_left_out() && *item != Item::Report) {
            assert!(text.contains(item.key()), "{}", item.key());
            assert!(parse_item(item.key()).is_ok());
        }
        assert!(
            parse_item("pictures").is_err() && parse_item("report").is_err() && parse_item(NOTHING).is_ok()
        );
    }
}
