//! Files for the doctor and the researcher: they hold what was chosen of the person, and no more.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::people::{add, give_to};
use crate::spots::keep_first;
use crate::window::Window;
use crate::{ESCAPE, folder, lesion, picture};

/// Chooses the kind of file at this place of the list, and waits for what it alone holds: the button below it moves.
async fn choose(window: &Window, place: usize, holds: impl Fn(&str) -> bool) {
    window.click(&format!(".share [role=radiogroup] label:nth-of-type({place}) input")).await;
    window.wait_for_text(".holds", holds).await;
}

fn of_dicom(holds: &str) -> bool {
    holds.contains("where on the body") && !holds.contains("answers")
}

/// Saves the file, and returns what is in it.
async fn saved(window: &Window, data: &Path, name: &str) -> Vec<u8> {
    window.click("#save-share").await;
    window.wait_for_text(".notice", |text| text.contains(name)).await;
    window.dismiss().await;
    let path = data.join("downloads").join(name);
    let file = fs::read(&path).expect("saved");
    fs::remove_file(path).expect("removed");
    file
}

fn holds(file: &[u8], wanted: &str) -> bool {
    file.windows(wanted.len()).any(|part| part == wanted.as_bytes())
}

#[tokio::test]
async fn a_spot_is_shared_with_a_clinic_and_names_nobody_unless_asked() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    window.click("a[href='/settings']").await;
    window.click("#share").await;
    window.wait_for_text(".empty", |text| text.contains("nothing to share")).await;
    window.click(".empty + a").await;
    keep_first(&window, &picture(folder.path(), "spot.png", &lesion::drawn(700)), "Knee").await;
    window.click("#share").await;
    window.wait_for_text(".share > p", |text| text.contains("Knee")).await;
    assert_eq!(window.run("return window.scrollY").await, 0, "it begins at its top");

    // Photos for anybody: the day and the spot are in their names.
    window.find("#holds-spot-names:checked").await;
    let photos = saved(&window, &data, "spotcheck-photos.zip").await;
    assert!(photos.starts_with(b"PK") && holds(&photos, "Knee") && holds(&photos, "JFIF"));

    // For a clinic's archive it is the pictures alone, and what the spot is called only where that is wanted.
    choose(&window, 2, of_dicom).await;
    assert_eq!(window.count("#holds-spot-names:checked").await, 0);
    let pictures = saved(&window, &data, "spotcheck-dicom.zip").await;
    assert!(holds(&pictures, "DICM") && !holds(&pictures, "Knee"));
    window.click("#holds-spot-names").await;
    window.find("#holds-spot-names:checked").await;
    assert!(holds(&saved(&window, &data, "spotcheck-dicom.zip").await, "Knee"));

    // For its records, the answer with the report.
    choose(&window, 3, |holds| holds.contains("stands in the report")).await;
    let bundle = saved(&window, &data, "spotcheck-fhir.json").await;
    let bundle: Value = serde_json::from_slice(&bundle).expect("JSON");
    let entries = bundle["entry"].as_array().expect("entries");
    let report = entries.iter().map(|entry| &entry["resource"]);
    let report = report.into_iter().find(|resource| resource["resourceType"] == "DiagnosticReport");
    let pdf = report.expect("a report")["presentedForm"][0]["data"].as_str().expect("a PDF");
    assert!(pdf.starts_with("JVBERi0"), "{}", &pdf[..20]);
    window.click("#holds-report").await;
    window.wait_for_text(".holds", |text| !text.contains("stands in the report")).await;
    let without = saved(&window, &data, "spotcheck-fhir.json").await;
    assert!(!holds(&without, "JVBERi0") && !holds(&without, "Knee"));

    // For research, a table beside the pictures.
    choose(&window, 4, |holds| !holds.contains("report")).await;
    assert!(holds(&saved(&window, &data, "spotcheck-isic.zip").await, "metadata.csv"));
    window.close().await;
}

#[tokio::test]
async fn of_several_people_one_is_shared() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(700));
    keep_first(&window, &spot, "Knee").await;
    window.press(ESCAPE).await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/people']").await;
    add(&window, "Anna", "1962").await;
    // Nothing is hers yet.
    assert_eq!(window.count("#share").await, 0);
    window.press(ESCAPE).await;
    window.find("a.person").await;
    window.press(ESCAPE).await;
    window.find("#model").await;
    window.press(ESCAPE).await;
    window.click("#spots").await;
    window.find("#whose-spots").await;
    window.click(".checks a").await;
    give_to(&window, "Anna").await;
    window.click("a[href^='/person/']").await;
    // The screen of the spot has one, too.
    window.click(".patient #share").await;
    window.wait_for_text(".share > p", |text| text.contains("Anna")).await;
    choose(&window, 2, of_dicom).await;
    assert!(!holds(&saved(&window, &data, "spotcheck-dicom.zip").await, "Anna"));
    window.click("#holds-name").await;
    window.find("#holds-name:checked").await;
    assert!(holds(&saved(&window, &data, "spotcheck-dicom.zip").await, "Anna"));
    window.close().await;
}
