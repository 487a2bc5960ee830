"""Tables that come in: which column a header means, and where a row of CSV ends."""

import csv
import io
import random
import re
import time

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ino_dose.cohort.columns import PATIENT_FIELDS as COHORT
from ino_dose.errors import Field, InputError
from ino_dose.tables import column_names, csv_rows, formula_cells, header, json_line, lines, near_names, row_file
from ino_dose.units import Numeral
from ino_dose.verify.check import ORDER_FIELDS as ORDERS

EVERY = tuple(dict.fromkeys((*ORDERS, *COHORT)))
NEAR = {  # a name → the column that is meant first, None where the name is another column's
    "Prior": "prior",
    "PRIOR": "prior",
    "prior_mg_per_m2\xa0": "prior_mg_per_m2",
    "\xa0prior_mg_per_m2": "prior_mg_per_m2",
    "prior_mg\xa0per_m2": "prior_mg_per_m2",
    "prior (mg/m²)": "prior_mg_per_m2",
    "priro": "prior",
    "рrior": "prior",  # its first letter is Cyrillic
    "prior_mcg_per_m2": "prior",
    "prior exposure": "prior",
    "Cumulative": "prior",
    "height (cm)": "height_cm",
    "Height[cm]": "height_cm",
    "heightCm": "height_cm",
    "ht_cm": "height_cm",
    "HT": "height",
    "height_mm": "height",
    "height\u200b_cm": "height_cm",
    "wieght_kg": "weight_kg",
    "weight-kg": "weight_kg",
    "weight in kg": "weight_kg",
    "Weight (lbs)": "weight_lb",
    "weightKg": "weight_kg",
    "wt": "weight",
    "BW": "weight",
    "wеight": "weight",  # its second letter is Cyrillic
    "weight_pounds": "weight",
    "bsa_m²": "bsa_m2",
    "BSA": "bsa",
    "bsа": "bsa",  # its last letter is Cyrillic
    "body surface area (m2)": "bsa_m2",
    "dose mg": "dose_mg",
    "Dose": "dose",
    "dose_mcg": "dose",
    "dosage": "dose",
    "level_mg/m2": "level_mg_per_m2",
    "Level": "level",
    "dose level": "level",
    "remission": "remission_after",
    "Remission-After": "remission_after",
    "remissionAfter": "remission_after",
    "remision_after": "remission_after",
    "remision": "remission_after",
    "CR": "remission_after",
    "Regimen": "regimen",
    "regimens": "regimen",
    "protocol": "regimen",
    "HSCT": "hsct",
    "transplant": "hsct",
    "From Cycle": "from_cycle",
    "from_cylce": "from_cycle",
    "formulla": "formula",
    "gender": "sex",
    "sex ": "sex",
    "ID": "id",
    "\ufeffid": "id",
    "Cycle Day": "day",
    "stated bsa (m²)": "stated_bsa_m2",
    "tolerence": "tolerance",
    "tolerance_%": "tolerance_percent",
    "ward": None,
    "age": None,
    "diagnosis": None,
    "date": None,
    "dose_date": None,
    "patient_id": None,
    "order_id": None,
    "notes": None,
    "prior_transplant": None,
    "weight_at_birth": None,
    "weight_percentile": None,
    "height_unit": None,
    "bsa_date": None,
    "cycle_length": None,
    "scheduled": None,
    "hospital": None,
    "hematocrit": None,
    "creatinine": None,
    "level_of_care": None,
    "priority": None,
    "night": None,
    "freight": None,
    "name": None,
    "status": None,
    "Größe": None,
    "患者": None,
    "": None,
    "?": None,
    "x" * 100_000: None,
}


@pytest.mark.parametrize(("name", "meant"), NEAR.items(), ids=lambda text: repr(text)[:30])
def test_a_name_that_is_nearly_a_column_s_means_it(name: str, meant: str | None) -> None:
    assert (near_names.nearest(name, EVERY) or [None])[0] == meant


@pytest.mark.parametrize(("fields", "name", "meant"), [(ORDERS, "cycles", "cycle"), (COHORT, "cycle", "cycles")])
def test_a_column_is_only_suggested_where_the_command_has_it(fields, name, meant) -> None:
    assert near_names.nearest(name, fields) == [meant]
    assert near_names.nearest("tolerence", COHORT) == near_names.nearest("transplant", ORDERS) == []


KNOWN = sorted(column_names.known(EVERY))
SIGNS = st.text(" \xa0-_\u200b\u2009\t./()", max_size=2)


@given(st.sampled_from(KNOWN), st.data())
@example("id", None)
def test_a_known_name_in_other_case_or_with_other_signs_is_never_passed_over(name: str, data) -> None:
    written = name.upper()
    if data:
        parts = [data.draw(st.sampled_from((c, c.upper()))) + data.draw(SIGNS | st.just("")) for c in name]
        written = data.draw(SIGNS) + "".join(parts)
    known = written in column_names.known(EVERY)
    with_place = near_names.nearest(written, EVERY)
    assert known or with_place
    if not known:
        with pytest.raises(InputError, match="would not be read"):
            header.read([written], EVERY, "x.csv:1")
    assert column_names.Column(*column_names.known(EVERY)[name]).field in {
        column_names.known(EVERY)[each].field for each in with_place or [name]
    }


@given(st.sampled_from([name for name in KNOWN if len(name.replace("_", "")) >= 6]), st.randoms(use_true_random=False))
def test_a_slip_of_the_keyboard_is_never_passed_over(name: str, pick: random.Random) -> None:
    at = pick.randrange(len(name))
    written = pick.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + pick.choice("abcdefghij") + name[at:],
            name[:at] + pick.choice("qwxz") + name[at + 1 :],
        )
    )
    assert written in column_names.known(EVERY) or near_names.nearest(written, EVERY)


def test_everything_wrong_with_a_header_is_said_at_once_and_no_advice_leads_back() -> None:
    names = ["regimen", "Dose", "dose_mg", "dose_mg", "verdict", "wt", "ward", "level", "level_mg_per_m2", "\x1b[Id"]
    with pytest.raises(InputError) as caught:
        header.read(names, ORDERS, "x.csv:1", ["verdict"], ["nothing"])
    assert [str(fault) for fault in caught.value.faults] == [
        "--pass: there is no column 'nothing'; name one of the file, as it is written",
        "x.csv:1: the column 'dose_mg' is there twice; name each column once",
        "x.csv:1: the column 'verdict' has the name of a result; rename it",
        "x.csv:1: level and level_mg_per_m2 both state the level; keep one of the two",
        "x.csv:1: the column 'Dose' would not be read; name it dose or dose_mg, or let it through with --pass Dose",
        "x.csv:1: the column 'wt' would not be read; "
        "name it weight or weight_kg or weight_lb or weight_g, or let it through with --pass wt",
        "x.csv:1: the column '\\x1b[Id' would not be read; name it id, or let it through with --pass '\\x1b[Id'",
    ]
    with pytest.raises(InputError, match="dose is there already: take it out, or let it through with --pass Dose"):
        header.read(["dose", "Dose"], ORDERS, "x.csv:1")
    assert header.read(["dose", "Dose"], ORDERS, "x.csv:1", passed=["Dose"]).names == {"dose": "dose"}


def test_a_long_name_is_shown_in_part() -> None:
    with pytest.raises(InputError) as caught:
        header.read(["x" * 100_000] * 2, ORDERS, "x.csv:1")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["column {}", "weight{}x", "remission afte {}", "cumulative {}", "\u0434{}id"])
def test_thousands_of_columns_are_read_in_no_time(name: str) -> None:
    began = time.process_time()
    for each in range(5000):
        near_names.nearest(name.format(each), ORDERS)
    assert (
        time.process_time() - began < 3
    )  # a tenth of that on an idle machine; a comparison of all with all takes minutes


def test_what_a_cell_says() -> None:
    columns = header.read(["dose_mg", "cycle", "prior", "remission_after", "regimen", "bsa"], ORDERS, "x.csv:1")
    said = columns.said("dose", "0.91")
    assert isinstance(said, Numeral)
    assert (said, said.unit) == ("0.91", "mg")
    assert [columns.said("cycle", cell) for cell in ("2.0", "2.00", "2.5", ".0", "")] == ["2", "2", "2.5", ".0", None]
    assert [columns.said("prior", cell) for cell in ("", "none", "unknown", "1mg/m2")] == [
        "unknown",
        "none",
        "unknown",
        "1mg/m2",
    ]
    for cell in ("NA", "None", "-", "n/a", " unknown "):
        with pytest.raises(InputError, match="leave the cell empty"):
            columns.said("remission after", cell)
        assert columns.said("regimen", cell) == cell  # needed, so that an empty cell would be no way out
    assert columns.surface.mention(Field("dose", "0.91mg")) == "0.91 under dose_mg"


WIDE = 4


def read(text: str, width: int = WIDE) -> list[tuple[int, list[str], bool]]:
    """The rows of a text, each with its line and whether it is right."""
    found = lines.read(io.BufferedReader(io.BytesIO(text.encode())), "x", lambda: None)  # type: ignore[arg-type]
    return [(row.number, list(row.cells), not row.problem) for row in csv_rows.rows(found, width)]


@pytest.fixture(autouse=True)
def _no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_file, "size", lambda stream: None)


ROW = "A,1,2,3\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (ROW * 2, "1+ 2+"),
        ("\n" + ROW + "  \n\r\n" + ROW, "2+ 5+"),
        ("A,1,2,3", "1+"),
        ("A,1,2,3\r\n", "1+"),
        ('A,"1\n1",2,3\n' + ROW, "1+ 3+"),
        ('A,1,2,"3\n\n3, and so on\n"\n' + ROW, "1+ 5+"),
        ('"A\r\nA",1,2,3\r\n' + ROW, "1+ 3+"),
        ('A,"1""\n""1",2,3\n' + ROW, "1+ 3+"),
        ('A,"1\n1","2\n2",3\n' + ROW, "1+ 4+"),
        ('A,"1,2,3\n' + ROW * 3, "1- 2+ 3+ 4+"),
        (ROW + 'A,1,2,"3', "1+ 2-"),
        ('A,"1,2,3\n' + 'A,1",2,3\n' + ROW, "1- 2- 3+"),
        ('A,"1,2,3\n' + 'A,1",2,"3,3"\n' + ROW, "1- 2- 3+"),
        ('A,"1,2,3\n' + ROW * 2 + 'A,1",2,3\n' + ROW, "1- 2+ 3+ 4- 5+"),
        ('A,"1,2,3\n' + 'A,"1,2,3\n' + ROW, "1- 2- 3+"),
        ('A,1"1,2,3\n' + ROW, "1- 2+"),
        ('A,"1"1,2,3\n' + ROW, "1- 2+"),
        ('A,70",2,"3"\n' + ROW, "1- 2+"),
        ("A,1,2\n" + "A,1,2,3,4\n" + ROW, "1- 2- 3+"),
        ('A,"1,2,3\n' + "x\n" * 3 + ROW, "1- 2- 3- 4- 5+"),
        ('A,"1,2,3\n' + "x\n" * 2000 + ROW, "1-" + "".join(f" {n}-" for n in range(2, 2002)) + " 2002+"),
        ('A,"' + "1\n" * 500 + '",2,3\n' + ROW, "1+ 502+"),
    ],
)
def test_a_stray_quote_spoils_its_own_row_and_a_cell_may_have_line_breaks(text: str, rows: str) -> None:
    assert " ".join(f"{number}{'+' if right else '-'}" for number, _, right in read(text)) == rows


CELLS = st.text(st.sampled_from('ab ,"\n\r;é'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=WIDE, max_size=WIDE), max_size=5))
def test_what_is_written_as_csv_is_read_as_it_was_or_refused(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    rows = read(out.getvalue())
    right = [cells for _, cells, right in rows if right]
    cells = [cell for row in table for cell in row]
    if not any("\n" in cell for cell in cells) or not any("," in cell or '"' in cell for cell in cells):
        assert right == table


@given(st.lists(st.text(st.sampled_from('a,"\n'), max_size=20), max_size=8), st.integers(1, 3))
def test_no_text_makes_rows_that_are_not_its_own(parts: list[str], after: int) -> None:
    """Whatever comes before, rows behind it that have no quotes are read, unless they stand within one cell."""
    found = read("\n".join(parts) + "\n" + ROW * after)
    assert found[-after:] == [(found[-1][0] - after + 1 + n, ["A", "1", "2", "3"], True) for n in range(after)]


def test_many_stray_quotes_and_many_columns_take_linear_time() -> None:
    began = time.process_time()
    assert len(read('A,"1,2,x\n' * 20_000 + '"x\n' * 20_000)) == 40_000
    wide = ",".join(["a"] * 199 + ['"b"']) + "\n"
    assert all(right for _, _, right in read(wide * 2000, 200))
    assert time.process_time() - began < 10


def test_a_line_without_end_is_not_held() -> None:
    rows = read(ROW + "x" * 5_000_000 + "\n" + ROW)
    assert [(number, right) for number, _, right in rows] == [(1, True), (2, False), (3, True)]
    assert len(str(rows[1])) < 200


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1]", "not a JSON object"),
        ("{}", "not a JSON object"),
        ('{"a": 1, "a": 2}', "the key 'a' is there twice"),
        ('{"a": [1]}', "a list or an object"),
        ('{"a": "\\ud800"}', "no text"),
        ('{"\\ud800": "a"}', "no text"),
        ('{"a": "\\u0000"}', "no text"),
        ("[" * 100_000, "not a JSON object"),
    ],
)
def test_what_is_no_row_of_json_is_refused(line: str, problem: str) -> None:
    with pytest.raises(json_line.NoObject) as caught:
        json_line.cells(line)
    assert problem in caught.value.problem


def test_numbers_of_json_stay_as_they_are_written() -> None:
    found = json_line.cells('{"a": 1.10, "b": 1e-7, "c": ' + "9" * 5000 + ', "d": null, "e": true}')
    assert found == {"a": "1.10", "b": "1e-7", "c": "9" * 5000, "d": None, "e": "true"}


FORMULAS = [
    "=1+1",
    "=",
    "@x",
    "+",
    "-",
    "-x",
    "+49 30",
    "-1,5",
    "--1",
    "-1.",
    "-.",
    "-1.5.2",
    "-1e",
    "-1e+",
    "-1e5x",
    "+1-1",
    "-1 ",
]
NONE = ["", "a", "1", "-1", "+1", "-1.5", "+.5", "-1e5", "-1.5E-07", "-0", "a=1", " =1", "'=1", "1-1"]


def test_a_formula_is_told_from_a_number_and_polars_tells_the_same() -> None:
    assert [cell for cell in FORMULAS + NONE if re.match(formula_cells.FORMULA, cell)] == FORMULAS
    assert formula_cells.count([*FORMULAS, *NONE, None]) == len(FORMULAS)
    assert pl.Series(FORMULAS + NONE).str.contains(formula_cells.FORMULA).to_list() == [True] * len(FORMULAS) + [
        False
    ] * len(NONE)


@given(st.text(st.sampled_from("=+-@0.5eEx "), max_size=8))
def test_what_begins_with_a_sign_is_a_number_or_a_formula(cell: str) -> None:
    number = re.fullmatch(r"[+-]([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?", cell)
    assert bool(formula_cells.count([cell])) == (cell[:1] in "=+-@" and cell != "" and not number)
