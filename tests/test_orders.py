"""`ino-dose verify --orders FILE`: a row out for each in, in order, and what the exit code says."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from conftest import Run

from ino_dose.commands import app

HEADER = "id,ward,regimen,cycle,day,dose,bsa,remission_after"
RIGHT = "A,4,besponsa-label,2,8,0.91mg,1.82m2,1"  # 0.5 mg/m² × 1.82 m²
WRONG = "B,4,besponsa-label,2,8,1.46mg,1.82m2,1"  # 0.8 mg/m² × 1.82 m², of day 1
OPEN = "C,4,besponsa-label,2,1,0.91mg,1.82m2,"  # 0.5 mg/m² with remission, 0.8 without
REFUSED = 'D,4,besponsa-label,2,8,"0,91mg",1.82m2,1'


@pytest.fixture
def verify(ino: Run, tmp_path: Path):
    """Write a file of orders and check it."""

    def run(name: str, *lines: str):
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return ino("verify", "--orders", str(path))

    return run


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_a_row_out_for_each_in_in_order_with_its_own_columns(verify):
    ran = verify("orders.csv", HEADER, WRONG, REFUSED, RIGHT, OPEN)
    found = rows(ran.out)
    assert [row["id"] + row["ward"] for row in found] == ["B4", "D4", "A4", "C4"]
    assert [row["verdict"] for row in found] == ["differs", "", "agrees", "undecided"]
    assert (found[0]["deviation_percent"], found[0]["deviation_mg_per_m2"]) == ("60.44", "0.302")
    assert found[0]["cause"] == "other_day"
    assert found[1]["error"] == (
        "dose: '0,91mg' has a comma, which can mean a decimal point or thousands; write it like 1.5mg"
    )
    assert found[2]["expected_dose_mg"] == "0.91"
    assert "without remission" in found[3]["sentence"]
    assert ran.err == "4 orders: 1 agrees, 1 differs, 1 refused, 1 undecided\n"


@pytest.mark.parametrize(
    ("lines", "code"),
    [([RIGHT], 0), ([RIGHT, WRONG], 3), ([RIGHT, OPEN], 3), ([RIGHT, REFUSED], 4), ([WRONG, REFUSED], 4)],
)
def test_the_exit_code_says_refused_before_it_says_finding(verify, lines, code):
    assert verify("orders.csv", HEADER, *lines).code == code


def test_ndjson_is_answered_in_ndjson(verify):
    order = {"id": "A", "regimen": "besponsa-label", "cycle": 2, "day": 8, "dose": "0.91mg", "bsa": "1.82m2"}
    lines = [json.dumps(order), json.dumps(order | {"dose": 0.91}), "[1]", '{"id": "A", "id": "B"}', "{"]
    ran = verify("orders.ndjson", *lines)
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["line"] for each in found] == [1, 2, 3, 4, 5]
    assert found[0]["agrees"] is True
    assert "no unit" in found[1]["error"]
    assert all("is not a JSON object" in each["error"] for each in found[2:])
    assert ran.code == 4


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        ([HEADER], "has no orders"),
        (["regimen,cycle,day", "mrd-mdacc,1,1"], "there is no column dose"),
        (["regimen,cycle,day,dose,remision_after", "mrd-mdacc,1,1,1mg,1"], "did you mean 'remission_after'?"),
        (["regimen,cycle,day,dose,prior_mg_per_m2", "mrd-mdacc,1,1,1mg,1"], "did you mean 'prior'?"),
        (["regimen,cycle,day,dose,dose", "mrd-mdacc,1,1,1mg,1mg"], "is there twice"),
        (["regimen,cycle,day,dose,verdict", "mrd-mdacc,1,1,1mg,ok"], "is one of the results"),
    ],
)
def test_what_is_no_file_of_orders_is_refused_with_nothing_printed(verify, lines, said):
    ran = verify("orders.csv", *lines)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_ragged_row_is_that_row_s_error(verify):
    ran = verify("orders.csv", HEADER, "A,4,mrd-mdacc,1", RIGHT)
    assert [row["verdict"] for row in rows(ran.out)] == ["", "agrees"]
    assert "has 4 cells, the header 8" in rows(ran.out)[0]["error"]


def test_an_empty_cell_of_prior_is_unknown_and_a_missing_column_is_not_stated(verify):
    lines = [f"{HEADER},prior", f"{RIGHT},", f"{RIGHT},none"]
    assert [row["ceiling_status"] for row in rows(verify("orders.csv", *lines).out)] == ["unknown", "between"]
    assert rows(verify("orders.csv", HEADER, RIGHT).out)[0]["ceiling_status"] == "between"


def test_an_option_beside_a_file_is_refused(ino, tmp_path):
    ran = ino("verify", "mrd-mdacc", "--orders", str(tmp_path / "orders.csv"))
    assert (ran.code, ran.out) == (2, "")
    assert "regimen is a column of the file here" in ran.err


def test_a_site_s_own_schedule_is_checked_against_too(ino, tmp_path):
    (tmp_path / "ours.yaml").write_text(
        "title: Ours\nafter transplant: no\nsources:\n  us: {cite: Ours, read: full text}\n"
        "blocks:\n  - cycles: 1 onward\n    doses: {day 1: 1.3 to 1.8 mg/m2}\n    source: {us: here}\n"
        "not stated: [cycle length]\n"
        "totals:\n  - {through cycle: 1, level: 1.3 mg/m2, total: 1.3 mg/m2, worked: 1.3}\n",
        "utf-8",
    )
    site = ["--schedules", str(tmp_path)]
    order = [
        "ours",
        "--cycle",
        "7",
        "--day",
        "1",
        "--bsa",
        "2m2",
        "--level",
        "1.5mg/m2",
        "--dose",
        "3mg",
    ]  # 1.5 mg/m² × 2 m²
    assert ino("verify", *order, *site).code == 0
    assert ino("verify", *order[:-1], "3.6mg", *site).code == 3  # 1.8 mg/m² × 2 m²


def test_a_closed_standard_input_is_refused(ino: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", None)
    ran = ino("verify", "--orders", "-")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "standard input: is closed; write a file's name, or pipe the orders into this\n"


def test_rows_that_cannot_be_written_end_it_with_1_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER}\n{RIGHT}\n", "utf-8")
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit, match="standard output is closed"):
        app.main(["verify", "--orders", str(path)])
