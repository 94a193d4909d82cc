#!/usr/bin/env python3
"""Puts what was measured into a document.

    report.py DOCUMENT NAME=PATH…

What lies between the marks `<!-- NAME -->` and `<!-- end -->` is replaced by what the file at PATH says or, where that is a folder of
criterion's results (benches/assessment.rs), by a table of them. The processor stands above it.
"""
import json
import os
import platform
import re
import sys
from pathlib import Path

STAGES = ["decode", "crop and resize", "quality"]


def median_ms(folder):
    return json.loads((folder / "new" / "estimates.json").read_text())["median"]["point_estimate"] / 1e6


def stages(criterion):
    """The stages of an assessment, and of a start."""
    time = {stage: median_ms(criterion / "12 megapixels" / stage) for stage in [*STAGES, "assessment"]}
    whole, decode = time["assessment"], time["decode"]
    time["the network and the rest (the difference)"] = whole - sum(time[stage] for stage in STAGES)
    lines = ["| stage | median, ms | share of the whole |", "|---|---|---|"]
    lines += [f"| {stage} | {ms:.1f} | {ms / whole:.0%} |" for stage, ms in time.items() if stage != "assessment"]
    lines += [f"| **all of it** | **{whole:.1f}** | {whole / decode:.2f} of decode alone |", ""]
    load, plan = (median_ms(criterion / "start" / part) for part in ["load weights", "compile plan"])
    lines += [f"Loading the weights into Burn takes {load:.1f} ms, compiling the plan {plan:.1f} ms."]
    return "\n".join(lines) + "\n"


def replace(text, name, content):
    mark = f"<!-- {name} -->"
    assert mark in text, f"the document has no {mark}"
    return re.sub(f"{mark}\n.*?<!-- end -->", lambda _: f"{mark}\n{content}<!-- end -->", text, count=1, flags=re.DOTALL)


def processor():
    """What this machine computes with."""
    named = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return f"Measured with {os.cpu_count()} cores of {named.group(1).strip() if named else platform.machine()}."


def main():
    document, *parts = sys.argv[1:]
    text = Path(document).read_text()
    for part in parts:
        name, path = part.split("=", 1)
        content = stages(Path(path)) if os.path.isdir(path) else Path(path).read_text()
        text = replace(text, name, f"{processor()}\n\n{content}")
    Path(document).write_text(text)


if __name__ == "__main__":
    main()
