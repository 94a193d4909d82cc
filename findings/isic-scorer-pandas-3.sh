#!/usr/bin/env bash
# isic-challenge-scoring 5.6.0, the newest that Python 3.11 and 3.12 get, asks for "pandas" of any version. With pandas 3, which has no
# DataFrame.applymap any more, it fails on every sound table; with pandas 2 it scores the same one.
# And with either it refuses a column that holds whole numbers: probabilities of exactly 0 and 1 must be written 0.0 and 1.0.
# Seen: AttributeError: 'DataFrame' object has no attribute 'applymap'; "CSV contains non-floating-point value(s) in columns". Exits non-zero
# if that changes.
set -euo pipefail
cd "$(mktemp -d)"
${PYTHON:-python3} -m venv venv
install() { venv/bin/pip install --quiet --disable-pip-version-check isic-challenge-scoring==5.6.0 "$@"; }
names=MEL,NV,BCC,AKIEC,BKL,DF,VASC
# Two images of each class, each seen rightly.
table() {
  echo "image,$names"
  for number in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do
    printf 'image%02d' $number
    for class in 0 1 2 3 4 5 6; do [ $((number % 7)) = $class ] && printf ',%s' "$1" || printf ',%s' "$2"; done
    echo
  done
}
table 1.0 0.0 >truth.csv
table 0.94 0.01 >sound.csv
table 1 0 >whole.csv
score() { venv/bin/isic-challenge-scoring classification truth.csv "$1" >said 2>&1 && echo scored || tail -n 1 said; }

install pandas==3.0.0
with3=$(score sound.csv)
echo "pandas 3.0.0, sound table: $with3"
install pandas==2.3.3
with2=$(score sound.csv) whole=$(score whole.csv)
echo "pandas 2.3.3, sound table: $with2"
echo "pandas 2.3.3, 0 and 1 instead of 0.0 and 1.0: $whole"
[[ $with3 == *applymap* && $with2 == scored && $whole == *non-floating-point* ]]
