//! Pictures for a clinic's image archive: a zip file of DICOM files, each with a JPEG file as it is kept.
//!
//! What was taken through a dermatoscope is a Dermoscopic Photography Image, everything else a VL Photographic Image (PS3.3, A.32). A
//! picture says where on the body it was taken, and nothing about what it shows.

use std::collections::BTreeMap;
use std::io::{self, Seek, Write};

use dicom_core::value::{DataSetSequence, PixelFragmentSequence};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::mem::InMemElement;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use jiff::ZonedDateTime;
use jiff::civil::Date;

use archive::record::{Check, PatientId, RecordKind, Sex, Spot};
use archive::region::{Laterality, Region};
use net::modality::Modality;

use super::body::{self, Coded};
use super::folder::Folder;
use super::jpeg::{self, Frame};
use super::pseudonym::{Pseudonyms, Role, Uuid};
use super::{ExchangeError, Export, Item, Written};

/// Of this software, drawn once.
const IMPLEMENTATION: &str = "2.25.326344689414162212714875704612366744995";
/// The same for people, 16 characters at most.
const IMPLEMENTATION_NAME: &str = concat!("SPOTCHECK ", env!("CARGO_PKG_VERSION"));

/// Writes the crop of each check and, with [`Item::WholePhotos`], the photo. What was looked at on one day is one study, and each spot one
/// series in it.
pub(super) fn write(export: &Export, output: impl Write + Seek) -> Result<Written, ExchangeError> {
    let mut folder = Folder::new(output);
    let mut written = Written::default();
    let mut studies = Studies::new(export.includes(Item::Name));
    let pictures = [RecordKind::Crop, RecordKind::Photo];
    let wanted = if export.includes(Item::WholePhotos) { &pictures[..] } else { &pictures[..1] };
    for (spot, check) in export.checks() {
        written.checks += 1;
        for picture in wanted.iter().copied() {
            let Some(bytes) = export.picture(check, picture, &mut written)? else { continue };
            let Some(frame) = jpeg::baseline(&bytes) else {
                written.lose(check, picture);
                continue;
            };
            let place = studies.place(export, spot, check);
            let [study, series, instance] = place.numbers;
            let file = file(image(export, spot, check, picture, (frame, bytes), &place, &mut studies.names))?;
            folder.add(&format!("ST{study:06}/SE{series:06}/IM{instance:06}.dcm"), &file)?;
            written.pictures += 1;
        }
    }
    folder.finish()?;
    Ok(written)
}

/// Whether it is certain that it was taken through a dermatoscope.
fn through_dermatoscope(check: &Check) -> bool {
    check.assessment.kind == Modality::Dermatoscope && !check.assessment.kind_unsure
}

/// Where a picture belongs.
struct Place {
    patient: Uuid,
    study: Uuid,
    series: Uuid,
    /// The frame of reference of the series.
    frame: Uuid,
    /// When the study began.
    began: ZonedDateTime,
    /// Of the study, of the series in it, and of the picture in that, each from 1.
    numbers: [usize; 3],
}

/// What has been written so far.
struct Studies {
    names: Pseudonyms,
    studies: BTreeMap<(Option<PatientId>, Date), Study>,
}

struct Study {
    number: usize,
    began: ZonedDateTime,
    /// Stands for it: that of its first check.
    id: u128,
    /// Of one spot and one kind of picture each, with how many pictures it has.
    series: Vec<(Series, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Series {
    /// The number of its first check, which stands for it.
    id: u128,
    spot: u128,
    through_dermatoscope: bool,
}

impl Studies {
    fn new(lasting: bool) -> Self {
        Self { names: Pseudonyms::new(lasting), studies: BTreeMap::new() }
    }

    /// Of the next picture.
    fn place(&mut self, export: &Export, spot: &Spot, check: &Check) -> Place {
        let patient = export.patient(spot).map(|patient| patient.id);
        let at = export.local(check.at);
        let next = self.studies.len() + 1;
        let study = self.studies.entry((patient, at.date())).or_insert_with(|| Study {
            number: next,
            began: at,
            id: check.id.number(),
            series: Vec::new(),
        });
        let of = (spot.id.number(), through_dermatoscope(check));
        let known =
            study.series.iter().position(|(series, _)| (series.spot, series.through_dermatoscope) == of);
        let number = known.unwrap_or_else(|| {
            let (spot, through_dermatoscope) = of;
            study.series.push((Series { id: check.id.number(), spot, through_dermatoscope }, 0));
            study.series.len() - 1
        });
        let (series, pictures) = &mut study.series[number];
        *pictures += 1;
        Place {
            patient: self.names.of_patient(patient),
            study: self.names.of(study.id, Role::Study),
            series: self.names.of(series.id, Role::Series),
            frame: self.names.of(series.id, Role::Frame),
            began: study.began.clone(),
            numbers: [study.number, number + 1, *pictures],
        }
    }
}

/// An object that is being filled.
#[derive(Default)]
struct Object(Vec<InMemElement>);

impl Object {
    fn put(&mut self, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) {
        self.0.push(DataElement::new(tag, vr, value.into()));
    }

    /// Something that has to be there, and about which nothing is known or told.
    fn put_empty(&mut self, tag: Tag, vr: VR) {
        self.put(tag, vr, PrimitiveValue::Empty);
    }

    /// A text, where there is one; else it is there and empty.
    fn put_or_empty(&mut self, tag: Tag, vr: VR, text: Option<String>) {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.put(tag, vr, text),
            None => self.put_empty(tag, vr),
        }
    }

    fn put_sequence(&mut self, tag: Tag, items: Vec<InMemDicomObject>) {
        self.0.push(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
    }

    fn done(self) -> InMemDicomObject {
        InMemDicomObject::from_element_iter(self.0)
    }
}

/// A picture with all that the standard wants to know of it.
fn image(
    export: &Export,
    spot: &Spot,
    check: &Check,
    picture: RecordKind,
    (frame, bytes): (Frame, Vec<u8>),
    place: &Place,
    names: &mut Pseudonyms,
) -> InMemDicomObject {
    let mut object = Object::default();
    object.put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    let dermoscopic = through_dermatoscope(check);
    let (class, modality) = match dermoscopic {
        true => (uids::DERMOSCOPIC_PHOTOGRAPHY_IMAGE_STORAGE, "DMS"),
        false => (uids::VL_PHOTOGRAPHIC_IMAGE_STORAGE, "XC"),
    };
    let role = if picture == RecordKind::Photo { Role::Photo } else { Role::Crop };
    object.put(tags::SOP_CLASS_UID, VR::UI, class);
    object.put(tags::SOP_INSTANCE_UID, VR::UI, names.of(check.id.number(), role).uid());
    object.put(tags::MODALITY, VR::CS, modality);
    patient(&mut object, export, spot, check, place);
    study(&mut object, export, spot, check, place);
    equipment(&mut object);
    let tracking = names.of(spot.id.number(), Role::Spot);
    about(&mut object, spot, picture);
    if dermoscopic {
        for (tag, vr) in [
            (tags::LIGHT_SOURCE_POLARIZATION, VR::CS),
            (tags::EMITTER_COLOR_TEMPERATURE, VR::DS),
            (tags::CONTACT_METHOD, VR::CS),
            (tags::OPTICAL_MAGNIFICATION_FACTOR, VR::DS),
        ] {
            object.put_empty(tag, vr);
        }
        // What lies where in a series is known of none, but the validator wants a frame.
        object.put(tags::FRAME_OF_REFERENCE_UID, VR::UI, place.frame.uid());
        object.put_empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO);
        // By these, pictures of one spot are found again in every study.
        object.put(tags::TRACKING_ID, VR::UT, tracking.to_string());
        object.put(tags::TRACKING_UID, VR::UI, tracking.uid());
    }
    pixels(&mut object, frame, bytes);
    object.done()
}

/// The person, as far as they are told. A date of birth is known of nobody, and so an age stands for it.
fn patient(object: &mut Object, export: &Export, spot: &Spot, check: &Check, place: &Place) {
    let known = export.patient(spot);
    let name = known.filter(|_| export.includes(Item::Name)).map(|patient| name(&patient.name));
    object.put_or_empty(tags::PATIENT_NAME, VR::PN, name);
    object.put(tags::PATIENT_ID, VR::LO, place.patient.to_string());
    object.put_empty(tags::PATIENT_BIRTH_DATE, VR::DA);
    let sex = export.sex(spot, check).map(|sex| match sex {
        Sex::Female => "F".to_string(),
        Sex::Male => "M".to_string(),
    });
    object.put_or_empty(tags::PATIENT_SEX, VR::CS, sex);
    if let Some(age) = export.age(spot, check) {
        object.put(tags::PATIENT_AGE, VR::AS, format!("{age:03}Y"));
    }
}

fn study(object: &mut Object, export: &Export, spot: &Spot, check: &Check, place: &Place) {
    let [study, series, instance] = place.numbers;
    let taken = export.local(check.at);
    let (day, time) = ("%Y%m%d", "%H%M%S");
    let began = |how| export.includes(Item::Dates).then(|| place.began.strftime(how).to_string());
    object.put(tags::STUDY_INSTANCE_UID, VR::UI, place.study.uid());
    object.put_or_empty(tags::STUDY_DATE, VR::DA, began(day));
    object.put_or_empty(tags::STUDY_TIME, VR::TM, began(time));
    object.put(tags::STUDY_ID, VR::SH, study.to_string());
    object.put_empty(tags::ACCESSION_NUMBER, VR::SH);
    object.put_empty(tags::REFERRING_PHYSICIAN_NAME, VR::PN);
    object.put(tags::SERIES_INSTANCE_UID, VR::UI, place.series.uid());
    object.put(tags::SERIES_NUMBER, VR::IS, series.to_string());
    object.put(tags::INSTANCE_NUMBER, VR::IS, instance.to_string());
    // These may be missing, and not be empty.
    if export.includes(Item::Dates) {
        for (tag, vr, how) in [
            (tags::CONTENT_DATE, VR::DA, day),
            (tags::CONTENT_TIME, VR::TM, time),
            (tags::ACQUISITION_DATE_TIME, VR::DT, "%Y%m%d%H%M%S"),
            (tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, "%z"),
        ] {
            object.put(tag, vr, taken.strftime(how).to_string());
        }
    }
    if export.includes(Item::SpotNames) && !spot.name.is_empty() {
        object.put(tags::SERIES_DESCRIPTION, VR::LO, line(&spot.name, 64));
    }
    if export.includes(Item::Notes) && !spot.note.is_empty() {
        object.put(tags::IMAGE_COMMENTS, VR::LT, cut(&spot.note, 10_240));
    }
}

/// The app, which made the file. What camera took the photo is known of none.
fn equipment(object: &mut Object) {
    object.put(tags::MANUFACTURER, VR::LO, "Spotcheck");
    object.put(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Spotcheck");
    object.put(tags::DEVICE_SERIAL_NUMBER, VR::LO, "none");
    object.put(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
}

/// What is in the picture, but for its pixels.
fn about(object: &mut Object, spot: &Spot, picture: RecordKind) {
    object.put(
        tags::IMAGE_TYPE,
        VR::CS,
        PrimitiveValue::Strs(["DERIVED".into(), "PRIMARY".into()].into_iter().collect()),
    );
    let derived = match picture {
        RecordKind::Photo => "the photo as it is kept, scaled down where it was larger",
        _ => "the square around the spot",
    };
    object.put(tags::DERIVATION_DESCRIPTION, VR::ST, derived);
    object.put_empty(tags::PATIENT_ORIENTATION, VR::CS);
    // Nobody has looked whether somebody could be recognised, and so it has to be thought possible.
    object.put(tags::RECOGNIZABLE_VISUAL_FEATURES, VR::CS, "YES");
    object.put_sequence(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());
    let region = spot.region();
    object.put_sequence(tags::ANATOMIC_REGION_SEQUENCE, vec![coded(body::site(region))]);
    match region {
        // There are two of these, and the map doesn't tell which.
        None | Some(Region::Buttocks | Region::Groin) => object.put_empty(tags::LATERALITY, VR::CS),
        Some(region) => {
            let laterality = match region.laterality() {
                Some(Laterality::Left) => "L",
                Some(Laterality::Right) => "R",
                None => "U",
            };
            object.put(tags::IMAGE_LATERALITY, VR::CS, laterality);
        }
    }
}

/// The JPEG file, byte for byte.
fn pixels(object: &mut Object, frame: Frame, mut bytes: Vec<u8>) {
    let Frame { width, height, components } = frame;
    let raw = u64::from(width) * u64::from(height) * u64::from(components);
    object.put(tags::SAMPLES_PER_PIXEL, VR::US, u16::from(components));
    // Whatever the sampling of the chroma is in the JPEG file (PS3.5, 8.2.1).
    let colours = if components == 1 { "MONOCHROME2" } else { "YBR_FULL_422" };
    object.put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, colours);
    if components > 1 {
        object.put(tags::PLANAR_CONFIGURATION, VR::US, 0_u16);
    }
    object.put(tags::ROWS, VR::US, height);
    object.put(tags::COLUMNS, VR::US, width);
    object.put(tags::BITS_ALLOCATED, VR::US, 8_u16);
    object.put(tags::BITS_STORED, VR::US, 8_u16);
    object.put(tags::HIGH_BIT, VR::US, 7_u16);
    object.put(tags::PIXEL_REPRESENTATION, VR::US, 0_u16);
    object.put(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01");
    let ratio = raw as f64 / bytes.len() as f64;
    object.put(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, format!("{ratio:.2}"));
    object.put(tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, "ISO_10918_1");
    // Fragments have an even length.
    if !bytes.len().is_multiple_of(2) {
        bytes.push(0);
    }
    object.0.push(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PixelFragmentSequence::new_fragments(vec![bytes]),
    ));
}

fn coded(code: Coded) -> InMemDicomObject {
    let mut item = Object::default();
    item.put(tags::CODE_VALUE, VR::SH, code.code);
    item.put(tags::CODING_SCHEME_DESIGNATOR, VR::SH, "SCT");
    item.put(tags::CODE_MEANING, VR::LO, code.meaning);
    item.done()
}

/// A file with its preamble and its meta information.
fn file(object: InMemDicomObject) -> io::Result<Vec<u8>> {
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::JPEG_BASELINE8_BIT)
        .implementation_class_uid(IMPLEMENTATION)
        .implementation_version_name(IMPLEMENTATION_NAME);
    let object = object.with_meta(meta).map_err(io::Error::other)?;
    let mut file = Vec::new();
    object.write_all(&mut file).map_err(io::Error::other)?;
    Ok(file)
}

/// A name as one component: what parts names into components and values is taken out of it.
fn name(text: &str) -> String {
    line(&text.replace(['^', '='], " "), 64)
}

/// A text in one line of at most so many characters.
fn line(text: &str, most: usize) -> String {
    cut(&text.replace(|character: char| character.is_control(), " "), most)
}

/// A text of at most so many characters. A backslash would begin another value.
fn cut(text: &str, most: usize) -> String {
    text.replace('\\', "/").trim().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use archive::made_up::{assessment, check, patient, spot};
    use archive::record::Patient;
    use assess::assessment::Assessment;
    use dicom_object::{DefaultDicomObject, from_reader};
    use zip::ZipArchive;

    use super::*;
    use crate::tests::{Kept, jpeg};
    use crate::{Format, Include};

    fn files(kept: &Kept, include: Include) -> Vec<(String, DefaultDicomObject)> {
        let (file, _) = kept.written(Format::Dicom, include);
        let mut zip = ZipArchive::new(Cursor::new(file)).expect("a zip file");
        let names: Vec<String> = zip.file_names().map(|name| name.expect("UTF-8").into_owned()).collect();
        let mut object = |name: String| {
            let mut bytes = Vec::new();
            zip.by_name(&name).expect("a file").read_to_end(&mut bytes).expect("read");
            (name, from_reader(bytes.as_slice()).expect("DICOM"))
        };
        names.into_iter().map(&mut object).collect()
    }

    fn text(object: &DefaultDicomObject, tag: Tag) -> String {
        object.element(tag).expect("there").to_str().expect("text").trim_end_matches('\0').to_string()
    }

    /// A spot that was looked at twice on a day, plainly and through a dermatoscope, and once on the next.
    fn kept() -> Kept {
        let mut kept = Kept::new();
        let owner = Patient { name: "Müller^Erika\\x".into(), ..patient() };
        kept.archive.keep_patient(owner.clone()).expect("kept");
        let mine = Spot { patient: Some(owner.id), ..spot("Left arm") };
        for (at, kind) in [
            ("2026-11-28T08:00:00Z", Modality::PlainPhoto),
            ("2026-11-28T08:05:00Z", Modality::Dermatoscope),
            ("2026-11-29T08:00:00Z", Modality::Dermatoscope),
        ] {
            let assessment = Assessment { kind, ..assessment() };
            kept.keep(&mine, Check { at: at.parse().expect("a time"), assessment, ..check(mine.id) });
        }
        kept
    }

    #[test]
    fn what_was_seen_on_a_day_is_a_study_and_each_kind_of_picture_of_a_spot_a_series() {
        let files = files(&kept(), Include::these([Item::WholePhotos]));
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "ST000001/SE000001/IM000001.dcm",
                "ST000001/SE000001/IM000002.dcm",
                "ST000001/SE000002/IM000001.dcm",
                "ST000001/SE000002/IM000002.dcm",
                "ST000002/SE000001/IM000001.dcm",
                "ST000002/SE000001/IM000002.dcm",
            ]
        );
        let of = |tag| files.iter().map(|(_, object)| text(object, tag)).collect::<Vec<_>>();
        assert_eq!(of(tags::MODALITY), ["XC", "XC", "DMS", "DMS", "DMS", "DMS"]);
        let unlike = |tag| std::collections::BTreeSet::from_iter(of(tag)).len();
        let ids =
            [tags::PATIENT_ID, tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID, tags::SOP_INSTANCE_UID];
        assert_eq!(ids.map(unlike), [1, 2, 3, 6]);
    }

    #[test]
    fn the_jpeg_is_kept_byte_for_byte_and_described_as_it_is() {
        for (_, object) in files(&kept(), Include::these([Item::WholePhotos])) {
            let (rows, columns) = (text(&object, tags::ROWS), text(&object, tags::COLUMNS));
            let kept = if columns == "64" { jpeg(64, 48) } else { jpeg(48, 48) };
            assert_eq!(rows, "48");
            let pixels = object.element(tags::PIXEL_DATA).expect("there");
            let fragment = &pixels.fragments().expect("encapsulated")[0];
            assert_eq!(fragment[..kept.len()], kept);
            assert!(fragment.len() - kept.len() <= 1 && fragment.len() % 2 == 0);
            assert_eq!(object.meta().transfer_syntax().trim_end_matches('\0'), "1.2.840.10008.1.2.4.50");
            assert_eq!(text(&object, tags::PHOTOMETRIC_INTERPRETATION), "YBR_FULL_422");
            assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION), "01");
        }
    }

    #[test]
    fn a_name_is_one_component_and_there_only_where_it_was_asked_for() {
        let (_, named) =
            &files(&kept(), Include::these([Item::Name, Item::Sex, Item::BirthYear, Item::Dates]))[0];
        assert_eq!(text(named, tags::PATIENT_NAME), "Müller Erika/x");
        assert_eq!(
            (text(named, tags::PATIENT_SEX), text(named, tags::PATIENT_AGE)),
            ("F".into(), "056Y".into())
        );
        assert_eq!(
            (text(named, tags::STUDY_DATE), text(named, tags::STUDY_TIME)),
            ("20261128".into(), "090000".into())
        );
        let (_, bare) = &files(&kept(), Include::default())[0];
        for tag in [tags::PATIENT_NAME, tags::PATIENT_SEX, tags::PATIENT_BIRTH_DATE, tags::STUDY_DATE] {
            assert_eq!(text(bare, tag), "", "{tag}");
        }
        assert!(
            [tags::PATIENT_AGE, tags::CONTENT_TIME, tags::ACQUISITION_DATE_TIME]
                .iter()
                .all(|tag| bare.get(*tag).is_none())
        );
    }

    #[test]
    fn beside_a_name_identifiers_last_and_without_one_they_are_new_each_time() {
        let kept = kept();
        let instance = |include: &Include| text(&files(&kept, include.clone())[0].1, tags::SOP_INSTANCE_UID);
        let named = Include::these([Item::Name]);
        assert_eq!(instance(&named), instance(&named));
        assert_ne!(instance(&Include::default()), instance(&Include::default()));
    }

    #[test]
    fn the_site_is_coded_and_no_picture_claims_a_diagnosis() {
        let (_, object) = &files(&kept(), Include::these(Item::ALL))[0];
        let site = &object.element(tags::ANATOMIC_REGION_SEQUENCE).expect("there").items().expect("items")[0];
        let code = |tag| site.element(tag).expect("there").to_str().expect("text").to_string();
        assert_eq!(
            (code(tags::CODE_VALUE), code(tags::CODING_SCHEME_DESIGNATOR)),
            ("33712006".into(), "SCT".into())
        );
        assert_eq!(text(object, tags::IMAGE_LATERALITY), "L");
        let words = ["nv", "benign", "suspicious", "risk"];
        for element in object.iter().filter(|element| element.header().tag != tags::PIXEL_DATA) {
            let said = element.to_str().map(|said| said.to_lowercase()).unwrap_or_default();
            assert!(words.iter().all(|word| !said.contains(word)), "{said}");
        }
    }
}
