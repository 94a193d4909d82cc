"""What other apps may hand to ours on Android, by the manifest: filters.py AndroidManifest.xml

As `android.content.IntentFilter` and the simple patterns of `android.os.PatternMatcher` go by it, on the oldest Android that the app runs on
and on those that know `pathSuffix`.
"""
import sys
import xml.etree.ElementTree as ElementTree

NAME = "{http://schemas.android.com/apk/res/android}"
# The level that brought the attribute: an older one reads the element as if it were not there.
SINCE = {"pathSuffix": 31}

BINARY, TEXT = "application/octet-stream", "text/plain"
TAPPED = {
    "/document/primary:Download/lite1-240.spotpack",
    "/external_files/Download/lab.spotpack",
    "/1/file:///storage/emulated/0/Download/lab.v2.spotpack",
    "/media/Android/data/org.example.messenger/files/Files/lab.spotpack",
    "/media/Android/data/org.example.messenger.beta/files/lab.v2.1.spotpack",
}
# Of other files, and of packs whose address does not say what they are.
OTHERS = {
    "/document/msf:1000000033",
    "/document/primary:Download/firmware.bin",
    "/document/primary:Download/letter.pdf",
    "/document/primary:Download/lab.spotpack.zip",
    "/document/primary:Download/spotpack",
    "/document/primary:com.example/notes.txt",
    "/",
    "",
}


def fits(pattern, path):
    """As Android's own, step by step: `.*` goes on to the next sign of the pattern that it meets, and never further."""
    at = there = 0
    while at < len(pattern) and there < len(path):
        escaped = pattern[at] == "\\"
        at += escaped
        sign = pattern[at]
        at += 1
        if pattern[at : at + 1] == "*":
            at += 1
            if sign == "." and not escaped:
                if at >= len(pattern):
                    return True
                at += pattern[at] == "\\"
                there = path.find(pattern[at], there)
                if there < 0:
                    return False
                at += 1
                there += 1
            else:
                while there < len(path) and path[there] == sign:
                    there += 1
        else:
            # So it says: a dot with a backslash before it is any sign, too.
            if sign != "." and path[there] != sign:
                return False
            there += 1
    return at >= len(pattern) and there >= len(path) or pattern[at:] == ".*"


class Filter:
    """What one filter takes, on Android of this level."""

    def __init__(self, element, level):
        found = [(key.removeprefix(NAME), value) for data in element.iter("data") for key, value in data.attrib.items()]
        known = [(key, value) for key, value in found if SINCE.get(key, 0) <= level]
        values = lambda wanted: [value for key, value in known if key == wanted]
        named = lambda tag: [one.attrib[NAME + "name"].rpartition(".")[2] for one in element.iter(tag)]
        self.actions, self.categories = named("action"), named("category")
        self.schemes, self.hosts, self.types = values("scheme"), values("host"), values("mimeType")
        self.patterns = [value.replace("\\\\", "\\") for value in values("pathPattern")]
        self.suffixes = values("pathSuffix")
        if strange := {key for key, _ in found} - {"scheme", "host", "mimeType", "pathPattern", "pathSuffix"}:
            sys.exit(f"  FAILED: {strange} of a filter is not read yet")

    def takes(self, action, kind, path=None):
        """A file of this kind; what is sent has no path."""
        if action not in self.actions or not ("*/*" in self.types or kind in self.types):
            return False
        if path is None:
            return not self.schemes
        if not self.schemes:
            # A type alone stands for content and files.
            return True
        if self.schemes != ["content"] or self.hosts != ["*"]:
            return False
        paths = bool(self.patterns or self.suffixes)
        return not paths or any(fits(one, path) for one in self.patterns) or path.endswith(tuple(self.suffixes))


def filters(manifest, level):
    """The filters of what other apps can reach."""
    exported = [one for one in manifest.iter() if one.attrib.get(NAME + "exported") == "true"]
    return [Filter(element, level) for one in exported for element in one.iter("intent-filter")]


def check(what, found, wanted):
    if found != wanted:
        sys.exit(f"  FAILED: {what}: {found!r}, not {wanted!r}")


manifest = ElementTree.parse(sys.argv[1])
for level in (30, 31):
    there = filters(manifest, level)
    check("what other apps can ask for", [one.actions for one in there], [["MAIN"], ["VIEW"], ["SEND"]])
    check("pages that may ask", [one for one in there if "BROWSABLE" in one.categories], [])
    taken = lambda action, kind, path=None: any(one.takes(action, kind, path) for one in there)
    for kind in (BINARY, TEXT, "application/x-anything"):
        check(f"files of {kind} that are opened at level {level}", {path for path in TAPPED | OTHERS if taken("VIEW", kind, path)}, TAPPED)
    check(f"kinds of files that are sent at level {level}", [kind for kind in (BINARY, TEXT, "image/jpeg", "application/pdf") if taken("SEND", kind)], [BINARY])
# Without the patterns Android 11 would have it open everything.
for data in manifest.iter("data"):
    data.attrib.pop(NAME + "pathPattern", None)
check("what level 30 makes of pathSuffix alone", all(one.takes("VIEW", TEXT, path) for one in filters(manifest, 30)[1:2] for path in OTHERS), True)
print(f"  ok: of {len(TAPPED | OTHERS)} addresses those of packs are opened with ours, at API levels 30 and 31, and in the share sheet it stands for files of no type")
