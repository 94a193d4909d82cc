//! Whose spots they are, and what doctors found.

use crate::spots::{due_today, keep_first};
use crate::window::Window;
use crate::{ESCAPE, folder, lesion, picture};

/// Adds somebody from the screen of all people, where that is shown, and stays on theirs.
pub async fn add(window: &Window, name: &str, birth_year: &str) {
    window.type_into("#person-name", name).await;
    if !birth_year.is_empty() {
        window.type_into("#birth-year", birth_year).await;
    }
    window.pick("#person-sex", "female").await;
    // What was wrong before is not said any more: the button below has moved up.
    window.wait_until_gone("#person-name-missing:not([hidden]), #birth-year-wrong:not([hidden])").await;
    window.click("#save-person").await;
    window.wait_for_text("h1", |title| title == name).await;
}

/// Gives the spot that is shown to this person, and returns their number.
pub async fn give_to(window: &Window, name: &str) -> String {
    window.find("#change").await;
    window.run("document.querySelector('details:has(#change)').open = true").await;
    let number = window
        .run(&format!(
            "return [...document.querySelectorAll('#whose option')].find(o => o.text == '{name}').value"
        ))
        .await;
    let number = number.as_str().expect("a number").to_string();
    window.pick("#whose", &number).await;
    window.click("#change").await;
    window.wait_for_text("a[href^='/person/']", |text| text == name).await;
    number
}

#[tokio::test]
async fn the_spots_of_two_people_are_listed_saved_and_deleted_apart() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(700));
    keep_first(&window, &spot, "Knee").await;
    window.press(ESCAPE).await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/people']").await;
    // What can't be saved yet says why, and nobody is added.
    window.click("#save-person").await;
    window.wait_for_text("#person-name-missing", |text| text.contains("Enter a name")).await;
    window.type_into("#person-name", "Anna").await;
    window.type_into("#birth-year", "1899").await;
    window.wait_for_text("#birth-year-wrong", |text| text.contains("four digits")).await;
    window.click("#save-person").await;
    assert_eq!(window.count("a.person").await, 0);
    add(&window, "Anna", "1962").await;
    window.press(ESCAPE).await;
    // The form of hers is another one, and of the same fields.
    window.find("a.person").await;
    add(&window, "Bela", "").await;
    window.press(ESCAPE).await;
    window.find("a.person:nth-of-type(2)").await;
    window.wait_for_text("nav.links", |text| text.contains("Anna") && text.contains("Bela")).await;
    window.press(ESCAPE).await;
    window.find("a[href='/people']").await;
    window.press(ESCAPE).await;

    // The spot that was there is given to one of them, and a new one belongs to who is listed.
    window.click("#spots").await;
    window.find(".dot").await;
    window.click(".checks a").await;
    let anna = give_to(&window, "Anna").await;
    window.press(ESCAPE).await;
    window.find("#whose-spots").await;
    window.pick("#whose-spots", "nobody").await;
    window.find(".empty").await;
    window.pick("#whose-spots", &anna).await;
    window.wait_for_text(".checks", |text| text.contains("Knee")).await;

    // What is known of her is told with her next photo, without being asked for again.
    window.click(".checks a").await;
    window.find(".checks ul").await;
    window.choose("#choose", &spot).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.find("#triage").await;
    let told = window
        .run("return [document.querySelector('#age').value, document.querySelector('#sex').value]")
        .await;
    let age = told[0].as_str().and_then(|age| age.parse::<u8>().ok()).expect("an age");
    assert!((64..90).contains(&age) && told[1] == "female", "{told}");
    window.press(ESCAPE).await;
    window.press(ESCAPE).await;

    // A backup of hers, and then she is gone with what is hers.
    window.click("a[href^='/person/']").await;
    window.type_into("#export-first", "for the backup").await;
    window.type_into("#export-second", "for the backup").await;
    window.click("#export").await;
    window.wait_for_text(".notice", |text| text.contains("spotcheck.age")).await;
    window.dismiss().await;
    window.click("#ask-delete").await;
    window.click("#delete").await;
    window.wait_for_text("h1", |title| title == "People").await;
    window.close().await;

    let window = Window::open_agreed(&data).await;
    window.type_into("#unlock-text", crate::spots::PASSPHRASE).await;
    window.click("#unlock").await;
    window.click("#spots").await;
    window.find(".empty").await;
    window.close().await;
}

#[tokio::test]
async fn what_the_doctor_found_is_noted_and_contradicts_the_app() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(700));
    keep_first(&window, &spot, "Knee").await;
    let said = window.text(".checks strong").await;
    window.run("document.querySelector('.findings details').open = true").await;
    window.click("#save-finding").await;
    window.wait_for_text("#finding-missing", |text| text.contains("what was found")).await;
    window.type_into("#seen-by", "Dr. Example").await;
    window.click(".findings label.choice:nth-of-type(4) input").await;
    window.find("#result").await;
    window.click("#save-finding").await;
    window.wait_for_text("#finding-missing", |text| text.contains("Choose the result")).await;
    assert_eq!(window.count(".finding").await, 0, "nothing is noted that isn't whole");
    window.pick("#result", if said.contains("Nothing suspicious") { "mel" } else { "nv" }).await;
    window.find("#removed:checked").await;
    window.click("#save-finding").await;
    let noted = window.wait_for_text(".finding", |text| text.contains("Dr. Example")).await;
    let contradiction = if said.contains("Nothing suspicious") { "was wrong" } else { "found it harmless" };
    assert!(noted.contains(contradiction), "{said}: {noted}");
    // It is history: nothing asks for another photo or a day.
    window.find("#removed-spot").await;
    assert_eq!([window.count("#choose").await, window.count("#look-again").await], [0, 0]);
    window.press(ESCAPE).await;
    window.click("#spots").await;
    window.find(".dot").await;
    window.wait_for_text(".checks a", |text| text.contains("Removed")).await;

    // Whoever was mistaken takes it back.
    window.click(".checks a").await;
    window.click("#delete-finding-0").await;
    window.find("#look-again").await;
    assert_eq!([window.count(".finding").await, window.count("#removed-spot").await], [0, 0]);
    window.close().await;
}

/// All that are due, one after the other, and on where it was after a restart.
#[tokio::test]
async fn a_round_leads_from_one_due_spot_to_the_next() {
    let folder = folder();
    let data = folder.path().join("data");
    let window = Window::open_agreed(&data).await;
    let spot = picture(folder.path(), "spot.png", &lesion::drawn(700));
    keep_first(&window, &spot, "Knee").await;
    due_today(&window).await;
    window.press(ESCAPE).await;
    window.choose("#choose", &spot).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#keep").await;
    window.click("label:last-of-type input[name=spot]").await;
    window.click("#body").await;
    window.find(".dot.chosen").await;
    window.type_into("#name", "Elbow").await;
    window.click("#save").await;
    window.wait_for_text("h1", |title| title == "Elbow").await;
    due_today(&window).await;
    window.press(ESCAPE).await;

    window.click("#round").await;
    window.wait_for_text("h1", |title| title == "2 spots to check").await;
    let first = window.text("#next-spot h2").await;
    let second = if first == "Knee" { "Elbow" } else { "Knee" };
    window.click("#pass").await;
    window.wait_for_text("#next-spot h2", |title| title == second).await;
    // Its photo is taken for it without asking which it is, and then the round goes on.
    window.choose("#choose", &spot).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#keep").await;
    window.click("#save").await;
    window.wait_for_text("#round-end", |text| text.contains("Passed over this time: 1")).await;
    window.click("#passed-over").await;
    window.wait_for_text("#next-spot h2", |title| title == first).await;
    window.close().await;

    let window = Window::open_agreed(&data).await;
    window.type_into("#unlock-text", crate::spots::PASSPHRASE).await;
    window.click("#unlock").await;
    window.click("#round").await;
    window.wait_for_text("#next-spot h2", |title| title == first).await;
    window.click("#pass").await;
    window.click("#end-round").await;
    window.find("#due").await;
    window.close().await;
}
