#!/usr/bin/env bash
# isic-metadata 4.12.0, which checks what is handed in to the ISIC archive, rounds a lesion's diameter to a tenth of a
# millimetre when its unit is written, and leaves it alone when it is not: "2.25" stays 2.25, "2.25mm" becomes 2.2, and
# "40um" becomes 0. A melanoma's thickness, in the field beside it, is rounded in neither spelling.
#
# Seen with isic-metadata 4.12.0 and pydantic 2.14.4:
#
#   diameter 2.25: 2.25
#   diameter 2.25mm: 2.2
#   diameter 0.04: 0.04
#   diameter 40um: 0.0
#   thickness 0.79: 0.79
#   thickness 0.79mm: 0.79
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check isic-metadata==4.12.0 pydantic==2.14.4
cat >sizes.py <<'END'
from isic_metadata.metadata import MetadataRow

for written in ("2.25", "2.25mm", "0.04", "40um"):
    print(f"diameter {written}:", MetadataRow(clin_size_long_diam_mm=written).clin_size_long_diam_mm)
for written in ("0.79", "0.79mm"):
    print(f"thickness {written}:", MetadataRow(mel_thick_mm=written, diagnosis="Melanoma Invasive").mel_thick_mm)
END
venv/bin/python sizes.py | tee said
diff said - <<'END'
diameter 2.25: 2.25
diameter 2.25mm: 2.2
diameter 0.04: 0.04
diameter 40um: 0.0
thickness 0.79: 0.79
thickness 0.79mm: 0.79
END
