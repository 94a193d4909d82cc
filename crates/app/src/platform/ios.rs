//! iOS: the app's own folder kept out of iCloud and sealed while the phone is locked, the keychain, and the share sheet.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

use apple_native_keyring_store::protected;
use block2::RcBlock;
use dispatch2::DispatchQueue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry};
use objc2::rc::Retained;
use objc2::runtime::{AnyObject, Bool};
use objc2::{MainThreadMarker, MainThreadOnly};
use objc2_foundation::{
    NSArray, NSDateComponents, NSDictionary, NSError, NSFileManager, NSFileProtectionComplete,
    NSFileProtectionKey, NSNotification, NSNotificationCenter, NSNotificationName, NSNumber,
    NSOperationQueue, NSString, NSURL, NSURLIsExcludedFromBackupKey,
};
use objc2_ui_kit::{
    UIActivityViewController, UIApplication, UIApplicationDidBecomeActiveNotification, UIApplicationState,
    UIApplicationWillResignActiveNotification, UIColor, UIView, UIViewAutoresizing,
};
use objc2_user_notifications::{
    UNAuthorizationOptions, UNCalendarNotificationTrigger, UNMutableNotificationContent,
    UNNotificationRequest, UNUserNotificationCenter,
};

use super::{Outbox, System, on_the_clock};

/// A phone or tablet of Apple's.
pub(super) struct Ios;

impl System for Ios {
    fn data_folder(&self) -> Option<PathBuf> {
        let folder = dirs::data_dir()?.join("spotcheck");
        fs::create_dir_all(&folder).ok()?;
        if !shut_off(&folder) {
            tracing::warn!("the data folder could not be kept out of backups");
        }
        Some(folder)
    }

    fn key_store(&self) -> Option<Arc<CredentialStore>> {
        let store = protected::Store::new().ok()?;
        Some(Arc::new(ThisDeviceOnly(store)))
    }

    fn outbox(&self) -> Option<Outbox> {
        Some(Outbox::Private(std::env::temp_dir().join("outbox")))
    }

    fn taken_photos(&self) -> Vec<PathBuf> {
        // What WebKit's WKFileUploadPanel names them; it deletes none itself.
        super::folders_called(|name| name.starts_with("WKWebFileUpload"), &std::env::temp_dir())
    }

    fn chosen_files(&self) -> Vec<PathBuf> {
        // The panel has what is chosen among files imported, which puts a copy into this folder, named after the app.
        super::folders_called(|name| name.ends_with("-Inbox"), &std::env::temp_dir())
    }

    fn inbox(&self) -> Option<PathBuf> {
        // Where the system puts its copy of a file that another app opens with ours: assets/ios/Info.plist has none opened in place.
        // Its address, which the app's delegate is given, is not asked for: what lies here is all there is.
        dirs::document_dir().map(|folder| folder.join("Inbox"))
    }

    fn page_is_gone(&self) {
        tracing::warn!("the page does not answer any more");
        // The archive's writes are transactions, and what is not kept is not promised to stay.
        std::process::exit(0);
    }

    fn offer(&self, file: &Path) -> io::Result<()> {
        let file = file.to_string_lossy().into_owned();
        // Called from the archive's thread; only the main one may show anything.
        DispatchQueue::main().exec_async(move || match MainThreadMarker::new() {
            Some(main) if show_sheet(main, &file) => {}
            _ => tracing::warn!("the share sheet could not be shown"),
        });
        Ok(())
    }

    fn hide(&self, _: bool) {
        // Locked or not: what the list of apps shows is covered always, and screenshots can't be refused.
        cover_when_inactive();
    }

    fn guard(&self, guarded: bool) {
        GUARDED.store(guarded, Ordering::SeqCst);
    }

    fn uncover(&self) {
        DispatchQueue::main().exec_async(|| {
            if let Some(main) = MainThreadMarker::new()
                && UIApplication::sharedApplication(main).applicationState() == UIApplicationState::Active
            {
                cover(main, false);
            }
        });
    }

    fn reminds(&self) -> bool {
        true
    }

    fn allow_reminders(&self) {
        if_allowed(|_| {});
    }

    fn remind(&self, moments: &[Timestamp], text: &str) {
        let moments: Vec<Timestamp> = moments.iter().take(MOST_REMINDERS).copied().collect();
        let unwanted: Vec<_> = (moments.len()..MOST_REMINDERS).map(reminder).collect();
        let center = UNUserNotificationCenter::currentNotificationCenter();
        center.removePendingNotificationRequestsWithIdentifiers(&NSArray::from_retained_slice(&unwanted));
        if moments.is_empty() {
            return center.removeAllDeliveredNotifications();
        }
        let text = text.to_owned();
        if_allowed(move |center| schedule(center, &moments, &text));
    }
}

/// iOS keeps 64 at most; whoever has more days ahead opens the app before those are over.
const MOST_REMINDERS: usize = 60;

/// The name of a reminder: another one of the same name takes its place.
fn reminder(number: usize) -> Retained<NSString> {
    NSString::from_str(&format!("reminder {number}"))
}

/// Asks whether reminders may be shown, which the system does only the first time, and goes on if they may: on a thread of the system's.
fn if_allowed(then: impl Fn(&UNUserNotificationCenter) + 'static) {
    let answered = RcBlock::new(move |granted: Bool, _: *mut NSError| {
        if granted.as_bool() {
            then(&UNUserNotificationCenter::currentNotificationCenter());
        }
    });
    let options = UNAuthorizationOptions::Alert | UNAuthorizationOptions::Sound;
    UNUserNotificationCenter::currentNotificationCenter()
        .requestAuthorizationWithOptions_completionHandler(options, &answered);
}

/// Leaves reminders with the system: by the day and the hour that the clock will show, so that a morning stays one wherever the phone
/// travels. One that is past is never shown.
fn schedule(center: &UNUserNotificationCenter, moments: &[Timestamp], text: &str) {
    let zone = TimeZone::system();
    for (number, moment) in moments.iter().enumerate() {
        let content = UNMutableNotificationContent::new();
        content.setBody(&NSString::from_str(text));
        let [year, month, day, hour, minute] = on_the_clock(*moment, &zone);
        let shown = NSDateComponents::new();
        shown.setYear(year);
        shown.setMonth(month);
        shown.setDay(day);
        shown.setHour(hour);
        shown.setMinute(minute);
        let trigger = UNCalendarNotificationTrigger::triggerWithDateMatchingComponents_repeats(&shown, false);
        let request = UNNotificationRequest::requestWithIdentifier_content_trigger(
            &reminder(number),
            &content,
            Some(&trigger),
        );
        center.addNotificationRequest_withCompletionHandler(&request, None);
    }
}

/// Keeps a folder out of backups, and its files unreadable while the phone is locked.
fn shut_off(folder: &Path) -> bool {
    let path = NSString::from_str(&folder.to_string_lossy());
    let url = NSURL::fileURLWithPath(&path);
    // SAFETY: the keys are constants of Foundation, with values of the classes that it documents for them.
    unsafe {
        let excluded = NSNumber::new_bool(true);
        let excluded: &AnyObject = excluded.as_ref();
        let protection: &AnyObject = NSFileProtectionComplete.as_ref();
        let attributes = NSDictionary::from_slices(&[NSFileProtectionKey], &[protection]);
        let sealed = NSFileManager::defaultManager().setAttributes_ofItemAtPath_error(&attributes, &path);
        url.setResourceValue_forKey_error(Some(excluded), NSURLIsExcludedFromBackupKey).is_ok()
            && sealed.is_ok()
    }
}

/// Shows the share sheet above whatever is on the screen.
fn show_sheet(main: MainThreadMarker, file: &str) -> bool {
    // The window of the app, which has no scenes.
    #[allow(deprecated)]
    let window = UIApplication::sharedApplication(main).keyWindow();
    let Some((window, above)) =
        window.and_then(|window| window.rootViewController().map(|above| (window, above)))
    else {
        return false;
    };
    let url = NSURL::fileURLWithPath(&NSString::from_str(file));
    let items = NSArray::from_retained_slice(&[Retained::<AnyObject>::from(url)]);
    // SAFETY: a URL is something that can be shared, and there are no activities of our own.
    let sheet = unsafe {
        UIActivityViewController::initWithActivityItems_applicationActivities(
            UIActivityViewController::alloc(main),
            &items,
            None,
        )
    };
    // On a tablet it points at something, or the app would be ended.
    if let Some(popover) = sheet.popoverPresentationController() {
        popover.setSourceView(Some(&window));
    }
    above.presentViewController_animated_completion(&sheet, true, None);
    true
}

/// Whether the cover stays, when the app is active again, until the page has drawn what is to be seen.
static GUARDED: AtomicBool = AtomicBool::new(false);

/// Has a plain view cover the window whenever the app is not the active one: the system's list of apps shows what is on the screen then.
/// Once is enough, for as long as the app runs.
fn cover_when_inactive() {
    static ONCE: Once = Once::new();
    // As it was when the app was left: it may be locked meanwhile, and what was drawn last is still what was not to be seen.
    static STAYS: AtomicBool = AtomicBool::new(false);
    let observe = |name: &'static NSNotificationName, covered: bool| {
        let act = RcBlock::new(move |_: NonNull<NSNotification>| {
            if covered {
                STAYS.store(GUARDED.load(Ordering::SeqCst), Ordering::SeqCst);
            }
            if let Some(main) = MainThreadMarker::new()
                && (covered || !STAYS.load(Ordering::SeqCst))
            {
                cover(main, covered);
            }
        });
        // SAFETY: no object is filtered by, the queue is the main one, and the block takes what it is documented to be given.
        let observer = unsafe {
            NSNotificationCenter::defaultCenter().addObserverForName_object_queue_usingBlock(
                Some(name),
                None,
                Some(&NSOperationQueue::mainQueue()),
                &act,
            )
        };
        // Never removed.
        std::mem::forget(observer);
    };
    // SAFETY: constants of UIKit.
    let (resigns, becomes) =
        unsafe { (UIApplicationWillResignActiveNotification, UIApplicationDidBecomeActiveNotification) };
    ONCE.call_once(|| {
        observe(resigns, true);
        observe(becomes, false);
    });
}

/// Covers the window, or no longer.
fn cover(main: MainThreadMarker, covered: bool) {
    /// Says which of the window's views is the cover.
    const TAG: isize = 0x5b07;
    #[allow(deprecated)]
    let windows = UIApplication::sharedApplication(main).windows();
    for window in windows {
        let before = window.viewWithTag(TAG);
        match (covered, before) {
            (true, None) => {
                let view = UIView::initWithFrame(UIView::alloc(main), window.bounds());
                view.setTag(TAG);
                view.setBackgroundColor(Some(&UIColor::systemBackgroundColor()));
                view.setAutoresizingMask(
                    UIViewAutoresizing::FlexibleWidth | UIViewAutoresizing::FlexibleHeight,
                );
                window.addSubview(&view);
            }
            (false, Some(view)) => view.removeFromSuperview(),
            _ => {}
        }
    }
}

/// The keychain, with every entry readable while this phone is unlocked and never on another one.
#[derive(Debug)]
struct ThisDeviceOnly(Arc<protected::Store>);

impl CredentialStoreApi for ThisDeviceOnly {
    fn vendor(&self) -> String {
        self.0.vendor()
    }

    fn id(&self) -> String {
        self.0.id()
    }

    fn build(
        &self,
        service: &str,
        user: &str,
        modifiers: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        let mut modifiers = modifiers.cloned().unwrap_or_default();
        modifiers.insert("access-policy", "when-unlocked-this-device-only");
        self.0.build(service, user, Some(&modifiers))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
