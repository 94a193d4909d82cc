// What the activity decides by itself (assets/android/MainActivity.kt), run on this machine: kotlin.py.
import dev.dioxus.main.MainActivityKt;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import kotlin.jvm.functions.Function0;

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

  static final String[][] FOREIGN = {
    {"content", "com.android.externalstorage.documents"}, {"content", "0@com.example.mail"}, {"content", "org.spotcheck.apples"},
  };
  // The app's own files, by name or by its provider; and what no other app has to give.
  static final String[][] OWN = {
    {"file", ""}, {"file", null}, {"content", "org.spotcheck.app.fileprovider"}, {"content", "10@org.spotcheck.app.fileprovider"},
    {"content", null}, {"android.resource", "com.example"}, {"https", "example.org"}, {null, null},
  };

  /** A file that never ends. */
  static final class Endless extends InputStream {
    @Override
    public int read() {
      return 7;
    }
  }

  /** How many bytes come of what another app hands over, where 1000 may; -1 where nothing is left for Rust to find. */
  static long copied(File folder, Function0<InputStream> open) throws IOException {
    File coming = new File(folder, "coming"), whole = new File(new File(folder, "inbox"), "opened");
    MainActivityKt.copyOver(coming, whole, 1000, open);
    check(!coming.exists(), "something is left of a copy");
    return whole.exists() ? whole.length() : -1;
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      System.err.println("  FAILED: " + what);
      System.exit(1);
    }
  }

  public static void main(String[] arguments) throws IOException {
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
    for (String[] address : FOREIGN) {
      check(MainActivityKt.isForeign(address[0], address[1], "org.spotcheck.app"), String.join(" ", address) + " is not opened");
    }
    for (String[] address : OWN) {
      check(!MainActivityKt.isForeign(address[0], address[1], "org.spotcheck.app"), address[0] + " " + address[1] + " is opened");
    }
    File folder = Files.createTempDirectory("opened").toFile();
    check(copied(folder, () -> new ByteArrayInputStream(new byte[999])) == 999, "a file does not come whole");
    check(copied(folder, () -> new ByteArrayInputStream(new byte[1000])) == 1000, "the largest file does not come whole");
    check(copied(folder, () -> new ByteArrayInputStream(new byte[0])) == 0, "the last file does not take the place of the one before");
    check(copied(folder, Endless::new) == 1001, "of a file that never ends more is copied than shows that it is too large");
    check(copied(folder, () -> null) == 0, "what can't be opened is not told");
    check(copied(folder, () -> { throw new SecurityException(); }) == 0, "what may not be opened is not told");
    File room = new File(folder, "room");
    Files.createFile(room.toPath());
    check(copied(room, Endless::new) == -1, "without any room there is a file");
    MainActivityKt.copyOver(new File(folder, "coming"), folder, 1000, Endless::new);
    check(!new File(folder, "coming").exists(), "what has no place is left");
    check(MainActivityKt.sampleSize(4032, 3024) == 1 && MainActivityKt.sampleSize(8160, 6120) == 2, "photos of phones keep what they have");
  }
}
