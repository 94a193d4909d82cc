//! Model packs that another app has handed to this one: they wait where the system has put them until they may be looked at.

use dioxus::core::spawn_forever;
use dioxus::prelude::*;

use super::App;
use super::arrivals::Incoming;
use crate::capture::bridge::{Arrival, BridgeError, FileKind};
use crate::platform;
use crate::ui::archive_worker::{ArchiveState, ArchiveWorker};
use crate::ui::destination::Destination;

/// A model pack that another app has handed over, until it is taken in: it lies where the system has put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    /// A photo that was taken for an earlier run comes first.
    NotYet,
    Nothing,
    /// There is one.
    Found,
    /// There is one, which can't be looked at yet, and the user has been told so.
    Told,
}

impl App {
    /// From now on it is looked whether a model pack waits: what was left of an earlier run has been seen to.
    pub fn begin_receiving(mut self) {
        self.waiting.set(Waiting::Nothing);
        self.look_in();
    }

    /// Looks whether another app has handed a model pack over. Of one that was told of nothing is told again.
    pub(super) fn look_in(mut self) {
        let system = self.system;
        let found = self.archive_worker().ask(move |_| !platform::waiting_files(system).is_empty());
        spawn_forever(async move {
            if let Ok(true) = found.await
                && *self.waiting.peek() == Waiting::Nothing
            {
                self.waiting.set(Waiting::Found);
            }
        });
    }

    /// Another app has handed something over, just now or before the page was there.
    pub fn handed_over(mut self) {
        if *self.waiting.peek() == Waiting::Told {
            self.waiting.set(Waiting::Nothing);
        }
        self.look_in();
    }

    /// Whether a model pack that another app has handed over can't be looked at yet.
    pub fn pack_waits(self) -> bool {
        matches!(*self.waiting.read(), Waiting::Found | Waiting::Told)
    }

    /// Takes in the model pack that waits as soon as nothing else is in hand and what is sealed of models can be read; until then it
    /// stays where it is, and the user is told. To be called on the screen with the address `at` whenever something has changed; `go`
    /// leads to where it is shown.
    pub fn receive(mut self, at: &str, go: impl FnOnce(Destination)) {
        if !self.pack_waits() || !self.settings.read().agreed() || self.doing() {
            return;
        }
        let first = *self.waiting.peek() == Waiting::Found;
        let backup_waits = self.backup_waits();
        if in_hand(at) || backup_waits {
            if first {
                self.waiting.set(Waiting::Told);
                let key = if backup_waits { "model-waits-backup" } else { "model-waits-here" };
                self.tell(self.words.peek().say(key));
            }
            return;
        }
        let readable = matches!(
            &*self.archive_state.read(),
            ArchiveState::Open(_) | ArchiveState::Empty { key_store: true }
        );
        let there = at == Destination::Model.to_string();
        if readable && there {
            self.waiting.set(Waiting::Nothing);
            self.take_in();
        } else if readable {
            // From there it goes on: what is told before would be taken away with the screen.
            go(Destination::Model);
        } else if first {
            self.waiting.set(Waiting::Told);
            if !there {
                go(Destination::Model);
            }
        }
    }

    /// Goes on with the model pack that waits as with one that has arrived; it takes the place of any before.
    fn take_in(mut self) {
        let system = self.system;
        let take = move |archive_worker: &mut ArchiveWorker| {
            archive_worker.take_in(&platform::waiting_files(system))
        };
        self.keep(take, move |bytes| {
            // Somebody has looked twice.
            let Some(bytes) = bytes else { return };
            self.examined.set(None);
            self.notice.set(None);
            self.incoming.set(Incoming::Pack);
            match Arrival::announced(0, FileKind::Pack, bytes) {
                // What the system could not read of another app's.
                Ok(arrival) if arrival.complete() => self.refuse(BridgeError::Unreadable),
                Ok(_) => self.examine(None),
                Err(error) => self.refuse(error),
            }
        });
    }
}

/// How the address of each spot's screen begins.
const SPOT: &str = "/spot/";

/// Whether something is in hand on this screen that would be lost, or left half done, if another one came.
fn in_hand(at: &str) -> bool {
    use Destination::{Backup, Frame, Keep, Lock, Result, Sort};
    let unfinished = [
        #[cfg(feature = "camera")]
        Destination::Camera,
        Frame,
        Result,
        Keep,
        Sort,
        Backup,
        Lock,
    ];
    // On the screen of a spot its name, its note and its place are typed and kept by a button.
    at.starts_with(SPOT) || unfinished.iter().any(|destination| at == destination.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use archive::record::SpotId;

    #[test]
    fn what_is_typed_on_a_spots_screen_is_in_hand_and_what_is_only_read_is_not() {
        let spot = SpotId::random();
        for (destination, unfinished) in [
            (Destination::Spot(spot), true),
            (Destination::Keep, true),
            (Destination::Backup, true),
            (Destination::Spots, false),
            (Destination::Compare(spot), false),
            (Destination::Model, false),
        ] {
            assert_eq!(in_hand(&destination.to_string()), unfinished, "{destination}");
        }
    }
}
