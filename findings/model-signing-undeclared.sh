#!/usr/bin/env bash
# model-signing 1.1.1, the OpenSSF's tool for signing models, can't sign or verify with a key or a certificate as it is installed: it
# imports pyOpenSSL, which it does not ask for. With pyOpenSSL beside it the same commands work, on the same files.
# Seen: "No module named 'OpenSSL'", then "Verification succeeded". Exits non-zero if that changes.
set -euo pipefail
cd "$(mktemp -d)"
${PYTHON:-python3} -m venv venv
install() { venv/bin/pip install --quiet --disable-pip-version-check "$@"; }
install model-signing==1.1.1
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl ec -in key.pem -pubout -out public.pem 2>/dev/null
mkdir model
printf 'weights' >model/weights.bin
sign() {
  venv/bin/model_signing sign key model --private_key key.pem --signature model.sig &&
    venv/bin/model_signing verify key model --public_key public.pem --signature model.sig
}
alone=$(sign 2>&1 | grep -i 'OpenSSL\|succeeded' | tail -n 1) || true
echo "as installed: $alone"
install pyOpenSSL==26.4.0
beside=$(sign 2>&1 | tail -n 1) || true
echo "with pyOpenSSL: $beside"
[[ $alone == *OpenSSL* && $beside == *succeeded* ]]
