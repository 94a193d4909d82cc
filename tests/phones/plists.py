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


info, privacy = load("Info.plist"), load("PrivacyInfo.xcprivacy")
check("tracking", (privacy["NSPrivacyTracking"], privacy["NSPrivacyTrackingDomains"]), (False, []))
check("data collected", privacy["NSPrivacyCollectedDataTypes"], [])
# tao 0.34 knows no scenes: with a manifest of them iOS would show nothing.
check("scenes", "UIApplicationSceneManifest" in info, False)
check("devices", info["UIDeviceFamily"], [1, 2])
# Whoever publishes the app answers the store's questions on encryption themselves.
check("an answer on encryption", "ITSAppUsesNonExemptEncryption" in info, False)
check("usage texts", [key for key in info if key.endswith("UsageDescription")], ["NSCameraUsageDescription"])
check("a network exception", "NSAppTransportSecurity" in info, False)
# One way in for files of other apps: packs, as copies in Documents/Inbox, which Rust looks into. Nobody looks into that folder otherwise.
receives = ["CFBundleURLTypes", "UIFileSharingEnabled", "UISupportsDocumentBrowser", "UTImportedTypeDeclarations"]
check("another way in for files of other apps", [key for key in receives if key in info], [])
check("files opened in place", info["LSSupportsOpeningDocumentsInPlace"], False)
[kind], [pack] = info["UTExportedTypeDeclarations"], info["CFBundleDocumentTypes"]
check("what a pack is", (kind["UTTypeConformsTo"], kind["UTTypeTagSpecification"]), (["public.data"], {"public.filename-extension": ["spotpack"]}))
check("what is opened", pack["LSItemContentTypes"], [kind["UTTypeIdentifier"]])
check("how it is opened", (pack["CFBundleTypeRole"], pack["LSHandlerRank"]), ("Viewer", "Owner"))
check("what it is called", pack["CFBundleTypeName"], kind["UTTypeDescription"])
TEXTS = {"NSCameraUsageDescription": info["NSCameraUsageDescription"], kind["UTTypeDescription"]: kind["UTTypeDescription"]}
languages = info["CFBundleLocalizations"]
check("languages", sorted(languages), sorted(path.name for path in (folder / "../locales").iterdir()))
for language in languages:
    text = (folder / f"{language}.lproj" / "InfoPlist.strings").read_text()
    found = [re.fullmatch(r'"([^"\\]+)" = "([^"\\]+)";', line) for line in text.splitlines()]
    check(f"the texts in {language}", [line and line[1] for line in found], list(TEXTS))
    if language == "en":
        check("the texts", {line[1]: line[2] for line in found}, TEXTS)

sys.path.insert(0, str(folder))
from entitlements import GROUPS, PROTECTION, entitlements

allowed = {"application-identifier": "TEAM.org.spotcheck.app", PROTECTION: "NSFileProtectionComplete", GROUPS: ["TEAM.*"], "get-task-allow": False}
signed = entitlements({"Entitlements": allowed | {"beta-reports-active": True}}, "TEAM")
check("what TestFlight wants", signed["beta-reports-active"], True)
check("the keychain group", signed[GROUPS], ["TEAM.org.spotcheck.app"])
check("protection of files", signed[PROTECTION], "NSFileProtectionComplete")
check("what an ad-hoc profile has not", "beta-reports-active" in entitlements({"Entitlements": allowed}, "TEAM"), False)
for lacking in (PROTECTION, GROUPS, "application-identifier"):
    try:
        entitlements({"Entitlements": {key: value for key, value in allowed.items() if key != lacking}}, "TEAM")
    except SystemExit:
        continue
    sys.exit(f"  FAILED: a profile without {lacking} was taken")
print(f"  ok: Info.plist, privacy manifest, entitlements, and texts in {len(languages)} languages")
