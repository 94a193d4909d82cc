//! Learning to see: the signs, the routine, and the quiz by keyboard alone.

use crate::window::Window;
use crate::{ENTER, ESCAPE, TAB, folder};

/// Where the focus is: an element's id, or its tag.
const FOCUSED: &str = "return document.activeElement.id || document.activeElement.tagName";

/// The number of spots in the quiz's cases, and which of them is right.
const CASES: [(usize, usize); 8] = [(2, 2), (4, 3), (2, 1), (2, 2), (2, 1), (4, 2), (2, 2), (2, 1)];

#[tokio::test]
async fn the_quiz_is_answered_by_keyboard_alone() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    window.run("document.querySelector(\"a[href='/learn']\").focus()").await;
    window.press(ENTER).await;
    window.find("a[href='/quiz']").await;
    // After the title come the ways to the signs, the routine and the quiz.
    window.press(&format!("{TAB}{TAB}{TAB}{ENTER}")).await;
    for (case, (count, right)) in CASES.into_iter().enumerate() {
        let title = format!("{} of {}", case + 1, CASES.len());
        window.wait_for_text("h1", |text| text.contains(&title)).await;
        assert_eq!(window.run(FOCUSED).await, "H1", "a screen reader goes on at the case's title");
        // Wrong the first time, right from then on.
        let chosen = if case == 0 { 1 } else { right };
        window.press(&TAB.repeat(chosen)).await;
        window.press(ENTER).await;
        let verdict = window.wait_for_text("#verdict h2", |text| !text.is_empty()).await;
        let expected = if case == 0 { "Rather" } else { "Yes" };
        assert_eq!(verdict, format!("{expected}: Spot {right}"));
        // The first answer counts, and the focus has stayed where it was.
        window.press(&TAB.repeat(count - chosen)).await;
        window.press(ENTER).await;
        assert_eq!(window.text("#verdict h2").await, verdict);
        assert_eq!(window.count(".candidate[aria-pressed=true]").await, 1);
        window.press(TAB).await;
        assert_eq!(window.run(FOCUSED).await, "next-case");
        window.press(ENTER).await;
    }
    assert!(window.text("#quiz-result").await.contains("in 7 of 8 cases"));
    assert!(window.text("#quiz-result").await.contains("no test of skill"));
    assert_eq!(window.run(FOCUSED).await, "H1");
    window.press(&format!("{TAB}{ENTER}")).await;
    window.wait_for_text("h1", |text| text.contains("1 of 8")).await;
    window.press(ESCAPE).await;
    window.find("#figures").await;
    window.close().await;
}

#[tokio::test]
async fn the_signs_are_drawn_and_lead_on() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.run(crate::WATCH).await;
    window.click("a[href='/learn']").await;
    window.click("a[href='/signs']").await;
    window.find(".signs .drawn").await;
    let flat = "return [...document.querySelectorAll('.drawn')].filter(drawing => drawing.getBoundingClientRect().height < 80).length";
    assert_eq!(window.run(flat).await, 0, "every drawing is seen");
    assert!(window.text(".signs").await.contains("does not rule a melanoma out"));
    assert_eq!(window.run("return window.refused").await, serde_json::json!([]));
    window.click("a[href='/quiz']").await;
    window.find(".candidate").await;
    window.close().await;
}

#[tokio::test]
async fn the_routine_goes_on_and_back_and_leads_to_the_spots() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.click("a[href='/learn']").await;
    window.click("a[href='/self-examination']").await;
    let step = async |number: usize| {
        let title = format!("{number} of 9");
        window.wait_for_text("h1", |text| text.contains(&title)).await;
    };
    for number in 1..9 {
        step(number).await;
        window.click("#next-step").await;
    }
    step(9).await;
    assert_eq!(window.run(FOCUSED).await, "H1", "a screen reader goes on at the step's title");
    assert!(window.text("#step").await.contains("does not rule out a melanoma"));
    window.click("#previous-step").await;
    step(8).await;
    window.click("#next-step").await;
    step(9).await;
    window.click("#first-step").await;
    step(1).await;
    window.click("a[href='/spots']").await;
    window.wait_for_text("h1", |text| text == "Your spots").await;
    window.press(ESCAPE).await;
    // How far one has got is not kept.
    step(1).await;
    window.close().await;
}
