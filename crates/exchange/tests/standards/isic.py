"""Checks a table in the ISIC archive's vocabulary with the archive's own validator."""

import csv
import json
import sys

from isic_metadata.metadata import MetadataBatch, MetadataRow

told = []
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    levels = [row.pop(f"diagnosis_{level}") for level in range(1, 6)]
    row.pop("isic_id")
    row["age"] = row.pop("age_approx")
    # What is sent in has the levels in one field; what is given out has a column for each.
    row["diagnosis"] = ":".join(level for level in levels if level)
    told.append(MetadataRow(**{key: value for key, value in row.items() if value}))
MetadataBatch(items=told)
for row in told:
    assert not row.unstructured, row.unstructured
print(json.dumps([str(row.diagnosis.value) if row.diagnosis else "" for row in told]))
