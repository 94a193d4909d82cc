//! Models that come in signed packs: [`spotpack`] says whether a file is what was signed, and this whether its model can be used here.

use std::io::Cursor;

use burn::tensor::Device;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};
use spotpack::{
    AppVersion, Class, ConfirmedKey, Contents, Disagreement, Family, KnownAnswers, Manifest, PackError,
    Policy, Refused, TrustStore,
};

use crate::assessment::Assessor;
use net::diagnosis;
use net::network::architecture::Architecture;
use net::network::card::Card;
use net::network::error::ModelError;
use net::network::layers::Activation;
use net::network::model::Model;

/// How a pack's file name ends, after the dot.
pub const EXTENSION: &str = "spotpack";

/// No version is too old: this rule is for the project's own packs, of which there are none yet.
pub const FLOOR: u32 = 0;

/// The most memory that one of a pack's pictures may unpack to, in bytes.
const MOST_PICTURE_MEMORY: u64 = 16 << 20;

/// Why the model in a genuine pack can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is a network that this app doesn't run.
    #[error("this pack holds an {0}, which this version does not run: its {fault}", fault = .0.fault().unwrap_or("size"))]
    Architecture(Architecture),
    /// The manifest and the card say different things.
    #[error(
        "manifest and card of this pack differ in what they say ({0}): whoever made it has to correct it"
    )]
    Differs(&'static str),
    /// A diagnosis that the app has a name for is said to be something else than it is.
    #[error(
        "this pack says something else of {0} than this app knows of it: whoever made it has to name it otherwise"
    )]
    Diagnosis(&'static str),
    /// Card and weights are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Some weights can't be calculated with.
    #[error("some weights in this pack are not finite numbers: whoever made it has to correct it")]
    NotFinite,
    /// A picture that the network can't look at.
    #[error(
        "picture {number} of this pack is not a PNG in RGB with {side} x {side} pixels, or it is damaged: whoever made it has to \
         correct it"
    )]
    Picture {
        /// Which, counted from 1.
        number: usize,
        /// How many pixels it should have on each side.
        side: u32,
    },
    /// It does not compute here as it did where it was made.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
}

/// Why a pack isn't used.
#[derive(Debug, thiserror::Error)]
pub enum NotUsed {
    /// It isn't genuine, its signer isn't trusted, or its version may not be used here.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Its model can't be used.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It is another pack than the one that was looked at before.
    #[error("this is another pack than the one that was looked at before: choose it again")]
    Another,
    /// What is sealed in the archive doesn't know of it, or what tells which one is in use can't be read.
    #[error("the archive doesn't know of this model, so it isn't used: install its pack again")]
    Unnoted,
    /// The app ended while it loaded it.
    #[error(
        "the app ended while it loaded this model, so it isn't used: to try once more, open its pack again"
    )]
    Ended,
    /// The app itself failed over it.
    #[error("the app failed over this pack: don't use it, and tell whoever made it")]
    Failed,
}

impl From<PackError> for NotUsed {
    fn from(error: PackError) -> Self {
        Self::Refused(error.into())
    }
}

/// Whose packs are trusted: nobody's but of those whose keys were confirmed, since the project has no keys yet. Keys for tests are not.
pub fn trust(confirmed: impl IntoIterator<Item = ConfirmedKey>) -> TrustStore {
    let policy = Policy { test_keys: false, foreign_keys: true };
    TrustStore::without_project(policy).with_confirmed(confirmed)
}

/// The version of this app, which packs may need to be later.
pub fn app_version() -> AppVersion {
    env!("CARGO_PKG_VERSION")
        .parse()
        .expect("Cargo's versions are three numbers; this one has no other parts")
}

/// The network that a card describes, as a manifest has it.
pub fn architecture(card: &Card) -> spotpack::Architecture {
    let activation = match card.activation {
        Activation::Relu => spotpack::Activation::Relu,
        Activation::Relu6 => spotpack::Activation::Relu6,
    };
    let Architecture { width, depth } = card.architecture;
    let (family, side) = (Family::EfficientNetLite, card.input_side_px);
    spotpack::Architecture { family, width, depth, side, activation }
}

/// The classes of a card, as a manifest has them.
pub fn classes(card: &Card) -> Vec<Class> {
    let class = |class: &diagnosis::Diagnosis| Class {
        key: class.key.to_string(),
        malignant: class.malignant,
        refer: class.refer,
    };
    card.classes.iter().map(class).collect()
}

/// The card of a pack, if this app can run what it and the manifest describe.
///
/// # Errors
/// When it can't, or they differ.
pub fn card(manifest: &Manifest, json: &[u8]) -> Result<Card, Unfit> {
    let spotpack::Architecture { width, depth, .. } = manifest.architecture;
    let architecture = Architecture { width, depth };
    if architecture.fault().is_some() {
        return Err(Unfit::Architecture(architecture));
    }
    let card = Card::read(json)?;
    if let Some(what) = difference(manifest, &card) {
        return Err(Unfit::Differs(what));
    }
    match misnamed(&card) {
        Some(key) => Err(Unfit::Diagnosis(key)),
        None => Ok(card),
    }
}

/// The first class that the app has a name for and that isn't what the app knows by that: nothing may be called a melanoma that is
/// said to be harmless.
fn misnamed(card: &Card) -> Option<&'static str> {
    let mut known = card.classes.iter().filter_map(|class| Some((class, diagnosis::by_key(&class.key)?)));
    known.find(|(class, known)| class != known).map(|(_, known)| &*known.key)
}

/// What answers with the model of a pack, once it has given the known answers on this very processor.
///
/// # Errors
/// When it is no model that can be used here.
pub fn assessor(
    manifest: &Manifest,
    answers: &KnownAnswers,
    contents: Contents<'_>,
    device: &Device,
) -> Result<Assessor, Unfit> {
    let side = manifest.architecture.side;
    let Contents { card: json, pictures, weights, .. } = contents;
    let model = Model::from_bytes(card(manifest, &json)?, weights.into_owned(), device)?;
    if !model.weights().are_finite() {
        return Err(Unfit::NotFinite);
    }
    let assessor = Assessor::new(&model);
    for (index, bytes) in pictures.iter().enumerate() {
        let picture = picture(bytes, side).ok_or(Unfit::Picture { number: index + 1, side })?;
        answers.agree(index, &assessor.logits(&picture))?;
    }
    Ok(assessor)
}

/// What a card says otherwise than the manifest. The manifest's texts were checked, so they may be shown; the card's are, so they must be
/// the same.
fn difference(manifest: &Manifest, card: &Card) -> Option<&'static str> {
    let (said, found) = (&manifest.architecture, architecture(card));
    let same = [
        ("name", manifest.name == card.version),
        ("licence", manifest.licence == card.licence),
        ("classes", manifest.classes == classes(card)),
        ("width", said.width == found.width),
        ("depth", said.depth == found.depth),
        ("side", said.side == found.side),
        ("activation", said.activation == found.activation),
    ];
    same.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}

/// A picture of a pack. Its pixels count as they are, without a colour profile.
fn picture(bytes: &[u8], side: u32) -> Option<RgbImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(side);
    limits.max_image_height = Some(side);
    limits.max_alloc = Some(MOST_PICTURE_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.limits(limits);
    match reader.decode() {
        Ok(DynamicImage::ImageRgb8(picture)) if picture.dimensions() == (side, side) => Some(picture),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use spotpack::{Blob, Digest, Files};

    use super::*;

    fn manifest(card: &Card) -> Manifest {
        let blob = Blob { length: 1, sha256: Digest::of(b"a") };
        let files = Files {
            card: blob,
            evaluation: blob,
            quality: blob,
            answers: blob,
            pictures: vec![blob],
            weights: blob,
        };
        Manifest {
            name: card.version.clone(),
            version: 1,
            key_id: "0123456789ABCDEF".to_string().try_into().expect("an id"),
            publisher: "Skin lab".to_string(),
            licence: card.licence.clone(),
            date: "2026-03-31".parse().expect("a day"),
            lowest_app: app_version(),
            architecture: architecture(card),
            classes: classes(card),
            files,
            revoked: Vec::new(),
        }
    }

    #[test]
    fn the_embedded_card_could_be_in_a_pack() {
        let card = Card::embedded().expect("card");
        let manifest = manifest(&card);
        manifest.check().expect("a valid manifest");
        assert_eq!(difference(&manifest, &card), None);
    }

    #[test]
    fn every_published_network_can_be_named_by_manifest_and_card() {
        for architecture in Architecture::PUBLISHED {
            let card = Card { architecture, ..Card::embedded().expect("card") };
            let manifest = manifest(&card);
            manifest.check().expect("a valid manifest");
            let json = serde_json::to_vec(&card).expect("JSON");
            assert_eq!(super::card(&manifest, &json).expect("it can be run"), card);
        }
    }

    #[test]
    fn a_network_that_is_too_wide_is_refused_before_its_card_is_read() {
        let mut manifest = manifest(&Card::embedded().expect("card"));
        manifest.architecture.width = 2.0;
        manifest.check().expect("within what a manifest may say");
        let why = card(&manifest, b"no card").expect_err("too wide").to_string();
        assert!(why.contains("of width 2 and depth 1") && why.contains("0.25 and 1.5"), "{why}");
    }

    #[test]
    fn what_a_card_says_otherwise_is_named() {
        let card = Card::embedded().expect("card");
        let good = manifest(&card);
        let named = |change: &dyn Fn(&mut Manifest)| {
            let mut manifest = good.clone();
            change(&mut manifest);
            difference(&manifest, &card)
        };
        assert_eq!(named(&|manifest| manifest.name.push('x')), Some("name"));
        assert_eq!(named(&|manifest| manifest.licence.push('x')), Some("licence"));
        assert_eq!(named(&|manifest| manifest.classes.reverse()), Some("classes"));
        assert_eq!(named(&|manifest| manifest.classes[0].malignant = false), Some("classes"));
        assert_eq!(named(&|manifest| manifest.architecture.width = 1.1), Some("width"));
        assert_eq!(named(&|manifest| manifest.architecture.depth = 1.1), Some("depth"));
        assert_eq!(named(&|manifest| manifest.architecture.side += 1), Some("side"));
        let other = |manifest: &mut Manifest| manifest.architecture.activation = spotpack::Activation::Relu6;
        assert_eq!(named(&other), Some("activation"));
    }

    #[test]
    fn what_the_app_has_a_name_for_is_what_it_knows_by_that() {
        let good = Card::embedded().expect("card");
        assert_eq!(misnamed(&good), None);
        for key in ["mel", "nv"] {
            let mut card = good.clone();
            let class = card.classes.iter_mut().find(|class| class.key == key).expect("one of ours");
            class.malignant = !class.malignant;
            let json = serde_json::to_vec(&card).expect("JSON");
            let refused = super::card(&manifest(&card), &json);
            assert!(matches!(refused, Err(Unfit::Diagnosis(named)) if named == key), "{refused:?}");
            let class = card.classes.iter_mut().find(|class| class.key == key).expect("one of ours");
            class.key = "something-else".into();
            assert_eq!(misnamed(&card), None, "what only the pack knows is its own to say");
        }
    }

    #[test]
    fn a_picture_is_as_large_as_it_should_be_and_in_colour() {
        let png = |picture: DynamicImage| {
            let mut bytes = Cursor::new(Vec::new());
            picture.write_to(&mut bytes, ImageFormat::Png).expect("written");
            bytes.into_inner()
        };
        let good = png(DynamicImage::new_rgb8(64, 64));
        assert!(picture(&good, 64).is_some());
        assert!(picture(&good[..good.len() / 2], 64).is_none(), "cut off");
        assert!(picture(&good, 96).is_none(), "too small");
        for other in [
            DynamicImage::new_rgb8(65, 64),
            DynamicImage::new_rgb8(4000, 4000),
            DynamicImage::new_luma8(64, 64),
            DynamicImage::new_rgba8(64, 64),
            DynamicImage::new_rgb16(64, 64),
        ] {
            assert!(picture(&png(other), 64).is_none());
        }
    }
}
