//! The bridge to the WebView: files from its own chooser, camera, drops and clipboard, the back key, and whether the app is seen.
//!
//! Dioxus' own file input gives no file on Android and iOS; what the script does instead is described in it. A file comes in pieces,
//! each sent when the one before was acknowledged: neither side holds more of it than it must, whatever its size.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use spotpack::limits;

use super::live::Told;

/// What runs in the WebView. It sends one [`Message`] for each thing that happens, heeds each [`Reply`], and never ends.
pub const SCRIPT: &str =
    concat!(include_str!("../../../../assets/camera.js"), include_str!("../../../../assets/bridge.js"));

/// The most bytes that a photo's file may have.
pub const MAX_FILE_BYTES: u64 = 100_000_000;

/// The most bytes that a model pack can have: those of all its parts, and what lies between them.
pub const MAX_PACK_BYTES: u64 = limits::MANIFEST_BYTES
    + limits::CARD_BYTES
    + limits::EVALUATION_BYTES
    + limits::QUALITY_BYTES
    + limits::ANSWERS_BYTES
    + limits::PICTURES as u64 * limits::PICTURE_BYTES
    + limits::WEIGHTS_BYTES
    + 4096;

/// The most bytes of a file that the script sends at once.
pub const PIECE_BYTES: usize = 1_500_000;

/// What is in a file that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A photo: it is held in memory.
    Photo,
    /// A backup: it may be larger than memory, and goes to the disk.
    Backup,
    /// A model pack: it goes to the disk, too.
    Pack,
    /// A photo of a spot from before, one of several: it is held in memory.
    Earlier,
}

impl FileKind {
    /// Whether what comes of it goes to the disk.
    pub fn goes_to_disk(self) -> bool {
        matches!(self, Self::Backup | Self::Pack)
    }
}

/// What the script sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A file was chosen, taken, dropped or pasted, and is being read. The latest counts.
    Reading {
        /// Counts the files.
        number: u64,
        /// What it is meant to be.
        kind: FileKind,
        /// How many more of its kind come after it.
        #[serde(default)]
        rest: u32,
    },
    /// How large it is. A [`Reply::Taken`] is awaited.
    File {
        /// Which.
        number: u64,
        /// Its bytes, as the WebView counts them.
        size: u64,
    },
    /// Its next bytes, at most [`PIECE_BYTES`]. A [`Reply::Taken`] is awaited.
    Piece {
        /// Of which.
        number: u64,
        /// The bytes.
        base64: String,
    },
    /// The WebView could not read it.
    Unreadable {
        /// Which.
        number: u64,
    },
    /// The back key, button or gesture.
    Back,
    /// Somebody has touched the screen or pressed a key; told every few seconds at most.
    Touched,
    /// The app is seen no more.
    Hidden,
    /// The app is seen again.
    Shown,
    /// The page has drawn this beat: see `ui::pulse`.
    Beat(u64),
    /// The languages that the user wants may have changed.
    Languages,
    /// Another app may have handed a file over; told once when the script begins, too.
    Opened,
    /// Something about the page's camera.
    Camera(Told),
}

impl Message {
    /// What a message of the page says.
    ///
    /// # Errors
    /// When no such message is known.
    pub fn parse(message: serde_json::Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(message)
    }
}

/// What the script is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// What was sent of a file has arrived.
    Taken {
        /// Of which.
        number: u64,
        /// Whether the rest is wanted.
        more: bool,
    },
    /// The language of the page, for screen readers' pronunciation: a BCP 47 tag.
    Language(String),
}

/// Why a file did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BridgeError {
    /// The WebView could not read it, or not all of it arrived.
    #[error("the file could not be read; choose it again")]
    Unreadable,
    /// More than [`MAX_FILE_BYTES`].
    #[error("the file has more than {} MB; choose a smaller one", MAX_FILE_BYTES / 1_000_000)]
    TooLarge,
    /// More than [`MAX_PACK_BYTES`].
    #[error("the file is larger than any model pack may be")]
    PackTooLarge,
}

/// A file on its way in: what was announced of it and how much has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    number: u64,
    kind: FileKind,
    size: u64,
    came: u64,
}

impl Arrival {
    /// A file of this size, of which nothing has come.
    ///
    /// # Errors
    /// When it is larger than a file of its kind may be.
    pub fn announced(number: u64, kind: FileKind, size: u64) -> Result<Self, BridgeError> {
        match kind {
            FileKind::Photo | FileKind::Earlier if size > MAX_FILE_BYTES => Err(BridgeError::TooLarge),
            FileKind::Pack if size > MAX_PACK_BYTES => Err(BridgeError::PackTooLarge),
            _ => Ok(Self { number, kind, size, came: 0 }),
        }
    }

    /// The bytes of its next piece.
    ///
    /// # Errors
    /// When they are not in base64, are none or too many at once, or make it larger than announced.
    pub fn take(&mut self, base64: &str) -> Result<Vec<u8>, BridgeError> {
        // Before it is decoded: whatever the page sends, no more is held than a piece.
        if base64.len() > PIECE_BYTES.div_ceil(3) * 4 {
            return Err(BridgeError::Unreadable);
        }
        let bytes = BASE64_STANDARD.decode(base64).map_err(|_| BridgeError::Unreadable)?;
        let came = self.came + bytes.len() as u64;
        if bytes.is_empty() || came > self.size {
            return Err(BridgeError::Unreadable);
        }
        self.came = came;
        Ok(bytes)
    }

    /// Whether all of it has come.
    pub fn complete(&self) -> bool {
        self.came == self.size
    }

    /// Which file it is.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What it is meant to be.
    pub fn kind(&self) -> FileKind {
        self.kind
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_script_sends_is_understood() {
        let parse = |message| Message::parse(message).expect("message");
        assert_eq!(parse(json!("back")), Message::Back);
        let reading = parse(json!({ "reading": { "number": 2, "kind": "backup" } }));
        assert_eq!(reading, Message::Reading { number: 2, kind: FileKind::Backup, rest: 0 });
        let reading = parse(json!({ "reading": { "number": 3, "kind": "pack" } }));
        assert_eq!(reading, Message::Reading { number: 3, kind: FileKind::Pack, rest: 0 });
        let reading = parse(json!({ "reading": { "number": 4, "kind": "earlier", "rest": 2 } }));
        assert_eq!(reading, Message::Reading { number: 4, kind: FileKind::Earlier, rest: 2 });
        assert_eq!(
            parse(json!({ "file": { "number": 2, "size": 3 } })),
            Message::File { number: 2, size: 3 }
        );
        let piece = parse(json!({ "piece": { "number": 2, "base64": "AQID" } }));
        assert_eq!(piece, Message::Piece { number: 2, base64: "AQID".into() });
        assert_eq!(parse(json!({ "unreadable": { "number": 2 } })), Message::Unreadable { number: 2 });
        assert_eq!(parse(json!({ "beat": 7 })), Message::Beat(7));
        assert_eq!(parse(json!("opened")), Message::Opened);
        let camera = parse(json!({ "camera": { "opened": { "torch": true } } }));
        assert_eq!(camera, Message::Camera(Told::Opened { torch: true }));
        let camera = parse(json!({ "camera": { "failed": "NotAllowedError" } }));
        assert_eq!(camera, Message::Camera(Told::Failed("NotAllowedError".into())));
        let camera = parse(json!({ "camera": { "frame": { "number": 3, "base64": "AQID" } } }));
        assert_eq!(camera, Message::Camera(Told::Frame { number: 3, base64: "AQID".into() }));
        // The script spells them the same way.
        for word in [
            "reading:",
            "file:",
            "piece:",
            "unreadable:",
            "beat:",
            "\"back\"",
            "\"touched\"",
            "\"hidden\"",
            "\"shown\"",
            "\"languages\"",
            "\"opened\"",
            "camera }",
            "opened:",
            "failed:",
            "frame:",
            "taken",
            "language",
        ] {
            assert!(SCRIPT.contains(word), "{word}");
        }
        assert!(SCRIPT.contains(&format!("PIECE_BYTES = {PIECE_BYTES};")));
        let reply = serde_json::to_value(Reply::Taken { number: 2, more: true }).expect("JSON");
        assert_eq!(reply, json!({ "taken": { "number": 2, "more": true } }));
    }

    #[test]
    fn a_file_that_arrives_otherwise_than_announced_is_refused() {
        let arrival = |size| Arrival::announced(1, FileKind::Photo, size).expect("not too large");
        let mut file = arrival(5);
        assert_eq!(file.take("AQID"), Ok(vec![1, 2, 3]));
        assert!(!file.complete());
        assert_eq!(file.clone().take("AQID"), Err(BridgeError::Unreadable), "more than announced");
        assert_eq!(file.clone().take("AQI!"), Err(BridgeError::Unreadable), "no base64");
        assert_eq!(file.clone().take(""), Err(BridgeError::Unreadable), "nothing");
        assert_eq!(file.take("BAU="), Ok(vec![4, 5]));
        assert!(file.complete());
        let mut large = arrival(MAX_FILE_BYTES);
        let most = BASE64_STANDARD.encode(vec![0; PIECE_BYTES]);
        assert_eq!(large.take(&most).map(|bytes| bytes.len()), Ok(PIECE_BYTES));
        assert_eq!(large.take(&format!("{most}AAAA")), Err(BridgeError::Unreadable), "too much at once");
        assert_eq!(Arrival::announced(1, FileKind::Photo, MAX_FILE_BYTES + 1), Err(BridgeError::TooLarge));
        assert!(Arrival::announced(1, FileKind::Backup, MAX_FILE_BYTES * 100).is_ok());
        assert!(Arrival::announced(1, FileKind::Pack, MAX_PACK_BYTES).is_ok());
        let larger = Arrival::announced(1, FileKind::Pack, MAX_PACK_BYTES + 1);
        assert_eq!(larger, Err(BridgeError::PackTooLarge));
        // Android's activity reads no more than this of what another app hands over, and one byte that tells that there is more.
        let activity = include_str!("../../../../assets/android/MainActivity.kt");
        let digits: String = activity
            .lines()
            .find_map(|line| line.strip_prefix("private const val MOST_PACK_BYTES = "))
            .expect("a limit")
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        assert_eq!(digits, MAX_PACK_BYTES.to_string());
    }

    proptest! {
        #[test]
        fn no_message_is_more_than_refused(text in ".{0,40}", number: u64) {
            for message in [json!(text), json!({ &text: number }), json!(number), json!([text]), json!({ "piece": text })] {
                let _ = Message::parse(message);
            }
            let mut file = Arrival::announced(number, FileKind::Backup, 9).expect("a size");
            if let Ok(bytes) = file.take(&text) {
                prop_assert!(bytes.len() <= 9);
            }
        }
    }
}
