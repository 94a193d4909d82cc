"""Checks a FHIR bundle against HL7's JSON schema of R4, as a whole and each of its resources by its own definition."""

import json
import sys

import jsonschema

bundle, schema = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
assert schema["id"] == "http://hl7.org/fhir/json-schema/4.0", schema.get("id")
kinds = []
for resource in [bundle] + [entry["resource"] for entry in bundle["entry"]]:
    kind = resource["resourceType"]
    # The schema's own way to find the definition makes every error one of a hundred that do not apply.
    of_kind = {"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]}
    errors = list(jsonschema.Draft7Validator(of_kind).iter_errors(resource))
    for error in errors:
        print(f"{kind}: {list(error.absolute_path)}: {error.message}", file=sys.stderr)
    if errors:
        sys.exit(1)
    kinds.append(kind)
print(json.dumps(kinds))
