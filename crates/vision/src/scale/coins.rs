//! Coins whose diameter is known: each mint publishes it, and a coin keeps to it within a twentieth of a millimetre.
//!
//! Only round coins, and those whose notches an ellipse lies across evenly (20 euro cents); a polygon would be measured too small. A face value
//! that was struck in two sizes which are both in use is left out, since nobody would know which one is meant.

/// A coin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coin {
    /// Stable, as it is kept in the archive: the currency and the face value, `eur-1` or `eur-50c`.
    pub key: &'static str,
    /// ISO 4217.
    pub currency: &'static str,
    /// What is written on it, or said of it, in any language.
    pub label: &'static str,
    /// As its mint publishes it.
    pub diameter_mm: f32,
}

const fn coin(key: &'static str, currency: &'static str, label: &'static str, diameter_mm: f32) -> Coin {
    Coin { key, currency, label, diameter_mm }
}

/// All of them, by currency; within one, from the smallest face value to the largest.
pub const COINS: &[Coin] = &[
    // European Central Bank.
    coin("eur-1c", "EUR", "1 ct", 16.25),
    coin("eur-2c", "EUR", "2 ct", 18.75),
    coin("eur-5c", "EUR", "5 ct", 21.25),
    coin("eur-10c", "EUR", "10 ct", 19.75),
    coin("eur-20c", "EUR", "20 ct", 22.25),
    coin("eur-50c", "EUR", "50 ct", 24.25),
    coin("eur-1", "EUR", "1 €", 23.25),
    coin("eur-2", "EUR", "2 €", 25.75),
    // United States Mint.
    coin("usd-1c", "USD", "1 ¢", 19.05),
    coin("usd-5c", "USD", "5 ¢", 21.21),
    coin("usd-10c", "USD", "10 ¢", 17.91),
    coin("usd-25c", "USD", "25 ¢", 24.26),
    coin("usd-50c", "USD", "50 ¢", 30.61),
    coin("usd-1", "USD", "1 $", 26.49),
    // The Royal Mint.
    coin("gbp-1p", "GBP", "1 p", 20.3),
    coin("gbp-2p", "GBP", "2 p", 25.9),
    coin("gbp-5p", "GBP", "5 p", 18.0),
    coin("gbp-10p", "GBP", "10 p", 24.5),
    coin("gbp-2", "GBP", "2 £", 28.4),
    // Swissmint.
    coin("chf-5c", "CHF", "5 Rp.", 17.15),
    coin("chf-10c", "CHF", "10 Rp.", 19.15),
    coin("chf-20c", "CHF", "20 Rp.", 21.05),
    coin("chf-50c", "CHF", "½ Fr.", 18.2),
    coin("chf-1", "CHF", "1 Fr.", 23.2),
    coin("chf-2", "CHF", "2 Fr.", 27.4),
    coin("chf-5", "CHF", "5 Fr.", 31.45),
    // Banco Central do Brasil, second family.
    coin("brl-5c", "BRL", "5 ¢", 22.0),
    coin("brl-10c", "BRL", "10 ¢", 20.0),
    coin("brl-25c", "BRL", "25 ¢", 25.0),
    coin("brl-50c", "BRL", "50 ¢", 23.0),
    coin("brl-1", "BRL", "1 R$", 27.0),
    // Banco de México.
    coin("mxn-1", "MXN", "1 $", 21.0),
    coin("mxn-2", "MXN", "2 $", 23.0),
    coin("mxn-5", "MXN", "5 $", 25.5),
    coin("mxn-10", "MXN", "10 $", 28.0),
    // Banco de la República, 2012.
    coin("cop-50", "COP", "50 $", 17.0),
    coin("cop-100", "COP", "100 $", 20.3),
    coin("cop-200", "COP", "200 $", 22.4),
    coin("cop-500", "COP", "500 $", 23.7),
    coin("cop-1000", "COP", "1000 $", 26.7),
    // Royal Canadian Mint; the dollar has eleven sides.
    coin("cad-5c", "CAD", "5 ¢", 21.2),
    coin("cad-10c", "CAD", "10 ¢", 18.03),
    coin("cad-25c", "CAD", "25 ¢", 23.88),
    coin("cad-2", "CAD", "2 $", 28.0),
    // Royal Australian Mint.
    coin("aud-5c", "AUD", "5 ¢", 19.41),
    coin("aud-10c", "AUD", "10 ¢", 23.6),
    coin("aud-1", "AUD", "1 $", 25.0),
    coin("aud-2", "AUD", "2 $", 20.5),
    // Reserve Bank of New Zealand.
    coin("nzd-10c", "NZD", "10 ¢", 20.5),
    coin("nzd-20c", "NZD", "20 ¢", 21.75),
    coin("nzd-50c", "NZD", "50 ¢", 24.75),
    coin("nzd-1", "NZD", "1 $", 23.0),
    coin("nzd-2", "NZD", "2 $", 26.5),
    // Japan Mint.
    coin("jpy-1", "JPY", "1 ¥", 20.0),
    coin("jpy-5", "JPY", "5 ¥", 22.0),
    coin("jpy-10", "JPY", "10 ¥", 23.5),
    coin("jpy-50", "JPY", "50 ¥", 21.0),
    coin("jpy-100", "JPY", "100 ¥", 22.6),
    coin("jpy-500", "JPY", "500 ¥", 26.5),
    // Reserve Bank of India; the smaller ones were struck in several sizes.
    coin("inr-10", "INR", "10 ₹", 27.0),
    // Narodowy Bank Polski.
    coin("pln-1g", "PLN", "1 gr", 15.5),
    coin("pln-2g", "PLN", "2 gr", 17.5),
    coin("pln-5g", "PLN", "5 gr", 19.5),
    coin("pln-10g", "PLN", "10 gr", 16.5),
    coin("pln-20g", "PLN", "20 gr", 18.5),
    coin("pln-50g", "PLN", "50 gr", 20.5),
    coin("pln-1", "PLN", "1 zł", 23.0),
    coin("pln-2", "PLN", "2 zł", 21.5),
    coin("pln-5", "PLN", "5 zł", 24.0),
    // Česká národní banka; two and twenty are polygons.
    coin("czk-1", "CZK", "1 Kč", 20.0),
    coin("czk-5", "CZK", "5 Kč", 23.0),
    coin("czk-10", "CZK", "10 Kč", 24.5),
    coin("czk-50", "CZK", "50 Kč", 27.5),
    // Magyar Nemzeti Bank.
    coin("huf-5", "HUF", "5 Ft", 21.2),
    coin("huf-10", "HUF", "10 Ft", 24.8),
    coin("huf-20", "HUF", "20 Ft", 26.3),
    coin("huf-50", "HUF", "50 Ft", 27.4),
    coin("huf-100", "HUF", "100 Ft", 23.8),
    coin("huf-200", "HUF", "200 Ft", 28.3),
    // Sveriges Riksbank, 2016.
    coin("sek-1", "SEK", "1 kr", 19.5),
    coin("sek-2", "SEK", "2 kr", 22.5),
    coin("sek-5", "SEK", "5 kr", 23.75),
    coin("sek-10", "SEK", "10 kr", 20.5),
    // Norges Bank.
    coin("nok-1", "NOK", "1 kr", 21.0),
    coin("nok-5", "NOK", "5 kr", 26.0),
    coin("nok-10", "NOK", "10 kr", 24.0),
    coin("nok-20", "NOK", "20 kr", 27.5),
    // Danmarks Nationalbank.
    coin("dkk-50o", "DKK", "50 øre", 21.5),
    coin("dkk-1", "DKK", "1 kr", 20.25),
    coin("dkk-2", "DKK", "2 kr", 24.5),
    coin("dkk-5", "DKK", "5 kr", 28.5),
    coin("dkk-10", "DKK", "10 kr", 23.35),
    coin("dkk-20", "DKK", "20 kr", 27.0),
];

/// The coin of this key.
pub fn by_key(key: &str) -> Option<&'static Coin> {
    COINS.iter().find(|coin| coin.key == key)
}

/// The coins of a currency, from the smallest face value to the largest.
pub fn of_currency(currency: &str) -> impl Iterator<Item = &'static Coin> {
    COINS.iter().filter(move |coin| coin.currency == currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_their_own_and_begin_with_the_currency() {
        for (at, coin) in COINS.iter().enumerate() {
            assert_eq!(by_key(coin.key), Some(coin));
            assert!(COINS[..at].iter().all(|other| other.key != coin.key), "{}", coin.key);
            assert!(coin.key.starts_with(&format!("{}-", coin.currency.to_lowercase())), "{}", coin.key);
            assert!((14.0..35.0).contains(&coin.diameter_mm), "{}: {} mm", coin.key, coin.diameter_mm);
        }
        assert_eq!(by_key("eur-3"), None);
    }

    #[test]
    fn the_currencies_of_the_apps_languages_are_there() {
        for (currency, least) in [("EUR", 8), ("USD", 6), ("GBP", 5), ("CHF", 7), ("BRL", 5), ("MXN", 4)] {
            assert!(of_currency(currency).count() >= least, "{currency}");
        }
        assert!(by_key("eur-1").is_some_and(|coin| coin.diameter_mm == 23.25));
    }
}
