#!/usr/bin/env python3
"""Times Spotcheck's engine beside others: the same weights, the same picture size, in turn on the same core.

    compare.py SAFETENSORS CARD FOLDER NAME=COMMAND…

Each COMMAND is a program that answers `run COUNT` with the nanoseconds of COUNT runs (benches/worker.rs). The files that they
read, and the table, are written into FOLDER. Every round asks every engine once, so that a busy moment of the machine meets
all of them; what counts is the median over the rounds of each round's own median. Slow engines run fewer times a round, and their instructions
are not counted.

    compare.py worker onnxruntime|litert FOLDER THREADS

is such a program itself.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

from stages import STAGES

ROUNDS, RUNS, WARM_UP = 15, 20, 3
# Slower than so many milliseconds is slow.
SLOW_MS = 50
EPSILON = 1e-3


def layers(side):
    """Every convolution in order: name, kernel, stride, groups, whether an activation follows, and its input's side."""
    yield "stem", 3, 2, 1, True, side
    side, channels, number = -(-side // 2), 32, 0
    for repeats, kernel, stride, expansion, output in STAGES:
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            wide = channels * expansion
            if expansion > 1:
                yield f"blocks.{number}.expand", 1, 1, 1, True, side
            yield f"blocks.{number}.depthwise", kernel, step, wide, True, side
            side = -(-side // step)
            yield f"blocks.{number}.project", 1, 1, 1, False, side
            channels, number = output, number + 1
    yield "head", 1, 1, 1, True, side


def folded(weights, name):
    """A convolution's weights and bias with the batch normalisation after it folded in."""
    get = lambda part: weights[f"network.{name}.{part}"].astype(numpy.float64)
    factor = get("norm.gamma") / numpy.sqrt(get("norm.running_var") + EPSILON)
    weight = get("conv.weight") * factor[:, None, None, None]
    bias = get("norm.beta") - get("norm.running_mean") * factor
    return weight.astype(numpy.float32), bias.astype(numpy.float32)


def multiplications(weights, side):
    """Multiply-adds of one run."""
    count = 0
    for name, _, stride, _, _, input_side in layers(side):
        count += weights[f"network.{name}.conv.weight"].size * (-(-input_side // stride)) ** 2
    return count + weights["network.classifier.weight"].size


def to_onnx(weights, side, ceiling):
    """The network as ONNX, folded: what a converter for phones would make of it."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(value), name))
        return name

    value, shortcut = "input", None
    floor = constant("floor", numpy.float32(0))
    limit = None if ceiling is None else constant("ceiling", numpy.float32(ceiling))
    for name, kernel, stride, groups, active, input_side in layers(side):
        weight, bias = folded(weights, name)
        output = -(-input_side // stride)
        padding = max((output - 1) * stride + kernel - input_side, 0)
        before, after = padding // 2, padding - padding // 2
        if name.endswith("expand") or (name == "blocks.0.depthwise"):
            shortcut = value
        nodes.append(helper.make_node(
            "Conv", [value, constant(f"{name}.weight", weight), constant(f"{name}.bias", bias)], [name],
            strides=[stride] * 2, group=groups, kernel_shape=[kernel] * 2, pads=[before, before, after, after]))
        value = name
        if active:
            kind, inputs = ("Relu", [value]) if limit is None else ("Clip", [value, floor, limit])
            nodes.append(helper.make_node(kind, inputs, [f"{name}.active"]))
            value = f"{name}.active"
        elif bias.size == SHAPES.get(shortcut) and SIDES.get(shortcut) == output:
            nodes.append(helper.make_node("Add", [value, shortcut], [f"{name}.sum"]))
            value = f"{name}.sum"
        SHAPES[value], SIDES[value] = bias.size, output
    nodes.append(helper.make_node("GlobalAveragePool", [value], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["features"]))
    classifier = constant("classifier", weights["network.classifier.weight"].astype(numpy.float32))
    bias = constant("classifier.bias", weights["network.classifier.bias"].astype(numpy.float32))
    nodes.append(helper.make_node("Gemm", ["features", classifier, bias], ["logits"]))
    graph = helper.make_graph(
        nodes, "spotcheck",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 7])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model


SHAPES, SIDES = {}, {}
REFERENCE = "ONNX Runtime " + onnxruntime.__version__


def to_tflite(weights, side, ceiling):
    """The same network as a LiteRT file, folded and with fused activations, pixel by pixel as LiteRT wants it."""
    from ai_edge_litert import schema_py_generated as schema
    import flatbuffers

    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], [schema.BufferT()], []
    graph.tensors, graph.operators = [], []
    codes = {}

    def tensor(shape, data=None):
        entry = schema.TensorT()
        entry.shape, entry.type, entry.buffer = list(shape), schema.TensorType.FLOAT32, 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(numpy.ascontiguousarray(data).tobytes(), dtype=numpy.uint8)
            entry.buffer = len(model.buffers)
            entry.type = schema.TensorType.INT32 if data.dtype == numpy.int32 else schema.TensorType.FLOAT32
            model.buffers.append(buffer)
        graph.tensors.append(entry)
        return len(graph.tensors) - 1

    def operator(kind, inputs, output, kind_of_options, options):
        if kind not in codes:
            code = schema.OperatorCodeT()
            code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), 1
            codes[kind] = len(model.operatorCodes)
            model.operatorCodes.append(code)
        entry = schema.OperatorT()
        entry.opcodeIndex, entry.inputs, entry.outputs = codes[kind], inputs, [output]
        entry.builtinOptionsType, entry.builtinOptions = kind_of_options, options
        graph.operators.append(entry)

    kinds, options = schema.BuiltinOperator, schema.BuiltinOptions
    activation = schema.ActivationFunctionType.RELU if ceiling is None else schema.ActivationFunctionType.RELU6
    value = tensor([1, side, side, 3])
    graph.inputs = [value]
    shortcut, shapes = None, {}
    for name, _, stride, groups, active, input_side in layers(side):
        weight, bias = folded(weights, name)
        output = -(-input_side // stride)
        if name.endswith("expand") or name == "blocks.0.depthwise":
            shortcut = value
        if groups > 1:
            kind, kind_of_options, option = kinds.DEPTHWISE_CONV_2D, options.DepthwiseConv2DOptions, schema.DepthwiseConv2DOptionsT()
            option.depthMultiplier, weight = 1, weight.transpose(1, 2, 3, 0)
        else:
            kind, kind_of_options, option = kinds.CONV_2D, options.Conv2DOptions, schema.Conv2DOptionsT()
            weight = weight.transpose(0, 2, 3, 1)
        option.padding, option.strideH, option.strideW = schema.Padding.SAME, stride, stride
        option.dilationHFactor = option.dilationWFactor = 1
        option.fusedActivationFunction = activation if active else schema.ActivationFunctionType.NONE
        result = tensor([1, output, output, bias.size])
        operator(kind, [value, tensor(weight.shape, weight), tensor(bias.shape, bias)], result, kind_of_options, option)
        value = result
        if not active and shapes.get(shortcut) == (output, bias.size):
            result = tensor([1, output, output, bias.size])
            operator(kinds.ADD, [value, shortcut], result, options.AddOptions, schema.AddOptionsT())
            value = result
        shapes[value] = (output, bias.size)
    mean = schema.ReducerOptionsT()
    mean.keepDims = False
    pooled = tensor([1, shapes[value][1]])
    axes = numpy.array([1, 2], dtype=numpy.int32)
    operator(kinds.MEAN, [value, tensor(axes.shape, axes)], pooled, options.ReducerOptions, mean)
    classifier = weights["network.classifier.weight"].astype(numpy.float32).T
    bias = weights["network.classifier.bias"].astype(numpy.float32)
    logits = tensor([1, bias.size])
    operator(kinds.FULLY_CONNECTED, [pooled, tensor(classifier.shape, classifier), tensor(bias.shape, bias)], logits,
             options.FullyConnectedOptions, schema.FullyConnectedOptionsT())
    graph.outputs = [logits]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def timed(action, count):
    """The nanoseconds that each of `count` runs took."""
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        action()
        times.append(time.perf_counter_ns() - start)
    return times


class LiteRt:
    """LiteRT with XNNPACK, which is what it uses by itself."""

    def __init__(self, folder, threads):
        from ai_edge_litert.interpreter import Interpreter
        self.interpreter = Interpreter(model_path=os.path.join(folder, "spotcheck.tflite"), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]["index"]
        self.output = self.interpreter.get_output_details()[0]["index"]

    def answer(self, picture):
        self.interpreter.set_tensor(self.input, numpy.ascontiguousarray(picture.transpose(0, 2, 3, 1)))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output)


class OnnxRuntime:
    """ONNX Runtime as a phone app would configure it, for one picture at a time."""

    def __init__(self, folder, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(os.path.join(folder, "spotcheck.onnx"), options, providers=["CPUExecutionProvider"])

    def answer(self, picture):
        return self.session.run(None, {"input": picture})[0]


ENGINES = {"onnxruntime": OnnxRuntime, "litert": LiteRt}


def picture(side):
    return numpy.random.default_rng(1).normal(size=(1, 3, side, side)).astype(numpy.float32)


def worker(name, folder, threads):
    """Answers `run COUNT` as benches/worker.rs does."""
    engine, given = ENGINES[name](folder, int(threads)), picture(json.load(open(os.path.join(folder, "layers.json")))["side"])
    for line in sys.stdin:
        print(*timed(lambda: engine.answer(given), int(line.removeprefix("run "))), flush=True)


class Program:
    """A worker on the other end of a pipe."""

    def __init__(self, command, threads):
        # Those that can use several threads read one or the other of these.
        environment = os.environ | {"RAYON_NUM_THREADS": str(threads), "RTEN_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def run(self, count):
        self.process.stdin.write(f"run {count}\n")
        self.process.stdin.flush()
        return [int(time) for time in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def instructions(command):
    """Instructions of one run, in millions, as callgrind counts them on one thread; it knows no AVX-512."""
    def count(runs):
        environment = os.environ | {"RAYON_NUM_THREADS": "1", "RTEN_NUM_THREADS": "1"}
        ended = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command], input=f"run {runs}\n",
            capture_output=True, text=True, env=environment)
        found = re.search(r"Collected : (\d+)", ended.stderr)
        assert ended.returncode == 0 and found, f"{command} does not run under valgrind:\n{ended.stderr[-2000:]}"
        return int(found.group(1))

    return (count(3) - count(1)) / 2 / 1e6


def peak():
    """Multiply-adds a nanosecond that one core reaches in a large matrix product: the roof that no engine can pass."""
    from threadpoolctl import threadpool_limits
    a, b = (numpy.random.default_rng(seed).normal(size=(1024, 1024)).astype(numpy.float32) for seed in (1, 2))
    with threadpool_limits(limits=1):
        return 1024 ** 3 / min(timed(lambda: a @ b, 20))


def write_models(weights, side, ceiling, folder):
    """The network as a file for each engine that wants one of its own."""
    onnx.save(to_onnx(weights, side, ceiling), os.path.join(folder, "spotcheck.onnx"))
    with open(os.path.join(folder, "spotcheck.tflite"), "wb") as file:
        file.write(to_tflite(weights, side, ceiling))
    # For engines that read no graph: the layers, and their folded weights.
    tensors = {"classifier.weight": weights["network.classifier.weight"].T, "classifier.bias": weights["network.classifier.bias"]}
    table = []
    for name, kernel, stride, groups, active, input_side in layers(side):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = folded(weights, name)
        padding = max((-(-input_side // stride) - 1) * stride + kernel - input_side, 0)
        table.append({"name": name, "stride": stride, "groups": groups, "active": active, "padding": [padding // 2, padding - padding // 2]})
    save_file({name: numpy.ascontiguousarray(value, dtype=numpy.float32) for name, value in tensors.items()}, os.path.join(folder, "folded.safetensors"))
    with open(os.path.join(folder, "layers.json"), "w") as file:
        json.dump({"side": side, "ceiling": ceiling, "layers": table}, file)


def compare(commands, threads):
    """Milliseconds of each engine in each round."""
    everywhere = os.sched_getaffinity(0)
    if threads == 1:
        os.sched_setaffinity(0, {max(everywhere)})
    engines = {name: Program(command, threads) for name, command in commands.items()}
    os.sched_setaffinity(0, everywhere)
    slow = {name for name, engine in engines.items() if min(engine.run(WARM_UP)) / 1e6 > SLOW_MS}
    medians = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            medians[name].append(statistics.median(engine.run(1 if name in slow else RUNS)) / 1e6)
    for engine in engines.values():
        engine.close()
    return medians


def table(medians, heads, cells):
    """Markdown, the fastest engine first."""
    reference = statistics.median(medians[REFERENCE])
    lines = ["| engine | median, ms | middle half of the rounds, ms | to ONNX Runtime |" + "".join(f" {head} |" for head in heads),
             "|---|---|---|---|" + "---|" * len(heads)]
    for name, values in sorted(medians.items(), key=lambda item: statistics.median(item[1])):
        low, middle, high = statistics.quantiles(values, n=4)
        more = "".join(f" {cell} |" for cell in cells(name, middle))
        lines.append(f"| {name} | {middle:.2f} | {low:.2f} to {high:.2f} | {middle / reference:.2f} |{more}")
    return lines


def sizes(command, card_path, folder):
    """What larger and smaller pictures cost and bring: time of our engine, quality from the model's own evaluation."""
    models = os.path.dirname(card_path)
    evaluation = json.load(open(os.path.join(models, "evaluation.json")))
    rows = [row for row in evaluation["variants"] if row["views"] == 1 and row["rendition"] == "common"]
    most = max(row["count"] for row in rows)
    lines = ["| side, px | median, ms | balanced accuracy | AUROC melanoma | AUROC malignant |", "|---|---|---|---|---|"]
    for row in (row for row in rows if row["count"] == most):
        model = os.path.join(folder, f"side-{row['side_px']}")
        os.makedirs(model, exist_ok=True)
        shutil.copy(os.path.join(models, "spotcheck.bpk"), model)
        with open(os.path.join(model, "spotcheck.json"), "w") as file:
            json.dump(json.load(open(card_path)) | {"input_side_px": row["side_px"]}, file)
        time = statistics.median(compare({"engine": [*command, model]}, 1)["engine"])
        lines.append(f"| {row['side_px']} | {time:.2f} | {row['balanced_accuracy']:.3f} | {row['melanoma_auroc']:.3f} | {row['malignant_auroc']:.3f} |")
    return lines


def main():
    if sys.argv[1] == "worker":
        return worker(*sys.argv[2:])
    weights_path, card_path, folder, *programs = sys.argv[1:]
    weights, card = load_file(weights_path), json.load(open(card_path))
    side = card["input_side_px"]
    write_models(weights, side, 6.0 if card.get("activation", "relu6") == "relu6" else None, folder)
    given = picture(side)
    gap = abs(OnnxRuntime(folder, 1).answer(given) - LiteRt(folder, 1).answer(given)).max()
    assert gap < 1e-3, f"the two files do not hold the same network: logits differ by {gap}"

    def split(command, threads):
        # Ours is told, not by its environment: the app's usual four views are a thread's work each.
        return (command + "-by-two" if threads == 2 and command.endswith(" engine") else command).split()

    def commands(threads):
        own = [sys.executable, os.path.abspath(__file__), "worker"]
        return {
            REFERENCE: [*own, "onnxruntime", folder, str(threads)],
            "LiteRT " + version("ai-edge-litert") + " (XNNPACK)": [*own, "litert", folder, str(threads)],
        } | {name: split(command, threads) for name, command in (program.split("=", 1) for program in programs)}

    one, two = compare(commands(1), 1), compare(commands(2), 2)
    fast = {name for name, times in one.items() if statistics.median(times) <= SLOW_MS}
    counts = {name: f"{instructions(command):.0f}" for name, command in commands(1).items() if name in fast}
    multiply_adds = multiplications(weights, side) / 1e6
    roof = multiply_adds / peak()
    text = "\n".join([
        f"One picture of {side} x {side} pixels, one thread, {ROUNDS} rounds of {RUNS} runs each in turn on one core (of one run above {SLOW_MS} ms).",
        f"The net takes {multiply_adds:.0f} million multiply-adds; at the rate of a large matrix product on this core they would take {roof:.2f} ms: the roofline.",
        "Instructions are callgrind's, for one picture; it knows no AVX-512, so they are those of the AVX2 code.",
        "",
        *table(one, ["to the roofline", "million instructions"], lambda name, middle: (f"{middle / roof:.2f}", counts.get(name, "–"))),
        "",
        "The same with two threads, on two cores. tract takes one thread for one picture.",
        "",
        *table(two, [], lambda *_: ()),
        "",
        f"Other sizes of the picture, with the weights as they are: our engine's time, and what it brings on the {card['version']} model's held-back pictures.",
        "",
        *sizes(commands(1)["Spotcheck"], card_path, folder),
        "",
    ])
    print(text)
    with open(os.path.join(folder, "engines.md"), "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
