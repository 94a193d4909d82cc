//! Every screen for everybody: axe-core, and narrow with large text.

use image::{Rgb, RgbImage};

use crate::people::add;
use crate::spots::{due_today, keep_first, taken};
use crate::window::Window;
use crate::{ESCAPE, folder, lesion, picture};

/// The page's source of axe-core.
fn axe() -> String {
    let path = std::env::var_os("SPOTCHECK_AXE").expect("SPOTCHECK_AXE names axe.min.js");
    std::fs::read_to_string(path).expect("axe-core")
}

/// What is touched, but for links within a text, which have the line's height, and what is smaller than a finger hits: 44 pixels
/// each way. A box to tick is as large as its label.
const TOO_SMALL: &str = "const touched = 'button, a[href], select, textarea, summary, label.button, input:not([type=file])'; \
    return [...document.querySelectorAll(touched)].filter(element => { \
        const { width, height } = (element.closest('label') ?? element).getBoundingClientRect(); \
        return width > 0 && getComputedStyle(element).display !== 'inline' && (width < 44 || height < 44); \
    }).map(element => element.outerHTML.slice(0, 120))";

/// Fails on whatever axe-core calls serious or critical, and on what is too small to be touched.
async fn assert_accessible(window: &Window, axe: &str, screen: &str) {
    assert_eq!(window.run(TOO_SMALL).await, serde_json::json!([]), "{screen}: too small for a finger");
    window.run(axe).await;
    let found = window
        .run_async(
            "const done = arguments[0]; axe.run().then(\
               result => done(result.violations.filter(v => ['serious', 'critical'].includes(v.impact))\
                 .map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))),\
               error => done([String(error)]));",
        )
        .await;
    assert_eq!(found, serde_json::json!([]), "{screen}");
}

#[tokio::test]
#[ignore = "needs axe-core, which SPOTCHECK_AXE names: ./dev test fetches it where there is npm"]
async fn axe_finds_nothing_serious_on_any_screen() {
    let axe = axe();
    let folder = folder();
    for appearance in ["light", "dark"] {
        let data = folder.path().join(appearance);
        std::fs::create_dir_all(&data).expect("folder");
        let settings = format!(r#"{{"language":"en","appearance":"{appearance}"}}"#);
        std::fs::write(data.join("settings.json"), settings).expect("settings");
        let window = Window::open(&data, &[]).await;
        let check =
            async |screen: &str| assert_accessible(&window, &axe, &format!("{screen}, {appearance}")).await;
        window.find("#agree").await;
        check("welcome").await;
        window.click("#agree").await;
        window.find("#choose").await;
        check("home").await;
        window.click("a[href='/settings']").await;
        window.click("#ask-delete").await;
        check("settings").await;
        window.click("a[href='/about/model']").await;
        window.find(".document table").await;
        check("about").await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;
        window.choose("#choose", &picture(folder.path(), "spot.png", &lesion::drawn(700))).await;
        window.find(".hint p").await;
        check("frame").await;
        window.click("#assess:enabled").await;
        window.find("#triage").await;
        window.run("document.querySelectorAll('details').forEach(details => details.open = true)").await;
        check("result").await;
        window.click("#to-size").await;
        window.wait_for_text("#size-found", |text| text.contains("found")).await;
        window.click("#by-hand").await;
        window.find(".nudges").await;
        check("size").await;
        window.press(ESCAPE).await;
        window.find("#triage").await;
        window.click(".result a[href='/learn']").await;
        window.find("#figures").await;
        check("learn").await;
        window.click("a[href='/signs']").await;
        window.find(".signs .drawn").await;
        check("signs").await;
        window.press(ESCAPE).await;
        window.click("a[href='/self-examination']").await;
        window.click("#next-step").await;
        window.find("#previous-step").await;
        check("self-examination").await;
        window.press(ESCAPE).await;
        window.click("a[href='/quiz']").await;
        window.find(".candidate").await;
        check("quiz").await;
        // The first is answered right, the sixth is not.
        for (case, place) in [2, 3, 1, 2, 1, 1, 2, 1].into_iter().enumerate() {
            let title = format!("{} of 8", case + 1);
            window.wait_for_text("h1", |text| text.contains(&title)).await;
            window.click(&format!(".candidate:nth-of-type({place})")).await;
            window.find("#next-case").await;
            if [0, 3, 5].contains(&case) {
                check(&format!("quiz, case {}", case + 1)).await;
            }
            window.click("#next-case").await;
        }
        window.find("#quiz-result").await;
        check("quiz, result").await;
        window.press(ESCAPE).await;
        for _ in 0..3 {
            window.press(ESCAPE).await;
        }
        window.find(".checks button").await;
        check("home with a check").await;
        let page = RgbImage::from_pixel(500, 500, Rgb([120, 200, 90]));
        window.choose("#choose", &picture(folder.path(), "green.png", &page)).await;
        window.click("#assess-anyway").await;
        window.wait_for_text("#triage h2", |text| text == "Can't tell").await;
        check("can't tell").await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;
        keep_first(&window, &picture(folder.path(), "spot.png", &lesion::drawn(700)), "Arm").await;
        window.run("document.querySelectorAll('details').forEach(details => details.open = true)").await;
        check("spot").await;
        window.click("#share").await;
        window.find("#save-share").await;
        check("share").await;
        window.press(ESCAPE).await;
        window.click("a.check").await;
        window.find(".result #ask-delete").await;
        check("kept check").await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;
        window.click("#spots").await;
        window.find(".dot").await;
        check("spots").await;
        window.press(ESCAPE).await;
        window.click("a[href='/settings']").await;
        window.click("a[href='/lock']").await;
        // Waits for what that screen alone has: the next key would otherwise go to the one before.
        window.find("#confirm").await;
        check("lock").await;
        window.press(ESCAPE).await;
        window.click("a[href='/backup']").await;
        window.find("#backup-file").await;
        check("backup").await;
        window.press(ESCAPE).await;
        window.click("#model").await;
        window.find("#model-in-use").await;
        check("model").await;
        window.press(ESCAPE).await;
        window.click("a[href='/people']").await;
        window.find("#save-person").await;
        check("people").await;
        add(&window, "Anna", "1962").await;
        check("person").await;
        window.press(ESCAPE).await;
        window.find(".links a").await;
        window.press(ESCAPE).await;
        window.find("#model").await;
        window.press(ESCAPE).await;
        window.click("#spots").await;
        window.find("#whose-spots").await;
        window.click(".checks a").await;
        due_today(&window).await;
        window.press(ESCAPE).await;
        window.find("#whose-spots").await;
        check("spots of several people").await;
        let earlier = folder.path().join("earlier.jpg");
        std::fs::write(&earlier, taken("2021:10:02 18:00:00", &lesion::drawn(500))).expect("written");
        window.choose_all("#earlier", &[earlier.display().to_string()]).await;
        window.find("#unsorted").await;
        check("sort").await;
        window.click("#leave-out").await;
        window.find("#sorted").await;
        check("sorted").await;
        window.press(ESCAPE).await;
        window.find("#whose-spots").await;
        window.press(ESCAPE).await;
        window.click("#round").await;
        window.find("#next-spot").await;
        window.click("#partner").await;
        window.find("#round-end").await;
        check("round, nothing on the back").await;
        window.click("#partner").await;
        window.find("#next-spot").await;
        check("round").await;
        window.press(ESCAPE).await;
        window.click("#spots").await;
        window.find("#whose-spots").await;
        window.click("#lock").await;
        window.find("#unlock").await;
        check("locked").await;
        window.close().await;
    }
}

/// At the least width and with text at 200 %, nothing is cut off: no screen scrolls sideways.
#[tokio::test]
async fn narrow_and_with_large_text_nothing_is_cut_off() {
    let folder = folder();
    let window = Window::open(&folder.path().join("data"), &[]).await;
    let squeeze = "document.documentElement.style.fontSize = '200%'; document.body.style.width = '320px';";
    let too_wide = "return [...document.querySelectorAll('main *')].filter(element => \
        !element.closest('.viewport, .document, .visually-hidden') && element.getBoundingClientRect().right > 321)\
        .map(element => element.outerHTML.slice(0, 120))";
    let check = async |screen: &str| {
        window.run(squeeze).await;
        assert_eq!(window.run(too_wide).await, serde_json::json!([]), "{screen}");
        window.picture(&format!("large-text-{screen}")).await;
    };
    window.find("#agree").await;
    check("welcome").await;
    window.click("#agree").await;
    window.find("#choose").await;
    check("home").await;
    window.choose("#choose", &picture(folder.path(), "spot.png", &lesion::drawn(700))).await;
    window.find(".hint p").await;
    check("frame").await;
    window.click("#assess:enabled").await;
    window.find("#triage").await;
    check("result").await;
    window.click("#to-size").await;
    window.wait_for_text("#size-found", |text| text.contains("found")).await;
    window.click("#by-hand").await;
    window.find(".nudges").await;
    check("size").await;
    window.press(ESCAPE).await;
    window.find("#triage").await;
    window.click(".result a[href='/learn']").await;
    window.find("#figures").await;
    check("learn").await;
    window.click("a[href='/signs']").await;
    window.find(".signs .drawn").await;
    check("signs").await;
    window.press(ESCAPE).await;
    window.click("a[href='/self-examination']").await;
    window.click("#next-step").await;
    window.find("#previous-step").await;
    check("self-examination").await;
    window.press(ESCAPE).await;
    window.click("a[href='/quiz']").await;
    window.click(".candidate:nth-of-type(2)").await;
    window.find("#next-case").await;
    check("quiz").await;
    for _ in 0..5 {
        window.press(ESCAPE).await;
    }
    keep_first(&window, &picture(folder.path(), "spot.png", &lesion::drawn(700)), "Arm").await;
    due_today(&window).await;
    window.run("document.querySelectorAll('details').forEach(details => details.open = true)").await;
    window.click(".findings label.choice:nth-of-type(4) input").await;
    window.find("#result").await;
    check("spot").await;
    window.click("#share").await;
    window.find("#save-share").await;
    check("share").await;
    window.press(ESCAPE).await;
    window.find("#change").await;
    window.press(ESCAPE).await;
    window.click("#spots").await;
    let earlier = folder.path().join("earlier.jpg");
    std::fs::write(&earlier, taken("2021:10:02 18:00:00", &lesion::drawn(500))).expect("written");
    window.choose_all("#earlier", &[earlier.display().to_string()]).await;
    window.find("#unsorted").await;
    check("sort").await;
    window.press(ESCAPE).await;
    window.find(".dot").await;
    window.press(ESCAPE).await;
    window.click("#round").await;
    window.find("#next-spot").await;
    check("round").await;
    window.press(ESCAPE).await;
    window.click("a[href='/settings']").await;
    window.click("a[href='/people']").await;
    add(&window, "Anna Maria with a name that is long", "1962").await;
    check("person").await;
    window.close().await;
}
