"""Hostile inputs, each made again from its seed and number; what running one gave; and what must hold of that.

An input is a list of arguments and the files that they name, in a folder that is the current one. It runs
inside this process, but for `stream`, whose closed and full streams need a process of their own, and for
damaged Parquet, which may end the process that reads it.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import random
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ino_dose.commands import app

ROOT = Path(__file__).parents[1]
SLOW = 20
"""Seconds past which an input of a few lines counts as one that crawls."""
EXACT = Context(prec=200)

Files = tuple[tuple[str, bytes], ...]


class Input(NamedTuple):
    """Arguments and files; `tries` is how many rows are tried at once, `way` what happens to the streams."""

    kind: str
    arguments: tuple[str, ...]
    files: Files = ()
    tries: int = 1
    way: str = ""

    def __str__(self) -> str:
        files = "".join(f"\n    {name}: {content!r}" for name, content in self.files)
        return f"{self.kind} {list(self.arguments)}{' ' + self.way if self.way else ''}{files}"


class Ran(NamedTuple):
    """How an input ended; `raised` says what left the command beside an exit."""

    code: int
    out: bytes
    err: str
    raised: str = ""
    seconds: float = 0


# ---------------------------------------------------------------- pieces

CONTROL = ("\x00", "\x1b[31m", "\x07", "\r", "\x85", "\x7f", "\u202e", "\u2066", "\u2028", "\ufeff", "\u200b", "\xa0")
NUMBERS = (
    *("0", "00", "-0", "-1", "+1", "1e3", "1E-3", "nan", "inf", "-inf", "Infinity", "1_000", "0x1F", "010", ".5", "5."),
    *("1,82", "1.000,5", "1 000", "1/3", "２", "٣", "½", "²", "9" * 30, "9" * 31, "9" * 400, "0." + "0" * 29 + "1"),
    *("0.00000000000000000000000001", "99999999999999999999", "2147483648", "1.7976931348623157e309", "true", ""),
)
WORDS = (
    *("", " ", "none", "unknown", "NA", "null", "~", "-", "--", "'", '"', "6'", "=1+1", "@x", "{}", "[]", "a" * 300),
    *("../x", "/dev/null", "/", ".", "~root", "%s%n", "{0}", "[red]x[/red]", "$(x)", "x\ny", "\ud800", "é", "ß", "İ"),
    *("never", "yes", "no", "f", "m", "vial", "\udcff", "👩‍⚕️", "x" * 5000, "1 OR 1=1", "<b>", "\\", "\\n", "|", "#"),
)
GOOD = {
    "height": ("178cm", "1.78m", "70in", "5ft 10in", "5ft10in", "178 cm", "80cm", "110cm", "250cm", "30cm", "29cm"),
    "weight": ("82kg", "180lb", "82.5 kg", "8200g", "10kg", "25kg", "400kg", "1kg", "401kg", "0.9kg"),
    "bsa": ("1.82m2", "1.82 m²", "1.82m^2", "0.3m2", "4m2", "4.01m2", "0.29m2", "2.51m2", "0.182m2", "1.825m2"),
    "formula": ("mosteller", "du-bois", "haycock", "gehan-george", "boyd", "fujimoto", "takahira", "schlich", "mostel"),
    "sex": ("f", "m"),
    "cycles": ("1", "2", "3", "4", "6", "8", "0", "7", "30", "999999999999"),
    "from-cycle": ("1", "2", "3", "6", "0", "9"),
    "remission-after": ("1", "2", "3", "4", "6", "never"),
    "prior": (
        "none",
        "unknown",
        "1.8mg/m2",
        "0mg/m2",
        "3.6 mg/m²",
        "900mcg/m2",
        "2.7mg/m^2",
        "0.0000001mg/m2",
        "1.45mg@1.6m2",
        "1.5 mg @ 1.9 m2",
    ),
    "level": ("1.8mg/m2", "1.3mg/m2", "0.4mg/m2", "0.8 mg/m2", "0.3mg/m2"),
    "round-to": ("0.01mg", "0.05mg", "0.1mg", "vial", "0.001mg", "1mg", "0.03mg", "10mcg", "0.0000000000001mg"),
    "start": ("2026-12-01", "2024-02-29", "0001-01-01", "9999-12-31", "2023-02-29", "2026-12-1"),
    "transplant": ("2027-01-28", "2026-12-01", "1999-01-01", "9999-12-31"),
    "id": ("A1", "Ø-17"),
    "cycle": ("1", "2", "3", "6", "0", "9"),
    "day": ("1", "3", "8", "15", "2", "0", "29"),
    "dose": ("0.91mg", "1.46mg", "0.9 mg", "910mcg", "0mg", "18.2mg", "0.000001mg"),
    "stated-bsa": ("1.82m2", "1.3m2", "4m2"),
    "tolerance": ("5%", "0%", "10 %", "100%", "0.5%", "101%"),
}
COLUMNS = {
    "height": ("height", "height_cm", "height_m", "height_in"),
    "weight": ("weight", "weight_kg", "weight_lb", "weight_g"),
    "bsa": ("bsa", "bsa_m2"),
    "prior": ("prior", "prior_mg_per_m2"),
    "level": ("level", "level_mg_per_m2"),
    "dose": ("dose", "dose_mg"),
    "stated-bsa": ("stated_bsa", "stated_bsa_m2"),
    "tolerance": ("tolerance", "tolerance_percent"),
}
ENDINGS = {"_mg_per_m2": "mg/m2", "_percent": "%", "_cm": "cm", "_in": "in", "_kg": "kg", "_lb": "lb", "_mg": "mg"}
ENDINGS |= {"_m2": "m2", "_m": "m", "_g": "g"}
COHORT: tuple[str, ...] = (
    *("id", "regimen", "height", "weight", "bsa", "formula", "sex", "prior", "cycles", "from-cycle"),
    *("remission-after", "level"),
)
ORDERS: tuple[str, ...] = (
    *("id", "regimen", "cycle", "day", "dose", "height", "weight", "bsa", "stated-bsa", "tolerance", "formula"),
    *("sex", "remission-after", "prior", "level"),
)
OPTIONS = {
    "plan": (*COHORT[2:], "round-to", "start", "transplant", "id"),
    "verify": (*ORDERS[2:], "round-to", "id"),
    "compare": ("height", "weight", "bsa", "formula", "sex", "prior", "round-to"),
    "bsa": ("height", "weight", "sex"),
    "regimens": (),
    "show": (),
    "lint": (),
    "cohort": ("round-to",),
}
FORMATS = {
    "plan": ("table", "json", "csv", "ics", "yaml"),
    "show": ("table", "json"),
    "lint": ("table", "json"),
    "cohort": (),
}


@cache
def regimens() -> tuple[str, ...]:
    """The ids of the schedules."""
    return tuple(sorted(path.stem for path in (ROOT / "schedules").glob("*.yaml")))


@cache
def texts(kind: str) -> tuple[str, ...]:
    """Files of a kind that are as they should be, and those that the tests keep for being wrong."""
    if kind == "ceiling":
        return ((ROOT / "schedules/ceiling/pre-transplant.yaml").read_text("utf-8"),)
    if kind == "schedule":
        paths = [*(ROOT / "schedules").glob("*.yaml"), *(ROOT / "tests/bad").glob("*.yaml")]
        return tuple(path.read_text("utf-8", "replace") for path in sorted(paths))
    files = (yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / "tests/courses").glob("*.yaml")))
    return tuple(file["course"] for file in files)


# ---------------------------------------------------------------- damage


def piece(rng: random.Random) -> str:
    """Something that should not be there."""
    return rng.choice(rng.choice((CONTROL, NUMBERS, WORDS)))


def hurt(rng: random.Random, text: str) -> str:
    """A text with something in it lost, doubled, exchanged or put in."""
    at = rng.randint(0, len(text))
    match rng.randrange(6):
        case 0:
            return text[:at] + piece(rng) + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + text[at : at + 1] * 2 + text[at + 1 :]
        case 3:
            return text[:at] + piece(rng) + text[at + 1 :]
        case 4:
            return text.swapcase()
        case _:
            return piece(rng)


def near(rng: random.Random, field: str, hostile: float = 0.3) -> str:
    """What may be written for a field, damaged now and then."""
    if field == "regimen":
        text = rng.choice(regimens())
    elif field in ("height", "weight", "bsa", "dose", "stated-bsa") and rng.random() < 0.5:
        text = measured(rng, field)
    else:
        text = rng.choice(GOOD.get(field, WORDS))
    return hurt(rng, text) if rng.random() < hostile else text


def measured(rng: random.Random, field: str) -> str:
    """An amount of some digits, within what is plausible or a little beyond it."""
    low: float
    high: float
    low, high, unit = {
        "height": (25, 260, "cm"),
        "weight": (1, 410, "kg"),
        "bsa": (0, 5, "m2"),
        "stated-bsa": (0, 5, "m2"),
        "dose": (0, 5, "mg"),
    }[field]
    if rng.random() < 0.8:
        low, high = {"height": (145, 200), "weight": (45, 115), "dose": (0.2, 3)}.get(field, (0.6, 2.6))
    return f"{rng.uniform(low, high):.{rng.choice((0, 1, 2, 2, 3, 12))}f}{unit}"


SCALAR = re.compile(r"[^\s:,{}\[\]\"'#]+")
VALUES = (
    *("~", "null", "yes", "true", "[]", "{}", "[a, b]", "{a: b}", "{a: {b: {c: d}}}", "&a 1", "*a", "!!str 1", "!x y"),
    *(
        "!!python/object:os.system x",
        "2026-12-01",
        "12:30:45",
        ".nan",
        "-.inf",
        "0o17",
        "|",
        ">-",
        "'",
        '"',
        "? x",
        "- x",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "%YAML 1.1",
        "---",
        "...",
        "<<: {}",
        "@",
        "`",
        "\t",
        "#",
        ": ",
        "0.8 mg/m2",
        "day 1",
        "2 to 6",
    ),
    *("100 %", "as planned", "remission", "-5 %", "1 d", "9" * 5000, "(" * 500, "1 × (2 + 3)", "1 + " * 300 + "1"),
)


def damaged(rng: random.Random, text: str, others: tuple[str, ...]) -> bytes:
    """A file with one to four faults: in its letters, lines, values or bytes; often only in a digit or two."""
    digits_only = rng.random() < 0.4
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        match 10 if digits_only else rng.randrange(12):
            case 10 | 11:
                if digits := list(re.finditer("[0-9]", text)):
                    where = rng.choice(digits).start()
                    text = text[:where] + rng.choice("0123456789") + text[where + 1 :]
            case 0:
                where = rng.randint(0, len(text))
                text = text[:where] + piece(rng) + text[where:]
            case 1:
                where = rng.randint(0, len(text))
                text = text[:where] + text[where + rng.choice((1, 1, 2, 20)) :]
            case 2:
                del lines[at]
                text = "\n".join(lines)
            case 3:
                lines.insert(rng.randint(0, len(lines)), lines[at])
                text = "\n".join(lines)
            case 4:
                other = rng.choice(others).split("\n")
                lines[at] = rng.choice(other)
                text = "\n".join(lines)
            case 5:
                lines[at] = rng.choice(("  ", " ", "\t", "- ")) + lines[at] if rng.random() < 0.5 else lines[at].strip()
                text = "\n".join(lines)
            case 6:
                text = text[: rng.randint(0, len(text))]
            case _:
                if found := list(SCALAR.finditer(text)):
                    word = rng.choice(found)
                    new = rng.choice(
                        (rng.choice(VALUES), rng.choice(NUMBERS), piece(rng), hurt(rng, word[0]), rng.choice(found)[0])
                    )
                    text = text[: word.start()] + new + text[word.end() :]
    data = text.encode("utf-8", "surrogatepass")
    return hurt_bytes(rng, data) if rng.random() < 0.1 and not digits_only else data


def hurt_bytes(rng: random.Random, data: bytes) -> bytes:
    """A file in another encoding, cut, or with bytes that are no text."""
    at = rng.randint(0, len(data))
    odd = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\r\n", b"\r", b"\x1a", b"\xf4\x90\x80\x80", b'"', b"\n\n\n")
    match rng.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-32", "utf-8-sig")))
        case 2:
            return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n")))
        case _:
            return data[:at] + rng.choice(odd) + data[at + rng.randint(0, 3) :]


# ---------------------------------------------------------------- kinds


def option(name: str, said: str) -> str:
    """An option and what is said of it, as one word."""
    return f"--{name}={said}"


def arguments(rng: random.Random) -> Input:
    """What may be typed after `ino-dose`."""
    command = rng.choice(("plan",) * 8 + ("verify",) * 3 + ("bsa", "compare", "show", "regimens", "lint", "cohort"))
    hostile, more = rng.choice((0.0, 0.0, 0.05, 0.2)), rng.choice((0.0, 0.05, 0.2))
    words = [[near(rng, "regimen", hostile)]] if command not in ("bsa", "regimens", "compare") else []
    if command == "compare":
        words += [[id] for id in rng.sample(regimens(), rng.randint(1, 2))]
    asked = _asked_for(rng, command, more)
    words += [[option(name, near(rng, name, hostile))] for name in asked]
    if command in ("plan", "compare") and rng.random() < 0.2:
        words.append(["--hsct"])
    if command == "plan" and rng.random() < 0.1:
        words.append(rng.choice((["--pharmacy"], ["--fail-on", "between"], ["--fail-on=above"])))
    if formats := FORMATS.get(command, ("table", "json", "csv")):
        words.append(["-f", rng.choice((*formats, *("json",) * 3))])
    if hostile and rng.random() < 0.2:
        words.append([rng.choice((piece(rng), "-" + piece(rng), "--" + piece(rng), "-h"))])
    if hostile and rng.random() < 0.05 and words:
        words.append(rng.choice(words))
    rng.shuffle(words)
    command = hurt(rng, command) if hostile and rng.random() < 0.01 else command
    return Input("arguments", (command, *(word for each in words for word in each)))


def _asked_for(rng: random.Random, command: str, more: float) -> list[str]:
    """Which options are written: a body and what must be there, and some others, most of which go with it."""
    known, found = OPTIONS[command], list[str]()
    if "weight" in known:
        found += ["bsa"] if "bsa" in known and rng.random() < 0.5 else ["height", "weight"]
    found += [name for name in ("cycle", "day", "dose") if name in known]
    others = [name for name in known if name not in found and name not in ("height", "weight", "bsa")]
    for name in others:
        rare = (name in ("formula", "sex") and "bsa" in found) or name in ("level", "from-cycle", "transplant")
        if rng.random() < (more / 4 if rare else more):
            found.append(name)
    if "from-cycle" in found and "prior" not in found:
        found.append("prior")
    return found


def course(rng: random.Random) -> Input:
    """A course file that is damaged."""
    content = damaged(rng, rng.choice(texts("course")), texts("course"))
    form = rng.choice(("json", "json", "json", "table", "csv", "ics", "yaml", "yaml"))
    more = [option("round-to", rng.choice(GOOD["round-to"]))] if rng.random() < 0.1 else []
    return Input("course", ("plan", "--course", "course.yaml", "-f", form, *more), (("course.yaml", content),))


def schedule(rng: random.Random) -> Input:
    """A schedule file that is damaged."""
    content = damaged(rng, rng.choice(texts("schedule")), texts("schedule"))
    words = rng.choice(
        (
            ("lint", "own.yaml"),
            ("lint", "own.yaml", "-f", "json"),
            ("show", "./own.yaml", "-f", "json"),
            ("show", "./own.yaml"),
            ("plan", "./own.yaml", "--bsa=1.82m2", "-f", "json"),
            ("plan", "./own.yaml", "--bsa=1.82m2", "-f", "json", "--remission-after=1", "--cycles=2"),
            ("plan", "./own.yaml", "--bsa=1.82m2", "--remission-after=never"),
            ("verify", "./own.yaml", "--cycle=1", "--day=1", "--dose=1.46mg", "--bsa=1.82m2", "-f", "json"),
        )
    )
    return Input("schedule", words, (("own.yaml", content),))


def ceiling(rng: random.Random) -> Input:
    """A site's own ceiling, damaged."""
    content = damaged(rng, texts("ceiling")[0], texts("ceiling"))
    words = ("plan", rng.choice(regimens()), "--bsa=1.82m2", "--ceiling=own.yaml", "-f", rng.choice(("json", "table")))
    return Input("ceiling", words, (("own.yaml", content),))


Maker = Callable[[random.Random], Input]


class Sheet(NamedTuple):
    """Columns, which field each states, and rows of text."""

    names: list[str]
    fields: list[str]
    rows: list[list[str]]


def sheet(rng: random.Random, fields: tuple[str, ...], rows: int, hostile: float) -> Sheet:
    """A table with the columns that it needs and some others, its cells near-right and hostile."""
    size = ("bsa",) if rng.random() < 0.6 else ("height", "weight")
    needed = {"regimen", *size, *(("cycle", "day", "dose") if "dose" in fields else ())}
    kept = [
        each for each in fields if each in needed or (each not in ("height", "weight", "bsa") and rng.random() < 0.3)
    ]
    rng.shuffle(kept)
    names = [rng.choice(COLUMNS.get(each, (each.replace("-", "_"),))) for each in kept]
    if "dose" not in fields and rng.random() < 0.2:
        kept.append("hsct")
        names.append("hsct")
    if rng.random() < 0.2:
        kept.append("")
        names.append(rng.choice(("ward", "note", "x", "é", "=x", "a b")))
    found = [[cell(rng, field, name, hostile) for field, name in zip(kept, names, strict=True)] for _ in range(rows)]
    return Sheet(names, kept, found)


def cell(rng: random.Random, field: str, name: str, hostile: float) -> str:
    """A cell under a column: without its unit where the name has one."""
    if field in ("cycles", "from-cycle", "prior", "remission-after", "formula", "sex", "level") and rng.random() < 0.4:
        return ""
    if field == "hsct":
        return rng.choice(("yes", "no", "", "true", "1")) if rng.random() > hostile else hurt(rng, "yes")
    unit = unit_of(name)
    if not unit or field == "id":
        return near(rng, field, hostile)
    low, high = {"cm": (50, 210), "m": (0.5, 2.1), "in": (30, 80), "kg": (8, 150), "lb": (20, 300)}.get(unit, (0, 4))
    low, high = {"g": (8000, 90000), "%": (0, 20)}.get(unit, (low, high))
    if rng.random() < 0.8:
        usual = {"cm": (145, 200), "m": (1.45, 2), "in": (58, 78), "kg": (45, 115), "lb": (100, 250), "m2": (0.6, 2.6)}
        low, high = usual.get(unit, (low, high))
    text = f"{rng.uniform(low, high):.{rng.choice((0, 1, 2, 2, 3))}f}"
    if field == "level":
        text = rng.choice(("1.8", "1.3", "0.4", "0.8"))
    if field == "prior":
        text = rng.choice(("none", "unknown", text, "1.8", "2.7", "3.6"))
    return hurt(rng, text) if rng.random() < hostile else text


def unit_of(name: str) -> str:
    """The unit in the name of a column."""
    return next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), "")


def written(rng: random.Random, table: Sheet, form: str) -> bytes:
    """A sheet as a file."""
    if form == "ndjson":
        lines = (
            json.dumps(dict(zip(table.names, row, strict=True)), ensure_ascii=rng.random() < 0.5) for row in table.rows
        )
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    out = io.StringIO()
    quoted = rng.random() < 0.1
    writer = csv.writer(
        out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator=rng.choice(("\n", "\n", "\r\n"))
    )
    writer.writerow(table.names)
    writer.writerows(table.rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def header_hurt(rng: random.Random, table: Sheet) -> Sheet:
    """A header with names that are nearly right, doubled, missing, hostile or another's."""
    names = list(table.names)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(names))
        others = (
            *("dose_mg", "error", "ceiling_status", "verdict", "Height", "wt", " bsa_m2", "BSA", "hsct", "transplant"),
        )
        names[at] = rng.choice(
            (hurt(rng, names[at]), names[at].upper(), names[at] + " ", rng.choice(names), rng.choice(others))
        )
    return table._replace(names=names)


def tabled(
    kind: str, fields: tuple[str, ...], words: Callable[[random.Random, str], tuple[str, ...]], many: tuple[int, ...]
) -> Maker:
    """Files of rows for a command: whole ones of many rows with hostile cells, and damaged ones of few."""

    def make(rng: random.Random) -> Input:
        form = rng.choice(("csv", "csv", "ndjson"))
        whole = rng.random() < 0.5
        rows = rng.choice(many if whole else (0, 1, 2, 3, 10))
        table = sheet(rng, fields, rows, rng.choice((0.0, 0.05, 0.3)))
        if whole:
            clean = [[text.translate(PLAIN) for text in row] for row in table.rows]
            content = written(rng, table._replace(rows=clean), form)
        else:
            table = header_hurt(rng, table) if rng.random() < 0.5 else table
            content = written(rng, table, form)
            content = damaged_table(rng, content) if rng.random() < 0.6 else content
        name = f"rows.{form}"
        return Input(kind, words(rng, name), ((name, content),), max(rows, 1))

    return make


PLAIN = dict.fromkeys((0, 10, 13, *range(55296, 57344)))
"""Letters that may refuse a whole file of rows."""


def damaged_table(rng: random.Random, content: bytes) -> bytes:
    """A table with one to three faults in its bytes or its lines."""
    for _ in range(rng.choice((1, 1, 3))):
        lines = content.split(b"\n")
        at = rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                where = rng.randint(0, len(content))
                new = rng.choice((piece(rng), ",", '"', '""', "{", "}", ":", ";", "\t", "[", "\\u0000", "\\ud800", "1"))
                content = content[:where] + new.encode("utf-8", "surrogatepass") + content[where:]
            case 1:
                del lines[at]
                content = b"\n".join(lines)
            case 2:
                lines.insert(
                    rng.randint(0, len(lines)), rng.choice((lines[at], b"", b"  ", b",", b"{}", b"null", b"[]"))
                )
                content = b"\n".join(lines)
            case _:
                content = hurt_bytes(rng, content)
    return content


def cohort_words(rng: random.Random, name: str) -> tuple[str, ...]:
    """How a file of patients is asked about."""
    words = ["cohort", name]
    if rng.random() < 0.2:
        words += ["--to", rng.choice(("csv", "ndjson"))]
    if rng.random() < 0.1:
        words.append("--doses")
    if rng.random() < 0.1:
        words.append(option("round-to", near(rng, "round-to")))
    if rng.random() < 0.1:
        words += ["--pass", rng.choice(("ward", "x", " bsa_m2", piece(rng)))]
    if rng.random() < 0.05:
        words += ["--from", rng.choice(("csv", "ndjson"))]
    return tuple(words)


def orders_words(rng: random.Random, name: str) -> tuple[str, ...]:
    """How a file of orders is asked about."""
    words = ["verify", "--orders", name]
    if rng.random() < 0.5:
        words += ["-f", rng.choice(("csv", "json"))]
    if rng.random() < 0.1:
        words.append(option("round-to", near(rng, "round-to")))
    if rng.random() < 0.1:
        words += ["--pass", rng.choice(("ward", "x", piece(rng)))]
    return tuple(words)


def parquet(rng: random.Random) -> Input:
    """Columns with types of their own; whole, for a broken file may end the process."""
    import polars as pl

    rows = rng.choice((0, 1, 3, 40))
    table = sheet(rng, COHORT, rows, 0.1)
    kinds = (
        pl.Float64,
        pl.Float32,
        pl.Int64,
        pl.Int8,
        pl.Boolean,
        pl.Date,
        pl.Categorical,
        pl.Binary,
        pl.Decimal(20, 4),
    )
    columns = []
    for index, name in enumerate(dict.fromkeys(table.names)):
        texts = [row[index].translate(PLAIN) for row in table.rows]
        column = pl.Series(name, [None if rng.random() < 0.05 else text for text in texts], pl.String)
        if unit_of(name) and rng.random() < 0.7:
            column = column.cast(rng.choice((pl.Float64, pl.Float32)), strict=False)
        elif rng.random() < 0.1:
            with suppress(pl.exceptions.PolarsError):
                column = column.cast(rng.choice(kinds), strict=False)
        elif rng.random() < 0.03:
            column = pl.Series(name, [[text] for text in texts], pl.List(pl.String))
        columns.append(column)
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    words = cohort_words(rng, "rows.parquet")
    if "--to" not in words and rng.random() < 0.8:
        words += ("--to", rng.choice(("csv", "ndjson")))
    return Input("parquet", words, (("rows.parquet", out.getvalue()),), max(rows, 1))


WAYS = ("full", "closed", "deaf", "no input", "short", "mute")


def stream(rng: random.Random) -> Input:
    """A process whose streams are closed, full or cut, or that reads a broken Parquet."""
    if rng.random() < 0.3:
        whole = parquet(rng)
        name, content = whole.files[0]
        return Input("stream", whole.arguments, ((name, hurt_bytes(rng, content)),), whole.tries, "parquet")
    make = rng.choice((arguments, course, cohort, orders))
    found: Input = make(rng)
    while any("\0" in word or "\ud800" in word or len(word) > 100_000 for word in found.arguments):
        found = make(rng)
    words = found.arguments
    if found.files and rng.random() < 0.3:
        words = tuple("-" if word == found.files[0][0] else word for word in words)
    return found._replace(kind="stream", way=rng.choice(WAYS), arguments=words)


cohort = tabled("cohort", COHORT, cohort_words, (1, 50, 400, 2000, 4000))
orders = tabled("orders", ORDERS, orders_words, (1, 20, 200))
KINDS: dict[str, Maker] = {
    "arguments": arguments,
    "course": course,
    "schedule": schedule,
    "ceiling": ceiling,
    "cohort": cohort,
    "orders": orders,
    "parquet": parquet,
    "stream": stream,
}


def made(kind: str, seed: int, number: int) -> Input:
    """The input of a number: always the same."""
    return KINDS[kind](random.Random(f"{seed} {kind} {number}"))


# ---------------------------------------------------------------- running


@contextmanager
def streams() -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard streams as a process of the console script has them."""
    kept = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    sys.stdout = io.TextIOWrapper(out, "utf-8", "backslashreplace", newline="\n")
    sys.stderr = io.TextIOWrapper(err, "utf-8", "backslashreplace", newline="\n", write_through=True)
    try:
        yield out, err
    finally:
        sys.stdout.flush()
        sys.stdout.detach()
        sys.stderr.detach()
        sys.stdin, sys.stdout, sys.stderr = kept


def run(found: Input) -> Ran:
    """Run an input in the current folder."""
    for name, content in found.files:
        Path(name).write_bytes(content)
    return in_a_process(found) if found.kind == "stream" else in_here(found.arguments)


def in_here(words: tuple[str, ...] | list[str]) -> Ran:
    """Run a command inside this process."""
    code, raised, began = 0, "", time.monotonic()
    with streams() as (out, err):
        try:
            app.main([_as_typed(word) for word in words])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raised = where(error)
    if words[:1] == ["cohort"] or words[:1] == ("cohort",):
        gc.unfreeze()  # or what each call leaves in circles would stay for ever
    return Ran(code, out.getvalue(), err.getvalue().decode(), raised, time.monotonic() - began)


def _as_typed(word: str) -> str:
    """An argument as a process gets it: bytes that are no UTF-8, such as half of a pair, as Python hands them over."""
    return word.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape") if "\ud800" in word else word


def where(error: BaseException) -> str:
    """What was raised, and the last line of ours that it went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "ino_dose" in Path(frame.filename).parts]
    last = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} in {last}: {str(error)[:200]!r}"


def in_a_process(found: Input) -> Ran:
    """Run a command in a process of its own, whose streams are as `way` says."""
    command = [sys.executable, "-m", "ino_dose", *found.arguments]
    wrapped = {
        "full": ["sh", "-c", 'exec "$@" >/dev/full', "sh"],
        "closed": ["sh", "-c", 'exec "$@" >&-', "sh"],
        "deaf": ["sh", "-c", 'exec "$@" 2>&-', "sh"],
        "mute": ["sh", "-c", 'exec "$@" 2>/dev/full', "sh"],
        "no input": ["sh", "-c", 'exec "$@" <&-', "sh"],
        "short": ["bash", "-c", '"$@" | head -c 10; exit ${PIPESTATUS[0]}', "bash"],
    }.get(found.way, [])
    given = found.files[0][1] if found.files and "-" in found.arguments else b""
    try:
        done = subprocess.run([*wrapped, *command], input=given, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return Ran(0, b"", "", "it did not end within 60 s")
    except BrokenPipeError:
        return Ran(0, b"", "")
    err = done.stderr.decode("utf-8", "backslashreplace")
    raised = next((line for line in err.split("\n") if line.startswith("Traceback")), "")
    return Ran(done.returncode, done.stdout, err, raised and f"{raised}: {err.strip().splitlines()[-1]}")


# ---------------------------------------------------------------- what must hold


class Wrong(Exception):
    """Something that must hold does not."""


def fault(found: Input, ran: Ran, thorough: bool = True) -> str:
    """What does not hold, in words that are the same for inputs that fail alike; empty where all holds."""
    try:
        _ended(found, ran)
        if found.kind != "stream":
            _said(found, ran)
            _numbers(found, ran)
            _again(found, ran)
            if thorough:
                _alone(found, ran)
    except Wrong as wrong:
        return str(wrong)
    return ""


def _ended(found: Input, ran: Ran) -> None:
    """The exit code, and that a refusal says what it is about."""
    if ran.raised:
        raise Wrong(ran.raised)
    if found.way == "short" and ran.code in (141, -13):
        return
    if ran.code not in (0, 2, 3, 4):
        raise Wrong(f"exit {ran.code}")
    if ran.seconds > SLOW:
        raise Wrong(f"slow: more than {SLOW} s")
    if ran.code == 2 and ran.out:
        raise Wrong("exit 2 with something on standard output")
    if ran.code == 2 and found.way not in ("deaf", "mute") and not re.search(r"(?m)^[^\n]+?: \S", ran.err):
        raise Wrong("exit 2 without a line of place and problem")
    if found.way == "full" and ran.code != 2:
        raise Wrong(f"exit {ran.code} on a full disk")


def _said(found: Input, ran: Ran) -> None:
    """No control character reaches a screen; cells of tables pass through as they came, so those of the file may."""
    if odd := controls(ran.err):
        raise Wrong(f"standard error has the control character {odd[0]!r}")
    if found.kind == "parquet":  # the cells are in a file of another form
        return
    try:
        out = ran.out.decode()
    except UnicodeDecodeError:
        raise Wrong("standard output is not UTF-8") from None
    came = "".join(
        content.decode("utf-8", "replace") for _, content in found.files if found.kind in ("cohort", "orders")
    )
    came += "".join(chr(int(code, 16)) for code in re.findall(r"\\u([0-9a-fA-F]{4})", came))
    came += "".join("\r\t\b\f"["rtbf".index(letter)] for letter in re.findall(r"\\([rtbf])", came))
    through = {"\r"} if "ics" in found.arguments else set(came)
    if odd := [each for each in controls(out) if each not in through]:
        raise Wrong(f"standard output has the control character {odd[0]!r}")


def controls(text: str) -> list[str]:
    """Characters that a screen obeys instead of showing."""
    return (
        []
        if text.isprintable()
        else [each for each in text if each != "\n" and not each.isprintable() and each != "\xa0"]
    )


def exact(text: str) -> Any:
    """JSON with every number as the decimal that it is written as."""

    def refused(name: str) -> Any:
        raise Wrong(f"JSON has {name}")

    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=refused)
    except (ValueError, InvalidOperation):
        raise Wrong("what is printed is no JSON") from None


def _numbers(found: Input, ran: Ran) -> None:
    """JSON is JSON, and a plan's numbers follow from each other."""
    words = found.arguments
    if (
        ran.code == 2
        or "json" not in words
        or not {"-f", "--format"} & set(words)
        or not ran.out
        or {"-h", "--help"} & set(words)
    ):
        return
    if words[0] == "verify" and "--orders" in words:
        for line in ran.out.decode().removesuffix("\n").split("\n"):
            exact(line)
        return
    value = exact(ran.out.decode())
    if words[0] == "plan" and isinstance(value, dict):
        _planned(value, _step(found, value))


def _again(found: Input, ran: Ran) -> None:
    """A course file that is printed plans the same, and prints itself."""
    if found.arguments[:1] != ("plan",) or ran.code not in (0, 3) or not ran.out.startswith(b"regimen: "):
        return
    Path("again.yaml").write_bytes(ran.out)
    own = [word for word in found.arguments if word.startswith("--ceiling")]
    again = in_here(["plan", "--course", "again.yaml", "-f", "yaml", *own])
    if (again.code, again.out) != (0, ran.out):
        raise Wrong(f"a course file that was printed prints another or is refused: {signature(again.err)[:80]}")


def _step(found: Input, plan: dict[str, Any]) -> Decimal | None:
    """The step that a plan says it rounds to, None where it rounds otherwise too."""
    for said in plan["assumptions"]:
        if match := re.fullmatch(r"Doses are rounded half up in steps of ([0-9.]+) mg\.", said):
            return Decimal(match[1])
    return None


def half_up(amount: Fraction, step: Decimal) -> Fraction:
    """The nearest multiple of a step."""
    return Fraction((amount / Fraction(step) + Fraction(1, 2)).__floor__()) * Fraction(step)


def _planned(plan: dict[str, Any], step: Decimal | None) -> None:
    patient, doses, course = plan["patient"], plan["doses"], plan["course"]
    if patient["bsa_formula"] == "mosteller":
        square, bsa = (
            Fraction(patient["height_cm"]) * Fraction(patient["weight_kg"]) / 3600,
            Fraction(patient["bsa_m2"]),
        )
        half = Fraction(1, 200)
        if not (bsa - half) ** 2 <= square < (bsa + half) ** 2:
            raise Wrong("the BSA is not Mosteller's, rounded half up to 0.01")
    prior = course["prior_mg_per_m2"]
    total = None if prior is None else Fraction(prior)
    mg = Fraction(0)
    for dose in doses:
        level, area, given = Fraction(dose["level_mg_per_m2"]), Fraction(dose["bsa_m2"]), Fraction(dose["dose_mg"])
        if Fraction(dose["calculated_mg"]) != level * area:
            raise Wrong("calculated mg are not level × BSA")
        if dose["state"] == "planned" and step and given != half_up(level * area, step):
            raise Wrong("a dose is not level × BSA rounded half up to the step")
        if dose["delivered_mg_per_m2"] != _thousandths(given / area):
            raise Wrong("delivered mg/m² are not dose ÷ BSA")
        mg += given
        if total is not None and dose["cumulative_mg_per_m2"] is not None:
            if dose["state"] == "planned" and dose["counted_mg_per_m2"] != dose["level_mg_per_m2"]:
                raise Wrong("a planned dose does not count its level")
            total += Fraction(dose["counted_mg_per_m2"])
            if abs(total - Fraction(dose["cumulative_mg_per_m2"])) > Fraction(1, 1000) * len(doses):
                raise Wrong("cumulative mg/m² are not the sum")
            if dose["state"] == "planned" and dose["ceiling_status"] != _status(plan, dose["cumulative_mg_per_m2"]):
                raise Wrong("a status is not that of its sum")
    before = None
    for dose in (dose for dose in doses if dose["date"] and dose["state"] != "omitted"):
        day = date.fromisoformat(dose["date"])
        near = before and (day - before).days < 6
        if near and not any(re.search("days? after cycle [0-9]+ day", each) for each in plan["warnings"]):
            raise Wrong("doses are nearer than six days, and nothing is said")
        before = day
    if doses and Fraction(plan["total"]["dose_mg"]) != mg:
        raise Wrong("the total in mg is not the sum")


def _thousandths(amount: Fraction) -> Decimal:
    return EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator)).quantize(
        Decimal("0.001"), ROUND_HALF_UP
    )


def _status(plan: dict[str, Any], cumulative: Decimal) -> str:
    ceiling = plan["ceiling"]
    if plan["regimen"]["after_transplant"]:
        return "not_applicable"
    if cumulative > ceiling["upper_mg_per_m2"]:
        return "above"
    return "between" if cumulative > ceiling["lower_mg_per_m2"] else "below"


# ---------------------------------------------------------------- a row and the same alone


def _alone(found: Input, ran: Ran) -> None:
    """A row in for each row out, and a sample of them says what the command says of it alone."""
    words = found.arguments
    if found.kind not in ("cohort", "orders") or ran.code == 2 or "--doses" in words:
        return
    name, content = found.files[0]
    if not name.endswith(".csv") or {"ndjson", "json"} & set(words) or {"-h", "--help", "--pass"} & set(words):
        return
    try:
        given = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        out = list(csv.DictReader(io.StringIO(ran.out.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return
    if found.tries > 10 and len(given) != len(out):
        raise Wrong("not a row out for each row in")
    if len(given) != len(out):
        return
    result = "error" if found.kind == "cohort" or "error" in out[0] else "sentence"
    if found.kind == "cohort" and (ran.code == 4) != any(row[result] for row in out):
        raise Wrong("the exit code is not what the rows say")
    rounding = [word for word in words if word.startswith("--round-to")]
    rng = random.Random(len(content))
    for index in rng.sample(range(len(given)), min(len(given), 1 + len(given) // 100)):
        if (asked := _asked(given[index], found.kind)) is not None:
            _same(asked + rounding, out[index], found.kind)


def _asked(row: dict[str, str], kind: str) -> list[str] | None:
    """The options that say what a row says; None where they may not say quite that."""
    fields = {name: field for field in (*ORDERS, *COHORT) for name in COLUMNS.get(field, (field.replace("-", "_"),))}
    words = ["plan" if kind == "cohort" else "verify"]
    for name, text in row.items():
        if name is None or text is None:
            return None
        field, unit = fields.get(name), unit_of(name)
        if text.strip().lower() in ("", "na", "n/a", "null", "none", "-", "--", "~", "nan", "unknown") and text not in (
            *("", "none", "unknown"),
        ):
            return None
        if name == "hsct":
            if text not in ("yes", "no", ""):
                return None
            words += ["--hsct"] if text == "yes" else []
        elif field == "prior":
            said = text or "unknown"
            if unit and said not in ("none", "unknown"):
                if not re.fullmatch("[0-9.]+", said):
                    return None
                said += unit
            words.append(option("prior", said))
        elif field == "regimen":
            if text not in regimens():
                return None
            words.append(text)
        elif field and field != "id" and text:
            if (field != "prior" and text in ("none", "unknown")) or (unit and not re.fullmatch("[0-9.]+", text)):
                return None
            words.append(option(field, re.sub(r"\A([0-9]+)\.0+\Z", r"\1", text) if field in WHOLE else text + unit))
    return words


WHOLE = ("cycles", "from-cycle", "remission-after", "cycle", "day")


def _same(asked: list[str], row: dict[str, str], kind: str) -> None:
    ran = in_here([*asked, "-f", "json"])
    if ran.raised:
        raise Wrong(ran.raised)
    refused = bool(row.get("error"))
    if refused != (ran.code == 2):
        raise Wrong(f"a row is {'refused' if refused else 'computed'}, and alone it is not: {' '.join(asked)}")
    if refused:
        return
    value = exact(ran.out.decode())
    if kind == "orders":
        pairs = {"verdict": value["verdict"]}
    else:
        pairs = {
            "used_bsa_m2": value["patient"]["bsa_m2"],
            "total_level_mg_per_m2": value["total"]["level_mg_per_m2"],
            "cumulative_mg_per_m2": value["total"]["cumulative_mg_per_m2"],
            "total_dose_mg": value["total"]["dose_mg"],
            "ceiling_status": value["ceiling"]["status"],
        }
    for name, alone in pairs.items():
        said = row[name]
        if (
            Decimal(said) != alone
            if isinstance(alone, Decimal) and said
            else said != ("" if alone is None else str(alone))
        ):
            raise Wrong(f"{name} of a row is not what it is alone: {' '.join(asked)}")


# ---------------------------------------------------------------- the smallest form


def alike(one: str, other: str) -> bool:
    """Whether two faults are one: the same but for what they quote of their inputs."""
    return signature(one) == signature(other)


def signature(said: str) -> str:
    """A fault without what it quotes."""
    return re.split(": |['\"]", said)[0]


def smallest(found: Input, said: str, tries: int = 300) -> Input:
    """A smaller input that fails alike: without words, lines and letters that do not matter."""
    left = [tries if found.kind != "stream" else 20]
    deadline = time.monotonic() + 10

    def fails(candidate: Input) -> bool:
        left[0] -= 1
        return bool(now := fault(candidate, run(candidate))) and alike(now, said)

    def shrunk(items: list[Any], build: Callable[[list[Any]], Input]) -> list[Any]:
        size = max(len(items) // 2, 1)
        while items and left[0] > 0 and time.monotonic() < deadline:
            at, gone = 0, False
            while at < len(items) and left[0] > 0 and time.monotonic() < deadline:
                fewer = items[:at] + items[at + size :]
                if fails(build(fewer)):
                    items, gone = fewer, True
                else:
                    at += size
            if size == 1 and not gone:
                break
            size = max(size // 2, 1) if not gone else size
        return items

    words = shrunk(list(found.arguments[1:]), lambda kept: found._replace(arguments=(found.arguments[0], *kept)))
    found = found._replace(arguments=(found.arguments[0], *words))
    for index, (name, content) in enumerate(found.files):

        def build(pieces: list[Any], index: int = index, name: str = name, now: Input = found) -> Input:
            return now._replace(files=(*now.files[:index], (name, b"".join(pieces)), *now.files[index + 1 :]))

        lines = shrunk(content.splitlines(keepends=True), build)
        letters = b"".join(lines)
        if len(letters) < 2000:
            letters = b"".join(shrunk([letters[at : at + 1] for at in range(len(letters))], build))
        found = build([letters])
    return found
