#!/usr/bin/env bash
# Whether Pillow 13.0.0 keeps the colour profile of a picture that is opened and saved again depends on the format: PNG,
# TIFF and AVIF keep it, JPEG and WebP drop it, so that wide colours turn pale. And PNG keeps it even where it no longer
# fits: a colour picture made grey is written with the profile for RGB, which the format forbids for grey.
#
# Seen with Pillow 13.0.0:
#
#   PNG: kept
#   TIFF: kept
#   AVIF: kept
#   JPEG: dropped
#   WEBP: dropped
#   grey PNG: mode L, profile for RGB
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Pillow==13.0.0
cat >profiles.py <<'END'
import io
from PIL import Image, ImageCms

profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

def again(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return Image.open(file)

for kind in ("PNG", "TIFF", "AVIF", "JPEG", "WEBP"):
    first = again(Image.new("RGB", (16, 16), (200, 140, 110)), kind, icc_profile=profile)
    assert first.info["icc_profile"] == profile
    print(f"{kind}: {'kept' if again(first, kind).info.get('icc_profile') else 'dropped'}")
    if kind == "PNG":
        grey = again(first.convert("L"), kind)
space = ImageCms.ImageCmsProfile(io.BytesIO(grey.info["icc_profile"])).profile.xcolor_space.strip()
print(f"grey PNG: mode {grey.mode}, profile for {space}")
END
venv/bin/python profiles.py | tee said
diff said - <<<$'PNG: kept\nTIFF: kept\nAVIF: kept\nJPEG: dropped\nWEBP: dropped\ngrey PNG: mode L, profile for RGB'
