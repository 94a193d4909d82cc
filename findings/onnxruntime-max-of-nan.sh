#!/usr/bin/env bash
# Whether ONNX Runtime 1.32.0's GlobalMaxPool lets a NaN through depends on where in the picture it lies: on the last
# pixel it comes out, elsewhere it is gone and the answer looks sound. ONNX's own reference gives NaN for all. So a
# NaN in a net need not be seen in its answer, and turning a picture round changes whether it is.
#
# Seen with onnxruntime 1.32.0 and onnx 1.23.2 on x86-64 (2 x 2 pixels, the NaN on the first to the fourth):
#
#   onnxruntime: 1 1 1 nan
#   reference: nan nan nan nan
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
${PYTHON:-python3} -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat >pool.py <<'END'
import numpy, onnxruntime
from onnx import TensorProto, helper, reference

shape = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 2, 2])
result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 1, 1])
graph = helper.make_graph([helper.make_node("GlobalMaxPool", ["x"], ["y"])], "net", [shape], [result])
net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
session = onnxruntime.InferenceSession(net.SerializeToString(), providers=["CPUExecutionProvider"])
for name, engine in (("onnxruntime", session), ("reference", reference.ReferenceEvaluator(net))):
    maxima = []
    for place in range(4):
        picture = numpy.ones((1, 1, 2, 2), numpy.float32)
        picture.flat[place] = numpy.nan
        maxima.append(engine.run(None, {"x": picture})[0].item())
    print(f"{name}:", *(f"{value:g}" for value in maxima))
END
venv/bin/python pool.py | tee said
diff said - <<<$'onnxruntime: 1 1 1 nan\nreference: nan nan nan nan'
