#!/usr/bin/env bash
# isic-challenge-scoring 5.6.0, the scorer of the ISIC challenges, has the name of one picture written into its code:
# ISIC_0035068 weighs nothing in a classification, whoever's table of truths it is in, and nothing is said. Whoever
# scores other pictures of the archive with it leaves that one out, and in a small class the result moves.
#
# Seen with isic-challenge-scoring 5.6.0, pandas 2.3.3, numpy 2.4.6 and scikit-learn 1.9.1 (balanced accuracy of one
# table of answers, in which the last of four pictures is wrong; only its name differs):
#
#   ISIC_0000004: 0.75
#   ISIC_0035068: 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check isic-challenge-scoring==5.6.0 pandas==2.3.3 numpy==2.4.6 \
  scikit-learn==1.9.1
cat >score.py <<'END'
import io
from isic_challenge_scoring.classification import ClassificationMetric, ClassificationScore

for last in ("ISIC_0000004", "ISIC_0035068"):
    names = ["ISIC_0000001", "ISIC_0000002", "ISIC_0000003", last]
    truth, answer = "image,MEL,NV\n", "image,MEL,NV\n"
    for name, melanoma, right in zip(names, (1, 0, 1, 0), (1, 1, 1, 0)):
        truth += f"{name},{melanoma:.1f},{1 - melanoma:.1f}\n"
        said = melanoma if right else 1 - melanoma
        answer += f"{name},{0.2 + 0.6 * said:.1f},{0.8 - 0.6 * said:.1f}\n"
    metric = ClassificationMetric.BALANCED_ACCURACY
    print(f"{last}:", float(ClassificationScore.from_stream(io.StringIO(truth), io.StringIO(answer), metric).overall))
END
venv/bin/python -W ignore score.py | tee said
diff said - <<<$'ISIC_0000004: 0.75\nISIC_0035068: 1.0'
