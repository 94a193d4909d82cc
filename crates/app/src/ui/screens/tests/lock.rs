//! The lock, backups, and archives that can not be opened.

use super::*;
use crate::ui::archive_worker::Trouble;
use wording::Wording;

#[test]
fn what_can_never_be_opened_can_be_set_aside_and_nothing_advises_to_delete_it() {
    for language in Language::ALL {
        let words = Wording::new(language);
        for key in [
            "archive-damaged",
            "archive-key-gone",
            "archive-key-damaged",
            "archive-key-missing",
            "archive-keys-missing",
        ] {
            let trouble = Trouble { key, seconds: 0 };
            let html = render_in(language, "/spots", move |app| app.turn_to(ArchiveState::Unusable(trouble)));
            assert!(html.contains("id=\"set-aside\""), "{key}");
            let button = words.say("settings-delete").to_lowercase();
            assert!(!trouble.say(&words).to_lowercase().contains(&button), "{key} in {language:?}");
        }
    }
    let html = render("/spots", |app| {
        app.turn_to(ArchiveState::Unusable(Trouble { key: "archive-in-use", seconds: 0 }))
    });
    assert!(!html.contains("id=\"set-aside\""));
    for key in ["broken", "archive-damaged", "archive-key-gone", "archive-key-damaged", "archive-key-missing"]
    {
        let text = Wording::new(Language::English).say(key);
        assert!(!text.contains("install") && !text.contains("after deleting"), "{text}");
    }
}

#[test]
fn what_is_locked_is_not_shown_and_what_is_broken_is_explained() {
    let spot = format!("/spot/{}", SpotId::from(7));
    for path in ["/spots", &spot, "/lock", "/backup", "/compare/7", "/check/1", "/", "/model"] {
        let html = render(path, |app| app.turn_to(ArchiveState::Locked));
        assert!(html.contains("id=\"unlock\"") && !html.contains("Shoulder"), "{path}");
        let trouble = Trouble { key: "archive-in-use", seconds: 0 };
        let html = render(path, move |app| app.turn_to(ArchiveState::Unusable(trouble)));
        assert!(html.contains("Another Spotcheck"), "{path}");
    }
}

#[test]
fn the_lock_and_the_backup_say_how_things_are() {
    let html = render("/lock", |app| app.turn_to(archive_state(None, &ALL)));
    assert!(
        html.contains("A passphrase protects")
            && html.contains("Lock automatically")
            && !html.contains("id=\"no-passphrase\"")
            && html.contains("id=\"confirm\"")
            && !html.contains("id=\"set-passphrase\"")
    );
    let html = render("/lock", |app| app.turn_to(ArchiveState::Empty { key_store: false }));
    assert!(html.contains("only a passphrase can protect"));
    let html = render("/backup", |app| app.turn_to(archive_state(None, &ALL)));
    assert!(html.contains("Spots: 1, checks: 4") && html.contains("data-backup"));
}
