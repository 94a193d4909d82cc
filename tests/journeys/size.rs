//! How large a spot is, by a coin beside it and by a ruler.

use image::{Rgb, RgbImage};

use crate::spots::keep_first_as_shown;
use crate::window::Window;
use crate::{folder, lesion, picture};

/// A drawn lesion in the middle of skin, and left of it a coin.
pub fn beside_a_coin() -> RgbImage {
    let lesion = lesion::drawn(800);
    let skin = *lesion.get_pixel(4, 400);
    let mut scene = RgbImage::from_pixel(1600, 800, skin);
    image::imageops::replace(&mut scene, &lesion, 400, 0);
    for (x, y, pixel) in scene.enumerate_pixels_mut() {
        let away = (f64::from(x) - 200.0).hypot(f64::from(y) - 400.0);
        if away < 150.0 {
            let rim = away > 138.0;
            let shade = if rim { 150.0 } else { 205.0 - away / 6.0 };
            *pixel = Rgb([shade as u8, (shade * 0.95) as u8, (shade * 0.8) as u8]);
        }
    }
    scene
}

#[tokio::test]
async fn a_coin_beside_the_spot_tells_its_size_wherever_the_check_is_shown() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.choose("#choose", &picture(folder.path(), "coin.png", &beside_a_coin())).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#to-size").await;
    window.wait_for_text("#size-found", |text| text.contains("A coin was found")).await;
    assert_eq!(window.count("#measure:enabled").await, 0, "nobody has said which coin it is");
    window.pick("#coin", "eur-1").await;
    window.click("#measure:enabled").await;
    let one = millimetres(&window.text("#measured strong").await);
    // A coin that is larger by a tenth makes everything larger by a tenth.
    window.pick("#coin", "eur-2").await;
    window.wait_until_gone("#measured").await;
    window.click("#measure:enabled").await;
    let two = millimetres(&window.text("#measured strong").await);
    assert!((two / one - 25.75 / 23.25).abs() < 0.02, "{one} {two}");
    window.click("#use-size").await;
    let told = window.text("#size").await;
    assert!(told.contains("Longest diameter") && told.contains("2 € (EUR)"), "{told}");
    keep_first_as_shown(&window, "Knee").await;
    let listed = window.text(".checks li").await;
    assert!(listed.contains(" mm"), "{listed}");
    window.click("a.check").await;
    window.wait_for_text("#size", |text| text.contains("Longest diameter")).await;
    window.close().await;
}

#[tokio::test]
async fn a_ruler_tells_the_size_and_keys_move_its_ends() {
    let folder = folder();
    let window = Window::open_agreed(&folder.path().join("data")).await;
    window.choose("#choose", &picture(folder.path(), "coin.png", &beside_a_coin())).await;
    window.find(".hint p").await;
    window.click("#assess:enabled").await;
    window.click("#to-size").await;
    window.click(".size label.choice:nth-of-type(2) input").await;
    window.find(".marking line").await;
    window.type_into("#length", "20").await;
    window.click("#measure:enabled").await;
    let before = millimetres(&window.text("#measured strong").await);
    window.run("document.querySelector('#marking').focus()").await;
    // The same length over fewer pixels: the spot is larger.
    for _ in 0..10 {
        window.press(crate::RIGHT).await;
    }
    window.wait_until_gone("#measured").await;
    window.click("#measure:enabled").await;
    let after = millimetres(&window.text("#measured strong").await);
    assert!(after > before, "{before} {after}");
    window.close().await;
}

/// The figure in `Longest diameter 12.3 mm (…)`.
fn millimetres(text: &str) -> f64 {
    let figure = text.split(' ').find_map(|word| word.parse().ok());
    figure.unwrap_or_else(|| panic!("no figure in {text}"))
}
