"""What the app is signed for: entitlements.py PROFILE.plist TEAM, to standard output.

All that the provisioning profile allows, since TestFlight and the store each want what their profiles say, with the app's own protection
of files and keychain group in the place of what the profile leaves open.
"""
import plistlib
import sys

APP = "org.spotcheck.app"
PROTECTION, GROUPS = "com.apple.developer.default-data-protection", "keychain-access-groups"


def entitlements(profile, team):
    """The entitlements; an error, in words, where the profile does not allow what the app needs."""
    allowed = profile["Entitlements"]
    name = f"{team}.{APP}"
    if allowed.get("application-identifier") not in (name, f"{team}.*"):
        raise SystemExit(f"dev: the profile is for {allowed.get('application-identifier')}, not for {name}")
    if PROTECTION not in allowed:
        raise SystemExit("dev: the profile does not allow data protection: turn it on for the app's identifier, and make the profile anew")
    if not {name, f"{team}.*"} & set(allowed.get(GROUPS, [])):
        raise SystemExit(f"dev: the profile does not allow the keychain group {name}")
    return allowed | {"application-identifier": name, PROTECTION: "NSFileProtectionComplete", GROUPS: [name]}


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        plistlib.dump(entitlements(plistlib.load(file), sys.argv[2]), sys.stdout.buffer)
