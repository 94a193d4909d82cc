//! Pictures for researchers: a zip file of JPEG files beside a `metadata.csv` in the vocabulary of the ISIC archive, as its downloads are.
//!
//! A diagnosis is a doctor's or none: the app's own answer would teach the next network its own mistakes.

use std::io::{self, Seek, Write};

use archive::finding::{Finding, Histology, Said};
use archive::record::{Check, RecordKind, Spot};
use net::modality::Modality;

use super::folder::Folder;
use super::pseudonym::{Pseudonyms, Role};
use super::{ExchangeError, Export, Item, Written, body};

/// The table's name.
pub const TABLE: &str = "metadata.csv";

/// The table's columns: the ISIC archive's, in its order.
pub const COLUMNS: [&str; 14] = [
    "isic_id",
    "age_approx",
    "anatom_site_general",
    "diagnosis_1",
    "diagnosis_2",
    "diagnosis_3",
    "diagnosis_4",
    "diagnosis_5",
    "diagnosis_confirm_type",
    "fitzpatrick_skin_type",
    "image_type",
    "lesion_id",
    "patient_id",
    "sex",
];

/// Older people count as so old there, in years.
const MOST_AGE: u8 = 85;

/// Writes the crop of each check: the picture of the spot alone, as researchers want it.
pub(super) fn write(export: &Export, output: impl Write + Seek) -> Result<Written, ExchangeError> {
    let mut folder = Folder::new(output);
    let mut written = Written::default();
    let mut names = Pseudonyms::new(export.includes(Item::Name));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS).map_err(io::Error::from)?;
    for (spot, check) in export.checks() {
        written.checks += 1;
        let Some(bytes) = export.picture(check, RecordKind::Crop, &mut written)? else { continue };
        let row = row(export, spot, check, &mut names);
        folder.add(&format!("{}.jpg", row[0]), &bytes)?;
        table.write_record(row).map_err(io::Error::from)?;
        written.pictures += 1;
    }
    let table = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    folder.add(TABLE, &table)?;
    folder.finish()?;
    Ok(written)
}

/// What is known of a picture, in the order of [`COLUMNS`].
fn row(export: &Export, spot: &Spot, check: &Check, names: &mut Pseudonyms) -> [String; COLUMNS.len()] {
    let patient = export.patient(spot);
    let text = |text: Option<&str>| text.unwrap_or_default().to_string();
    let finding = spot.last_finding().filter(|_| export.includes(Item::Findings));
    let (diagnosis, confirmed_by) = finding.map_or((&[][..], None), diagnosis);
    let level = |at: usize| text(diagnosis.get(at).copied());
    let skin_type = patient.and_then(|patient| patient.skin_type).filter(|_| export.includes(Item::SkinType));
    let kind = (!check.assessment.kind_unsure).then_some(match check.assessment.kind {
        Modality::Dermatoscope => "dermoscopic",
        Modality::PlainPhoto => "clinical: close-up",
    });
    [
        format!("SPOT_{}", names.of(check.id.number(), Role::Crop)),
        export.age(spot, check).map(approximate).unwrap_or_default(),
        text(spot.region().map(body::general)),
        level(0),
        level(1),
        level(2),
        level(3),
        level(4),
        text(confirmed_by),
        text(skin_type.map(|skin_type| ROMAN[usize::from(skin_type.number()) - 1])),
        text(kind),
        names.of(spot.id.number(), Role::Spot).to_string(),
        patient.map(|patient| names.of_patient(Some(patient.id)).to_string()).unwrap_or_default(),
        text(export.sex(spot, check).map(|sex| sex.key())),
    ]
}

const ROMAN: [&str; 6] = ["I", "II", "III", "IV", "V", "VI"];

/// An age in steps of five years, as the archive gives them out.
fn approximate(age: u8) -> String {
    ((age + 2) / 5 * 5).min(MOST_AGE).to_string()
}

/// What a doctor found, as the archive's levels from the coarsest, and what it rests on. A suspicion is no diagnosis, and what the
/// archive has no words for stays empty.
fn diagnosis(finding: &Finding) -> (&'static [&'static str], Option<&'static str>) {
    let (levels, confirmed_by): (&[&str], _) = match &finding.said {
        // What one doctor saw, without tissue and without a panel.
        Some(Said::Benign) => (&["Benign"], "single contributor clinical assessment"),
        Some(Said::Histology(Histology::Class(key))) => (levels(key), "histopathology"),
        Some(Said::Histology(Histology::Other { malignant: Some(true), .. })) => {
            (&["Malignant"], "histopathology")
        }
        Some(Said::Histology(Histology::Other { malignant: Some(false), .. })) => {
            (&["Benign"], "histopathology")
        }
        Some(Said::Suspicious | Said::Histology(Histology::Other { malignant: None, .. })) | None => {
            (&[], "")
        }
    };
    (levels, (!levels.is_empty()).then_some(confirmed_by))
}

/// The archive's levels of a diagnosis that the app knows: those under which the archive holds HAM10000's own pictures of it.
fn levels(key: &str) -> &'static [&'static str] {
    match key {
        "akiec" => &["Indeterminate", "Indeterminate epidermal proliferations", "Solar or actinic keratosis"],
        "bcc" => {
            &["Malignant", "Malignant adnexal epithelial proliferations - Follicular", "Basal cell carcinoma"]
        }
        "bkl" => &["Benign", "Benign epidermal proliferations", "Pigmented benign keratosis"],
        "df" => &["Benign", "Benign soft tissue proliferations - Fibro-histiocytic", "Dermatofibroma"],
        "mel" => &["Malignant", "Malignant melanocytic proliferations (Melanoma)", "Melanoma, NOS"],
        "nv" => &["Benign", "Benign melanocytic proliferations", "Nevus"],
        "scc" => &["Malignant", "Malignant epidermal proliferations", "Squamous cell carcinoma, NOS"],
        "vasc" => &["Benign", "Benign soft tissue proliferations - Vascular"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{Cursor, Read};

    use archive::made_up::{assessment, check, finding, patient, spot};
    use archive::record::Patient;
    use assess::assessment::Assessment;
    use net::diagnosis::{BEYOND_HAM10000, HAM10000};
    use zip::ZipArchive;

    use super::*;
    use crate::tests::{Kept, jpeg};
    use crate::{Format, Include};

    type Row = BTreeMap<String, String>;

    /// The table's rows, each with its picture.
    fn read(kept: &Kept, include: Include) -> Vec<(Row, Vec<u8>)> {
        let (file, _) = kept.written(Format::Isic, include);
        let mut zip = ZipArchive::new(Cursor::new(file)).expect("a zip file");
        let mut bytes = |name: &str| {
            let mut bytes = Vec::new();
            zip.by_name(name).expect("a file").read_to_end(&mut bytes).expect("read");
            bytes
        };
        let table = bytes(TABLE);
        let mut rows = csv::Reader::from_reader(table.as_slice());
        rows.deserialize::<Row>()
            .map(|row| {
                let row = row.expect("a row");
                let picture = bytes(&format!("{}.jpg", row["isic_id"]));
                (row, picture)
            })
            .collect()
    }

    fn keep(kept: &mut Kept, said: Option<Said>, owner: Option<&Patient>, kind: Modality) {
        let findings = vec![Finding { said, ..finding() }];
        let spot = Spot { findings, patient: owner.map(|owner| owner.id), ..spot("arm") };
        let assessment = Assessment { kind, ..assessment() };
        let at = "2026-06-01T12:00:00Z".parse().expect("a time");
        kept.keep(&spot, Check { assessment, at, ..check(spot.id) });
    }

    fn class(key: &str) -> Option<Said> {
        Some(Said::Histology(Histology::Class(key.into())))
    }

    #[test]
    fn a_row_says_in_the_archives_words_what_was_asked_for() {
        let mut kept = Kept::new();
        let owner = patient();
        kept.archive.keep_patient(owner.clone()).expect("kept");
        keep(&mut kept, class("mel"), Some(&owner), Modality::Dermatoscope);
        keep(&mut kept, class("mel"), None, Modality::PlainPhoto);
        let all = Include::these(Item::ALL);
        let rows = read(&kept, all);
        let (dermatoscopic, picture) = &rows[0];
        for (column, wanted) in [
            ("age_approx", "55"),
            ("anatom_site_general", "upper extremity"),
            ("diagnosis_1", "Malignant"),
            ("diagnosis_3", "Melanoma, NOS"),
            ("diagnosis_5", ""),
            ("diagnosis_confirm_type", "histopathology"),
            ("fitzpatrick_skin_type", "II"),
            ("image_type", "dermoscopic"),
            ("sex", "female"),
        ] {
            assert_eq!(dermatoscopic[column], wanted, "{column}");
        }
        assert_eq!(*picture, jpeg(48, 48), "as it is kept");
        assert_eq!(rows[1].0["image_type"], "clinical: close-up");
        assert_eq!((rows[1].0["age_approx"].as_str(), rows[1].0["patient_id"].as_str()), ("", ""));
        let (bare, _) = &read(&kept, Include::default())[0];
        for column in ["age_approx", "diagnosis_1", "diagnosis_confirm_type", "fitzpatrick_skin_type", "sex"]
        {
            assert_eq!(bare[column], "", "{column}");
        }
        assert_ne!(bare["patient_id"], dermatoscopic["patient_id"], "without the name it is drawn anew");
    }

    #[test]
    fn a_diagnosis_is_a_doctors_and_rests_on_what_it_does() {
        let other = |malignant| Some(Said::Histology(Histology::Other { words: "rare".into(), malignant }));
        for (said, first, confirmed_by) in [
            (Some(Said::Benign), "Benign", "single contributor clinical assessment"),
            (Some(Said::Suspicious), "", ""),
            (None, "", ""),
            (class("nv"), "Benign", "histopathology"),
            (class("other"), "", ""),
            (class("of somebody's model"), "", ""),
            (other(Some(true)), "Malignant", "histopathology"),
            (other(Some(false)), "Benign", "histopathology"),
            (other(None), "", ""),
        ] {
            let finding = Finding { said, ..finding() };
            let (levels, rests_on) = diagnosis(&finding);
            let found = (levels.first().copied().unwrap_or_default(), rests_on.unwrap_or_default());
            assert_eq!(found, (first, confirmed_by), "{finding:?}");
        }
        // The app's own answer, which has a diagnosis, is nowhere.
        let mut kept = Kept::new();
        let spot = spot("arm");
        kept.keep(&spot, check(spot.id));
        assert_eq!(read(&kept, Include::these(Item::ALL))[0].0["diagnosis_1"], "");
    }

    #[test]
    fn every_diagnosis_but_the_mixed_one_has_its_words_and_malignant_ones_are_not_called_benign() {
        for known in HAM10000.iter().chain(&BEYOND_HAM10000) {
            let levels = levels(&known.key);
            assert_eq!(levels.is_empty(), known.refer, "{known:?}");
            assert_eq!(levels.first() == Some(&"Benign"), !known.malignant && !known.refer, "{known:?}");
        }
    }

    #[test]
    fn ages_are_told_in_steps_of_five_years() {
        let told: Vec<String> = [0, 2, 3, 37, 38, 56, 84, 101].map(approximate).into();
        assert_eq!(told, ["0", "0", "5", "35", "40", "55", "85", "85"]);
    }
}
