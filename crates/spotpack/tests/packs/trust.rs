//! Who is trusted, and with which versions.

use serde_json::{Value, json};
use spotpack::{
    Accepted, ConfirmedKey, Ledger, NotTheFingerprint, Policy, Refused, Role, Signed, TrustStore, decide,
    still_usable,
};

use super::support::*;

fn signed_with(key: &minisign::KeyPair, trust: &TrustStore, change: impl FnOnce(&mut Value)) -> Signed {
    open(&changed(key, change), trust).expect("opened").signed().clone()
}

fn version(key: &minisign::KeyPair, version: u32) -> Signed {
    signed_with(key, &trust(), |manifest| manifest["version"] = json!(version))
}

fn revoking(key: &minisign::KeyPair, version: u32, of: &minisign::KeyPair, versions: Value) -> Value {
    let mut manifest = manifest(key, &files());
    manifest["version"] = json!(version);
    manifest["revoked"] = json!([{"key": public(of).fingerprint().to_string(), "versions": versions}]);
    manifest
}

fn confirmed() -> TrustStore {
    let key = public(&KEYS.foreign);
    trust().with_confirmed([ConfirmedKey::new(key, &key.fingerprint().grouped()).expect("the fingerprint")])
}

fn accept(signed: &Signed, ledger: &Ledger) -> Accepted {
    decide(signed, ledger, 1, app()).expect("accepted")
}

#[test]
fn both_keys_of_the_project_are_trusted() {
    for (key, role) in [(&KEYS.working, Role::Working), (&KEYS.spare, Role::Spare)] {
        let signed = version(key, 7);
        assert_eq!(signed.signer().role, role);
        assert_eq!(accept(&signed, &Ledger::default()).label(), None);
    }
}

#[test]
fn without_keys_of_the_project_nothing_is_trusted_but_what_was_confirmed() {
    let bytes = pack(&KEYS.foreign);
    let key = public(&KEYS.foreign);
    let trust = TrustStore::without_project(Policy { test_keys: false, foreign_keys: true });
    assert!(matches!(open(&bytes, &trust), Err(Refused::ForeignNotConfirmed(asked)) if asked == key));
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("the fingerprint");
    let trust = trust.with_confirmed([confirmed]);
    assert_eq!(open(&bytes, &trust).expect("opened").signed().signer().role, Role::Foreign);
    let others = json!([{"key": public(&KEYS.working).fingerprint().to_string(), "versions": "all"}]);
    let revokes = changed(&KEYS.foreign, |manifest| manifest["revoked"] = others);
    assert!(matches!(open(&revokes, &trust), Err(Refused::RevokesOthers)));
}

#[test]
fn test_keys_are_refused_unless_they_are_allowed() {
    let bytes = pack(&KEYS.test);
    assert!(matches!(refused(&bytes), Refused::TestKey));
    let policy = Policy { test_keys: true, foreign_keys: false };
    let trust = TrustStore::new(public(&KEYS.working), public(&KEYS.spare), policy);
    let trust = trust.with_test_keys([public(&KEYS.test)]);
    assert_eq!(open(&bytes, &trust).expect("opened").signed().signer().role, Role::Test);
    // Confirming it does not help either.
    let key = public(&KEYS.test);
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("the fingerprint");
    let trust = super::support::trust().with_confirmed([confirmed]);
    assert!(matches!(open(&bytes, &trust), Err(Refused::TestKey)));
}

#[test]
fn a_stranger_is_asked_about_and_then_labelled() {
    let bytes = pack(&KEYS.foreign);
    let Refused::ForeignNotConfirmed(key) = refused(&bytes) else { panic!("asked about") };
    assert_eq!(key, public(&KEYS.foreign));
    assert_eq!(ConfirmedKey::new(key, ""), Err(NotTheFingerprint));
    assert_eq!(ConfirmedKey::new(key, &key.fingerprint().to_string()[..63]), Err(NotTheFingerprint));
    let other = public(&KEYS.working).fingerprint().to_string();
    assert_eq!(ConfirmedKey::new(key, &other), Err(NotTheFingerprint));
    let typed = key.fingerprint().grouped().to_uppercase().replace(' ', "-");
    let confirmed = ConfirmedKey::new(key, &typed).expect("the fingerprint");
    // As it is stored and read again.
    let stored = serde_json::to_string(&confirmed).expect("JSON");
    let trust = trust().with_confirmed([serde_json::from_str(&stored).expect("stored")]);
    let signed = open(&bytes, &trust).expect("opened").signed().clone();
    assert_eq!(signed.signer().role, Role::Foreign);
    let label = format!("{} · Skin lab · v7", &key.fingerprint().grouped()[..19]);
    // The floor is about our own versions.
    let accepted = decide(&signed, &Ledger::default(), 1000, app()).expect("accepted");
    assert_eq!(accepted.label(), Some(&*label));
}

#[test]
fn two_versions_of_a_model_with_one_name_have_different_labels() {
    let [two, three] = [2, 3].map(|version| {
        let signed =
            signed_with(&KEYS.foreign, &confirmed(), |manifest| manifest["version"] = json!(version));
        accept(&signed, &Ledger::default()).label().map(String::from).expect("somebody else's")
    });
    assert_ne!(two, three);
}

#[test]
fn where_strangers_are_not_taken_nobody_is_asked() {
    let key = public(&KEYS.foreign);
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("the fingerprint");
    let trust = TrustStore::new(public(&KEYS.working), public(&KEYS.spare), Policy::default());
    let trust = trust.with_confirmed([confirmed]);
    let told = open(&pack(&KEYS.foreign), &trust).expect_err("refused");
    assert!(matches!(told, Refused::UnknownSigner(fingerprint) if fingerprint == key.fingerprint()));
}

#[test]
fn a_stranger_may_not_look_like_us() {
    for (field, text) in [
        ("/publisher", "The Sp0tcheck team"),
        ("/publisher", "Part of the app"),
        ("/name", "spot-check-lite1"),
        ("/licence", "as Spótcheck's own"),
        ("/classes/1/key", "spotcheck-says-fine"),
    ] {
        let change = |manifest: &mut Value| *manifest.pointer_mut(field).expect("there") = json!(text);
        let told = open(&changed(&KEYS.foreign, change), &confirmed()).expect_err("refused");
        assert!(matches!(told, Refused::Imitation), "{told}");
        open(&changed(&KEYS.working, change), &trust()).expect("it is our own name");
    }
}

#[test]
fn a_key_that_was_replaced_is_no_stranger() {
    // The working key was stolen; the next version of the app has the spare one in its place.
    let (old, new) = (&KEYS.working, &KEYS.spare);
    let policy = Policy { test_keys: false, foreign_keys: true };
    let trust = TrustStore::new(public(new), public(&pair()), policy).with_retired([public(old)]);
    let key = public(old);
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("the fingerprint");
    for trust in [trust.clone(), trust.clone().with_confirmed([confirmed])] {
        assert!(matches!(open(&pack(old), &trust), Err(Refused::RetiredKey)));
    }
    // The pack that revoked it is still taken, by this version of the app as by those before.
    let end = with(new, &revoking(new, 8, old, json!("all")));
    for trust in [trust, super::support::trust()] {
        let signed = open(&end, &trust).expect("opened").signed().clone();
        accept(&signed, &Ledger::default());
    }
}

#[test]
fn a_key_with_the_id_of_ours_is_an_impostor() {
    // An id is in the clear and can be written into any key.
    let mut bytes = KEYS.foreign.pk.to_bytes();
    bytes[2..10].copy_from_slice(KEYS.working.pk.keynum());
    let mut secret = KEYS.foreign.sk.to_bytes();
    let id = secret.windows(8).position(|bytes| bytes == KEYS.foreign.sk.keynum()).expect("its id");
    secret[id..id + 8].copy_from_slice(KEYS.working.pk.keynum());
    let impostor = minisign::KeyPair {
        pk: minisign::PublicKey::from_bytes(&bytes).expect("a key"),
        sk: minisign::SecretKey::from_bytes(&secret).expect("a key"),
    };
    assert_eq!(public(&impostor).id(), public(&KEYS.working).id());
    assert!(matches!(refused(&pack(&impostor)), Refused::Impostor(_)));
}

#[test]
fn a_genuine_pack_with_another_key_id_is_not_ours() {
    // Neither the id in the header nor the one in the signature is signed; the manifest's is.
    let mut bytes = pack(&KEYS.working);
    let mut key = KEYS.working.pk.to_bytes();
    key[2] ^= 1;
    let altered = minisign::PublicKey::from_bytes(&key).expect("a key").to_base64();
    bytes.splice(16..72, altered.bytes());
    // The third byte of both, in the lower bits of the third character and in the fourth.
    let signature = 73 + "untrusted comment: signature\n".len();
    bytes.splice(signature + 2..signature + 4, altered[2..4].bytes());
    let Refused::ForeignNotConfirmed(key) = refused(&bytes) else { panic!("not ours") };
    let confirmed = ConfirmedKey::new(key, &key.fingerprint().to_string()).expect("the fingerprint");
    let told = open(&bytes, &trust().with_confirmed([confirmed])).expect_err("refused");
    assert!(told.to_string().contains("for another key"), "{told}");
}

#[test]
fn versions_only_go_up() {
    let mut ledger = Ledger::default();
    ledger.note(&accept(&version(&KEYS.working, 7), &ledger));
    assert_eq!(ledger.highest(&public(&KEYS.working).fingerprint()), Some(7));
    let told = decide(&version(&KEYS.working, 6), &ledger, 1, app()).expect_err("older");
    assert!(matches!(told, Refused::OlderThanSeen { version: 6, seen: 7 }));
    // It may be gone back to, which changes nothing about what was seen.
    ledger.note(&still_usable(&version(&KEYS.working, 6), &ledger, 1, app()).expect("usable"));
    assert_eq!(ledger.highest(&public(&KEYS.working).fingerprint()), Some(7));
    // The same again, and newer ones.
    accept(&version(&KEYS.working, 7), &ledger);
    accept(&version(&KEYS.working, 8), &ledger);
    // What was seen of one key says nothing about another.
    accept(&version(&KEYS.spare, 2), &ledger);
    // It outlives being stored.
    let stored = serde_json::to_string(&ledger).expect("JSON");
    assert_eq!(serde_json::from_str::<Ledger>(&stored).expect("stored"), ledger);
}

#[test]
fn two_ledgers_become_the_stricter_one() {
    let (working, spare) = (&KEYS.working, &KEYS.spare);
    let (mut here, mut backup) = (Ledger::default(), Ledger::default());
    here.note(&accept(&version(working, 7), &here));
    backup.note(&accept(&version(working, 6), &backup));
    let newer = revoking(spare, 3, working, json!({"these": [5]}));
    backup.note(&accept(open(&with(spare, &newer), &trust()).expect("opened").signed(), &backup));
    let (mut one, mut other) = (here.clone(), backup.clone());
    one.merge(&backup);
    other.merge(&here);
    assert_eq!(one, other);
    assert_eq!(one.highest(&public(working).fingerprint()), Some(7));
    assert_eq!(one.highest(&public(spare).fingerprint()), Some(3));
    assert!(one.is_revoked(&public(working).fingerprint(), 5));
    one.merge(&Ledger::default());
    assert_eq!(one, other);
}

#[test]
fn a_version_is_given_once() {
    let mut ledger = Ledger::default();
    ledger.note(&accept(&version(&KEYS.working, 7), &ledger));
    let other = signed_with(&KEYS.working, &trust(), |manifest| manifest["date"] = json!("2026-04-01"));
    assert!(matches!(decide(&other, &ledger, 1, app()), Err(Refused::SameVersion(7))));
}

#[test]
fn nothing_goes_below_the_floor() {
    let ledger = Ledger::default();
    for judge in [decide, still_usable] {
        let told = judge(&version(&KEYS.working, 7), &ledger, 8, app());
        assert!(matches!(told, Err(Refused::BelowFloor { version: 7, floor: 8 })));
        judge(&version(&KEYS.working, 8), &ledger, 8, app()).expect("at the floor");
    }
}

#[test]
fn an_app_that_is_too_old_says_so() {
    let signed = signed_with(&KEYS.working, &trust(), |manifest| manifest["lowest_app"] = json!("0.2.0"));
    for judge in [decide, still_usable] {
        let told = judge(&signed, &Ledger::default(), 1, app()).expect_err("too old");
        assert!(matches!(told, Refused::NeedsNewerApp { .. }));
        assert_eq!(
            told.to_string(),
            "this pack needs version 0.2.0 of the app, and this is version 0.1.0: update the app first"
        );
        judge(&signed, &Ledger::default(), 1, "0.2.0".parse().expect("a version")).expect("new enough");
    }
}

#[test]
fn what_was_revoked_stays_so() {
    let (working, spare) = (&KEYS.working, &KEYS.spare);
    let mut ledger = Ledger::default();
    ledger.note(&accept(&version(working, 7), &ledger));
    let newer = revoking(working, 9, working, json!({"these": [7, 8]}));
    let newer = open(&with(working, &newer), &trust()).expect("opened").signed().clone();
    ledger.note(&accept(&newer, &ledger));
    assert!(ledger.is_revoked(&public(working).fingerprint(), 7));
    for revoked in [7, 8] {
        let told = still_usable(&version(working, revoked), &ledger, 1, app());
        assert!(matches!(told, Err(Refused::Revoked(version)) if version == revoked));
    }
    still_usable(&version(working, 9), &ledger, 1, app()).expect("not revoked");
    // A later pack that says nothing about it gives nothing back.
    ledger.note(&accept(&version(working, 10), &ledger));
    assert!(ledger.is_revoked(&public(working).fingerprint(), 7));
    // The spare key ends the working one, whatever it signs from then on.
    let end = open(&with(spare, &revoking(spare, 1, working, json!("all"))), &trust()).expect("opened");
    ledger.note(&accept(end.signed(), &ledger));
    for later in [10, u32::MAX] {
        let told = decide(&version(working, later), &ledger, 1, app());
        assert!(matches!(told, Err(Refused::Revoked(_))));
    }
    accept(&version(spare, 2), &ledger);
}

#[test]
fn a_pack_that_revokes_itself_is_revoked() {
    for versions in [json!("all"), json!({"these": [3, 7]})] {
        let manifest = revoking(&KEYS.working, 7, &KEYS.working, versions);
        let signed = open(&with(&KEYS.working, &manifest), &trust()).expect("opened").signed().clone();
        assert!(matches!(decide(&signed, &Ledger::default(), 1, app()), Err(Refused::Revoked(7))));
    }
}

#[test]
fn nobody_revokes_what_is_not_theirs() {
    // Above all, whoever steals the working key can't end the spare one.
    for (key, of) in [
        (&KEYS.working, &KEYS.spare),
        (&KEYS.working, &KEYS.foreign),
        (&KEYS.spare, &KEYS.foreign),
        (&KEYS.foreign, &KEYS.working),
        (&KEYS.foreign, &KEYS.spare),
    ] {
        for versions in [json!("all"), json!({"these": [1]})] {
            let told = open(&with(key, &revoking(key, 7, of, versions)), &confirmed()).expect_err("refused");
            assert!(matches!(told, Refused::RevokesOthers), "{told}");
        }
    }
    let own = revoking(&KEYS.foreign, 7, &KEYS.foreign, json!({"these": [1]}));
    open(&with(&KEYS.foreign, &own), &confirmed()).expect("its own");
}
