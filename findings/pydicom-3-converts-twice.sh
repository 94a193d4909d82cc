#!/usr/bin/env bash
# What was right with pydicom 2 gives false colours with pydicom 3, without an error or a warning. `pixel_array` now
# turns YBR_FULL into RGB by itself, but the data set goes on saying YBR_FULL, so the usual next step, to convert from
# what PhotometricInterpretation says, converts a second time.
#
# Seen with pydicom 2.4.5 and 3.0.2 (the picture is one tone of skin, 200, 140, 110):
#
#   pydicom 2.4.5: YBR_FULL, pixel_array 155 103 160, after the conversion 200 141 111
#   pydicom 3.0.2: YBR_FULL, pixel_array 200 141 111, after the conversion 176 208 223
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
cat >read.py <<'END'
import warnings
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixel_data_handlers.util import convert_color_space

picture = Dataset()
picture.file_meta = FileMetaDataset()
picture.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
picture.Rows = picture.Columns = 2
picture.SamplesPerPixel, picture.PlanarConfiguration, picture.PixelRepresentation = 3, 0, 0
picture.BitsAllocated, picture.BitsStored, picture.HighBit = 8, 8, 7
picture.PhotometricInterpretation = "YBR_FULL"
picture.PixelData = bytes([155, 103, 160]) * 4
picture.is_little_endian, picture.is_implicit_VR = True, False
warnings.simplefilter("error")  # none is given from here on
pixels = picture.pixel_array
says = picture.PhotometricInterpretation
converted = convert_color_space(pixels, says, "RGB")
print(f"pydicom {pydicom.__version__}: {says}, pixel_array", *pixels[0, 0], "after the conversion", *converted[0, 0])
END
for version in 2.4.5 3.0.2; do
  venv/bin/pip install --quiet --disable-pip-version-check "pydicom==$version" numpy==1.26.4
  venv/bin/python read.py 2>/dev/null | sed 's/ after/, after/' | tee -a said
done
diff said - <<'END'
pydicom 2.4.5: YBR_FULL, pixel_array 155 103 160, after the conversion 200 141 111
pydicom 3.0.2: YBR_FULL, pixel_array 200 141 111, after the conversion 176 208 223
END
