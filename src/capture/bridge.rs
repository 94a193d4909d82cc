//! The bridge to the WebView's own file chooser, camera, drops, clipboard and back key.
//!
//! Dioxus' own file input gives no file on Android and iOS; what the script does instead is described in it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// What runs in the WebView. It sends one [`Message`] for each thing that happens and never ends.
pub const SCRIPT: &str = include_str!("../../assets/bridge.js");

/// The most bytes that a file may have.
pub const MAX_FILE_BYTES: u64 = 100_000_000;

/// What the script sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// A file was chosen, taken, dropped or pasted, and is being read.
    Reading,
    /// Its content.
    File {
        /// As the WebView counts it.
        size: u64,
        /// The content.
        base64: String,
    },
    /// The WebView could not read it.
    Unreadable,
    /// It has more than [`MAX_FILE_BYTES`].
    TooLarge,
    /// The back key, button or gesture.
    Back,
    /// A backup was chosen, and is being read.
    Backup,
    /// Some of the bytes of a backup, in base64.
    Piece(String),
    /// All of the backup was sent.
    Complete,
    /// For so many seconds nobody has touched the screen or pressed a key.
    Idle(u64),
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
}

/// The bytes of a file that was sent.
///
/// # Errors
/// When some are missing.
pub fn bytes(size: u64, base64: &str) -> Result<Vec<u8>, BridgeError> {
    let bytes = piece(base64)?;
    match bytes.len() as u64 == size {
        true => Ok(bytes),
        false => Err(BridgeError::Unreadable),
    }
}

/// The bytes of a piece of a file.
///
/// # Errors
/// When they are not in base64.
pub fn piece(base64: &str) -> Result<Vec<u8>, BridgeError> {
    BASE64_STANDARD.decode(base64).map_err(|_| BridgeError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_sends_is_understood() {
        let parse = |text: &str| serde_json::from_str::<Message>(text).expect("message");
        assert_eq!(parse(r#""back""#), Message::Back);
        assert_eq!(parse(r#""too_large""#), Message::TooLarge);
        let file = parse(r#"{"file":{"size":3,"base64":"AQID"}}"#);
        assert_eq!(file, Message::File { size: 3, base64: "AQID".into() });
        // The script spells them the same way.
        assert_eq!(parse(r#"{"piece":"AQID"}"#), Message::Piece("AQID".into()));
        assert_eq!(parse(r#"{"idle":61}"#), Message::Idle(61));
        let words = [
            "\"reading\"",
            "file:",
            "\"unreadable\"",
            "\"too_large\"",
            "\"back\"",
            "piece:",
            "\"complete\"",
            "idle:",
        ];
        for word in words {
            assert!(SCRIPT.contains(word), "{word}");
        }
        assert!(SCRIPT.contains(&format!("{MAX_FILE_BYTES}")));
    }

    #[test]
    fn a_file_that_arrived_in_part_is_refused() {
        assert_eq!(bytes(3, "AQID"), Ok(vec![1, 2, 3]));
        assert_eq!(bytes(4, "AQID"), Err(BridgeError::Unreadable));
        assert_eq!(bytes(3, "AQI!"), Err(BridgeError::Unreadable));
        assert_eq!((piece("AQID"), piece("AQI!")), (Ok(vec![1, 2, 3]), Err(BridgeError::Unreadable)));
    }
}
