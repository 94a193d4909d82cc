//! Files on their way into the app: photos, backups and model packs.

use dioxus::core::spawn_forever;
use dioxus::prelude::*;

use super::{App, Busy};
use crate::capture::bridge::{Arrival, BridgeError, FileKind, Reply};
use crate::ui::archive_worker::{ArchiveWorker, Trouble};
use crate::ui::destination::Destination;
use crate::ui::work::WorkError;
use archive::seal::Passphrase;

/// A file on its way into the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Incoming {
    Nothing,
    /// One was chosen, and is being read.
    Expected(u64, FileKind),
    /// It is arriving. The bytes of a photo are here, those of a backup or a model pack with the archive worker.
    Arriving(Arrival, Vec<u8>),
    /// A backup is there, and waits for its passphrase.
    Backup,
    /// A model pack is there, and waits until somebody decides about it.
    Pack,
}

impl Incoming {
    /// Whether what has come of it is with the archive worker.
    pub(super) fn is_on_disk(&self) -> bool {
        match self {
            Self::Expected(_, kind) => kind.goes_to_disk(),
            Self::Arriving(arrival, _) => arrival.kind().goes_to_disk(),
            Self::Backup | Self::Pack => true,
            Self::Nothing => false,
        }
    }
}

impl App {
    /// A file was chosen, and is being read; it takes the place of any before. While something is being written that can't be
    /// cancelled, none is taken: what is decided about would be another file.
    pub fn expect(mut self, number: u64, kind: FileKind) {
        if *self.keeping.peek() > 0 {
            return self.tell(self.words.peek().say("file-not-now"));
        }
        self.cancel();
        self.notice.set(None);
        self.busy.set(Busy::Receiving);
        self.incoming.set(Incoming::Expected(number, kind));
        if kind.goes_to_disk() {
            self.ask(ArchiveWorker::expect_file);
        }
    }

    /// The expected file has this size. Returns whether it is wanted; `go` leads to where it is shown.
    pub fn announce(mut self, number: u64, size: u64, go: impl Fn(Destination) + 'static) -> bool {
        let Incoming::Expected(expected, kind) = *self.incoming.peek() else { return self.unwanted() };
        if expected != number {
            return self.unwanted();
        }
        let announced = Arrival::announced(number, kind, size);
        // There it is told what becomes of it.
        if kind == FileKind::Pack && announced.is_ok() {
            go(Destination::Model);
        }
        match announced {
            Ok(arrival) if arrival.complete() && kind == FileKind::Earlier => self.pass_earlier(),
            Ok(arrival) if arrival.complete() => {
                self.whole(kind, Vec::new(), go);
                false
            }
            Ok(arrival) => {
                self.incoming.set(Incoming::Arriving(arrival, Vec::new()));
                true
            }
            Err(_) if kind == FileKind::Earlier => self.pass_earlier(),
            Err(error) => {
                self.refuse(error);
                false
            }
        }
    }

    /// The next piece of the file came. `acknowledge` is told once it is where it belongs, and whether more is wanted.
    pub fn append(
        self,
        number: u64,
        base64: &str,
        go: impl FnOnce(Destination) + 'static,
        acknowledge: impl Fn(Reply) + 'static,
    ) {
        let mut incoming = self.incoming;
        let taken = match &mut *incoming.write() {
            Incoming::Arriving(arrival, photo) if arrival.number() == number => arrival
                .take(base64)
                .map(|piece| (piece, arrival.kind(), arrival.complete(), std::mem::take(photo))),
            // Given up while it was on its way.
            _ => {
                self.unwanted();
                return acknowledge(Reply::Taken { number, more: false });
            }
        };
        let (piece, kind, complete, mut photo) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                self.refuse(error);
                return acknowledge(Reply::Taken { number, more: false });
            }
        };
        match kind {
            FileKind::Earlier => {
                photo.extend(piece);
                if complete {
                    self.keep_earlier(photo, go, move |more| acknowledge(Reply::Taken { number, more }));
                } else {
                    if let Incoming::Arriving(_, kept) = &mut *incoming.write() {
                        *kept = photo;
                    }
                    acknowledge(Reply::Taken { number, more: true });
                }
            }
            FileKind::Photo => {
                photo.extend(piece);
                if complete {
                    self.whole(kind, photo, go);
                } else if let Incoming::Arriving(_, kept) = &mut *incoming.write() {
                    *kept = photo;
                }
                acknowledge(Reply::Taken { number, more: !complete });
            }
            // Only when it is on the disk: else all of it might pile up before.
            FileKind::Backup | FileKind::Pack => {
                let written = self.archive_worker().ask(move |archive_worker| archive_worker.append(&piece));
                spawn_forever(async move {
                    let written = written.await;
                    let wanted = self.expects(number);
                    match written {
                        Ok(Ok(())) if wanted && complete => self.whole(kind, Vec::new(), go),
                        Ok(Err(error)) if wanted => self.fail(Trouble::from(&error).say(&self.words.peek())),
                        Err(WorkError) if wanted => self.fail(self.words.peek().say("broken")),
                        _ => {}
                    }
                    acknowledge(Reply::Taken { number, more: !complete && self.expects(number) });
                });
            }
        }
    }

    /// All of the file has come.
    fn whole(mut self, kind: FileKind, photo: Vec<u8>, go: impl FnOnce(Destination) + 'static) {
        match kind {
            FileKind::Photo => {
                self.incoming.set(Incoming::Nothing);
                self.open(photo, go);
            }
            // Kept where its last piece is taken.
            FileKind::Earlier => {}
            FileKind::Backup => {
                self.vision_worker().forget_copies();
                self.busy.set(Busy::Not);
                self.incoming.set(Incoming::Backup);
            }
            FileKind::Pack => {
                self.vision_worker().forget_copies();
                self.busy.set(Busy::Not);
                self.incoming.set(Incoming::Pack);
                self.examine(None);
            }
        }
    }

    /// Whether this file is arriving, and nobody has cancelled it.
    fn expects(self, number: u64) -> bool {
        match &*self.incoming.peek() {
            Incoming::Expected(expected, _) => *expected == number,
            Incoming::Arriving(arrival, _) => arrival.number() == number,
            Incoming::Nothing | Incoming::Backup | Incoming::Pack => false,
        }
    }

    /// The WebView could not read the file.
    pub fn unreadable(self, number: u64) {
        match self.expects(number) {
            true if self.takes_earlier() => {
                self.pass_earlier();
            }
            true => self.refuse(BridgeError::Unreadable),
            false => {
                self.unwanted();
            }
        }
    }

    /// Something of a file came that was given up: what the system left of it goes. Returns that it is not wanted.
    fn unwanted(self) -> bool {
        self.vision_worker().forget_copies();
        false
    }

    /// A file did not arrive.
    pub(super) fn refuse(self, error: BridgeError) {
        self.vision_worker().forget_copies();
        let key = match error {
            BridgeError::Unreadable => "file-unreadable",
            BridgeError::TooLarge => "file-too-many-bytes",
            BridgeError::PackTooLarge => "model-too-many-bytes",
        };
        self.fail(self.words.peek().say(key));
    }

    /// Stops waiting, and says why.
    pub(super) fn fail(self, reason: String) {
        self.cancel();
        self.tell(reason);
    }

    /// Whether a backup has arrived and waits for its passphrase.
    pub fn backup_waits(self) -> bool {
        *self.incoming.read() == Incoming::Backup
    }

    /// Takes in the backup that has arrived.
    pub fn import(mut self, passphrase: Passphrase) {
        self.keep(
            move |archive_worker| {
                let imported = archive_worker.import(&passphrase);
                Ok((imported, archive_worker.has_backup()))
            },
            move |(imported, again)| {
                self.incoming.set(if again { Incoming::Backup } else { Incoming::Nothing });
                self.tell(match imported {
                    Ok(imported) => {
                        let counts = [("spots", imported.spots.into()), ("checks", imported.checks.into())];
                        self.words.peek().text("backup-imported", &counts)
                    }
                    Err(error) => Trouble::from(&error).say(&self.words.peek()),
                });
            },
        );
    }
}
