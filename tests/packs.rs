//! Model packs in the terminal: from a model's folder to an answer, and what is refused on the way.
#![cfg(feature = "packs")]

use std::borrow::Cow;
use std::env;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use burn::tensor::Device;
use serde_json::Value;
use spotcheck::network::card::CARD_FILE;
use spotcheck::network::model::Model;
use spotcheck::network::weights::WEIGHTS_FILE;
use spotpack::{
    Activation, ConfirmedKey, Contents, Draft, Envelope, Files, Manifest, Pack, Policy, SigningKey,
    TrustStore,
};
use tempfile::TempDir;

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

/// Runs spotcheck without a key in the environment.
fn spotcheck(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
    command.env_remove("SPOTCHECK_PACK_KEY").env_remove("SPOTCHECK_PACK_PASSWORD");
    command.args(arguments).output().expect("spotcheck runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What it says when all goes well.
fn said(arguments: &[&str]) -> String {
    let output = spotcheck(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says when it refuses: no answer, an exit status that scripts see, and the reason.
fn refusal(arguments: &[&str]) -> String {
    let output = spotcheck(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

/// A drawn brown spot on drawn skin, as large as it is told.
fn drawn_spot(path: &Path, radius: f32) {
    let picture = image::RgbImage::from_fn(320, 240, |x, y| {
        let distance = (x as f32 - 160.0).hypot(y as f32 - 120.0) / radius;
        let cover = ((1.1 - distance) * 4.0).clamp(0.0, 1.0);
        let grain = ((x * 7 + y * 13) % 11) as f32;
        let mix = |skin: f32, spot: f32| (skin * (1.0 - cover) + spot * cover + grain) as u8;
        image::Rgb([mix(215.0, 110.0), mix(165.0, 70.0), mix(145.0, 50.0)])
    });
    picture.save(path).expect("picture written");
}

/// A folder with a key that was made for this test, and two drawings.
struct Place {
    folder: TempDir,
    key: SigningKey,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().expect("folder"),
            key: SigningKey::generate().expect("a key"),
        };
        fs::write(place.path("secret.key"), place.key.to_text().expect("text")).expect("written");
        let public = place.key.public().expect("a key");
        fs::write(place.path("key.pub"), format!("untrusted comment: for a test\n{public}\n"))
            .expect("written");
        drawn_spot(&place.path("small.png"), 40.0);
        drawn_spot(&place.path("large.png"), 90.0);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_string()
    }

    fn fingerprint(&self) -> String {
        self.key.public().expect("a key").fingerprint().to_string()
    }

    /// The arguments of `pack make` for a model's folder, without what says how it is signed.
    fn arguments(&self, model: &str) -> Vec<String> {
        let mut arguments: Vec<String> = ["pack", "make", model].map(String::from).to_vec();
        arguments.extend([self.name("small.png"), self.name("large.png")]);
        let told = ["--version", "3", "--publisher", "Skin lab", "--date", "2026-03-31"];
        arguments.extend(told.map(String::from));
        arguments
    }

    fn make(&self, model: &str, more: &[&str]) -> Output {
        let arguments = self.arguments(model);
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        spotcheck(&all)
    }

    /// A pack of the app's own weights under this name.
    fn made(&self, name: &str) -> String {
        let (pack, key) = (self.name(name), self.name("secret.key"));
        let output = self.make(MODELS, &["--key", &key, "--to", &pack]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("fingerprint"), "{}", text(&output.stdout));
        pack
    }

    /// Another pack by the same key, with what `change` makes of it.
    fn remade(
        &self,
        pack: &str,
        name: &str,
        change: impl FnOnce(&mut Manifest, &mut Contents<'_>),
    ) -> String {
        let bytes = fs::read(pack).expect("pack");
        let public = self.key.public().expect("a key");
        let confirmed = ConfirmedKey::new(public, &self.fingerprint()).expect("the fingerprint");
        let policy = Policy { test_keys: false, foreign_keys: true };
        let trust = TrustStore::without_project(policy).with_confirmed([confirmed]);
        let pack = Pack::from_bytes(&bytes, &trust).expect("a pack");
        let mut manifest = pack.signed().manifest().clone();
        let mut contents = pack.into_contents();
        change(&mut manifest, &mut contents);
        manifest.files = Files::of(&contents);
        let mut remade = Vec::new();
        let draft = Draft::new(&manifest, contents, public).expect("drafted");
        draft.sign(&self.key, &mut remade).expect("signed");
        fs::write(self.path(name), remade).expect("written");
        self.name(name)
    }
}

#[test]
fn a_pack_is_made_checked_shown_and_answers_as_its_folder_does() {
    let place = Place::new();
    let pack = place.made("a.spotpack");
    let fingerprint = place.fingerprint();
    let good = said(&["pack", "verify", &pack, "--trust", &fingerprint]);
    assert!(
        good.contains("version 3") && good.contains("Skin lab") && good.contains("pictures: 2"),
        "{good}"
    );

    let card = fs::read(Path::new(MODELS).join(CARD_FILE)).expect("card");
    let card: Value = serde_json::from_slice(&card).expect("JSON");
    let raw = place.path("raw");
    let shown = said(&["pack", "inspect", &pack, "--raw", &place.name("raw")]);
    assert!(shown.contains(card["version"].as_str().expect("text")), "{shown}");
    assert!(shown.replace(' ', "").contains(&fingerprint), "{shown}");
    let envelope = fs::read(&pack).expect("pack");
    let envelope = Envelope::read(&mut Cursor::new(envelope)).expect("envelope");
    assert_eq!(fs::read(raw.join("manifest.json")).expect("cut out"), envelope.manifest());
    let signature = fs::read_to_string(raw.join("manifest.json.minisig")).expect("cut out");
    assert_eq!(signature, envelope.signature());
    let key = fs::read_to_string(raw.join("key.pub")).expect("cut out");
    assert_eq!(key.lines().nth(1), Some(envelope.key().to_string().as_str()));
    // What is there stays.
    let again = refusal(&["pack", "inspect", &pack, "--raw", &place.name("raw")]);
    assert!(again.contains("exists already"), "{again}");

    let photo = place.name("small.png");
    let by_folder = said(&["assess", "--json", "--model", MODELS, &photo]);
    let by_pack = spotcheck(&["assess", "--json", "--model", &pack, "--trust", &fingerprint, &photo]);
    assert!(by_pack.status.success(), "{}", text(&by_pack.stderr));
    let parsed = |json: &str| serde_json::from_str::<Value>(json).expect("JSON");
    let (mut by_pack_json, by_folder) = (parsed(&text(&by_pack.stdout)), parsed(&by_folder));
    // All that differs is whose model it says answered.
    let label = by_pack_json[0].as_object_mut().and_then(|answer| answer.remove("foreign_model"));
    let label = label.expect("a label");
    assert!(label.as_str().is_some_and(|label| label.ends_with("· Skin lab · v3")), "{label}");
    assert_eq!(by_pack_json, by_folder);
    let told = text(&by_pack.stderr);
    assert!(told.contains("somebody else's model") && told.contains("Skin lab"), "{told}");
    assert!(told.contains(&fingerprint[..4]), "{told}");
    // To people, each answer says it.
    let answer = said(&["assess", "--model", &pack, "--trust", &fingerprint, &photo]);
    assert!(answer.contains("somebody else's model") && answer.contains("Skin lab · v3"), "{answer}");
    let own = said(&["assess", &photo]);
    assert!(!own.contains("somebody else's model"), "{own}");
}

#[test]
fn a_pack_that_is_signed_elsewhere_is_the_same() {
    let place = Place::new();
    let pack = place.made("a.spotpack");
    let (manifest, public) = (place.name("manifest.json"), place.name("key.pub"));
    let output = place.make(MODELS, &["--unsigned", &manifest, "--public-key", &public]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("-t 'spotpack 1'"), "{}", text(&output.stdout));
    let bytes = fs::read(&pack).expect("pack");
    let envelope = Envelope::read(&mut Cursor::new(&bytes)).expect("envelope");
    assert_eq!(text(&fs::read(&manifest).expect("manifest")), text(envelope.manifest()));

    let (signature, other) = (place.name("manifest.json.minisig"), place.name("b.spotpack"));
    fs::write(&signature, envelope.signature()).expect("written");
    let signed = ["--signature", signature.as_str(), "--public-key", public.as_str(), "--to", other.as_str()];
    let output = place.make(MODELS, &signed);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::read(&other).expect("pack") == bytes, "the same pack");

    // A pack is never replaced, and a signature is for one manifest alone.
    let output = place.make(MODELS, &signed);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("exists already"), "{}", text(&output.stderr));
    fs::remove_file(&other).expect("removed");
    let output = place.make(MODELS, &[&signed[..], &["--revoke", "2"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not a signature over this manifest"), "{}", text(&output.stderr));
    assert!(!Path::new(&other).exists());
}

#[test]
fn what_was_changed_or_is_by_a_stranger_is_refused() {
    let place = Place::new();
    let pack = place.made("a.spotpack");
    let photo = place.name("small.png");
    let fingerprint = place.fingerprint();
    let bytes = fs::read(&pack).expect("pack");
    let length = Envelope::read(&mut Cursor::new(&bytes)).expect("envelope").manifest().len();
    // In signature, manifest, card and weights.
    for at in [120, 330, 320 + length.next_multiple_of(64) + 64, bytes.len() - 5000] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let changed_pack = place.name("changed.spotpack");
        fs::write(&changed_pack, changed).expect("written");
        let why = refusal(&["pack", "verify", &changed_pack, "--trust", &fingerprint]);
        assert!(why.contains("changed after it was signed"), "byte {at}: {why}");
        let why = refusal(&["assess", "--model", &changed_pack, "--trust", &fingerprint, &photo]);
        assert!(why.contains("changed after it was signed"), "byte {at}: {why}");
    }
    fs::write(place.path("changed.spotpack"), &bytes[..bytes.len() - 1]).expect("written");
    let why = refusal(&["pack", "verify", &place.name("changed.spotpack"), "--trust", &fingerprint]);
    assert!(why.contains("cut off"), "{why}");

    let other = SigningKey::generate().expect("a key").public().expect("a key").fingerprint().to_string();
    let (alone, stranger) = ([pack.as_str()], [pack.as_str(), "--trust", other.as_str()]);
    for command in [&["pack", "verify"][..], &["assess", photo.as_str(), "--model"]] {
        let why = refusal(&[command, &alone[..]].concat());
        assert!(why.contains("not from the project") && why.contains("--trust"), "{why}");
        assert!(why.replace(' ', "").contains(&fingerprint), "{why}");
        let why = refusal(&[command, &stranger[..]].concat());
        assert!(why.contains("not the fingerprint"), "{why}");
    }
    fs::write(place.path("notes.spotpack"), "what I did today").expect("written");
    let why = refusal(&["pack", "inspect", &place.name("notes.spotpack"), "--raw", &place.name("raw")]);
    assert!(why.contains("not a model pack") && !place.path("raw").exists(), "{why}");
    let why = refusal(&["assess", "--model", &place.name("missing.spotpack"), &photo]);
    assert!(why.contains("no such file"), "{why}");
}

#[test]
fn a_genuine_pack_whose_model_cannot_be_used_is_refused() {
    let place = Place::new();
    let pack = place.made("a.spotpack");
    let fingerprint = place.fingerprint();
    let refused = |change: &dyn Fn(&mut Manifest, &mut Contents<'_>), wanted: &str| {
        let other = place.remade(&pack, "other.spotpack", change);
        let why = refusal(&["pack", "verify", &other, "--trust", &fingerprint]);
        assert!(why.contains(wanted), "{wanted}: {why}");
        let photo = place.name("small.png");
        let why = refusal(&["assess", "--json", "--model", &other, "--trust", &fingerprint, &photo]);
        assert!(why.contains(wanted), "{wanted}: {why}");
    };
    refused(
        &|manifest, _| manifest.lowest_app = "99.0.0".parse().expect("a version"),
        "needs version 99.0.0 of the app",
    );
    refused(&|manifest, _| manifest.architecture.side = 224, "differ in what they say (side)");
    refused(&|manifest, _| manifest.architecture.activation = Activation::Relu6, "(activation)");
    refused(&|manifest, _| manifest.classes.reverse(), "(classes)");
    refused(&|manifest, _| manifest.name = "lite0-best".to_string(), "(name)");
    refused(&|manifest, _| manifest.architecture.depth = 1.1, "(depth)");
    refused(&|manifest, _| manifest.architecture.width = 2.0, "this version does not run");
    let lite4 = |manifest: &mut Manifest, contents: &mut Contents<'_>| {
        (manifest.architecture.width, manifest.architecture.depth) = (1.4, 1.8);
        let mut card = serde_json::from_slice::<Value>(&contents.card).expect("JSON");
        card["architecture"] = serde_json::json!({"width": 1.4, "depth": 1.8});
        contents.card = Cow::Owned(serde_json::to_vec(&card).expect("JSON"));
    };
    refused(&lite4, "those of EfficientNet-Lite4");
    refused(&|_, contents| contents.pictures.reverse(), "does not answer picture 1");
    refused(&|_, contents| contents.pictures[1] = Cow::Borrowed(b"no picture"), "picture 2 of this pack");
    refused(&|_, contents| contents.weights = Cow::Borrowed(b"no weights"), WEIGHTS_FILE);
    let bytes = fs::read(broken_model(&place).join(WEIGHTS_FILE)).expect("weights");
    refused(&|_, contents| contents.weights = Cow::Owned(bytes.clone()), "not finite numbers");
}

/// The app's own model, but for weights that are no numbers and that the known answers don't depend on.
fn broken_model(place: &Place) -> PathBuf {
    let device = Device::flex();
    let model = Model::load(MODELS.as_ref(), &device).expect("model");
    let mut weights = model.weights().clone();
    weights.probes.phone.weight = weights.probes.phone.weight.map(|weight| weight * f64::NAN);
    let folder = place.path("broken");
    fs::create_dir_all(&folder).expect("folder");
    let model = Model::from_parts(weights, model.card().clone(), &device);
    model.save(&folder).expect("saved");
    fs::write(folder.join("evaluation.json"), "{}\n").expect("written");
    folder
}

#[test]
fn nothing_is_made_that_nobody_would_take_and_nothing_is_left_behind() {
    let place = Place::new();
    let (key, pack) = (place.name("secret.key"), place.name("a.spotpack"));
    let signed = ["--key", key.as_str(), "--to", pack.as_str()];
    let refused = |output: Output, wanted: &str| {
        let why = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{wanted}: {why}");
        assert!(why.contains(wanted), "{wanted}: {why}");
        assert!(output.stdout.is_empty() && !Path::new(&pack).exists(), "{wanted}");
    };
    refused(place.make(MODELS, &["--to", &pack]), "SPOTCHECK_PACK_KEY");
    let broken = broken_model(&place);
    refused(place.make(broken.to_str().expect("UTF-8"), &signed), "not finite numbers");
    refused(place.make(&place.name("no-such-folder"), &signed), CARD_FILE);
    let later = [&signed[..], &["--lowest-app", "99.0.0"]].concat();
    refused(place.make(MODELS, &later), "can't try out a pack for version 99.0.0");
    let withdrawn = [&signed[..], &["--revoke", "3"]].concat();
    refused(place.make(MODELS, &withdrawn), "withdrawn");
    let no_such = place.name("no-such.png");
    let missing = [&signed[..], &[no_such.as_str()]].concat();
    refused(place.make(MODELS, &missing), "no-such.png");
    let arguments = place.arguments(MODELS);
    let named = arguments.iter().map(|argument| match argument.as_str() {
        "Skin lab" => "Sp0tcheck",
        other => other,
    });
    let imitation: Vec<&str> = named.chain(signed).collect();
    refused(spotcheck(&imitation), "look like the project's");
    fs::write(place.path("secret.key"), "no key").expect("written");
    refused(place.make(MODELS, &signed), "secret key cannot be used");
    fs::write(place.path("secret.key"), place.key.to_text().expect("text")).expect("written");
    fs::create_dir(place.path(".git")).expect("folder");
    refused(place.make(MODELS, &signed), "must not lie in a repository");
}

/// A program in the folder where `./dev test` put the OpenSSF's tool and the Python that runs it.
fn openssf(program: &str, arguments: &[&str]) -> Output {
    let folder = env::var_os("SPOTCHECK_MODEL_SIGNING").expect("SPOTCHECK_MODEL_SIGNING names its folder");
    Command::new(Path::new(&folder).join(program)).args(arguments).output().expect("it runs")
}

/// Makes a key on the curve P-256: secret and public half, as PEM.
const MAKE_P256: &str = "
import sys
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
key = ec.generate_private_key(ec.SECP256R1())
secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
for path, half in zip(sys.argv[1:], [secret, public]):
    open(path, 'wb').write(half)
";

/// What `./dev pack --bundle-key` does, and what an auditor does with it.
#[test]
#[ignore = "needs model_signing from PyPI: ./dev test runs it where it can be fetched"]
fn the_tool_of_auditors_verifies_a_pack_by_the_bundle_beside_it() {
    let place = Place::new();
    let (pack, bundle) = (place.made("a.spotpack"), place.name("a.spotpack.sig"));
    let key = |name: &str| {
        let [secret, public] = ["pem", "pub"].map(|ending| place.name(&format!("{name}.{ending}")));
        assert!(openssf("python", &["-c", MAKE_P256, &secret, &public]).status.success());
        [secret, public]
    };
    let ([secret, public], [_, other]) = (key("one"), key("other"));
    let sign = ["sign", "key", &pack, "--private_key", &secret, "--signature", &bundle];
    let signed = openssf("model_signing", &sign);
    assert!(signed.status.success(), "{}", text(&signed.stderr));

    let verify = |pack: &str, public: &str| {
        let verify = ["verify", "key", pack, "--public_key", public, "--signature", &bundle];
        openssf("model_signing", &verify)
    };
    let verified = verify(&pack, &public);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    let refused = |output: Output, wanted: &str| {
        let why = text(&output.stdout) + &text(&output.stderr);
        assert!(!output.status.success() && why.contains(wanted), "{wanted}: {why}");
    };
    refused(verify(&pack, &other), "Key mismatch");
    let mut changed = fs::read(&pack).expect("pack");
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(place.path("changed.spotpack"), &changed).expect("written");
    refused(verify(&place.name("changed.spotpack"), &public), "mismatch");
    // Of what was signed, one character is another one.
    let genuine = fs::read_to_string(&bundle).expect("bundle");
    let forged = genuine.replacen("\"payload\":\"ew", "\"payload\":\"ex", 1);
    assert_ne!(forged, genuine);
    fs::write(&bundle, forged).expect("written");
    refused(verify(&pack, &public), "Verification failed");
}

#[test]
fn a_key_may_come_from_the_environment() {
    let place = Place::new();
    let pack = place.name("a.spotpack");
    let mut arguments = place.arguments(MODELS);
    arguments.extend(["--to".to_string(), pack.clone()]);
    let output = Command::new(env!("CARGO_BIN_EXE_spotcheck"))
        .args(arguments)
        .env("SPOTCHECK_PACK_KEY", place.key.to_text().expect("text"))
        .env_remove("SPOTCHECK_PACK_PASSWORD")
        .output()
        .expect("spotcheck runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(said(&["pack", "verify", &pack, "--trust", &place.fingerprint()]).contains("Skin lab"));
}
