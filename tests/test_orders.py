"""`ino-dose verify --orders FILE`: a row out for each in, in order, and what the exit code says."""

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run

from ino_dose.output import verify_csv

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
    assert found[1]["error"] == ("dose: '0,91mg' has a comma, which can mean 0.91mg or 91mg; write it like 1.5mg")
    assert found[2]["expected_dose_mg"] == "0.91"
    assert "without remission" in found[3]["sentence"]
    assert ran.err == (
        "4 orders: 1 agrees, 1 differs, 1 refused, 1 undecided\n"
        "Prior inotuzumab ozogamicin was not stated and counts as none: no column prior_mg_per_m2.\n"
    )


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
    assert [each["error"].split(";")[0] for each in found[2:]] == [
        "line 3: the line is not a JSON object",
        "line 4: the key 'id' is there twice",
        "line 5: the line is not a JSON object",
    ]
    assert ran.code == 4


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty"),
        ([HEADER], "has no orders"),
        (["regimen,cycle,day", "mrd-mdacc,1,1"], "there is no column dose"),
        (["regimen,cycle,day,dose,remision_after", "mrd-mdacc,1,1,1mg,1"], "name it remission_after, or"),
        (["regimen,cycle,day,dose,Prior mg/m2", "mrd-mdacc,1,1,1mg,1"], "name it prior_mg_per_m2, or"),
        (["regimen,cycle,day,dose", "mrd-mdacc,1,1,1mg"], "there is no column for height and weight"),
        (['id,"ward,regimen,cycle,day,dose,bsa', RIGHT], "a quote in the header is not closed"),
        (["regimen;cycle;day;dose", "mrd-mdacc;1;1;1mg"], "set apart by semicolons"),
        (["regimen\tcycle\tday\tdose", "mrd-mdacc"], "set apart by tabs"),
        (["regimen,cycle,day,dose,dose", "mrd-mdacc,1,1,1mg,1mg"], "is there twice"),
        (["regimen,cycle,day,dose,verdict", "mrd-mdacc,1,1,1mg,ok"], "has the name of a result"),
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
    assert "REGIMEN: is a column of the file here" in ran.err


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
    assert ran.err == "standard input: is closed; write a file's name, or pipe the rows into this\n"


PLAIN = "id,ward,regimen,cycle,day,dose_mg,bsa_m2,remission_after"
GOOD = "A,4,besponsa-label,2,8,0.91,1.82,1"
INO = [str(Path(sys.executable).with_name("ino-dose")), "verify", "--orders"]


def test_numbers_under_names_with_units_say_the_same_as_text_with_units(verify):
    plain = f"{PLAIN},stated_bsa_m2,prior_mg_per_m2,tolerance_percent"
    text = f"{HEADER},stated_bsa,prior,tolerance"
    ran = verify("orders.csv", plain, f"{GOOD},1.5,0.9,3", f"{GOOD},,none,".replace(",2,8,", ",2.0,8.00,"))
    same = verify("orders.csv", text, f"{RIGHT},1.5m2,0.9mg/m2,3%", f"{RIGHT},,none,")
    results = [[row[name] for name in verify_csv.ORDER_RESULTS] for row in rows(ran.out)]
    assert results == [[row[name] for name in verify_csv.ORDER_RESULTS] for row in rows(same.out)]
    assert [row["cumulative_mg_per_m2"] for row in rows(ran.out)] == ["3.7", "2.8"]  # 1.8, then day 1 and 8 at 0.5
    assert "1.5" in rows(ran.out)[0]["warnings"]
    assert ran.code == 0
    assert "not stated" not in ran.err


@pytest.mark.parametrize(
    ("column", "cell", "error"),
    [
        ("dose_mg", "0.91mg", "dose_mg: '0.91mg' has a unit, and its column already has mg; write it like 1.5"),
        ("dose_mg", "NA", "dose_mg: 'NA' says nothing; write it like 1.5"),
        ("dose_mg", "#VALUE!", "dose_mg: '#VALUE!' is an error of a spreadsheet; write it like 1.5"),
        ("dose_mg", "", "dose_mg: is missing; write the mg ordered, 0.91 under dose_mg"),
        ("bsa_m2", "1,82", "bsa_m2: '1,82' has a comma, which can mean 1.82 or 182; write it like 1.82"),
        ("remission_after", "None", "remission_after: 'None' says nothing; leave the cell empty where it is not known"),
        ("remission_after", ".0", "remission_after: '.0' is not a cycle; write the cycle's number, as in 3, or never"),
        ("cycle", "NA", "cycle: 'NA' is not a whole number; write it like 8"),
        ("regimen", "schedules/mrd-mdacc.yaml", "regimen: there is no regimen 'schedules/mrd-mdacc.yaml'; "),
        ("regimen", "/etc/passwd", "regimen: there is no regimen '/etc/passwd'; "),
        ("regimen", "-", "regimen: there is no regimen '-'; "),
    ],
)
def test_an_error_begins_with_the_column_and_says_what_to_write_there(verify, column, cell, error):
    cells = dict(zip(PLAIN.split(","), GOOD.split(","), strict=True)) | {column: cell}
    ran = verify("orders.csv", PLAIN, ",".join(f'"{each}"' for each in cells.values()))
    assert rows(ran.out)[0]["error"].startswith(error)
    assert ran.code == 4


def test_headers_that_are_nearly_columns_are_refused_all_at_once_and_may_be_let_through(ino, tmp_path):
    path = tmp_path / "orders.CSV"
    path.write_text("id,regimen,cycle,day,dose_mg,bsa_m2,Prior,HT\nA,mrd-mdacc,1,1,1.09,1.82,9,x\n", "utf-8")
    ran = ino("verify", "--orders", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert [line.split(";")[0] for line in ran.err.splitlines()] == [
        f"{path}:1: the column 'Prior' would not be read",
        f"{path}:1: the column 'HT' would not be read",
    ]
    path.write_text(path.read_text("utf-8").replace("HT", "ward"), "utf-8")
    ran = ino("verify", "--orders", str(path), "--pass", "Prior")
    assert ran.code == 0
    assert rows(ran.out)[0]["Prior"] == "9"
    order = ["mrd-mdacc", "--cycle", "1", "--day", "1", "--bsa", "1.82m2", "--dose", "1.09mg"]
    ran = ino("verify", *order, "--pass", "Prior")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--pass: is of the columns of a file, and there is none; add --orders FILE\n"


def test_the_keys_of_every_row_of_ndjson_are_looked_at(verify):
    order = {"id": "A", "regimen": "mrd-mdacc", "cycle": 1, "day": 1, "dose_mg": 1.09, "bsa_m2": 1.82}
    found = [
        json.dumps(each)
        for each in (order, order | {"Prior": 1}, order | {"verdict": "ok"}, order | {"prior": None}, order)
    ]
    ran = verify("orders.ndjson", *found[:3], "", *found[3:])
    said = [json.loads(line) for line in ran.out.splitlines()]
    assert [each.get("verdict") for each in said] == ["agrees", None, None, "agrees", "agrees"]
    assert said[1]["error"].startswith("line 2: the column 'Prior' would not be read; name it prior or")
    assert said[2]["error"] == "line 3: the column 'verdict' has the name of a result; rename it"
    assert [each["line"] for each in said] == [1, 2, 3, 5, 6]
    assert said[3]["cumulative"]["ceiling_status"] == "unknown"
    assert "was not stated in 2 rows and counts as none there" in ran.err
    ran = verify("orders.ndjson", found[1], found[0])
    assert (ran.code, ran.out) == (2, "")
    assert "orders.ndjson:1: the column 'Prior' would not be read" in ran.err


def test_ndjson_as_csv_has_the_keys_of_its_first_object(ino, tmp_path):
    order = {"id": "A", "ward": 4, "regimen": "mrd-mdacc", "cycle": 1, "day": 1, "dose_mg": 1.09, "bsa_m2": 1.82}
    path = tmp_path / "orders.ndjson"
    lines = ["oh", json.dumps(order), json.dumps(order | {"room": 1}), json.dumps(order | {"ward": None})]
    path.write_text("\ufeff" + "\n".join(lines), "utf-8")
    found = rows(ino("verify", "--orders", str(path), "-f", "csv").out)
    assert [row["ward"] for row in found] == ["", "4", "4", ""]
    assert [row["verdict"] for row in found] == ["", "agrees", "", "agrees"]
    assert found[2]["error"].startswith("line 3: the key 'room' is not in the first row")


def test_a_stray_quote_swallows_no_order_behind_it_and_a_cell_may_have_lines(verify):
    stray = GOOD.replace(",4,", ',"4,')
    ran = verify("orders.csv", PLAIN, stray, GOOD, "", GOOD.replace(",4,", ',"4\nb, c",'), stray, stray, GOOD)
    found = rows(ran.out)
    assert [row["verdict"] for row in found] == ["", "agrees", "agrees", "", "", "agrees"]
    assert [row["error"].split(":")[0] for row in found if row["error"]] == ["line 2", "line 7", "line 8"]
    assert found[2]["ward"] == "4\nb, c"
    assert found[0]["id"] == "A"


def test_cells_come_out_as_they_came(ino, tmp_path):
    path = tmp_path / "orders.csv"
    wards = [b" 4 ", b"=1+1", b'"a\rb"', b'"say ""x"""', "Süd\u202e".encode(), b"-4", b"@x", b'"\r\n"', b"a\rb"]
    lines = [PLAIN.encode(), *(GOOD.encode().replace(b",4,", b"," + ward + b",") for ward in wards)]
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    ran = ino("verify", "--orders", str(path))
    came = list(csv.reader(io.StringIO(path.read_bytes().decode().replace("a\rb,", '"a\rb",'), newline="")))
    out = list(csv.reader(io.StringIO(ran.out, newline="")))
    assert [row[1] for row in out[1:]] == [row[1] for row in came[1:]]
    assert [row["verdict"] for row in rows(ran.out)] == ["agrees"] * len(wards)
    assert ran.err.endswith(
        "1 id stands in several rows.\n2 cells begin like a formula (=, +, -, @): a spreadsheet would run them.\n"
    )


def test_a_line_may_end_in_several_carriage_returns(ino, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{PLAIN}\r\r\n{GOOD}\r\r\n{GOOD}\r\r".encode())
    found = rows(ino("verify", "--orders", str(path)).out)
    assert [(row["remission_after"], row["verdict"]) for row in found] == [("1", "agrees")] * 2


def test_what_is_no_text_is_refused_with_its_line_and_shown_spelled_out(ino, tmp_path):
    path = tmp_path / "orders.csv"
    lines = [PLAIN, GOOD, GOOD.replace(",4,", ",\0,"), GOOD]
    path.write_bytes("\n".join(lines).encode().replace(b"A,4", b"A,\xff", 1))
    found = rows(ino("verify", "--orders", str(path)).out)
    assert [row["ward"] for row in found] == [r"\xff", r"\x00", "4"]
    assert [row["error"].split(";")[0] for row in found] == ["line 2: is not UTF-8", "line 3: has a NUL", ""]


@pytest.mark.parametrize(("name", "said"), [("x.txt", "neither .csv nor"), ("x.parquet", "Parquet"), (".csv", "a")])
def test_what_is_no_table_of_orders_by_its_name_is_refused(ino, tmp_path, name, said):
    (tmp_path / name).write_text("x", "utf-8")
    ran = ino("verify", "--orders", str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_pipe_by_name_and_a_folder_are_refused_at_once(ino, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "a pipe or a device" in ino("verify", "--orders", str(tmp_path / "pipe.csv")).err
    assert "a folder" in ino("verify", "--orders", str(tmp_path / "folder.csv")).err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_order_is_answered_while_the_next_is_not_yet_written(encoding, form):
    order = {"regimen": "mrd-mdacc", "cycle": 1, "day": 1, "dose_mg": 1.09, "bsa_m2": 1.82}
    as_csv = ",".join(map(str, order.values())) + "\n"
    first, again = (",".join(order) + "\n" + as_csv, as_csv) if form == "csv" else [json.dumps(order) + "\n"] * 2
    with subprocess.Popen([*INO, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdin and run.stdout
        for text in (first.encode(encoding), again.encode()):
            run.stdin.write(text)
            run.stdin.flush()
            while b"The order agrees" not in run.stdout.readline():
                assert run.poll() is None
        run.stdin.close()
        assert run.wait() == 0


def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(f"{PLAIN},note\n" + f"{GOOD},{'x' * 4000}\n" * 1_000, "utf-8")
    with subprocess.Popen([*INO, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout and run.stderr
        run.stdout.readline()
        os.truncate(path, 1_000_000)
        run.stdout.read()
        assert b"became shorter while it was read" in run.stderr.read()
        assert run.wait() == 2


@pytest.mark.parametrize("out", [">&-", ">/dev/full"])
def test_rows_that_cannot_be_written_end_it_with_2_and_a_line(tmp_path, out):
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER}\n{RIGHT}\n", "utf-8")
    ran = subprocess.run(f"{shlex.join([*INO, str(path)])} {out}", shell=True, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.startswith("standard output: ")
