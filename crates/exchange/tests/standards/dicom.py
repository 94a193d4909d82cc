"""Reads every DICOM file of a folder with pydicom, checks each with dciodvfy, and prints what is in it as JSON."""

import json
import pathlib
import subprocess
import sys

import numpy
import pydicom

folder, dciodvfy = sys.argv[1:]
told = []
for path in sorted(pathlib.Path(folder).rglob("*.dcm")):
    checked = subprocess.run([dciodvfy, path], capture_output=True, text=True)
    lines = [line for line in (checked.stdout + checked.stderr).splitlines() if line.strip()]
    data = pydicom.dcmread(path)
    pixels = data.pixel_array
    site = data.AnatomicRegionSequence[0]
    told.append({
        "status": checked.returncode,
        "errors": [line for line in lines if line.startswith("Error")],
        "warnings": [line for line in lines if line.startswith("Warning")],
        "kind": [line for line in lines if not line.startswith(("Error", "Warning"))],
        "class": data.SOPClassUID.name,
        "modality": data.Modality,
        "name": str(data.PatientName),
        "date": data.StudyDate,
        "site": site.CodeValue,
        "comments": data.get("ImageComments", ""),
        "shape": list(pixels.shape),
        "mean": [round(float(mean), 1) for mean in numpy.asarray(pixels).reshape(-1, 3).mean(axis=0)],
        "jpeg": pydicom.encaps.get_frame(data.PixelData, 0, number_of_frames=1)[:2].hex(),
    })
print(json.dumps(told))
