//! Pictures of every screen in light and dark, for people to look at.

use crate::people::add;
use crate::size::beside_a_coin;
use crate::spots::{PASSPHRASE, due_today, keep_again, keep_first};
use crate::window::Window;
use crate::{ESCAPE, folder, lesion, picture};

#[tokio::test]
async fn every_screen_in_both_appearances() {
    let folder = folder();
    let window = Window::open(&folder.path().join("data"), &[]).await;
    window.find("#agree").await;
    window.picture("welcome-light").await;
    window.run("document.querySelector('.app').dataset.appearance = 'dark'").await;
    window.picture("welcome-dark").await;
    window.close().await;
    for appearance in ["light", "dark"] {
        let data = folder.path().join(appearance);
        std::fs::create_dir_all(&data).expect("folder");
        let settings = format!(r#"{{"consent":1,"language":"en","appearance":"{appearance}"}}"#);
        std::fs::write(data.join("settings.json"), settings).expect("settings");
        let window = Window::open(&data, &[]).await;
        let shot = |name: &str| format!("{name}-{appearance}");
        window.find("#choose").await;
        window.picture(&shot("home")).await;
        let spot = picture(folder.path(), "spot.jpg", &lesion::drawn(900));
        window.choose("#choose", &spot).await;
        window.find(".hint p").await;
        window.picture(&shot("frame")).await;
        window.click("#assess:enabled").await;
        window.find("#triage").await;
        window.picture(&shot("result")).await;
        window.run("window.scrollTo(0, 760)").await;
        window.picture(&shot("result-below")).await;
        window
            .run("document.querySelectorAll('details').forEach(d => d.open = true); window.scrollTo(0, 1500)")
            .await;
        window.picture(&shot("result-end")).await;
        window.click(".result a[href='/learn']").await;
        window.find("#figures").await;
        window.picture(&shot("learn")).await;
        window.run("document.querySelector('#figures').scrollIntoView()").await;
        window.picture(&shot("learn-figures")).await;
        window.click("a[href='/signs']").await;
        window.find(".signs .drawn").await;
        window.picture(&shot("signs")).await;
        window.run("document.querySelector('.signs section:nth-of-type(6)').scrollIntoView()").await;
        window.picture(&shot("signs-below")).await;
        window.press(ESCAPE).await;
        window.click("a[href='/self-examination']").await;
        window.find("#step").await;
        window.picture(&shot("self-examination")).await;
        window.press(ESCAPE).await;
        window.click("a[href='/quiz']").await;
        window.find(".candidate").await;
        window.picture(&shot("quiz")).await;
        window.click(".candidate:nth-of-type(2)").await;
        window.find("#next-case").await;
        window.picture(&shot("quiz-answered")).await;
        window.press(ESCAPE).await;
        for _ in 0..3 {
            window.press(ESCAPE).await;
        }
        window.find(".checks button").await;
        window.picture(&shot("home-checks")).await;
        window.click("a[href='/settings']").await;
        window.find("#ask-delete").await;
        window.picture(&shot("settings")).await;
        window.click("a[href='/about/model']").await;
        window.find(".document table").await;
        window.picture(&shot("about")).await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;

        keep_first(&window, &spot, "Below the navel").await;
        let later = image::imageops::rotate90(
            &image::imageops::crop_imm(&lesion::drawn(900), 60, 60, 780, 780).to_image(),
        );
        keep_again(&window, &picture(folder.path(), "later.jpg", &later)).await;
        window.run("window.scrollTo(0, 0)").await;
        window.picture(&shot("spot")).await;
        window.run("document.querySelector('details').open = true; window.scrollTo(0, 1100)").await;
        window.picture(&shot("spot-below")).await;
        window.click("#compare").await;
        window.find("#beside img").await;
        window.picture(&shot("compare")).await;
        window.click("#sliding").await;
        window.find("#over").await;
        window.picture(&shot("compare-over")).await;
        window.press(ESCAPE).await;
        window.press(ESCAPE).await;
        window.find("#spots").await;
        window.picture(&shot("home-spots")).await;
        window.click("#spots").await;
        window.find(".dot").await;
        window.picture(&shot("spots")).await;
        window.click(".checks a").await;
        due_today(&window).await;
        window.run("document.querySelector('.findings details').open = true").await;
        window.click(".findings label.choice:nth-of-type(4) input").await;
        window.find("#result").await;
        window.run("document.querySelector('.findings').scrollIntoView()").await;
        window.picture(&shot("findings")).await;
        window.click("#share").await;
        window.find("#save-share").await;
        window.click(".share [role=radiogroup] label:nth-of-type(3) input").await;
        window.find("#holds-report:checked").await;
        window.picture(&shot("share")).await;
        window.press(ESCAPE).await;
        window.find("#change").await;
        window.press(ESCAPE).await;
        window.find(".dot").await;
        window.press(ESCAPE).await;
        window.click("#round").await;
        window.find("#next-spot").await;
        window.picture(&shot("round")).await;
        window.press(ESCAPE).await;
        window.click("#spots").await;
        window.find(".dot").await;
        window.click("#lock").await;
        window.find("#unlock").await;
        window.picture(&shot("locked")).await;
        window.type_into("#unlock-text", PASSPHRASE).await;
        window.click("#unlock").await;
        window.find(".dot").await;
        window.press(ESCAPE).await;
        window.choose("#choose", &spot).await;
        window.find(".hint p").await;
        window.click("#assess:enabled").await;
        window.click("#keep").await;
        window.find("#body").await;
        window.click("label:last-of-type input[name=spot]").await;
        window.click("#body").await;
        window.run("window.scrollTo(0, 0)").await;
        window.picture(&shot("keep")).await;
        for _ in 0..3 {
            window.press(ESCAPE).await;
        }
        window.click("a[href='/settings']").await;
        window.click("a[href='/people']").await;
        window.find("#save-person").await;
        window.picture(&shot("people")).await;
        add(&window, "Anna", "1962").await;
        window.picture(&shot("person")).await;
        window.press(ESCAPE).await;
        window.find(".links a").await;
        window.press(ESCAPE).await;
        for page in ["lock", "backup"] {
            window.click(&format!("a[href='/{page}']")).await;
            window.find("form").await;
            window.picture(&shot(page)).await;
            window.press(ESCAPE).await;
        }
        window.find("#model").await;
        window.press(ESCAPE).await;
        let coin = picture(folder.path(), "coin.png", &beside_a_coin());
        window.choose("#choose", &coin).await;
        window.find(".hint p").await;
        window.click("#assess:enabled").await;
        window.click("#to-size").await;
        window.wait_for_text("#size-found", |text| text.contains("A coin was found")).await;
        window.pick("#coin", "eur-1").await;
        window.click("#measure:enabled").await;
        window.find("#measured strong").await;
        window.picture(&shot("size")).await;
        window.close().await;
    }
}

/// On a desktop a screen stays one column of lines that read well, in the middle, and what is done first needs no scrolling.
#[tokio::test]
async fn a_wide_window_shows_one_column_in_the_middle() {
    const WIDE: (u32, u32) = (1100, 820);
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.find("#choose").await;
    window.resize(WIDE.0, WIDE.1).await;
    let check = async |screen: &str, first: &str| {
        let place = format!(
            "const of = css => document.querySelector(css).getBoundingClientRect(); const screen = of('main');\
             return [screen.left, window.innerWidth - screen.right, screen.width, of('{first}').bottom + window.scrollY, window.innerHeight]"
        );
        let place = window.run(&place).await;
        let number = |at: usize| place[at].as_f64().expect("a number");
        assert!(
            (number(0) - number(1)).abs() <= 20.0,
            "{screen} is in the middle but for a scroll bar: {place}"
        );
        assert!(number(2) <= 544.0, "{screen} is no wider than lines read well: {place}");
        assert!(number(3) <= number(4), "{screen} shows {first} without scrolling: {place}");
        window.picture(&format!("wide-{screen}-light")).await;
    };
    check("home", "label[for=choose]").await;
    window.choose("#choose", &picture(folder.path(), "spot.jpg", &lesion::drawn(900))).await;
    window.find(".hint p").await;
    check("frame", "#assess:enabled").await;
    window.click("#assess:enabled").await;
    window.find("#triage").await;
    check("result", "#triage").await;
    window.run("document.querySelector('a[href=\\'/learn\\']').click()").await;
    window.find("#figures").await;
    check("learn", ".links").await;
    window.close().await;
}
