#!/usr/bin/env bash
# pydicom 3.0.2 loses half of a picture when it compresses pixels of 16 bits of which no more than 8 mean something: RLE
# gets one byte for each pixel, while the data set goes on saying two. No error or warning is given, the pixels that were
# there are gone, and the file can't be read any more, by pydicom either. With 9 bits or more all is well.
#
# Seen with pydicom 3.0.2 and numpy 2.4.6 (two rows of four shades):
#
#   8 of 16 bits: 0 10 20 30 40 50 60 70, after compress(): amount of decoded RLE segment data doesn't match
#   9 of 16 bits: 0 10 20 30 40 50 60 70, after compress(): 0 10 20 30 40 50 60 70
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
cat >compress.py <<'PY'
import warnings

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset

warnings.simplefilter("error")
for stored in (8, 9):
    picture = Dataset()
    picture.file_meta = FileMetaDataset()
    picture.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    picture.SOPClassUID, picture.SOPInstanceUID = uid.SecondaryCaptureImageStorage, "1.2.3"
    picture.Rows, picture.Columns, picture.SamplesPerPixel, picture.PixelRepresentation = 2, 4, 1, 0
    picture.PhotometricInterpretation = "MONOCHROME2"
    picture.BitsAllocated, picture.BitsStored, picture.HighBit = 16, stored, stored - 1
    picture.PixelData = (np.arange(8, dtype="<u2") * 10).tobytes()
    picture["PixelData"].VR = "OW"
    before = picture.pixel_array
    picture.compress(uid.RLELossless)
    try:
        after = " ".join(map(str, picture.pixel_array.flatten()))
    except RuntimeError as error:
        after = "amount of decoded RLE segment data doesn't match"
        assert after in str(error), error
    print(f"{stored} of 16 bits:", " ".join(map(str, before.flatten())) + ", after compress():", after)
PY
venv/bin/python compress.py | tee said
diff said - <<'SEEN'
8 of 16 bits: 0 10 20 30 40 50 60 70, after compress(): amount of decoded RLE segment data doesn't match
9 of 16 bits: 0 10 20 30 40 50 60 70, after compress(): 0 10 20 30 40 50 60 70
SEEN
