//! A spot's size in words, for the screen and on paper.

use vision::scale::coins::COINS;
use vision::scale::{Reference, Size};
use wording::Wording;

/// The longest diameter with its interval.
pub fn in_words(words: &Wording, size: &Size) -> String {
    let longest = size.longest();
    let figure = |value: f32| words.language().number(value, 1).into();
    let [low, high] = longest.interval;
    words.text("size-longest", &[("mm", figure(longest.value)), ("low", figure(low)), ("high", figure(high))])
}

/// The same in a list.
pub fn in_short(words: &Wording, size: &Size) -> String {
    words.text("size-short", &[("mm", words.language().number(size.longest().value, 1).into())])
}

/// What a size was measured by.
pub fn measured_by(words: &Wording, size: &Size) -> String {
    match size.reference() {
        Reference::Coin { key, .. } => {
            let coin = COINS.iter().find(|coin| coin.key == key);
            let coin = coin.map_or(key.clone(), |coin| format!("{} ({})", coin.label, coin.currency));
            words.text("size-by-coin", &[("coin", coin.into())])
        }
        Reference::Ruler { length_mm, .. } => {
            words.text("size-by-ruler", &[("mm", words.language().number(*length_mm, 1).into())])
        }
    }
}
