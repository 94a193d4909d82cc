"""Apple's files say what they must: plists.py assets/ios."""
import plistlib
import re
import sys
from pathlib import Path

folder = Path(sys.argv[1])
load = lambda name: plistlib.loads((folder / name).read_bytes())


def check(what, found, wanted):
    if found != wanted:
        sys.exit(f"  FAILED: {what}: {found!r}, not {wanted!r}")


info, privacy, rights = load("Info.plist"), load("PrivacyInfo.xcprivacy"), load("Spotcheck.entitlements")
check("tracking", (privacy["NSPrivacyTracking"], privacy["NSPrivacyTrackingDomains"]), (False, []))
check("data collected", privacy["NSPrivacyCollectedDataTypes"], [])
check("protection of files", rights["com.apple.developer.default-data-protection"], "NSFileProtectionComplete")
check("usage texts", [key for key in info if key.endswith("UsageDescription")], ["NSCameraUsageDescription"])
check("a network exception", "NSAppTransportSecurity" in info, False)
languages = info["CFBundleLocalizations"]
check("languages", sorted(languages), sorted(path.name for path in (folder / "../locales").iterdir()))
for language in languages:
    text = (folder / f"{language}.lproj" / "InfoPlist.strings").read_text()
    found = re.fullmatch(r'"NSCameraUsageDescription" = "([^"\\]+)";\n', text)
    check(f"the usage text in {language}", bool(found), True)
english = re.search(r'= "(.*)"', (folder / "en.lproj" / "InfoPlist.strings").read_text())[1]
check("the usage text", english, info["NSCameraUsageDescription"])
print(f"  ok: Info.plist, privacy manifest, entitlements, and usage texts in {len(languages)} languages")
