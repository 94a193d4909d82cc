//! Learning to see: the signs, the routine and the quiz.

use super::*;

/// The levels of the headings, in their order.
fn headings(html: &str) -> Vec<u8> {
    let starts = html.match_indices("<h").filter_map(|(at, _)| html.as_bytes().get(at + 2).copied());
    starts.filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect()
}

/// Fails where there is not one title, first of all headings, or where a level is left out.
fn assert_in_order(html: &str) {
    let headings = headings(html);
    assert_eq!(headings.first(), Some(&1), "{html}");
    assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1, "{html}");
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{headings:?}");
}

/// Fails where a drawing has no name.
fn assert_drawings_named(html: &str, count: usize) {
    let drawings: Vec<&str> = html
        .split("<svg")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("drawn"))
        .collect();
    assert_eq!(drawings.len(), count, "{drawings:?}");
    for drawing in drawings {
        assert!(drawing.contains("role=\"img\"") && drawing.contains("aria-label=\""), "{drawing}");
        assert!(!drawing.contains("aria-label=\"\""), "{drawing}");
    }
}

#[test]
fn learning_leads_to_the_signs_the_routine_and_the_quiz() {
    let html = render("/learn", |_| {});
    for address in ["/signs", "/self-examination", "/quiz"] {
        assert!(html.contains(&format!("href=\"{address}\"")), "{address}");
    }
    assert_in_order(&html);
}

#[test]
fn each_sign_is_explained_and_drawn_and_its_sources_are_named() {
    for language in Language::ALL {
        let html = render_in(language, "/signs", |_| {});
        assert_in_order(&html);
        // A pair for each letter, the ducklings, and a nodule twice.
        assert_drawings_named(&html, 5 * 2 + 1 + 2);
    }
    let html = render("/signs", |_| {});
    for said in ["Asymmetry", "Evolution", "ugly duckling", "does not rule a melanoma out", "nobody"] {
        assert!(html.contains(said), "{said}");
    }
    for source in ["Friedman", "Abbasi", "Grob", "Kelly"] {
        assert!(html.contains(source), "{source}");
    }
}

#[test]
fn the_routine_begins_with_what_is_needed_and_can_go_on() {
    for language in Language::ALL {
        assert_in_order(&render_in(language, "/self-examination", |_| {}));
    }
    let html = render("/self-examination", |_| {});
    assert!(html.contains("1 of 9") && html.contains("What you need") && html.contains("id=\"next-step\""));
    assert!(!html.contains("id=\"previous-step\""));
    assert!(html.contains("href=\"/spots\""));
}

#[test]
fn a_case_of_the_quiz_is_described_and_not_answered_before_it_is() {
    for language in Language::ALL {
        let html = render_in(language, "/quiz", |_| {});
        assert_in_order(&html);
        assert_drawings_named(&html, 2);
    }
    let html = render("/quiz", |_| {});
    assert!(html.contains("1 of 8") && html.contains("Shape: oval.") && html.contains("Shape: lopsided."));
    assert!(
        !html.contains("asymmetry")
            && !html.contains("id=\"next-case\"")
            && !html.contains("candidate right")
    );
}
