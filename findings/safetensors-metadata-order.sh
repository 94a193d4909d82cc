#!/usr/bin/env bash
# safetensors 0.8.0 writes the entries of `__metadata__` in an order that differs from one run to the next, so the same
# weights saved twice are two different files. A checksum of a weights file says nothing about its weights, unless it
# has one entry at most or the tensors are compared one by one.
#
# Seen with safetensors 0.8.0 (six entries; the first figure is chance's, but hardly ever below 5):
#
#   with metadata: 5 different files of 5
#   without: 1 of 5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cat >save.py <<'END'
import hashlib, sys
import numpy
from safetensors.numpy import save

about = {"net": "lite0", "side": "192", "classes": "9", "seed": "4", "licence": "none", "step": "0"}
data = save({"weights": numpy.arange(4, dtype=numpy.float32)}, about if sys.argv[1] == "with" else None)
print(hashlib.sha256(data).hexdigest())
END
different() { for _ in 1 2 3 4 5; do venv/bin/python save.py "$1"; done | sort -u | wc -l; }
with=$(different with) without=$(different without)
printf 'with metadata: %s different files of 5\nwithout: %s of 5\n' "$with" "$without"
[ "$with" -gt 1 ] && [ "$without" = 1 ]
