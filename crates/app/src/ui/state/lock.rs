//! Locking by itself: how long nobody has touched the app, and what happens when it is seen again.

use std::time::Duration;

use dioxus::core::spawn_forever;
use dioxus::prelude::*;

use super::App;
use crate::ui::archive_worker::{ArchiveState, Trouble};
use crate::ui::pulse::PATIENCE;
use archive::vault::Protection;

/// How long nobody has touched the app, by a clock that counts sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Idle {
    pub(super) touched: Duration,
}

impl Idle {
    /// Whether nobody has for so many minutes, now.
    pub(super) fn lapsed(self, now: Duration, minutes: u32) -> bool {
        now.saturating_sub(self.touched) >= Duration::from_secs(u64::from(minutes) * 60)
    }
}

impl App {
    /// Locks the archive.
    pub fn lock(mut self) {
        self.target.set(None);
        self.keep(
            |archive_worker| {
                archive_worker.lock();
                Ok(())
            },
            |()| {},
        );
    }

    /// Whether a passphrase protects what is open: the page covers it while nobody sees the app.
    pub fn guarded(self) -> bool {
        matches!(&*self.archive_state.read(), ArchiveState::Open(page) if page.protection == Protection::Passphrase)
    }

    /// Whether nobody has touched the app for as long as is set, sleep included.
    fn lapsed(self) -> bool {
        self.idle.peek().lapsed(self.system.clock(), self.settings.peek().auto_lock_minutes)
            && matches!(&*self.archive_state.peek(), ArchiveState::Open(page) if page.protection == Protection::Passphrase)
    }

    /// Somebody has touched the app: one who comes too late finds it locked.
    pub fn touched(mut self) {
        self.watch();
        // While something is being written it can't be locked yet; the touch does not save it from that.
        if !self.lapsed() {
            self.idle.set(Idle { touched: self.system.clock() });
        }
    }

    /// Locks the archive when nobody has touched the app for as long as is set, unless something is being written, which takes its time.
    pub fn watch(self) {
        if self.lapsed() && *self.keeping.peek() == 0 {
            self.lock();
        }
    }

    /// The app is seen again. What is to be locked is locked before the page uncovers itself, which it does when it has drawn the beat.
    pub fn seen(mut self) {
        self.ask_languages();
        let lapsed = self.lapsed();
        spawn_forever(async move {
            if lapsed {
                self.target.set(None);
                let locked = self.archive_worker().ask(|archive_worker| {
                    archive_worker.lock();
                    archive_worker.archive_state()
                });
                self.turn_to(
                    locked.await.unwrap_or(ArchiveState::Unusable(Trouble { key: "broken", seconds: 0 })),
                );
            }
            self.look_in();
            let beat = *self.beat.peek() + 1;
            let system = self.system;
            self.pulse.peek().expect(beat, PATIENCE, || system.page_is_gone());
            self.beat.set(beat);
        });
    }

    /// The app is seen no more.
    pub fn unseen(self) {
        self.pulse.peek().rest();
    }

    /// The number that the page is to draw.
    pub fn beat(self) -> u64 {
        *self.beat.read()
    }

    /// The page has drawn it, and with it whatever was to be locked.
    pub fn beaten(self, beat: u64) {
        self.pulse.peek().came(beat);
        // A beat of before the app was left may come late, when the time is over.
        if beat == *self.beat.peek() && !self.lapsed() {
            self.system.uncover();
        }
    }
}
