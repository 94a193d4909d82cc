// What the activity decides by itself (assets/android/MainActivity.kt), run on this machine: kotlin.py.
import dev.dioxus.main.MainActivityKt;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

class Decided {
  // In the days after a flight: with summer time, with winter time, and in the night in which one became the other.
  static final String[][] FLIGHTS = {
    {"2026-07-01", "Europe/Berlin", "America/New_York"},
    {"2027-01-15", "America/New_York", "Asia/Kolkata"},
    {"2026-10-25", "Pacific/Auckland", "Europe/Berlin"},
    {"2027-03-14", "Asia/Tokyo", "America/New_York"},
    {"2027-03-28", "Europe/Berlin", "Europe/Berlin"},
  };

  static final int[][] PICTURES = {{4032, 3024}, {8160, 6120}, {20000, 15000}, {100000, 100000}, {1, 2000000000}, {0, 0}};

  static void check(boolean holds, String what) {
    if (!holds) {
      System.err.println("  FAILED: " + what);
      System.exit(1);
    }
  }

  public static void main(String[] arguments) {
    for (String[] flight : FLIGHTS) {
      ZonedDateTime morning = LocalDateTime.parse(flight[0] + "T09:00").atZone(ZoneId.of(flight[1]));
      long moved = MainActivityKt.sameOnTheClock(morning.toInstant().toEpochMilli(), ZoneId.of(flight[1]), ZoneId.of(flight[2]));
      ZonedDateTime there = Instant.ofEpochMilli(moved).atZone(ZoneId.of(flight[2]));
      check(there.toLocalDateTime().equals(morning.toLocalDateTime()), String.join(" ", flight) + ": " + there);
    }
    for (int[] picture : PICTURES) {
      int size = MainActivityKt.sampleSize(picture[0], picture[1]);
      check((long) (picture[0] / size) * (picture[1] / size) <= 25_000_000L, picture[0] + " x " + picture[1] + " is read by " + size);
    }
    check(MainActivityKt.sampleSize(4032, 3024) == 1 && MainActivityKt.sampleSize(8160, 6120) == 2, "photos of phones keep what they have");
  }
}
