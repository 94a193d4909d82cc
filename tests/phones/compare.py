"""Two assessments of one photo agree: compare.py PHONE.json HOST.json. Numbers may differ by a thousandth, nothing else may differ."""
import json
import sys


def gap(phone, host, at=""):
    """The largest difference between two numbers; ends the program where anything else differs."""
    if isinstance(host, dict) and isinstance(phone, dict) and host.keys() == phone.keys():
        return max((gap(phone[key], host[key], f"{at}.{key}") for key in host), default=0)
    if isinstance(host, list) and isinstance(phone, list) and len(host) == len(phone):
        return max((gap(*pair, f"{at}[{index}]") for index, pair in enumerate(zip(phone, host))), default=0)
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (phone, host))
    if numbers:
        return abs(phone - host) / max(1, abs(host))
    if phone != host:
        sys.exit(f"  FAILED: {at} is {phone!r} on the phone's processor and {host!r} here")
    return 0


phone, host = (json.load(open(path)) for path in sys.argv[1:3])
largest = gap(phone, host)
if largest > 1e-3:
    sys.exit(f"  FAILED: a number differs by {largest}")
print(f"  ok: the answer for a photo, from ARM code, is this machine's; numbers differ by at most {largest:.1e}")
