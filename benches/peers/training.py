#!/usr/bin/env python3
"""Times a training step beside PyTorch and other builds: the same network, batch and optimiser, in turn on the same cores.

    training.py TRAINING OUTPUT [--rounds 9] [--steps 3] [NAME=TRAINING…]

TRAINING is the `training` program, NAME=TRAINING another build of it. PyTorch (pip install torch) runs in a process of its own, in
both of its layouts, and with bf16 where its autocast would have it.

    training.py worker channels-first|channels-last|channels-last-bf16 SIDE

is that process.
"""
import argparse
import contextlib
import statistics
import subprocess
import sys
import time

from stages import STAGES

SIDES, BATCH = (128, 192), 32
OWN = "Spotcheck's training"


def worker(layout, side):
    import torch
    from torch import nn

    class Same(nn.Module):
        """TensorFlow's SAME padding, which is uneven where the stride is two."""

        def __init__(self, kernel, stride):
            super().__init__()
            self.kernel, self.stride = kernel, stride

        def forward(self, x):
            padding = max((-(-x.shape[-1] // self.stride) - 1) * self.stride + self.kernel - x.shape[-1], 0)
            sides = [padding // 2, padding - padding // 2]
            return nn.functional.pad(x, sides * 2) if padding else x

    def layer(inputs, outputs, kernel, stride, groups, active):
        parts = [Same(kernel, stride)] if stride > 1 else []
        padding = 0 if stride > 1 else kernel // 2
        parts += [nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs, eps=1e-3)]
        return nn.Sequential(*parts, *([nn.ReLU(inplace=True)] if active else []))

    class Block(nn.Module):
        def __init__(self, inputs, outputs, kernel, stride, expansion):
            super().__init__()
            wide = inputs * expansion
            widen = [layer(inputs, wide, 1, 1, 1, True)] if expansion > 1 else []
            self.layers = nn.Sequential(*widen, layer(wide, wide, kernel, stride, wide, True), layer(wide, outputs, 1, 1, 1, False))
            self.shortcut = stride == 1 and inputs == outputs

        def forward(self, x):
            return x + self.layers(x) if self.shortcut else self.layers(x)

    torch.set_num_threads(2)
    torch.manual_seed(1)
    parts, channels = [layer(3, 32, 3, 2, 1, True)], 32
    for repeats, kernel, stride, expansion, outputs in STAGES:
        for repeat in range(repeats):
            parts.append(Block(channels, outputs, kernel, stride if repeat == 0 else 1, expansion))
            channels = outputs
    parts += [layer(channels, 1280, 1, 1, 1, True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 7)]
    net = nn.Sequential(*parts).train()
    memory = torch.contiguous_format if layout == "channels-first" else torch.channels_last
    net = net.to(memory_format=memory)
    average = [value.detach().clone() for value in net.parameters()]
    optimizer = torch.optim.AdamW(net.parameters(), lr=6e-4, weight_decay=0.02)
    pictures = torch.randn(BATCH, 3, side, side).to(memory_format=memory)
    classes = torch.arange(BATCH) % 7
    half = layout.endswith("bf16")

    def step():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16) if half else contextlib.nullcontext():
            loss = nn.functional.cross_entropy(net(pictures), classes, label_smoothing=0.05)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, list(net.parameters()), 0.002)

    for line in sys.stdin:
        times = []
        for _ in range(int(line.removeprefix("run "))):
            start = time.perf_counter_ns()
            step()
            times.append(time.perf_counter_ns() - start)
        print(*times, flush=True)


def run(engine, count):
    engine.stdin.write(f"run {count}\n")
    engine.stdin.flush()
    # What it says before its first answer is no row of numbers.
    while not (line := engine.stdout.readline().strip()).replace(" ", "").isdigit():
        assert engine.poll() is None, "it ended"
    return [int(time) for time in line.split()]


def table(commands, rounds, steps):
    """Images a second of each command, and how many times those it has our own has, round by round in turn."""
    engines = {
        name: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name, command in commands.items()
    }
    for engine in engines.values():
        run(engine, 2)
    rates = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            rates[name].append(BATCH / (statistics.median(run(engine, steps)) / 1e9))
    for engine in engines.values():
        engine.stdin.close()
        engine.wait()
    lines = ["| training | images a second, median | middle half of the rounds | ours to it, median of the rounds |", "|---|---|---|---|"]
    for name, values in sorted(rates.items(), key=lambda item: -statistics.median(item[1])):
        low, middle, high = statistics.quantiles(values, n=4)
        ratio = statistics.median(own / value for own, value in zip(rates[OWN], values))
        lines.append(f"| {name} | {middle:.0f} | {low:.0f} to {high:.0f} | {ratio:.2f} |")
    return "\n".join(lines)


def main():
    if sys.argv[1] == "worker":
        return worker(sys.argv[2], int(sys.argv[3]))
    parser = argparse.ArgumentParser()
    parser.add_argument("training")
    parser.add_argument("output")
    parser.add_argument("others", nargs="*")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_intermixed_args()
    training, rounds, steps = options.training, options.rounds, options.steps
    builds = {OWN: [training, "--set", 'precision="auto"'], OWN + ", f32 only": [training, "--set", 'precision="f32"']}
    builds |= {name: [path] for name, path in (other.split("=", 1) for other in options.others)}
    parts = [
        f"Forward, backward, AdamW and moving average; batches of {BATCH}, ReLU, two threads, {rounds} rounds of {steps} steps each in turn."
    ]
    for side in SIDES:
        commands = {name: [program, "steps", "--side", str(side), *settings] for name, (program, *settings) in builds.items()}
        for layout in ("channels first", "channels last", "channels last, bf16"):
            own = [sys.executable, __file__, "worker", layout.replace(", ", "-").replace(" ", "-"), str(side)]
            commands[f"PyTorch, {layout}"] = own
        parts.append(f"Pictures of {side} x {side} pixels:\n\n{table(commands, rounds, steps)}")
        print(parts[-1], flush=True)
    with open(options.output, "w") as file:
        file.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
