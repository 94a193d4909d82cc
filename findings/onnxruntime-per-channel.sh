#!/usr/bin/env bash
# `quantize_dynamic(..., per_channel=True)` of ONNX Runtime 1.32.0 does nothing for convolutions and does not say so:
# the file is the same to the byte as without it, with one scale for all channels. A channel whose weights are small
# beside the largest becomes zero.
#
# Seen with onnxruntime 1.32.0 and onnx 1.23.2:
#
#   same bytes with per_channel: True
#   scales: 1 for 8 channels
#   channels that are zero after quantisation: 2 of 8
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat >quantise.py <<'END'
import numpy, onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

# A convolution with eight channels; each has weights about a third as large as the one before.
spread = 10.0 ** numpy.linspace(0, -3, 8).reshape(8, 1, 1, 1)
weights = (numpy.random.default_rng(0).normal(size=(8, 3, 3, 3)) * spread).astype(numpy.float32)
shape = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])
result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
node = helper.make_node("Conv", ["x", "w"], ["y"])
graph = helper.make_graph([node], "net", [shape], [result], [numpy_helper.from_array(weights, "w")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), "net.onnx")
files = []
for per_channel in (False, True):
    quantize_dynamic("net.onnx", "int8.onnx", per_channel=per_channel, weight_type=QuantType.QInt8)
    files.append(open("int8.onnx", "rb").read())
print("same bytes with per_channel:", files[0] == files[1])
parts = {part.name: numpy_helper.to_array(part) for part in onnx.load("int8.onnx").graph.initializer}
print(f"scales: {parts['w_scale'].size} for 8 channels")
print(f"channels that are zero after quantisation: {sum(not channel.any() for channel in parts['w_quantized'])} of 8")
END
venv/bin/python quantise.py 2>warnings | tee said
grep -q 'per_channel: True' said && grep -q 'scales: 1 for' said && grep -q '[1-8] of 8' said && ! grep channel warnings
