"""Whether a course file of many events is read in linear time: 5,000 events against 1,250, interleaved, in one process.

python benchmarks/course_file.py [rounds]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from ino_dose import errors, request
from ino_dose.engine import plan as plans
from ino_dose.files import course_file, library

DAYS = range(1, 53)
REGIMEN = """title: many doses
after transplant: no
sources: {{own: {{cite: nobody, read: full text}}}}
blocks:
  - {{cycles: 1 to 99, length: 99 d, doses: {{{doses}}}, source: {{own: nowhere}}}}
totals:
  - {{through cycle: 99, total: 51.48 mg/m2, worked: 99 × 52 × 0.01}}
"""


def course(folder: Path, events: int) -> Path:
    """A course in which so many doses were given as planned."""
    places = [(cycle, day) for cycle in range(1, 100) for day in DAYS][:events]
    lines = "".join(f"  - {{cycle: {cycle}, day: {day}, given: as planned}}\n" for cycle, day in places)
    path = folder / f"{events}.yaml"
    head = (
        f"regimen: {folder / 'many.yaml'}\npatient: {{bsa: 2 m2}}\nround to: 0.001 mg\nprior: none\nstart: 2026-01-01\n"
    )
    path.write_text(f"{head}events:\n{lines}", "utf-8")
    return path


def seconds(path: Path) -> tuple[float, float]:
    """To read a course file, and to plan from it."""
    books, product = library.at(), library.product()
    began = time.perf_counter()
    file = course_file.read(str(path), books)
    read = time.perf_counter()
    said = request.together({}, file, product)
    with errors.on(errors.keys(file.places)):
        regimen = books.regimen(said.regimen)
        plans.make(regimen, said.body, said.course, library.ceiling(), said.rounding, None, product)
    return read - began, time.perf_counter() - read


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        doses = ", ".join(f"day {day}: 0.01 mg/m2" for day in DAYS)
        (folder / "many.yaml").write_text(REGIMEN.format(doses=doses), "utf-8")
        few, many = course(folder, 1250), course(folder, 5000)
        ratios = []
        for _ in range(rounds):
            (less, plan_less), (more, plan_more) = seconds(few), seconds(many)
            ratios.append((more / less, plan_more / plan_less))
        read, planned = (statistics.median(each) for each in zip(*ratios, strict=True))
    print(
        f"reading 5,000 events takes {read:.2f} × 1,250 events (linear: 4); planning, of 5,148 doses each, {planned:.2f} ×"
    )


main()
