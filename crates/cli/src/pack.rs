//! `spotcheck pack`: makes model packs, shows what is in them, and checks them. `docs/model-packs.md` has the format and the rules.
//!
//! Whose packs are trusted is asked each time: the project has no keys yet, so that a person confirms the key's fingerprint with
//! `--trust`, and nothing of it is kept.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use burn::tensor::Device;
use clap::{Args, Subcommand};
use spotpack::{
    Accepted, ConfirmedKey, Envelope, Ledger, Manifest, Pack, Refused, TRUSTED_COMMENT, still_usable,
};

use super::CliError;
use super::output::{remark, say};
use super::read::{advice, shown};
use assess::assessment::Assessor;
use assess::packs::{self, FLOOR, app_version};

#[cfg(feature = "packs")]
mod make;

#[cfg(feature = "packs")]
pub use make::Make;

/// What to do with a pack.
#[derive(Subcommand)]
pub enum PackCommand {
    /// Makes a pack from a model's folder and pictures, and signs it.
    #[cfg(feature = "packs")]
    Make(Make),
    /// Shows what a pack says of itself and who signed it. Only its signature is checked.
    Inspect(Inspect),
    /// Checks all of a pack: signature, signer, files, card and weights; and has the model look at the pack's pictures.
    Verify(Verify),
}

/// `spotcheck pack inspect`
#[derive(Args)]
pub struct Inspect {
    /// The pack.
    pack: PathBuf,
    /// Cut manifest.json, manifest.json.minisig and key.pub out of it, into this folder: what minisign needs to check the signature.
    #[arg(long, value_name = "DIR")]
    raw: Option<PathBuf>,
}

/// `spotcheck pack verify`
#[derive(Args)]
pub struct Verify {
    /// The pack.
    pack: PathBuf,
    /// The fingerprint of the key that signed it, as its publisher told you by another way than the pack.
    #[arg(long, value_name = "FINGERPRINT")]
    trust: Option<String>,
}

/// Runs `spotcheck pack`.
///
/// # Errors
/// When a pack is refused or can't be made. Nothing is written then.
pub fn pack(command: &PackCommand) -> Result<ExitCode, CliError> {
    match command {
        #[cfg(feature = "packs")]
        PackCommand::Make(arguments) => make::make(arguments)?,
        PackCommand::Inspect(arguments) => inspect(arguments)?,
        PackCommand::Verify(arguments) => verify(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether this names a pack and not a model's folder.
pub(super) fn is_pack(path: &Path) -> bool {
    let named = path.extension().is_some_and(|ending| ending == packs::EXTENSION);
    path.is_file() || named && !path.is_dir()
}

/// What answers with the model of a pack. Whose it is, is said on standard error, too: a table doesn't tell.
///
/// # Errors
/// When the pack is refused.
pub(super) fn assessor(path: &Path, trust: Option<&str>, device: &Device) -> Result<Assessor, CliError> {
    let (pack, accepted) = open(path, trust)?;
    let assessor = load(path, pack, device)?;
    if let Some(label) = accepted.label() {
        remark(&format!("answers by somebody else's model: {label}"));
    }
    Ok(assessor.labelled(accepted.label().map(String::from)))
}

/// Why a pack is refused.
fn refused(path: &Path, why: &impl Display) -> CliError {
    CliError::Read(path.into(), why.to_string())
}

/// A pack that is what was signed, by somebody who was confirmed.
fn open(path: &Path, trust: Option<&str>) -> Result<(Pack<'static>, Accepted), CliError> {
    let mut file = File::open(path).map_err(|error| refused(path, &advice(&error)))?;
    let mut confirmed = None;
    if let Some(fingerprint) = trust {
        let envelope = Envelope::read(&mut file).map_err(|error| refused(path, &error))?;
        let key = ConfirmedKey::new(*envelope.key(), fingerprint);
        confirmed = Some(key.map_err(|error| refused(path, &error))?);
    }
    let pack =
        Pack::open(&mut file, &packs::trust(confirmed)).map_err(|error| refused(path, &advised(&error)))?;
    let accepted = still_usable(pack.signed(), &Ledger::default(), FLOOR, app_version())
        .map_err(|error| refused(path, &error))?;
    Ok((pack, accepted))
}

/// What the app asks, the terminal takes as an argument.
fn advised(refused: &Refused) -> String {
    match refused {
        Refused::ForeignNotConfirmed(_) => {
            format!("{refused}. If they are the same, give theirs after --trust")
        }
        other => other.to_string(),
    }
}

fn load(path: &Path, pack: Pack<'_>, device: &Device) -> Result<Assessor, CliError> {
    let (manifest, answers) = (pack.signed().manifest().clone(), pack.known_answers().clone());
    let assessor = packs::assessor(&manifest, &answers, pack.into_contents(), device);
    assessor.map_err(|error| refused(path, &error))
}

fn verify(arguments: &Verify) -> Result<(), CliError> {
    let path = &arguments.pack;
    let (pack, _) = open(path, arguments.trust.as_deref())?;
    let Manifest { name, version, publisher, date, .. } = pack.signed().manifest().clone();
    let pictures = pack.contents().pictures.len();
    load(path, pack, &Device::flex())?;
    say(&format!(
        "{}: {name}, version {version}, of {date}, by {publisher}.\nSignature, signer, files, card and weights are right, and the \
         model gave its known answers here (pictures: {pictures}).",
        shown(path)
    ))
}

fn inspect(arguments: &Inspect) -> Result<(), CliError> {
    let path = &arguments.pack;
    let mut file = File::open(path).map_err(|error| refused(path, &advice(&error)))?;
    let envelope = Envelope::read(&mut file).map_err(|error| refused(path, &error))?;
    envelope.verify().map_err(|error| refused(path, &error))?;
    let bytes = file.metadata().map_err(|error| refused(path, &advice(&error)))?.len();
    // Written anew: the raw one may hold line breaks that terminals take for something else.
    let manifest = Manifest::parse(envelope.manifest()).map_err(|error| refused(path, &error))?;
    let manifest = serde_json::to_string_pretty(&manifest).map_err(|error| refused(path, &error))?;
    if let Some(folder) = &arguments.raw {
        cut_out(&envelope, folder)?;
    }
    let key = envelope.key();
    say(&format!(
        "{}: {bytes} bytes\nkey {key}\nkey id {}\nfingerprint {}\nmanifest ({} bytes, signed by this key; the files were not \
         checked):\n{manifest}",
        shown(path),
        key.id(),
        key.fingerprint().grouped(),
        envelope.manifest().len(),
    ))?;
    match &arguments.raw {
        Some(folder) => say(&format!(
            "check it in {} with: minisign -V -m manifest.json -p key.pub\nwhich must say: Trusted comment: {TRUSTED_COMMENT}",
            shown(folder)
        )),
        None => Ok(()),
    }
}

/// Writes what minisign needs into a folder, all or nothing.
fn cut_out(envelope: &Envelope, folder: &Path) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|error| CliError::write(folder, &error))?;
    let key = envelope.key();
    let public = format!("untrusted comment: minisign public key {}\n{key}\n", key.id());
    let files = [
        ("manifest.json", envelope.manifest()),
        ("manifest.json.minisig", envelope.signature().as_bytes()),
        ("key.pub", public.as_bytes()),
    ];
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        write_new(&path, bytes).inspect_err(|_| {
            for path in &written {
                let _ = fs::remove_file(path);
            }
        })?;
        written.push(path);
    }
    Ok(())
}

/// Writes a file that was not there; where that fails, it is not there afterwards either.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CliError::Write(path.into(), "it exists already; move it away, or choose another name".into())
        }
        _ => CliError::write(path, &error),
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        CliError::write(path, &error)
    })
}
