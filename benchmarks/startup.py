"""Whole processes in turn: what a call of ino-dose costs over the floor of its named dependencies.

    python benchmarks/startup.py [--runs 25]

Run it with the Python of an environment that has ino-dose and nothing but its own dependencies.
Each round runs every command once; a figure is the median over rounds of the ratio within a round,
so that a machine that slows down slows both sides.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

UNITS = "meter = [length] = m\ngram = [mass] = g\nmilligram = 0.001 * gram = mg\n"
PROGRAMS = {
    "python": "pass",
    "typer": """
        import typer
        app = typer.Typer(rich_markup_mode=None)
        @app.command()
        def run(name: str = "x"): print(name)
        app()""",
    "floor": f"""
        import decimal, pint, typer, yaml
        def run(name: str = "x"):
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            list(yaml.parse("title: a\\nblocks: [1]\\n", Loader=loader))
            registry = pint.UnitRegistry(None, non_int_type=decimal.Decimal)
            registry.load_definitions({UNITS!r}.splitlines())
            level = registry.Quantity(decimal.Decimal("0.8"), "mg/m**2")
            print(level * registry.Quantity(decimal.Decimal("1.82"), "m**2"))
        typer.run(run)""",
}
PLAN = ["plan", "ino-vate", "--height", "178cm", "--weight", "82kg", "--remission-after", "1"]
COMMANDS = {
    "plan -f json": ([*PLAN, "-f", "json"], "floor", 1.15),
    "plan (table)": (PLAN, "floor", 1.3),
    "regimens": (["regimens", "-f", "json"], "floor", 2),
    "compare": (["compare", "-f", "json"], "floor", 2),
    "lint": (["lint"], "floor", 2),
    "--version": (["--version"], "typer --help", 1.15),
    "--help": (["--help"], "typer --help", 1.3),
}


def seconds(command: list[str]) -> float:
    """The wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": "0"})
    return time.perf_counter() - start


def main() -> None:
    """Time everything in turn and print the medians of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=25)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for name, source in PROGRAMS.items():
            lines = source.strip("\n").split("\n")
            margin = len(lines[0]) - len(lines[0].lstrip())
            scripts[name] = Path(folder, f"program_{name}.py")
            scripts[name].write_text("\n".join(line[margin:] for line in lines))
        ours = str(Path(sys.executable).with_name("ino-dose"))
        jobs = {name: [sys.executable, str(path)] for name, path in scripts.items()}
        jobs["typer --help"] = [*jobs["typer"], "--help"]
        jobs |= {name: [ours, *arguments] for name, (arguments, _, _) in COMMANDS.items()}
        for job in jobs.values():
            seconds(job)
        rounds = [{name: seconds(job) for name, job in jobs.items()} for _ in range(runs)]
    print(f"medians of {runs} paired rounds, Python {sys.version.split()[0]}")
    print(f"{'':16}{'ms':>7}{'/ python':>10}{'/ its floor':>13}   goal")
    for name in jobs:
        base, goal = COMMANDS.get(name, (None, "python", ""))[1:]
        absolute, bare, ratio = (
            median(each[name] / divisor(each) for each in rounds)
            for divisor in (lambda each: 0.001, lambda each: each["python"], lambda each, base=base: each[base])
        )
        print(f"{name:16}{absolute:7.0f}{bare:10.2f}{ratio:13.2f}   {goal and f'{goal} × {base}'}")


if __name__ == "__main__":
    main()
