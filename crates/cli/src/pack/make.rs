//! `spotcheck pack make`: from a model's folder, pictures and a secret key to a pack that was checked as the app checks it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::Args;
use image::ImageFormat;
use spotpack::{
    AppVersion, ConfirmedKey, Contents, Date, Digest, Draft, Files, KnownAnswers, Ledger, Manifest, Pack,
    PublicKey, Revocation, SigningKey, TRUSTED_COMMENT, Versions, still_usable,
};

use super::{load, write_new};
use crate::CliError;
use crate::output::say;
use crate::read::{self, advice, shown};
use assess::assessment::Assessor;
use assess::packs::{self, FLOOR, Unfit, app_version};
use net::network::card::{CARD_FILE, Card};
use net::network::model::Model;
use net::network::weights::WEIGHTS_FILE;

/// Holds the text of a secret key, for builds that get it from no file.
const KEY_VARIABLE: &str = "SPOTCHECK_PACK_KEY";
/// Holds the password of a secret key that has one.
const PASSWORD_VARIABLE: &str = "SPOTCHECK_PACK_PASSWORD";

/// Files of a model's folder beside weights and card.
const EVALUATION_FILE: &str = "evaluation.json";
const QUALITY_FILE: &str = "quality.json";
/// The quality table of a model for which nobody measured how the quality of a photo matters.
const NO_QUALITY: &[u8] = b"[]\n";

/// How far a logit may be from the known one on another processor. The engine's own tests allow less between kinds of vectors.
const TOLERANCE: f32 = 0.01;

/// `spotcheck pack make`
#[derive(Args)]
pub struct Make {
    /// The model's folder, as `training export` and `training evaluate` write it. Name, licence, classes and sizes are its card's.
    #[arg(value_name = "FOLDER")]
    model: PathBuf,
    /// 1 to 16 pictures; the answers to them become the known ones. The square in their middle goes into the pack, for everybody to see:
    /// take drawings, or photos that may be published.
    #[arg(required = true, value_name = "PICTURE")]
    pictures: Vec<PathBuf>,
    /// Where the pack goes.
    #[arg(
        long,
        value_name = "NAME.spotpack",
        required_unless_present = "unsigned",
        conflicts_with = "unsigned"
    )]
    to: Option<PathBuf>,
    /// Version of the pack: higher than that of every pack you published before.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    version: u32,
    /// Who you are, for people who choose whether to trust you.
    #[arg(long, value_name = "NAME")]
    publisher: String,
    /// The day on which it is made, such as 2026-03-31.
    #[arg(long, value_name = "DAY")]
    date: Date,
    /// The lowest version of the app that can run it; without this, the one that makes the pack.
    #[arg(long, value_name = "VERSION")]
    lowest_app: Option<AppVersion>,
    /// Versions of yours that must not be used any more, such as 3,4 or all; of another key with its fingerprint and a colon before.
    #[arg(long, value_name = "VERSIONS", value_parser = parse_withdrawn)]
    revoke: Vec<Withdrawn>,
    /// File of minisign's secret key. Without this, SPOTCHECK_PACK_KEY holds its text. A password is in SPOTCHECK_PACK_PASSWORD.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["unsigned", "signature"])]
    key: Option<PathBuf>,
    /// Write the manifest into this file, to be signed elsewhere, and no pack.
    #[arg(long, value_name = "MANIFEST", requires = "public_key", conflicts_with = "signature")]
    unsigned: Option<PathBuf>,
    /// The signature over the manifest that --unsigned wrote with the same arguments: a .minisig file.
    #[arg(long, value_name = "FILE", requires = "public_key")]
    signature: Option<PathBuf>,
    /// File of the public key that goes with a signature that is made elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    public_key: Option<PathBuf>,
}

/// Versions to revoke; without a key, of the one that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Withdrawn {
    key: Option<Digest>,
    versions: Versions,
}

fn parse_withdrawn(text: &str) -> Result<Withdrawn, String> {
    let (key, versions) = match text.split_once(':') {
        Some((key, versions)) => (Some(key.parse::<Digest>().map_err(|error| error.to_string())?), versions),
        None => (None, text),
    };
    let versions = match versions {
        "all" => Versions::All,
        numbers => {
            let numbers: Result<BTreeSet<u32>, _> = numbers.split(',').map(str::parse).collect();
            Versions::These(numbers.map_err(|_| "name versions by their numbers, such as 3,4, or all")?)
        }
    };
    Ok(Withdrawn { key, versions })
}

/// How a pack gets its signature.
enum Signing {
    /// With a key that is at hand.
    With(SigningKey),
    /// It was made elsewhere.
    Made(String),
    /// It is to be made elsewhere.
    Later,
}

/// Nothing was made, because of this.
fn not_made(why: impl ToString) -> CliError {
    CliError::NotMade(why.to_string())
}

/// Runs `spotcheck pack make`.
pub(super) fn make(arguments: &Make) -> Result<(), CliError> {
    let (signing, key) = signing(arguments)?;
    let device = Device::flex();
    let (contents, answers, card) = contents(arguments, &device)?;
    let manifest = manifest(arguments, &key, &card, &contents)?;
    let draft = Draft::new(&manifest, contents.clone(), key).map_err(not_made)?;
    let mut bytes = Vec::new();
    let signed = match (&signing, &arguments.unsigned) {
        (Signing::With(key), _) => draft.sign(key, &mut bytes),
        (Signing::Made(signature), _) => draft.write(signature, &mut bytes),
        (Signing::Later, None) => return Err(not_made("there is neither a key nor a signature")),
        (Signing::Later, Some(path)) => {
            packs::assessor(&manifest, &answers, contents, &device).map_err(not_made)?;
            write_new(path, draft.manifest())?;
            return say(&format!(
                "sign it with: minisign -S -s SECRET.key -m {} -t '{TRUSTED_COMMENT}'\nthen come back with --signature and --to in \
                 place of --unsigned, and all else as it was",
                shown(path)
            ));
        }
    };
    signed.map_err(not_made)?;
    let path = arguments.to.as_deref().ok_or_else(|| not_made("--to is missing"))?;
    check(path, &bytes, key, &device)?;
    write_new(path, &bytes)?;
    say(&format!(
        "{}: {}, version {}, {} bytes\nTell people this fingerprint by another way than the pack: {}",
        shown(path),
        manifest.name,
        manifest.version,
        bytes.len(),
        key.fingerprint().grouped()
    ))
}

/// Whether everybody else would take the pack who trusts the key.
fn check(path: &Path, bytes: &[u8], key: PublicKey, device: &Device) -> Result<(), CliError> {
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).map_err(not_made)?;
    let pack = Pack::from_bytes(bytes, &packs::trust([confirmed])).map_err(not_made)?;
    still_usable(pack.signed(), &Ledger::default(), FLOOR, app_version()).map_err(not_made)?;
    load(path, pack, device).map(drop)
}

/// How the pack is signed, and the public key that people check it with.
fn signing(arguments: &Make) -> Result<(Signing, PublicKey), CliError> {
    let Some(path) = &arguments.public_key else {
        let key = secret_key(arguments.key.as_deref())?;
        let public = key.public().map_err(not_made)?;
        return Ok((Signing::With(key), public));
    };
    let public = PublicKey::parse(&text(path)?);
    let public = public.map_err(|error| CliError::Read(path.clone(), error.to_string()))?;
    match &arguments.signature {
        Some(path) => Ok((Signing::Made(text(path)?), public)),
        None => Ok((Signing::Later, public)),
    }
}

fn text(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|error| CliError::Read(path.into(), advice(&error)))
}

fn secret_key(path: Option<&Path>) -> Result<SigningKey, CliError> {
    let text = match path {
        Some(path) if in_repository(path) => {
            let why =
                "a secret key must not lie in a repository, where it is soon published; move it elsewhere";
            return Err(CliError::Read(path.into(), why.into()));
        }
        Some(path) => text(path)?,
        None => env::var(KEY_VARIABLE).map_err(|_| {
            not_made(format!("name a secret key with --key, or put its text into {KEY_VARIABLE}"))
        })?,
    };
    let password = env::var(PASSWORD_VARIABLE).ok();
    let key = SigningKey::parse(&text, password.as_deref());
    key.map_err(|error| not_made(format!("{error}; if it has a password, put that into {PASSWORD_VARIABLE}")))
}

fn in_repository(path: &Path) -> bool {
    let whole = fs::canonicalize(path);
    whole.is_ok_and(|path| path.ancestors().any(|folder| folder.join(".git").exists()))
}

/// What goes into the pack; the known answers are what this very processor says.
fn contents(arguments: &Make, device: &Device) -> Result<(Contents<'static>, KnownAnswers, Card), CliError> {
    let folder = &arguments.model;
    let file = |name: &str| -> Result<Cow<'static, [u8]>, CliError> {
        let path = folder.join(name);
        fs::read(&path).map(Cow::Owned).map_err(|error| CliError::Read(path, advice(&error)))
    };
    let model = Model::load(folder, device)?;
    if !model.weights().are_finite() {
        return Err(not_made(Unfit::NotFinite));
    }
    let assessor = Assessor::new(&model);
    let (mut pictures, mut logits) = (Vec::new(), Vec::new());
    for path in &arguments.pictures {
        let photo = read::photo(path).map_err(|reason| CliError::Read(path.clone(), reason))?;
        let picture = photo.crop(photo.central_square(), assessor.card().input_side_px);
        logits.push(assessor.logits(&picture));
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).map_err(not_made)?;
        pictures.push(Cow::Owned(png.into_inner()));
    }
    let answers = KnownAnswers { tolerance: TOLERANCE, logits };
    let quality = match folder.join(QUALITY_FILE).try_exists() {
        Ok(false) => Cow::Borrowed(NO_QUALITY),
        _ => file(QUALITY_FILE)?,
    };
    let contents = Contents {
        card: file(CARD_FILE)?,
        evaluation: file(EVALUATION_FILE)?,
        quality,
        answers: Cow::Owned(serde_json::to_vec(&answers).map_err(not_made)?),
        pictures,
        weights: file(WEIGHTS_FILE)?,
    };
    Ok((contents, answers, assessor.card().clone()))
}

fn manifest(
    arguments: &Make,
    key: &PublicKey,
    card: &Card,
    contents: &Contents<'_>,
) -> Result<Manifest, CliError> {
    let lowest_app = arguments.lowest_app.unwrap_or_else(app_version);
    if lowest_app > app_version() {
        return Err(not_made(format!(
            "this is version {}, and can't try out a pack for version {lowest_app}; make it with that one",
            app_version()
        )));
    }
    let revocation = |withdrawn: &Withdrawn| Revocation {
        key: withdrawn.key.unwrap_or_else(|| key.fingerprint()),
        versions: withdrawn.versions.clone(),
    };
    Ok(Manifest {
        name: card.version.clone(),
        version: arguments.version,
        key_id: key.id(),
        publisher: arguments.publisher.clone(),
        licence: card.licence.clone(),
        date: arguments.date,
        lowest_app,
        architecture: packs::architecture(card),
        classes: packs::classes(card),
        files: Files::of(contents),
        revoked: arguments.revoke.iter().map(revocation).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withdrawn_is_named_by_number() {
        let key = Digest::of(b"a key");
        let these = |versions: &[u32]| Versions::These(versions.iter().copied().collect());
        let parsed = |text: &str| parse_withdrawn(text).map(|Withdrawn { key, versions }| (key, versions));
        assert_eq!(parsed("3"), Ok((None, these(&[3]))));
        assert_eq!(parsed("4,3"), Ok((None, these(&[3, 4]))));
        assert_eq!(parsed("all"), Ok((None, Versions::All)));
        assert_eq!(parsed(&format!("{key}:all")), Ok((Some(key), Versions::All)));
        for wrong in ["", "x", "3,", "-1", "3:4", ":3", "All"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_in_a_repository_is_noticed() {
        let folder = tempfile::tempdir().expect("folder");
        let below = folder.path().join("keys");
        fs::create_dir(&below).expect("folder");
        let key = below.join("secret.key");
        fs::write(&key, "a key").expect("written");
        assert!(!in_repository(&key));
        fs::create_dir(folder.path().join(".git")).expect("folder");
        assert!(in_repository(&key));
    }
}
