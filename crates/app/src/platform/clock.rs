//! A clock that goes on while the device sleeps, and that nobody can set: the lock counts by it.

use std::time::Duration;

/// The time since some moment before the app was started, sleep included.
#[cfg(unix)]
pub(super) fn clock() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    // Linux's monotonic clock stands still in a suspended device, which the standard library's `Instant` therefore does, too; Apple's
    // goes on, and there it is `Instant` alone that counts otherwise.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic;

    let now = clock_gettime(CLOCK);
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}

/// The same on Windows, whose performance counter goes on in sleep.
#[cfg(not(unix))]
pub(super) fn clock() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    /// Where the clock of a device that has slept for a day is needed, this very test is run again with the kernel's help.
    const ASLEEP: &str = "SPOTCHECK_TEST_ASLEEP";
    const DAY: u64 = 86_400;

    #[test]
    #[ignore = "needs util-linux' unshare and the right to make a time namespace: ./dev test runs it"]
    fn the_clock_counts_the_time_asleep() {
        if std::env::var_os(ASLEEP).is_some() {
            println!("\nclock {}", clock().as_secs());
            return;
        }
        let before = clock().as_secs();
        // The monotonic clock stays as it is in there, as in a device that slept.
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--time", "--boottime", &DAY.to_string()])
            .arg(std::env::current_exe().expect("the test itself"))
            .args([
                "--ignored",
                "--exact",
                "platform::clock::tests::the_clock_counts_the_time_asleep",
                "--nocapture",
            ])
            .env(ASLEEP, "1")
            .output()
            .expect("unshare");
        let text = String::from_utf8_lossy(&output.stdout);
        let after: u64 = text
            .lines()
            .find_map(|line| line.strip_prefix("clock "))
            .and_then(|line| line.parse().ok())
            .unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
        assert!((DAY..DAY + 60).contains(&(after - before)), "{before} {after}");
    }
}
