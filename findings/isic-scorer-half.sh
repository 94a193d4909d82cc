#!/usr/bin/env bash
# isic-challenge-scoring 5.6.0 counts a class as predicted only above a probability of 0.5, though its balanced
# accuracy takes the largest of a row. A table that is right in every row by 0.4, 0.3, 0.3 has a balanced accuracy of 1
# and a sensitivity of 0 for each class. And where a class is never predicted its positive predictive value is set to
# 1 and counts in the mean, so that a table without one right answer has a mean of 1.
#
# Seen with isic-challenge-scoring 5.6.0, pandas 2.3.3, numpy 2.4.6 and scikit-learn 1.9.1 (means over three classes):
#
#   right by 0.4: balanced accuracy 1.0, sensitivity 0.0, ppv 1.0
#   right by 0.6: balanced accuracy 1.0, sensitivity 1.0, ppv 1.0
#   wrong by 0.4: balanced accuracy 0.0, sensitivity 0.0, ppv 1.0
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

def table(highest, shift):
    rows = ["image,MEL,NV,BCC"]
    for row in range(6):
        others = (1 - highest) / 2
        values = [highest if (row + shift) % 3 == column else others for column in range(3)]
        rows.append(f"picture{row}," + ",".join(f"{value:.2f}" for value in values))
    return io.StringIO("\n".join(rows) + "\n")

for name, highest, shift in (("right by 0.4", 0.4, 0), ("right by 0.6", 0.6, 0), ("wrong by 0.4", 0.4, 1)):
    score = ClassificationScore.from_stream(table(1, 0), table(highest, shift), ClassificationMetric.BALANCED_ACCURACY)
    means = score.macro_average
    print(f"{name}: balanced accuracy {score.overall}, sensitivity {means.sensitivity}, ppv {means.ppv}")
END
venv/bin/python -W ignore score.py | tee said
diff said - <<'END'
right by 0.4: balanced accuracy 1.0, sensitivity 0.0, ppv 1.0
right by 0.6: balanced accuracy 1.0, sensitivity 1.0, ppv 1.0
wrong by 0.4: balanced accuracy 0.0, sensitivity 0.0, ppv 1.0
END
