"""Whole processes in turn: what a cohort costs beside Polars reading and writing the same file.

    python benchmarks/cohort.py [--rows 1000000] [--runs 3] [--replace] [--growth]

A figure is the median over rounds of the ratio within a round. Every process writes to a new file, and
begins when what was written before is on the disk; with `--replace` the files written to are there
already, which costs a file system more than a new one where it is renamed over. `--growth` adds 10⁴ to 10⁷ rows,
which takes minutes and 4 GB of temporary files.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

HEADER = "id,regimen,height_cm,weight_kg,prior_mg_per_m2,remission_after\n"
REGIMENS = (("besponsa-label", "1"), ("ino-vate", "never"), ("mrd-mdacc", ""), ("mini-hyper-cvd-ino-v2", ""))
INO = str(Path(sys.executable).with_name("ino-dose"))
PASS = "import sys, polars; polars.read_csv(sys.argv[1]).write_csv(sys.argv[3])"
KEEP = "import sys, polars; polars.read_csv(sys.argv[1], infer_schema=False).write_ipc(sys.argv[2])"
RESULT = """
import sys, time, polars
polars.read_csv(sys.argv[1])
start = time.perf_counter()
result = polars.read_ipc(sys.argv[2])
print(time.perf_counter() - start)
result.write_csv(sys.argv[3])"""
"""Prints the seconds it took to have the result, as text: they are taken off the time of the process."""
LOOP = """
import csv, sys, time
from ino_dose import request
from ino_dose.engine import plan
from ino_dose.files import library
from ino_dose.output import plan_json
start = time.perf_counter()
facts = library.facts()
for row in csv.DictReader(open(sys.argv[1])):
    body = request.body(row["height_cm"] + "cm", row["weight_kg"] + "kg")
    prior = row["prior_mg_per_m2"] if row["prior_mg_per_m2"] == "none" else row["prior_mg_per_m2"] + "mg/m2"
    course = request.course(prior, remission_after=row["remission_after"] or None)
    plan_json.value(plan.make(facts.regimen(row["regimen"]), body, course, facts.ceiling, request.rounding("0.01mg")))
print(time.perf_counter() - start)"""


def three(dice: random.Random) -> tuple[str, str, str]:
    """Sizes to a tenth, and one of three prior exposures."""
    return f"{dice.gauss(170, 9):.1f}", f"{dice.triangular(45, 120, 75):.1f}", dice.choice(["none", "0.9", "1.8"])


def different(dice: random.Random) -> tuple[str, str, str]:
    """Prior exposures all different."""
    return *three(dice)[:2], f"{dice.random() * 3:.9f}"


def simulated(dice: random.Random) -> tuple[str, str, str]:
    """17 digits everywhere."""
    return repr(dice.uniform(140, 200)), repr(dice.uniform(45, 120)), repr(dice.uniform(0, 3))


def bad(dice: random.Random) -> tuple[str, str, str]:
    """Nothing but rows to refuse, all different."""
    height, weight, prior = three(dice)
    wrong = (
        (height, f'"{weight.replace(".", ",")}"', prior),
        (height, "-" + weight, prior),
        (weight, height, prior),
        (str(dice.random()), weight, prior),
        (height, "nan", prior),
        (height, weight, f'"{dice.random():.6f}"'.replace(".", ",")),
        ("", weight, prior),
    )
    return dice.choice(wrong)


def write(path: Path, rows: int, patient: Callable[[random.Random], tuple[str, str, str]]) -> Path:
    """A file of made-up patients, the same every time."""
    dice = random.Random(rows)
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(rows):
            regimen, remission = dice.choice(REGIMENS)
            file.write(f"P{number},{regimen},{','.join(patient(dice))},{remission}\n")
    return path


def spent(*command: object) -> tuple[float, float, str]:
    """Seconds, peak memory in MiB and output of a process."""
    os.sync()
    start = time.perf_counter()
    with subprocess.Popen(
        [str(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 4), command
    return time.perf_counter() - start, usage.ru_maxrss / 1024, said


def main() -> None:
    """Print ratios, and with --growth how time and memory grow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--replace", action="store_true")
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.rows, given.runs, given.replace)
        if given.growth:
            grow(Path(folder))


def compare(folder: Path, rows: int, runs: int, replace: bool) -> None:
    """Each kind of cohort beside Polars, in the same round."""
    out, copy = folder / "out.csv", folder / "copy.csv"

    def cleared(path: Path) -> Path:
        if not replace:
            path.unlink(missing_ok=True)
        return path

    files = {kind: write(folder / f"{kind.__name__}.csv", rows, kind) for kind in (three, different, bad)}
    kept = {kind: folder / f"{kind.__name__}.arrow" for kind in files}
    few = write(folder / "few.csv", rows // 5, simulated)
    thousand = write(folder / "thousand.csv", 1000, three)
    seen: dict[str, list[float]] = {}
    for _ in range(runs):
        ours, passed = {}, {}
        for kind, file in files.items():
            ours[kind] = spent(INO, "cohort", file, "-o", cleared(out))[0]
            passed[kind] = spent(sys.executable, "-c", PASS, file, out, cleared(copy))[0]
            if kind is not bad:
                if not kept[kind].exists():
                    spent(sys.executable, "-c", KEEP, out, kept[kind])
                whole, _, having = spent(sys.executable, "-c", RESULT, file, kept[kind], cleared(copy))
                written = whole - float(having)
                seen.setdefault(f"{kind.__name__} / read and write          goal 3", []).append(
                    ours[kind] / passed[kind]
                )
                seen.setdefault(f"{kind.__name__} / read, write result     goal 1.5", []).append(ours[kind] / written)
        loop = float(spent(sys.executable, "-c", LOOP, thousand)[2]) * rows / 1000
        seen.setdefault("loop of plan / three                goal 1000", []).append(loop / ours[three])
        seen.setdefault("bad / three                           goal 3", []).append(ours[bad] / ours[three])
        digits = spent(INO, "cohort", few, "-o", cleared(out))[0]
        seen.setdefault("a fifth with 17 digits / pass all     goal 6", []).append(digits / passed[three])
        seen.setdefault("rows per second, three", []).append(rows / ours[three])
    for name, ratios in seen.items():
        print(f"{median(ratios):12.2f}  {name}")


def grow(folder: Path) -> None:
    """Seconds and MiB from 10⁴ to 10⁷ rows."""
    print(f"{'rows':>10}{'s':>8}{'rows/s':>10}{'MiB':>6}{'Polars s':>10}{'ratio':>7}")
    for rows in (10**4, 10**5, 10**6, 10**7):
        file = write(folder / "grown.csv", rows, three)
        seconds, memory, _ = spent(INO, "cohort", file, "-o", folder / "out.csv")
        polars, _, _ = spent(sys.executable, "-c", PASS, file, "", folder / "copy.csv")
        print(f"{rows:10}{seconds:8.2f}{rows / seconds:10.0f}{memory:6.0f}{polars:10.2f}{seconds / polars:7.2f}")


if __name__ == "__main__":
    main()
