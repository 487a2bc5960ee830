"""The commands from outside: options, keys, exit codes, and what goes to which stream."""

import contextlib
import csv
import io
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from ino_dose.engine.regimen import Choice
from ino_dose.files import library

PLAN = ("plan", "mrd-mdacc", "--bsa", "1.8m2")
INO = [sys.executable, "-m", "ino_dose"]
SCHEDULES = Path(__file__).parent.parent / "schedules"


def shell(line: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of shell in which `ino` is the command, with a failing part failing the whole."""
    start = f'set -o pipefail; ino() {{ "{sys.executable}" -m ino_dose "$@"; }}; '
    return subprocess.run(["bash", "-c", start + line], capture_output=True, env=os.environ | environment, timeout=60)


# ---------------------------------------------------------------- plan -f json

SPOT = {"id": str, "spot": str}
SIDES = {"lower": Any, "upper": Any}
KEYS: dict[str, Any] = {
    "format": str,
    "version": str,
    "regimen": {"id": str, "title": str, "after_transplant": bool, "sha256": str},
    "patient": {"id": Any, "height_cm": Any, "weight_kg": Any, "bsa_m2": Decimal, "bsa_formula": Any},
    "course": {"cycles": Decimal, "remission_after": Any, "prior_mg_per_m2": Any, "prior_stated": bool, "hsct": bool},
    "doses": [
        {
            "cycle": Decimal,
            "day": Decimal,
            "level_mg_per_m2": Decimal,
            "calculated_mg": Decimal,
            "dose_mg": Decimal,
            "delivered_mg_per_m2": Decimal,
            "cumulative_mg_per_m2": Any,
            "ceiling_status": str,
            "source": SPOT,
        }
    ],
    "cycles": [
        {
            "cycle": Decimal,
            "level_mg_per_m2": Decimal,
            "dose_mg": Decimal,
            "cumulative_mg_per_m2": Any,
            "ceiling_status": str,
        }
    ],
    "total": {
        "level_mg_per_m2": Decimal,
        "cumulative_mg_per_m2": Any,
        "dose_mg": Decimal,
        "delivered_mg_per_m2": Decimal,
    },
    "ceiling": {
        "lower_mg_per_m2": Decimal,
        "upper_mg_per_m2": Decimal,
        "status": str,
        "source": SPOT,
        "remaining_mg_per_m2": SIDES,
        "first_over": SIDES,
        "last_cycle_within": SIDES,
    },
    "undecided": [
        {
            "when": str,
            "cycles": Decimal,
            "level_mg_per_m2": Decimal,
            "cumulative_mg_per_m2": Any,
            "ceiling_status": str,
            "first_over": SIDES,
        }
    ],
    "assumptions": [str],
    "warnings": [str],
    "sources": [{"id": str, "cite": str, "read": str}],
}


def fits(value: Any, shape: Any, where: str = "plan") -> None:
    """Every promised key is there, with a value of its type; more keys may be."""
    if isinstance(shape, dict):
        assert shape.keys() <= value.keys(), where
        for key in shape:
            fits(value[key], shape[key], f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for each in value:
            fits(each, shape[0], where)
    else:
        assert shape is Any or isinstance(value, shape), where


NEEDS = {
    "kantarjian-2013-single": ("--level", "1.8mg/m2", "--cycles", "2"),
    "kantarjian-2013-weekly": ("--cycles", "2"),
    "nhl-phase-1": ("--cycles", "2"),
    "post-hsct-maintenance": ("--level", "0.3mg/m2"),
}
PLANNED = [regimen.id for regimen in library.at().all()[0] if not regimen.incomplete]


@pytest.mark.parametrize("id", PLANNED)
@pytest.mark.parametrize("options", [(), ("--prior", "unknown"), ("--prior", "1.8mg/m2", "--hsct", "--id", "x")])
def test_plan_json_has_every_promised_key(id: str, options: tuple[str, ...], ino: Run) -> None:
    ran = ino("plan", id, "--height", "170cm", "--weight", "70kg", "-f", "json", *NEEDS.get(id, ()), *options)
    assert (ran.code, ran.err) == (0, "")
    fits(ran.json, KEYS)
    assert ran.json["format"] == "ino-dose plan 1"
    cited = {ran.json["ceiling"]["source"]["id"], *(dose["source"]["id"] for dose in ran.json["doses"])}
    assert cited <= {source["id"] for source in ran.json["sources"]}


def test_the_same_command_prints_the_same_bytes() -> None:
    one, other = (
        shell("ino plan besponsa-label --height 170cm --weight 70kg -f json", PYTHONHASHSEED=seed) for seed in "01"
    )
    assert one.stdout == other.stdout != b""


def test_the_ceilings_source_is_listed_even_where_the_regimen_calls_another_paper_so(tmp_path: Path, ino: Run) -> None:
    text = (SCHEDULES / "mini-hyper-cvd-ino-v1.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("Inotuzumab ozogamicin in acute lymphoblastic leukemia", "Our own protocol"), "utf-8")
    cites = [source["cite"] for source in ino("plan", str(own), "--bsa", "1.8m2", "-f", "json").json["sources"]]
    assert any("Our own protocol" in cite for cite in cites)
    assert library.ceiling().sources[0].cite in cites


# ---------------------------------------------------------------- plan -f csv

HEADER = (
    "id,regimen,cycle,day,level_mg_per_m2,calculated_mg,dose_mg,delivered_mg_per_m2,cumulative_mg_per_m2,"
    "ceiling_status,source,source_spot"
)


def test_plan_csv_is_a_header_and_a_row_a_dose(ino: Run) -> None:
    """0.6 × 1.85 = 1.11 and 0.3 × 1.85 = 0.555, a tie; 0.56 / 1.85 = 0.3027…"""
    ran = ino("plan", "mrd-mdacc", "--bsa", "1.85m2", "--cycles", "1", "-f", "csv")
    first, second, third = ran.out.splitlines()
    assert (ran.code, ran.err, first) == (0, "", HEADER)
    assert second.startswith(",mrd-mdacc,1,1,0.6,1.11,1.11,0.6,0.6,below,trial,")
    assert third.startswith(",mrd-mdacc,1,8,0.3,0.555,0.56,0.303,0.9,below,trial,")


def test_what_is_not_known_is_an_empty_cell(ino: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ino(*PLAN, "--cycles", "4", "--prior", "unknown", "-f", "csv").out)))
    assert {(row["cumulative_mg_per_m2"], row["ceiling_status"]) for row in rows} == {("", "unknown")}


IDS = [
    "",
    " x ",
    "Zoë 中 🙂",
    'a,"b"',
    "a\nb\r\nc\x85d\u2028e",
    "\x1b[31mred\x07\x00\x7f",
    "<b>[red]x[/]",
    "=1+1",
    "\u202eabc",
    "{}%s",
]


@pytest.mark.parametrize("text", IDS)
def test_an_id_is_echoed_exactly_and_in_csv_without_control_characters(text: str, ino: Run) -> None:
    """JSON spells them out by itself; in CSV a quoted cell can hold a line break, but nothing else that moves a screen."""
    assert ino(*PLAN, "--id", text, "-f", "json").json["patient"]["id"] == text
    rows = list(csv.DictReader(io.StringIO(ino(*PLAN, "--id", text, "-f", "csv").out, newline="")))
    shown = {"\r": "\\r", "\x85": "\\x85", "\u2028": "\\u2028", "\x1b": "\\x1b", "\x07": "\\x07"}
    shown |= {"\x00": "\\x00", "\x7f": "\\x7f", "\u202e": "\\u202e"}
    assert {row["id"] for row in rows} == {text.translate(str.maketrans(shown))}


@pytest.mark.parametrize("text", IDS)
def test_an_id_cannot_write_to_the_terminal(text: str, ino: Run) -> None:
    ran = ino(*PLAN, "--id", text)
    assert ran.code == 0
    assert all(character.isprintable() or character == "\n" for character in ran.out)
    assert all(part.strip() in ran.out for part in re.split(r"[^ -~]+", text))


def test_an_id_of_bytes_that_are_no_text_is_refused() -> None:
    ran = shell(r"ino plan mrd-mdacc --bsa 1.8m2 -f json --id $'\xff'")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b"--id: is not UTF-8 text")


@pytest.mark.parametrize(
    "where", [r"x/$'\xff'.yaml --bsa 1.8m2", r"mrd-mdacc --bsa $'\xff'", r"mrd-mdacc $'--\xff'", r"$'\xff'"]
)
def test_bytes_that_are_no_text_are_refused_everywhere(where: str) -> None:
    ran = shell(f"ino plan {where}")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"Traceback" not in ran.stderr
    assert ran.stderr


# ---------------------------------------------------------------- what is refused

CLINICAL = ("plan", "besponsa-label", "--bsa", "1.8m2")
REFUSED = [
    (("plan", "mrd-mdacc"), "--height, --weight"),
    (("plan", "mrd-mdacc", "--height", "178cm"), "--weight"),
    (("plan", "mrd-mdacc", "--weight", "82kg"), "--height"),
    (("plan", "mrd-mdacc", "--height", "178", "--weight", "82kg"), "--height: '178' has no unit"),
    (("plan", "mrd-mdacc", "--height", "178cm", "--weight", "82"), "--weight: '82' has no unit"),
    (("plan", "mrd-mdacc", "--height", "178cm", "--weight", "82,5kg"), "--weight: '82,5kg' has a comma"),
    (("plan", "mrd-mdacc", "--height", "178cm", "--weight", "82cm"), "--weight: '82cm' is not a weight"),
    (("plan", "mrd-mdacc", "--height", "82cm", "--weight", "178kg"), "swapped"),
    (("plan", "mrd-mdacc", "--bsa", "1.8"), "--bsa: '1.8' has no unit"),
    (("plan", "mrd-mdacc", "--bsa", "0.182m2"), "--bsa: 0.182 m² is not plausible"),
    (("plan", "mrd-mdacc", "--bsa", "0m2"), "--bsa: 0 m² is not plausible"),
    (("plan", "mrd-mdacc", "--bsa", ""), "--bsa: "),
    ((*PLAN, "--height", "178cm"), "--height: does not go with the BSA"),
    ((*PLAN, "--weight", "82kg"), "--weight: does not go with the BSA"),
    ((*PLAN, "--formula", "mosteller"), "--formula: does not go with the BSA"),
    (("plan", "mrd-mdacc", "--height", "170cm", "--weight", "70kg", "--formula", "dubois"), "--formula: there is no formula 'dubois'"),
    (("plan", "mrd-mdacc", "--height", "170cm", "--weight", "70kg", "--formula", "schlich"), "add --sex f or --sex m"),
    (("plan", "mrd-mdacc", "--height", "170cm", "--weight", "70kg", "--formula", "schlich", "--sex", "x"), "--sex"),
    ((*PLAN, "--cycles", "7"), "--cycles: cycle 7 is past the last that mrd-mdacc allows: its last cycle is 6"),
    ((*PLAN, "--cycles", "0"), "--cycles: '0' is not a cycle"),
    ((*PLAN, "--cycles=-1"), "--cycles: '-1' is not a cycle"),
    ((*PLAN, "--cycles", "3.0"), "--cycles: '3.0' is not a cycle"),
    ((*PLAN, "--cycles", "03"), "--cycles: '03' is not a cycle"),
    ((*PLAN, "--cycles", "1_0"), "--cycles: '1_0' is not a cycle"),
    ((*PLAN, "--cycles", "٣"), "--cycles: '٣' is not a cycle"),
    ((*PLAN, "--cycles", " 3"), "--cycles: ' 3' is not a cycle"),
    ((*PLAN, "--cycles", "9" * 5000), "--cycles: "),
    (("plan", "hyper-cvad-blina-ino", "--bsa", "1.8m2", "--cycles", "1"), "has no inotuzumab ozogamicin before cycle 2"),
    (("plan", "hyper-cvad-blina-ino", "--bsa", "1.8m2", "--cycles", "9"), "its last cycle is 8"),
    ((*CLINICAL, "--cycles", "2"), "depend on remission, which was not stated; add --remission-after"),
    ((*CLINICAL, "--cycles", "7"), "its last cycle is 6"),
    ((*CLINICAL, "--cycles", "4", "--remission-after", "never"), "without remission it stops after cycle 3"),
    ((*CLINICAL, "--cycles", "7", "--remission-after", "1"), "its last cycle is 6"),
    ((*CLINICAL, "--cycles", "4", "--remission-after", "1", "--hsct"), "patients proceeding to transplant get at most 3"),
    ((*CLINICAL, "--remission-after", "4"), "--remission-after: remission after cycle 4 cannot be planned: without remission it stops after cycle 3"),
    ((*CLINICAL, "--remission-after", "0"), "--remission-after: '0' is not a cycle"),
    ((*CLINICAL, "--remission-after", "-1"), "--remission-after: '-1' is not a cycle"),
    ((*CLINICAL, "--remission-after", "Never"), "--remission-after: 'Never' is not a cycle"),
    ((*CLINICAL, "--remission-after", "١"), "--remission-after: '١' is not a cycle"),
    (("plan", "ino-vate", "--bsa", "1.8m2", "--remission-after", "7"), "its last cycle is 6"),
    ((*PLAN, "--remission-after", "1"), "--remission-after: the doses of mrd-mdacc do not depend on remission"),
    ((*PLAN, "--remission-after", "never"), "--remission-after: the doses of mrd-mdacc do not depend on remission"),
    ((*PLAN, "--prior", "1,8mg/m2"), "--prior: '1,8mg/m2' has a comma"),
    ((*PLAN, "--prior", "1.8mg"), "--prior: '1.8mg' is not a dose level"),
    ((*PLAN, "--prior", "-1mg/m2"), "--prior: '-1mg/m2' is negative"),
    ((*PLAN, "--prior", "None"), "--prior: "),
    ((*PLAN, "--prior", ""), "--prior: "),
    ((*PLAN, "--level", "0.3mg/m2"), "--level: the doses of mrd-mdacc are fixed by its source"),
    ((*PLAN, "--round-to", "0mg"), "--round-to: a step of 0"),
    ((*PLAN, "--round-to", "0.05"), "--round-to: '0.05' has no unit"),
    ((*PLAN, "--round-to", "1mg"), "--round-to: steps of 1 mg would make 1 mg of 0.54 mg in cycle 1 on day 8, 85.185 % away (at most 10 %)"),
    ((*PLAN, "--round-to", "1000000mg"), "--round-to: steps of 1000000 mg would make 0 mg"),
    ((*PLAN, "--fail-on", "above"), "--fail-on: a verdict must know what came before"),
    ((*PLAN, "--fail-on", "below", "--prior", "none"), "--fail-on"),
    ((*PLAN, "-f", "xml"), "--format"),
    ((*PLAN, "--nonsense"), "--nonsense"),
    ((*PLAN, "another"), "another"),
    (("plan",), "REGIMEN"),
    (("plan", "besponsa", "--bsa", "1.8m2"), "REGIMEN: there is no regimen 'besponsa'; did you mean besponsa-label?"),
    (("plan", "INO-VATE", "--bsa", "1.8m2"), "REGIMEN: there is no regimen 'INO-VATE'; did you mean ino-vate?"),
    (("plan", "mini-hyper-cvd-ino-v9", "--bsa", "1.8m2"), "did you mean mini-hyper-cvd-ino-v"),
    (("plan", "xyzzy", "--bsa", "1.8m2"), "REGIMEN: there is no regimen 'xyzzy'; ino-dose regimens lists them all"),
    (("plan", "", "--bsa", "1.8m2"), "REGIMEN: there is no regimen ''"),
    (("plan", "ceiling/pre-transplant", "--bsa", "1.8m2"), "cannot be read"),
    (("plan", str(SCHEDULES / "ceiling" / "pre-transplant.yaml"), "--bsa", "1.8m2"), "is not a key here"),
    (("show", "xyzzy"), "REGIMEN: there is no regimen"),
    (("show", "mrd-mdacc", "-f", "csv"), "--format"),
    (("bsa", "--height", "178cm"), "--weight"),
    (("bsa", "--height", "82cm", "--weight", "178kg"), "swapped"),
    (("nonsense",), "nonsense"),
    ((), "Usage"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "because"), REFUSED, ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else ""
)
def test_refused_with_2_a_reason_on_stderr_and_nothing_on_stdout(
    arguments: tuple[str, ...], because: str, ino: Run
) -> None:
    ran = ino(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert because in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "twice",
    [
        ("--bsa", "1.8m2", "--bsa", "1.9m2"),
        ("--bsa", "1.8m2", "--bsa=1.8m2"),
        ("--bsa", "1.8m2", "--cycles", "1", "--cycles", "2"),
        ("--bsa", "1.8m2", "--prior", "none", "--prior", "1mg/m2"),
        ("--bsa", "1.8m2", "-f", "json", "--format", "csv"),
        ("--bsa", "1.8m2", "--id", "a", "--id", "b"),
        ("--bsa", "1.8m2", "--hsct", "--hsct"),
        ("--height", "170cm", "--height", "70in", "--weight", "70kg"),
    ],
    ids=" ".join,
)
def test_an_option_written_twice_is_refused(twice: tuple[str, ...], ino: Run) -> None:
    ran = ino("plan", "mrd-mdacc", *twice)
    assert (ran.code, ran.out) == (2, "")
    assert "is written twice; keep one" in ran.err


def test_the_last_cycle_as_remission_is_allowed_and_changes_nothing(ino: Run) -> None:
    """INO-VATE: CR after cycle 6 comes too late for any dose; 6 × 1.8 = 10.8."""
    late, never = (
        ino("plan", "ino-vate", "--bsa", "1.8m2", "--remission-after", said, "-f", "json") for said in ("6", "never")
    )
    assert late.json["doses"] == never.json["doses"]
    assert late.json["total"]["level_mg_per_m2"] == Decimal("10.8")


# ---------------------------------------------------------------- --fail-on


@pytest.mark.parametrize(
    ("arguments", "between", "above"),
    [
        (("mrd-mdacc", "--cycles", "4", "--prior", "none"), 0, 0),  # exactly 2.7
        (("mrd-mdacc", "--cycles", "5", "--prior", "none"), 3, 0),  # 3.3
        (("mrd-mdacc", "--cycles", "5", "--prior", "0.3mg/m2"), 3, 0),  # exactly 3.6
        (("mrd-mdacc", "--prior", "none"), 3, 3),  # 3.9
        (("mrd-mdacc", "--cycles", "1", "--prior", "unknown"), 3, 3),
        (("mrd-mdacc", "--prior", "unknown"), 3, 3),  # 3.9 by itself
        (("besponsa-label", "--prior", "none"), 3, 3),  # undecided
        (("besponsa-label", "--prior", "none", "--cycles", "1"), 0, 0),  # 1.8
        (("besponsa-label", "--prior", "none", "--hsct", "--remission-after", "never"), 3, 0),  # exactly 3.6
    ],
)  # fmt: skip
def test_fail_on_exits_3_at_or_past_a_limit_and_where_it_cannot_know(
    arguments: tuple[str, ...], between: int, above: int, ino: Run
) -> None:
    for limit, code in (("between", between), ("above", above)):
        asked = ("plan", *arguments, "--bsa", "1.8m2", "-f", "json")
        ran = ino(*asked, "--fail-on", limit)
        assert ran.code == code
        assert ran.out == ino(*asked).out
        assert bool(ran.err) == (code == 3)


# ---------------------------------------------------------------- regimens, show, lint, bsa


@pytest.mark.parametrize(
    ("id", "last", "adapted"),
    [
        ("besponsa-label", 6, True),
        ("hyper-cvad-blina-ino", 8, False),
        ("ino-vate", 6, True),
        ("mini-hyper-cvd-ino-v1", 4, False),
        ("mini-hyper-cvd-ino-v2", 4, False),
        ("mini-hyper-cvd-ino-v3", 4, False),
        ("mrd-mdacc", 6, False),
    ],
)
def test_regimens_json_names_each_regimen(id: str, last: int, adapted: bool, ino: Run) -> None:
    ran = ino("regimens", "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    (row,) = (row for row in ran.json if row["id"] == id)
    assert row.pop("title")
    promised = {
        "id": id,
        "status": "complete",
        "after_transplant": False,
        "last_cycle": last,
        "remission_adapted": adapted,
    }
    assert {key: row[key] for key in promised} == promised


def test_regimens_are_those_there_are_and_the_table_names_them_all(ino: Run) -> None:
    ids = [row["id"] for row in ino("regimens", "-f", "json").json]
    assert ids == list(library.at().files)
    table = ino("regimens")
    assert (table.code, table.err) == (0, "")
    assert all(id in table.out for id in ids)


@pytest.mark.parametrize("id", list(library.at().files))
def test_show_reads_out_every_level_and_every_source(id: str, ino: Run) -> None:
    found, table, shown = library.at().regimen(id), ino("show", id), ino("show", id, "-f", "json")
    assert (table.code, table.err, shown.code, shown.err) == (0, "", 0, "")
    for source in found.sources:
        assert source.cite in table.out
        assert source.cite in [row["cite"] for row in shown.json["sources"]]
    levels = [dose["level_mg_per_m2"] for block in shown.json["blocks"] for dose in block["doses"] or ()]
    for level, dose in zip(levels, (dose for block in found.blocks for dose in block.doses or ()), strict=True):
        (offered,) = level.values() if isinstance(level, dict) else ([level],)
        stated = dose.level.levels if isinstance(dose.level, Choice) else (dose.level,)
        assert offered == [each.magnitude for each in stated]
        assert all(f"{each}" in table.out for each in offered)


def test_lint_finds_nothing_in_what_is_bundled(ino: Run) -> None:
    ran = ino("lint")
    assert (ran.code, ran.err) == (0, "")
    assert "no faults" in ran.out
    assert ino("lint", "-f", "json") == (0, "[]\n", "")


def test_lint_json_has_a_row_a_fault(ino: Run) -> None:
    path = Path(__file__).parent / "bad" / "dose-in-mg.yaml"
    ran = ino("lint", str(path), "-f", "json")
    (row,) = ran.json
    assert (ran.code, ran.err, row["file"], row["line"]) == (3, "", str(path), 8)
    assert row["problem"]
    assert row["hint"]


TEN = ["mosteller", "du-bois", "haycock", "gehan-george", "boyd", "fujimoto", "takahira", "shuter-aslani",
       "livingston-lee", "schlich"]  # fmt: skip
# The reference table of test_body at 170 cm and 70 kg, to 0.01.
AT_170_70 = ["1.82", "1.81", "1.83", "1.83", "1.83", "1.76", "1.82", "1.79", "1.83"]


def test_bsa_json_lists_the_ten_formulas(ino: Run) -> None:
    ran = ino("bsa", "--height", "170cm", "--weight", "70kg", "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [row["formula"] for row in ran.json] == TEN
    assert [row["bsa_m2"] for row in ran.json] == [*map(Decimal, AT_170_70), None]
    assert all(row["source"] for row in ran.json)
    assert "--sex" in str(ran.json[-1])


@pytest.mark.parametrize(("sex", "area"), [("f", "1.77"), ("m", "1.70")])
def test_bsa_with_the_sex_has_schlich_too(sex: str, area: str, ino: Run) -> None:
    ran = ino("bsa", "--height", "170cm", "--weight", "70kg", "--sex", sex, "-f", "json")
    assert ran.json[-1]["bsa_m2"] == Decimal(area)
    assert "adults" in str(ran.json[-1])


def test_bsa_csv_has_the_same_numbers(ino: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ino("bsa", "--height", "170cm", "--weight", "70kg", "-f", "csv").out)))
    assert [row["formula"] for row in rows] == TEN
    assert [row["bsa_m2"] for row in rows][:2] == ["1.82", "1.81"]
    assert rows[-1]["bsa_m2"] == ""


def test_a_regimen_can_be_a_path(tmp_path: Path, ino: Run) -> None:
    copy = tmp_path / "our-mrd-protocol.yaml"
    copy.write_bytes((SCHEDULES / "mrd-mdacc.yaml").read_bytes())
    ran = ino("plan", str(copy), "--bsa", "1.8m2", "-f", "json")
    assert ran.json["regimen"]["id"] == "our-mrd-protocol"
    assert ran.json["doses"] == ino(*PLAN, "-f", "json").json["doses"]


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize("line", [
    "ino regimens -f json", "ino show ino-vate", "ino plan mrd-mdacc --bsa 1.8m2",
    "ino plan besponsa-label --bsa 1.8m2 -f csv", "ino bsa --height 170cm --weight 70kg -f json", "ino --help",
])  # fmt: skip
@pytest.mark.parametrize("reader", ["head -1", "true", "head -c 1"])
def test_a_reader_that_closes_early_ends_the_program_quietly(line: str, reader: str) -> None:
    ran = shell(f"{line} 2>err.$$ | {reader} >/dev/null; echo ${{PIPESTATUS[0]}}; cat err.$$ >&2; rm err.$$")
    assert int(ran.stdout) in (0, 141)
    assert b"Traceback" not in ran.stderr
    assert b"Broken" not in ran.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("line", [
    "ino --version", "ino --help", "ino plan --help", "ino plan mrd-mdacc --bsa 1.8m2", "ino regimens -f json",
    "printf 'regimen,cycle,day,bsa,dose\\nmrd-mdacc,1,1,1.8m2,1.08mg\\n' | ino verify --orders -",
])  # fmt: skip
def test_a_full_disk_is_said_and_is_a_fault(line: str, unbuffered: str) -> None:
    ran = shell(f"{line} > /dev/full", PYTHONUNBUFFERED=unbuffered)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == b"standard output: No space left on device"
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "environment", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"COLUMNS": "20"}, {"TERM": "xterm-256color"}]
)
def test_a_pipe_gets_no_colour_and_no_wrapping(environment: dict[str, str]) -> None:
    ran = shell("ino plan besponsa-label --bsa 1.8m2 --id " + "x" * 12_000, **environment)
    assert ran.returncode == 0
    assert b"\x1b" not in ran.stdout
    assert b"x" * 12_000 in ran.stdout
    for source in library.at().regimen("besponsa-label").sources[:1]:
        assert source.cite.encode() in ran.stdout


def terminal(**environment: str) -> str:
    """What a plan prints in a terminal."""
    ours, theirs = os.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **environment}
    running = subprocess.Popen([*INO, *PLAN], stdout=theirs, env=environment)
    os.close(theirs)
    printed = b""
    with contextlib.suppress(OSError):  # Linux says "input/output error" where a terminal has ended
        while part := os.read(ours, 65536):
            printed += part
    os.close(ours)
    assert running.wait(60) == 0
    return printed.decode()


def test_a_terminal_gets_colour_unless_it_is_declined() -> None:
    assert "\x1b[32m" in terminal()
    assert "\x1b[3" not in terminal(NO_COLOR="1")


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
@pytest.mark.parametrize("format", ["table", "csv"])
def test_what_is_printed_is_utf8_in_every_locale(environment: dict[str, str], format: str) -> None:
    line = f"ino plan mini-hyper-cvd-ino-v1 --height 160cm --weight 150kg --id Zoë -f {format}"
    plain, odd = shell(line, LC_ALL="C.UTF-8"), shell(line, **environment)
    assert (odd.returncode, odd.stdout, odd.stderr) == (0, plain.stdout, plain.stderr)
    assert "Zoë" in odd.stdout.decode("utf-8")


def test_a_refusal_is_utf8_in_every_locale() -> None:
    ran = shell("ino plan mrd-mdacc --bsa 0.182m²", PYTHONIOENCODING="ascii")
    assert ran.returncode == 2
    assert "0.182 m² is not plausible" in ran.stderr.decode("utf-8")


def test_csv_says_its_warnings_on_stderr(ino: Run) -> None:
    ran = ino("plan", "besponsa-label", "--bsa", "1.8m2", "-f", "csv")
    assert ran.out.splitlines()[0] == HEADER
    assert len(ran.out.splitlines()) == 4
    assert ran.err.startswith("warning: What follows cycle 1 depends on remission")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["--version"], ["plan", "--help"], ["bsa", "--help"]], ids=" ".join
)
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    check = (
        "import sys; from ino_dose.commands import app\n"
        f"try: app.main({arguments})\n"
        "except SystemExit as end: print(end.code, sorted({'pint', 'yaml', 'rich', 'polars'} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60)
    assert ran.stderr == "0 []\n"
    assert ran.stdout


def test_json_loads_no_rich() -> None:
    check = (
        "import sys; from ino_dose.commands import app\n"
        "try: app.main(['plan', 'mrd-mdacc', '--bsa', '1.8m2', '-f', 'json'])\n"
        "except SystemExit: print(sorted({'rich', 'polars'} & set(sys.modules)), file=sys.stderr)"
    )
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60).stderr == "[]\n"


def test_version_is_the_packages(ino: Run) -> None:
    import ino_dose

    assert ino("--version") == (0, f"ino-dose {ino_dose.__version__}\n", "")


def test_nothing_is_called_safe_or_unsafe(ino: Run) -> None:
    for id in list(library.at().files):
        text = ino("plan", id, "--bsa", "2.6m2").out + ino("show", id).out
        assert not re.search(r"\b(un)?safe\b", text, re.IGNORECASE)
