"""Whole processes in turn: what `exposure` costs beside Polars reading, dividing, grouping and writing the same, and beside json.loads.

    python benchmarks/exposure.py [--rows 1000000] [--resources 200000] [--runs 3] [--growth]

A figure is the median over rounds of the ratio within a round. The table has ten doses a patient, sizes in each row; the
resources are of treated patients, whose lines come together: of 26 lines 6 are administrations of the drug and 7 sizes,
or, as in a hospital, one patient in fifty is treated. `--growth` adds peak memory at a tenth of the rows.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any

INO = str(Path(sys.executable).with_name("ino-dose"))
POLARS = """
import sys, polars as pl
rows = pl.read_csv(sys.argv[1])
bsa = (pl.col("height_cm") * pl.col("weight_kg") / 3600).sqrt().round(2)
rows = rows.with_columns(quotient=pl.col("dose_mg") / bsa)
grouped = rows.group_by("id", maintain_order=True)
found = grouped.agg(pl.len(), pl.col("date").min().alias("first"), pl.col("date").max().alias("last"), pl.col("quotient").sum())
found.write_csv(sys.argv[2])"""
LOADS = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
COURSES = ((0.8, *[0.5] * 9), (0.8, 0.5, 0.5, 0.8, 0.5, 0.5, 0.8, 0.5, 0.5, 0.8), (0.6, *[0.3] * 9))
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def area(height: float, weight: float) -> float:
    """Near enough to the BSA for a simulated order."""
    return int(sqrt(height * weight / 3600) * 100 + 0.5) / 100


def table(rows: int, dice: random.Random) -> Iterator[str]:
    """Ten doses a patient, in steps of 0.01 or 0.05 mg, with sizes that change each third week."""
    yield "id,date,dose_mg,height_cm,weight_kg,transplant\n"
    for patient in range(rows // 10):
        height, weight = round(dice.gauss(170, 9), 1), round(dice.triangular(45, 105, 72), 1)
        day, step = date(2024, 1, 1) + timedelta(dice.randrange(700)), dice.choice([0.01, 0.01, 0.05])
        transplant = day + timedelta(100)
        for index, level in enumerate(dice.choice(COURSES)):
            if index % 3 == 0:
                weight = round(weight + dice.uniform(-2, 2), 1)
            mg = int(level * area(height, weight) / step + 0.5) * step
            yield f"P{patient},{day},{mg:.2f},{height},{weight},{transplant}\n"
            day += timedelta(7)


def resources(lines: int, treated: int, dice: random.Random) -> Iterator[str]:
    """Patients with sizes, laboratory values and administrations, one patient in `treated` of this drug."""
    made = patient = 0
    while made < lines:
        patient += 1
        name = "inotuzumab ozogamicin" if patient % treated == 0 else "cytarabine"
        for found in _patient(f"p{patient}", name, dice):
            made += 1
            yield json.dumps(found) + "\n"


def _patient(id: str, drug: str, dice: random.Random) -> Iterator[dict[str, Any]]:
    subject = {"subject": {"reference": f"Patient/{id}"}}
    height, weight = round(dice.gauss(170, 9), 1), round(dice.triangular(45, 105, 72), 1)
    day = date(2024, 1, 1) + timedelta(dice.randrange(700))

    def measured(code: str, value: float, unit: str) -> dict[str, Any]:
        coded = {"code": {"coding": [{"system": LOINC, "code": code}]}, "effectiveDateTime": f"{day}T08:00:00+01:00"}
        quantity = {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}
        return {
            "resourceType": "Observation",
            "id": f"{id}-{code}-{day}",
            "status": "final",
            **subject,
            **coded,
            **quantity,
        }

    yield {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1970-01-01"}
    yield measured("8302-2", height, "cm")
    for index in range(6):
        yield measured("29463-7", weight, "kg")
        mg = round((0.8 if index == 0 else 0.5) * area(height, weight), 2)
        given = {"medicationCodeableConcept": {"text": drug}, "effectivePeriod": {"start": f"{day}T10:00:00+01:00"}}
        dose = {"dosage": {"dose": {"value": mg, "unit": "mg", "system": UCUM, "code": "mg"}}}
        status = {"resourceType": "MedicationAdministration", "id": f"{id}-{index}", "status": "completed"}
        yield {**status, **subject, **given, **dose}
        for _ in range(2):
            yield measured("1742-6", dice.randrange(10, 90), "U/L")
        day += timedelta(7)


def seconds(command: list[str]) -> float:
    """How long a process takes."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return time.perf_counter() - start


def ratio(ours: list[str], base: list[str], runs: int) -> tuple[float, float]:
    """The median of ours over the other's time within a round, and the other's."""
    rounds = [(seconds(base), seconds(ours)) for _ in range(runs)]
    return median(mine / other for other, mine in rounds), median(other for other, _ in rounds)


def peak(command: list[str]) -> float:
    """The most memory of a process of its own, in MiB."""
    watch = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); "
    watch += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return int(subprocess.check_output([sys.executable, "-c", watch, *command])) / 1024


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--resources", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out.csv"

        def file(name: str, lines: Callable[[random.Random], Iterator[str]]) -> str:
            path = Path(folder, name)
            with path.open("w") as stream:
                stream.writelines(lines(random.Random(7)))
            return str(path)

        rows = file("rows.csv", lambda dice: table(asked.rows, dice))
        ours = [INO, "exposure", rows, "-o", out]
        times, base = ratio(ours, [sys.executable, "-c", POLARS, rows, out], asked.runs)
        print(f"{asked.rows} rows of CSV: {times:.2f} × Polars ({base:.2f} s), {peak(ours):.0f} MiB")
        for what, treated in (("all patients treated", 1), ("one patient in fifty", 50)):
            name = file("r.ndjson", lambda dice, treated=treated: resources(asked.resources, treated, dice))  # type: ignore[misc]
            ours = [INO, "exposure", name, "--from", "fhir", "-o", out]
            times, base = ratio(ours, [sys.executable, "-c", LOADS, name], asked.runs)
            print(f"{asked.resources} resources, {what}: {times:.2f} × json.loads ({base:.2f} s), {peak(ours):.0f} MiB")
            if asked.growth:
                few = file("few.ndjson", lambda dice, treated=treated: resources(asked.resources // 10, treated, dice))  # type: ignore[misc]
                print(f"  a tenth of them: {peak([INO, 'exposure', few, '--from', 'fhir', '-o', out]):.0f} MiB")


if __name__ == "__main__":
    main()
