//! Whether the page still draws. On iOS the system may take the memory of the process that shows it, or close the channel that it is
//! drawn through, while the app is in the background; nothing tells the app, and nothing can bring the page back.
//!
//! Each time the app is seen again it changes one number on the page, the beat; the page tells when it has drawn that. So a beat has
//! been all the way: drawn by Dioxus, through its channel, into a living page, and back over the bridge.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How long the page may take: after a long sleep it first finds its channel again.
pub const PATIENCE: Duration = Duration::from_secs(6);

/// The beat that is waited for; 0 while none is.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// Waits for this beat, in the place of any before. `gone` is done, on a thread of its own, when it has not come after `patience`.
    pub fn expect(&self, beat: u64, patience: Duration, gone: impl FnOnce() + Send + 'static) {
        self.0.store(beat, Ordering::SeqCst);
        let awaited = self.0.clone();
        thread::spawn(move || {
            // The main thread may be what stands still.
            thread::sleep(patience);
            if awaited.compare_exchange(beat, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                gone();
            }
        });
    }

    /// The page has drawn this beat.
    pub fn came(&self, beat: u64) {
        let _ = self.0.compare_exchange(beat, 0, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// The app goes to the background, where a page may rest: nothing is waited for.
    pub fn rest(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SHORT: Duration = Duration::from_millis(40);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_page_that_is_silent_is_gone_and_one_that_answers_rests_or_is_asked_again_is_not() {
        let pulse = Pulse::default();
        let (tell, told) = mpsc::channel();
        let gone = |name: &'static str| {
            let tell = tell.clone();
            move || tell.send(name).expect("heard")
        };
        pulse.expect(1, SHORT, gone("answered"));
        pulse.came(1);
        pulse.expect(2, SHORT, gone("left"));
        pulse.rest();
        pulse.expect(3, SHORT, gone("asked again"));
        pulse.expect(4, LONG, gone("still time"));
        thread::sleep(SHORT * 5);
        assert!(told.try_recv().is_err(), "nobody is gone");
        pulse.came(3);
        pulse.expect(5, SHORT, gone("silent"));
        pulse.came(4);
        assert_eq!(told.recv_timeout(LONG), Ok("silent"), "an answer to an earlier beat is none");
    }
}
