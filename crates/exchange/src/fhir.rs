//! Answers, findings and the report for a clinic's records: a FHIR R4 bundle (hl7.org/fhir/R4), as JSON.
//!
//! What the app answered is an Observation that stays preliminary, since nobody has confirmed it. What a doctor found is there as the
//! person reported it: a Condition where tissue was examined, an Observation where somebody looked, a Procedure where the spot was removed.

use std::collections::BTreeMap;
use std::io::{self, Seek, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use archive::finding::{Finding, Histology, Said};
use archive::record::{Check, Patient, PatientId, Spot};
use assess::assessment::{Assessment, Doubt, Triage};

use super::body::{self, Coded};
use super::pseudonym::{Pseudonyms, Role, Uuid};
use super::{ExchangeError, Export, Item, Written};

/// Of the codes that are this app's own, drawn once.
const SYSTEM: &str = "urn:oid:2.25.55208738814687421899128016172254943493";
const SNOMED: &str = "http://snomed.info/sct";
const UNITS: &str = "http://unitsofmeasure.org";
const NO_DEVICE: &str = "By the Spotcheck app, which is not a medical device and does not replace a doctor. Nobody has confirmed it.";
const REPORTED: &str =
    "As the person reported it from what a doctor told them; no doctor has entered or confirmed it here.";

/// Writes the bundle.
pub(super) fn write(export: &Export, mut output: impl Write + Seek) -> Result<Written, ExchangeError> {
    let mut bundle =
        Bundle { export, names: Pseudonyms::new(export.includes(Item::Name)), entries: Vec::new() };
    let checks = bundle.fill();
    let mut object = json!({ "resourceType": "Bundle", "type": "collection" });
    put(&mut object, "entry", Some(Value::Array(std::mem::take(&mut bundle.entries))));
    put(&mut object, "timestamp", bundle.time(export.now));
    serde_json::to_writer_pretty(&mut output, &object).map_err(io::Error::from)?;
    output.flush()?;
    Ok(Written { checks, ..Written::default() })
}

struct Bundle<'a> {
    export: &'a Export<'a>,
    names: Pseudonyms,
    entries: Vec<Value>,
}

/// A value where there is one: FHIR knows no empty ones.
fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
        object.insert(key.into(), value);
    }
}

fn reference(to: Uuid) -> Value {
    json!({ "reference": format!("urn:uuid:{to}") })
}

/// A length, to a tenth of a millimetre.
fn millimetres(length: f32) -> Value {
    let value = (f64::from(length) * 10.0).round() / 10.0;
    json!({ "value": value, "unit": "mm", "system": UNITS, "code": "mm" })
}

/// A concept that is this app's own.
fn own(code: &str, text: &str) -> Value {
    json!({ "coding": [{ "system": SYSTEM, "code": code, "display": text }], "text": text })
}

fn snomed(Coded { code, meaning }: Coded) -> Value {
    json!({ "coding": [{ "system": SNOMED, "code": code, "display": meaning }] })
}

fn of_hl7(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] })
}

fn notes(texts: impl IntoIterator<Item = String>) -> Value {
    texts.into_iter().map(|text| json!({ "text": text })).collect()
}

/// A share of one, with as many digits as mean something.
fn share(value: f32) -> Value {
    json!({ "value": (f64::from(value) * 1e4).round() / 1e4, "unit": "1", "system": UNITS, "code": "1" })
}

impl Bundle<'_> {
    /// Adds everything; returns how many checks there are.
    fn fill(&mut self) -> usize {
        let export = self.export;
        // Of each patient, the answers.
        let mut answers: BTreeMap<Option<PatientId>, Vec<Uuid>> = BTreeMap::new();
        let mut devices = BTreeMap::new();
        let mut checks = 0;
        for spot in export.part.spots().filter(|spot| export.part.timeline(spot.id).next().is_some()) {
            let patient = export.patient(spot);
            let key = patient.map(|patient| patient.id);
            let subject = self.names.of_patient(key);
            if !answers.contains_key(&key) {
                self.patient(subject, patient);
            }
            let of_patient = answers.entry(key).or_default();
            let body = self.body(spot, subject);
            for check in export.part.timeline(spot.id) {
                checks += 1;
                let model = (check.assessment.model.clone(), check.assessment.foreign_model.clone());
                let known = devices.get(&model).copied();
                let device = known.unwrap_or_else(|| {
                    let device = Uuid::new(rand::random());
                    self.device(device, &check.assessment);
                    devices.insert(model, device);
                    device
                });
                of_patient.push(self.answer(check, spot, subject, body, device));
            }
            if export.includes(Item::Findings) {
                for (at, finding) in (0..=u8::MAX).zip(&spot.findings) {
                    self.finding(spot, subject, body, at, finding);
                }
            }
        }
        self.reports(answers);
        checks
    }

    fn add(&mut self, id: Uuid, mut resource: Value) {
        put(&mut resource, "id", Some(id.to_string().into()));
        let mut entry = json!({ "fullUrl": format!("urn:uuid:{id}") });
        put(&mut entry, "resource", Some(resource));
        self.entries.push(entry);
    }

    /// A day and time, where they are told.
    fn time(&self, at: Timestamp) -> Option<Value> {
        let told = self.export.includes(Item::Dates);
        told.then(|| self.export.local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into())
    }

    fn patient(&mut self, id: Uuid, known: Option<&Patient>) {
        let told = |item| known.filter(|_| self.export.includes(item));
        let mut patient = json!({ "resourceType": "Patient" });
        let name = told(Item::Name).filter(|patient| !patient.name.is_empty());
        put(&mut patient, "name", name.map(|patient| json!([{ "text": patient.name }])));
        let sex = told(Item::Sex).and_then(|patient| patient.sex);
        put(&mut patient, "gender", sex.map(|sex| sex.key().into()));
        let year = told(Item::BirthYear).and_then(|patient| patient.birth_year);
        put(&mut patient, "birthDate", year.map(|year| format!("{year:04}").into()));
        let skin_type = told(Item::SkinType).and_then(|patient| Some((patient.id, patient.skin_type?)));
        self.add(id, patient);
        let Some((patient, skin_type)) = skin_type else { return };
        let observation = json!({
            "resourceType": "Observation",
            "status": "preliminary",
            "code": own("skin-type", "Fitzpatrick skin type, as the person said"),
            "subject": reference(id),
            "valueInteger": skin_type.number(),
        });
        let own = self.names.of(patient.number(), Role::SkinType);
        self.add(own, observation);
    }

    fn body(&mut self, spot: &Spot, subject: Uuid) -> Uuid {
        let id = self.names.of(spot.id.number(), Role::Spot);
        let region = spot.region();
        let mut body = json!({
            "resourceType": "BodyStructure",
            "identifier": [{ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{id}") }],
            "location": snomed(body::site(region)),
            "patient": reference(subject),
        });
        let laterality = region.and_then(|region| region.laterality());
        put(&mut body, "locationQualifier", laterality.map(|of| json!([snomed(body::laterality(of))])));
        let told = [(Item::SpotNames, &spot.name), (Item::Notes, &spot.note)];
        let told = told.into_iter().filter(|(item, text)| self.export.includes(*item) && !text.is_empty());
        let description: Vec<&str> = told.map(|(_, text)| text.as_str()).collect();
        put(&mut body, "description", (!description.is_empty()).then(|| description.join("\n").into()));
        self.add(id, body);
        id
    }

    fn device(&mut self, id: Uuid, assessment: &Assessment) {
        let mut said =
            vec!["An app for phones that looks at photos of moles. It is not a medical device.".to_string()];
        said.extend(
            assessment.foreign_model.as_ref().map(|label| format!("The model is somebody else's: {label}")),
        );
        let version = |of: &str, value: &str| json!({ "type": own(of, of), "value": value });
        let device = json!({
            "resourceType": "Device",
            "deviceName": [{ "name": "Spotcheck", "type": "user-friendly-name" }],
            "type": own("classifier", "Software that assesses photos of skin lesions"),
            "version": [version("model", &assessment.model), version("app", env!("CARGO_PKG_VERSION"))],
            "note": notes(said),
        });
        self.add(id, device);
    }

    /// What the app answered at a check.
    fn answer(&mut self, check: &Check, spot: &Spot, subject: Uuid, body: Uuid, device: Uuid) -> Uuid {
        let id = self.names.of(check.id.number(), Role::Check);
        let assessment = &check.assessment;
        let mut said = vec![NO_DEVICE.to_string()];
        said.extend(
            assessment.foreign_model.as_ref().map(|label| format!("By somebody else's model: {label}")),
        );
        let mut components = figures(assessment);
        if let Some(size) = &check.size {
            let longest = size.longest();
            let [low, high] = longest.interval.map(millimetres);
            let value = own("longest-diameter", "Longest diameter, by something of known size on the photo");
            let range =
                own("longest-diameter-interval", "Where the longest diameter lies in nine of ten cases");
            components.push(json!({ "code": value, "valueQuantity": millimetres(longest.value) }));
            components.push(json!({ "code": range, "valueRange": { "low": low, "high": high } }));
        }
        if self.export.includes(Item::Noticed) {
            let noticed = check.remarks.keys();
            components.extend(
                noticed.map(|key| json!({ "code": own(key, noticed_as(key)), "valueBoolean": true })),
            );
        }
        let mut observation = json!({
            "resourceType": "Observation",
            "status": "preliminary",
            "category": [of_hl7("observation-category", "imaging")],
            "code": own("assessment", "Assessment of a photo of a skin lesion by software"),
            "subject": reference(subject),
            "focus": [reference(body)],
            "bodySite": snomed(body::site(spot.region())),
            "device": reference(device),
            "valueCodeableConcept": own(assessment.triage.key(), triage(assessment.triage)),
            "note": notes(said),
            "component": components,
        });
        put(&mut observation, "effectiveDateTime", self.time(check.at));
        self.add(id, observation);
        id
    }

    /// What a doctor found, as the person reported it.
    fn finding(&mut self, spot: &Spot, subject: Uuid, body: Uuid, at: u8, finding: &Finding) {
        let Finding { seen_on, by, said, removed } = finding;
        let day = self.export.includes(Item::Dates).then(|| Value::from(seen_on.to_string()));
        let mut notes_on_it = vec![REPORTED.to_string()];
        notes_on_it.extend((!by.is_empty()).then(|| format!("Seen by: {by}")));
        let site = snomed(body::site(spot.region()));
        let id = self.names.of(spot.id.number(), Role::Finding(at));
        match said {
            Some(Said::Histology(histology)) => {
                let (code, malignant) = match histology {
                    Histology::Class(key) => (own(key, diagnosis(key)), finding.malignant()),
                    Histology::Other { words, malignant } => (json!({ "text": words }), *malignant),
                };
                notes_on_it.extend(malignant.map(|malignant| {
                    if malignant { "Reported as malignant." } else { "Reported as benign." }.to_string()
                }));
                let mut condition = json!({
                    "resourceType": "Condition",
                    "verificationStatus": of_hl7("condition-ver-status", "confirmed"),
                    "code": code,
                    "bodySite": [site],
                    "subject": reference(subject),
                    "asserter": reference(subject),
                    "evidence": [{ "code": [own("histology", "Histology")], "detail": [reference(body)] }],
                    "note": notes(notes_on_it.clone()),
                });
                put(&mut condition, "recordedDate", day.clone());
                self.add(id, condition);
            }
            Some(glance @ (Said::Benign | Said::Suspicious)) => {
                let (code, text) = match glance {
                    Said::Benign => ("looks-harmless", "Looks harmless to a doctor"),
                    _ => ("looks-suspicious", "Looks suspicious to a doctor"),
                };
                let mut observation = json!({
                    "resourceType": "Observation",
                    "status": "preliminary",
                    "category": [of_hl7("observation-category", "exam")],
                    "code": own("doctor", "What a doctor saw of a skin lesion"),
                    "subject": reference(subject),
                    "focus": [reference(body)],
                    "performer": [reference(subject)],
                    "bodySite": site,
                    "valueCodeableConcept": own(code, text),
                    "note": notes(notes_on_it.clone()),
                });
                put(&mut observation, "effectiveDateTime", day.clone());
                self.add(id, observation);
            }
            None => {}
        }
        if *removed {
            let mut procedure = json!({
                "resourceType": "Procedure",
                "status": "completed",
                "code": own("removal", "Removal of a skin lesion"),
                "subject": reference(subject),
                "asserter": reference(subject),
                "bodySite": [snomed(body::site(spot.region()))],
                "note": notes(notes_on_it),
            });
            let has_condition = matches!(said, Some(Said::Histology(_)));
            let reason = has_condition.then(|| json!([reference(id)]));
            put(&mut procedure, "reasonReference", reason);
            // The tissue may have been examined days later.
            if said.is_none() {
                put(&mut procedure, "performedDateTime", day);
            }
            let id = self.names.of(spot.id.number(), Role::Removal(at));
            self.add(id, procedure);
        }
    }

    /// A report for each patient. A document about several is nobody's in particular.
    fn reports(&mut self, answers: BTreeMap<Option<PatientId>, Vec<Uuid>>) {
        let document = self.export.report.filter(|_| self.export.includes(Item::Report)).map(|pdf| {
            json!([{ "contentType": "application/pdf", "title": "Spotcheck", "data": BASE64_STANDARD.encode(pdf) }])
        });
        let [for_one, for_all] = if answers.len() == 1 { [document, None] } else { [None, document] };
        for (patient, results) in answers {
            let subject = self.names.of_patient(patient);
            let mut report = self.report();
            put(&mut report, "subject", Some(reference(subject)));
            put(&mut report, "result", Some(results.into_iter().map(reference).collect()));
            put(&mut report, "presentedForm", for_one.clone());
            self.add(Uuid::new(rand::random()), report);
        }
        if for_all.is_some() {
            let mut report = self.report();
            put(&mut report, "presentedForm", for_all);
            self.add(Uuid::new(rand::random()), report);
        }
    }

    fn report(&self) -> Value {
        let mut report = json!({
            "resourceType": "DiagnosticReport",
            "status": "preliminary",
            "code": own("report", "Assessments of photos of skin lesions by software"),
            "conclusion": NO_DEVICE,
        });
        put(&mut report, "issued", self.time(self.export.now));
        report
    }
}

/// The risk and what it may be; where the app can't tell, why. It shows no figures then, and neither does this.
fn figures(assessment: &Assessment) -> Vec<Value> {
    if assessment.triage == Triage::CannotTell {
        let doubts = assessment
            .cannot_tell
            .iter()
            .map(|of| json!({ "code": own("doubt", "Why it can't tell"), "valueString": doubt(*of) }));
        return doubts.collect();
    }
    let [low, high] = assessment.risk_range;
    let mut figures = vec![
        json!({ "code": own("risk", "Probability that it is malignant or likely to become so"), "valueQuantity": share(assessment.risk) }),
        json!({ "code": own("risk-range", "The lowest and highest of that over several views"), "valueRange": { "low": share(low), "high": share(high) } }),
    ];
    let each = assessment.probabilities.iter().map(|of| {
        let code = format!("probability-{}", of.diagnosis);
        json!({ "code": own(&code, &format!("Probability: {}", diagnosis(&of.diagnosis))), "valueQuantity": share(of.probability) })
    });
    figures.extend(each);
    figures
}

fn triage(triage: Triage) -> &'static str {
    match triage {
        Triage::SeeDoctorSoon => "See a doctor soon",
        Triage::HaveItLookedAt => "Have it looked at by a doctor",
        Triage::NothingSuspicious => "Nothing suspicious seen",
        Triage::CannotTell => "The photo allows no answer",
    }
}

fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Quality => "the photo is not good enough",
        Doubt::NotALesion => "it does not look like a skin lesion",
        Doubt::Unfamiliar => "it looks like nothing that the model knows",
        Doubt::Untested => "too few photos like it were tested to call it harmless",
    }
}

fn noticed_as(key: &str) -> &'static str {
    match key {
        "itches" => "It itches, the person says",
        "bleeds" => "It bleeds, the person says",
        "grows" => "It grows, the person says",
        _ => "It is new, the person says",
    }
}

/// A diagnosis by its name; one that only somebody's model knows, by its key.
fn diagnosis(key: &str) -> &str {
    match key {
        "akiec" => "Actinic keratosis or intraepithelial carcinoma",
        "bcc" => "Basal cell carcinoma",
        "bkl" => "Benign keratosis",
        "df" => "Dermatofibroma",
        "mel" => "Melanoma",
        "nv" => "Melanocytic naevus",
        "scc" => "Squamous cell carcinoma",
        "vasc" => "Vascular lesion",
        "other" => "Something else",
        key => key,
    }
}

#[cfg(test)]
mod tests {
    use archive::made_up::{assessment, check, finding, patient, spot};
    use archive::record::Remarks;

    use super::*;
    use crate::tests::Kept;
    use crate::{Format, Include};

    fn bundle(kept: &Kept, include: Include) -> Value {
        let (file, _) = kept.written(Format::Fhir, include);
        serde_json::from_slice(&file).expect("JSON")
    }

    fn all(bundle: &Value, kind: &str) -> Vec<Value> {
        let entries = bundle["entry"].as_array().expect("entries").iter();
        entries
            .map(|entry| entry["resource"].clone())
            .filter(|resource| resource["resourceType"] == kind)
            .collect()
    }

    /// All values of `reference` anywhere.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| match value.as_str() {
                Some(text) if key == "reference" => found.push(text.into()),
                _ => references(value, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    fn with_findings(findings: Vec<Finding>) -> Kept {
        let mut kept = Kept::new();
        let owner = patient();
        kept.archive.keep_patient(owner.clone()).expect("kept");
        let mine = Spot { patient: Some(owner.id), findings, ..spot("arm") };
        for triage in [Triage::HaveItLookedAt, Triage::CannotTell] {
            let cannot_tell = if triage == Triage::CannotTell { vec![Doubt::Untested] } else { Vec::new() };
            let assessment = Assessment { triage, cannot_tell, ..assessment() };
            kept.keep(&mine, Check { assessment, ..check(mine.id) });
        }
        kept
    }

    #[test]
    fn all_that_is_pointed_to_is_in_the_bundle_under_one_address_each() {
        let bundle = bundle(&with_findings(vec![finding()]), Include::these(Item::ALL));
        let addresses: Vec<String> = bundle["entry"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| entry["fullUrl"].to_string())
            .collect();
        let mut pointed_to = Vec::new();
        references(&bundle, &mut pointed_to);
        assert!(pointed_to.len() > 8);
        assert!(pointed_to.iter().all(|to| addresses.contains(&format!("\"{to}\""))));
        assert_eq!(std::collections::BTreeSet::from_iter(&addresses).len(), addresses.len());
    }

    #[test]
    fn an_answer_is_preliminary_and_says_what_it_is_and_by_what() {
        let bundle = bundle(&with_findings(Vec::new()), Include::these([Item::Noticed]));
        let answers = all(&bundle, "Observation");
        assert_eq!(answers.len(), 2);
        for answer in &answers {
            assert_eq!(answer["status"], "preliminary");
            assert!(answer["note"][0]["text"].as_str().expect("a note").contains("not a medical device"));
            assert!(answer.get("effectiveDateTime").is_none(), "no date was asked for");
        }
        let [warns, cannot_tell] = [&answers[0], &answers[1]];
        assert_eq!(warns["valueCodeableConcept"]["coding"][0]["code"], "have_it_looked_at");
        assert_eq!(warns["component"][0]["valueQuantity"]["value"], 0.1);
        assert_eq!(warns["component"][3]["code"]["coding"][0]["code"], "itches");
        // Where the app shows no figures there are none.
        assert!(!cannot_tell.to_string().contains("valueQuantity"), "{cannot_tell}");
        assert!(cannot_tell["component"][0]["valueString"].as_str().expect("a doubt").contains("too few"));
        let devices = all(&bundle, "Device");
        assert_eq!((devices.len(), &devices[0]["version"][0]["value"]), (1, &json!("test")));
        let remarks = Remarks::default();
        assert!(remarks.all().iter().all(|(key, _)| noticed_as(key).contains("the person says")));
    }

    #[test]
    fn a_size_that_was_measured_stands_there_with_its_interval() {
        let mut kept = Kept::new();
        let mine = spot("arm");
        let size = json!({
            "reference": { "kind": "ruler", "ends_px": [[1.0, 2.0], [3.0, 4.5]], "length_mm": 10.0 },
            "longest_mm": 6.52, "longest_interval_mm": [6.0, 7.0], "area_mm2": 28.0, "area_interval_mm2": [24.5, 32.0],
        });
        let size = serde_json::from_value(size).expect("a size");
        kept.keep(&mine, Check { size: Some(size), ..check(mine.id) });
        let bundle = bundle(&kept, Include::default());
        let answer = &all(&bundle, "Observation")[0];
        let components = answer["component"].as_array().expect("components");
        let of = |code: &str| components.iter().find(|part| part["code"]["coding"][0]["code"] == code);
        assert_eq!(of("longest-diameter").expect("a size")["valueQuantity"]["value"], 6.5);
        let range = &of("longest-diameter-interval").expect("an interval")["valueRange"];
        assert_eq!([&range["low"]["value"], &range["high"]["value"]], [6.0, 7.0]);
    }

    #[test]
    fn only_examined_tissue_is_a_diagnosis_and_all_of_it_is_the_persons_word() {
        let said = |said| Finding { said, removed: false, ..finding() };
        let other = Histology::Other { words: "a rare tumour".into(), malignant: Some(true) };
        let kept = with_findings(vec![
            finding(),
            said(Some(Said::Benign)),
            said(Some(Said::Suspicious)),
            said(Some(Said::Histology(other))),
            Finding { said: None, ..finding() },
        ]);
        let told = bundle(&kept, Include::these([Item::Findings, Item::Dates]));
        let conditions = all(&told, "Condition");
        assert_eq!(conditions.len(), 2);
        for condition in &conditions {
            assert_eq!(condition["verificationStatus"]["coding"][0]["code"], "confirmed");
            assert_eq!(condition["asserter"], condition["subject"]);
            assert_eq!(condition["recordedDate"], "2025-06-30");
        }
        assert_eq!(conditions[0]["code"]["text"], "Melanocytic naevus");
        assert_eq!(conditions[1]["code"], json!({ "text": "a rare tumour" }));
        assert_eq!(all(&told, "Observation").len(), 2 + 2, "two answers, two glances");
        let removals = all(&told, "Procedure");
        assert_eq!(removals.len(), 2);
        assert!(removals[0].get("performedDateTime").is_none(), "the day is that of the tissue's result");
        assert_eq!(removals[1]["performedDateTime"], "2025-06-30");
        let untold = bundle(&kept, Include::these([Item::Dates]));
        assert!(all(&untold, "Condition").is_empty() && all(&untold, "Procedure").is_empty());
    }

    #[test]
    fn the_report_is_its_patients_and_of_several_nobodys() {
        let mut kept = with_findings(Vec::new());
        let report = |kept: &Kept, include: Include| {
            let mut file = io::Cursor::new(Vec::new());
            let export = Export { report: Some(b"%PDF"), ..kept.export(include) };
            export.write(Format::Fhir, &mut file).expect("written");
            all(&serde_json::from_slice(&file.into_inner()).expect("JSON"), "DiagnosticReport")
        };
        let with = Include::these([Item::Report]);
        let one = report(&kept, with.clone());
        assert_eq!(one.len(), 1);
        assert_eq!(one[0]["presentedForm"][0]["data"], BASE64_STANDARD.encode("%PDF"));
        assert!(
            one[0]["subject"].is_object() && one[0]["result"].as_array().is_some_and(|all| all.len() == 2)
        );
        assert!(report(&kept, Include::default())[0].get("presentedForm").is_none());
        let other = spot("nobody's");
        kept.keep(&other, check(other.id));
        let several = report(&kept, with);
        assert_eq!(several.len(), 3);
        assert!(
            several
                .iter()
                .all(|report| report.get("presentedForm").is_some() != report["subject"].is_object())
        );
    }

    #[test]
    fn the_person_is_there_as_far_as_was_asked_for() {
        let kept = with_findings(Vec::new());
        let bare = &all(&bundle(&kept, Include::default()), "Patient")[0];
        assert_eq!(bare.as_object().expect("an object").len(), 2, "what it is, and a number: {bare}");
        let told = bundle(&kept, Include::these([Item::Name, Item::Sex, Item::BirthYear, Item::SkinType]));
        let patient = &all(&told, "Patient")[0];
        assert_eq!((&patient["gender"], &patient["birthDate"]), (&json!("female"), &json!("1970")));
        assert_eq!(patient["name"][0]["text"], "Somebody");
        assert!(told.to_string().contains("\"valueInteger\":2"));
    }
}
