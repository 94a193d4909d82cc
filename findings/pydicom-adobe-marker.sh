#!/usr/bin/env bash
# pydicom 3.0.2 with Pillow turns YCbCr into RGB twice where the JPEG in a DICOM file says itself, by Adobe's APP14 marker,
# that it is YCbCr. Both are right about the file: Pillow follows the marker, and pydicom the Photometric Interpretation.
# No error or warning is given. Without the marker, and with JFIF's alone, colours are right.
#
# Seen with pydicom 3.0.2, Pillow 13.0.0 and numpy 2.4.6 (the picture is one tone of skin, 200, 140, 110):
#
#   neither marker: 200 141 111
#   JFIF: 200 141 111
#   Adobe: 176 208 223
#   JFIF and Adobe: 176 208 223
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydicom==3.0.2 pillow==13.0.0 numpy==2.4.6
cat >read.py <<'PY'
import io
import warnings

from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

coded = io.BytesIO()
Image.new("RGB", (16, 16), (200, 140, 110)).save(coded, "JPEG", quality=100, subsampling=0)
start, jfif, rest = b"\xff\xd8", coded.getvalue()[2:20], coded.getvalue()[20:]
assert jfif[:11] == b"\xff\xe0\x00\x10JFIF\0\1\1"
adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0\1"  # the last byte: YCbCr

warnings.simplefilter("error")  # none is given from here on
for name, markers in [("neither marker", b""), ("JFIF", jfif), ("Adobe", adobe), ("JFIF and Adobe", jfif + adobe)]:
    picture = Dataset()
    picture.file_meta = FileMetaDataset()
    picture.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    picture.Rows = picture.Columns = 16
    picture.SamplesPerPixel, picture.PlanarConfiguration, picture.PixelRepresentation = 3, 0, 0
    picture.BitsAllocated, picture.BitsStored, picture.HighBit = 8, 8, 7
    picture.PhotometricInterpretation = "YBR_FULL"
    picture.PixelData = encapsulate([start + markers + rest])
    print(f"{name}:", *picture.pixel_array[0, 0])
PY
venv/bin/python read.py | tee said
diff said - <<'SEEN'
neither marker: 200 141 111
JFIF: 200 141 111
Adobe: 176 208 223
JFIF and Adobe: 176 208 223
SEEN
