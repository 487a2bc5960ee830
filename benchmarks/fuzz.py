"""Hostile inputs without end: how many were tried, and which failed, each in a small form.

    python benchmarks/fuzz.py [--seconds 60] [--inputs 1000000] [--seed 1] [--jobs 2] [--kinds cohort,orders]
    python benchmarks/fuzz.py --only cohort:1234 --seed 1

A row of a table counts as an input. Exit 1 where any failed. An input is made anew from its kind, its number and the
seed; what is made, and what must hold, is in tests/fuzzing.py.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import queue
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import fuzzing

SHARES = {"arguments": 6, "course": 3, "schedule": 2, "ceiling": 1, "cohort": 2, "orders": 2, "parquet": 1}
"""Runs of each kind in a round; of `stream`, whose processes take long to start, one in every tenth round."""
WAIT = 120
"""Seconds without a word after which a worker is taken for dead or stuck."""


class Told(NamedTuple):
    """What a worker tells: runs and inputs by kind since it last told, codes, faults by what they say, its memory."""

    runs: Counter[str]
    inputs: Counter[str]
    codes: Counter[str]
    failed: Counter[str]
    shown: list[tuple[str, str, int, str]]
    memory: int


def worker(job: int, jobs: int, seed: int, kinds: list[str], begun: Any, told: Queue[Told]) -> None:
    """Try every input whose number is this worker's, until it is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who watches hears it, and ends this
    seen: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        round, last = job, time.monotonic()
        runs, inputs, codes, failed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        shown: list[tuple[str, str, int, str]] = []
        while True:
            for index, kind in enumerate(order(kinds, round // jobs)):
                number = round * 100 + index
                begun[0], begun[1] = list(fuzzing.KINDS).index(kind), number
                found = fuzzing.made(kind, seed, number)
                ran = fuzzing.run(found)
                said = fuzzing.fault(found, ran)
                runs[kind] += 1
                inputs[kind] += found.tries
                codes[f"{kind} {ran.code}"] += 1
                if said:
                    failed[alike := f"{kind}: {fuzzing.signature(said)}"] += 1
                    if alike not in seen:
                        seen.add(alike)
                        shown.append((alike, said, number, str(fuzzing.smallest(found, said))))
                if shown or time.monotonic() - last > 2:
                    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                    told.put(Told(runs, inputs, codes, failed, shown, memory))
                    runs, inputs, codes, failed, shown = Counter(), Counter(), Counter(), Counter(), []
                    last = time.monotonic()
            gc.collect()  # tables are large, and some end in circles
            round += jobs


def order(kinds: list[str], round: int) -> list[str]:
    """The kinds of a round."""
    found = [kind for kind in kinds for _ in range(SHARES.get(kind, 0))]
    return found + (["stream"] if "stream" in kinds and (round % 10 == 0 or len(kinds) == 1) else [])


def only(name: str, seed: int) -> int:
    """Show one input, how it ends, and what does not hold."""
    kind, _, number = name.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = fuzzing.made(kind, seed, int(number))
        print(found)
        ran = fuzzing.run(found)
        said = fuzzing.fault(found, ran)
        print(f"exit {ran.code}\n{ran.out.decode('utf-8', 'replace')!r}\n{ran.err!r}\n{said or 'all holds'}")
        if said:
            print(fuzzing.smallest(found, said))
        os.chdir("/")
    return int(bool(said))


def main() -> int:
    """Try inputs until the time, or their number, is up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long; never by default")
    parser.add_argument("--inputs", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--kinds", default=",".join(fuzzing.KINDS), help="which of " + ", ".join(fuzzing.KINDS))
    parser.add_argument("--only", metavar="KIND:NUMBER", help="show one input again")
    asked = parser.parse_args()
    if asked.only:
        return only(asked.only, asked.seed)
    kinds = asked.kinds.split(",")
    if unknown := set(kinds) - set(fuzzing.KINDS):
        parser.error(f"there is no kind {min(unknown)}")
    return Watch(asked, kinds).until_done()


class Watch:
    """The workers, and what they have told."""

    def __init__(self, asked: argparse.Namespace, kinds: list[str]) -> None:
        self.asked, self.kinds = asked, kinds
        self.runs, self.inputs, self.codes, self.failed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        self.shown: set[str] = set()
        self.memory = 0
        context = multiprocessing.get_context("spawn")
        self.told: Queue[Told] = context.Queue()
        self.begun = [context.Array("q", 2) for _ in range(asked.jobs)]
        self.workers = [
            context.Process(
                target=worker, args=(job, asked.jobs, asked.seed, kinds, self.begun[job], self.told), daemon=True
            )
            for job in range(asked.jobs)
        ]

    def until_done(self) -> int:
        """Print as they tell, then what came of it."""
        began = printed = heard = time.monotonic()
        for each in self.workers:
            each.start()
        try:
            while (now := time.monotonic()) - began < self.asked.seconds and self.inputs.total() < self.asked.inputs:
                try:
                    self.add(self.told.get(timeout=1))
                    heard = now
                except queue.Empty:
                    pass
                if (dead := [i for i, each in enumerate(self.workers) if not each.is_alive()]) or now - heard > WAIT:
                    self.lost(dead)
                    break
                if now - printed > 5:
                    print(self.line(now - began), flush=True)
                    printed = now
        except KeyboardInterrupt:
            pass
        for each in self.workers:
            each.terminate()
        for each in self.workers:
            each.join()
        print(self.line(time.monotonic() - began))
        print("  " + ", ".join(f"{name} {count}" for name, count in sorted(self.codes.items())))
        for said, count in self.failed.most_common():
            print(f"  {count} × {said}")
        return int(bool(self.failed))

    def lost(self, dead: list[int]) -> None:
        """A worker that ended, or that says nothing any more: the input that it had begun."""
        for index in dead or range(len(self.workers)):
            kind, number = list(fuzzing.KINDS)[self.begun[index][0]], self.begun[index][1]
            self.failed[f"{kind}: the process {'ended' if dead else 'is stuck'}"] += 1
            print(f"\n{'ENDED' if dead else 'STUCK'} on --only {kind}:{number} --seed {self.asked.seed}", flush=True)

    def add(self, told: Told) -> None:
        """Count what a worker told, and show a fault the first time."""
        self.runs += told.runs
        self.inputs += told.inputs
        self.codes += told.codes
        self.failed += told.failed
        self.memory = max(self.memory, told.memory)
        for alike, said, number, small in told.shown:
            if alike not in self.shown:
                self.shown.add(alike)
                kind = alike.split(":")[0]
                print(f"\nFAILED {said}\n  --only {kind}:{number} --seed {self.asked.seed}\n  {small}\n", flush=True)

    def line(self, seconds: float) -> str:
        """The counts so far."""
        kinds = ", ".join(f"{kind} {self.inputs[kind]:,}" for kind in self.kinds if self.inputs[kind])
        return (
            f"{seconds:5.0f} s  {self.inputs.total():,} inputs in {self.runs.total():,} runs, "
            f"{self.failed.total()} failed, {self.memory // 1024} MiB: {kinds}"
        )


if __name__ == "__main__":
    sys.exit(main())
