"""A cohort says of every row what plan says of it alone."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ino_dose import request, units
from ino_dose.engine import plan as plans
from ino_dose.errors import Field, InputError
from ino_dose.files import library
from ino_dose.output import json_and_csv, plan_csv, plan_json
from ino_dose.tables import row_file

pl = pytest.importorskip("polars")

from ino_dose import cohort  # noqa: E402
from ino_dose.cohort import distinct, memo  # noqa: E402
from ino_dose.cohort import run as cohort_run  # noqa: E402
from ino_dose.cohort.columns import RESULTS, Columns  # noqa: E402

REGIMENS = [regimen.id for regimen in library.at().all()[0]]
PRODUCT, GROWTH = library.product(), library.growth()
COLUMNS = (
    "regimen",
    "height",
    "weight",
    "bsa",
    "prior",
    "cycles",
    "remission_after",
    "hsct",
    "level",
    "formula",
    "sex",
)
NAMES = {"bsa": "bsa_m2", "prior": "prior_mg_per_m2", "level": "level_mg_per_m2"}


def number(text: Any) -> str | None:
    """A number of report.plan as text."""
    return None if text is None else units.digits(text)


def crossing(over: Any) -> str | None:
    return f"C{over['cycle']}D{over['day']}" if isinstance(over, dict) else over


SURFACE = Columns.of([NAMES.get(name, name) for name in COLUMNS], None, "").surface


def number_in(row: dict[str, str], name: str, unit: str) -> str | None:
    """A cell under a column that has its unit in its name."""
    return units.Numeral(row[name], unit) if row[name] else None


def alone(row: dict[str, str]) -> tuple[str | None, ...]:
    """What plan says of one row."""
    said: dict[str, Any] = {key: value or None for key, value in row.items()}
    try:
        prior = row["prior"] or "unknown"
        if prior not in ("none", "unknown"):
            prior = units.Numeral(prior, "mg/m2")
        request.prior(prior)
        for name in ("cycles", "remission_after"):
            said[name] = said[name] and said[name].removesuffix(".0")
        hsct = request.yes(said["hsct"], Field("hsct"))
        level = number_in(row, "level", "mg/m2")
        treatment = request.course(prior, said["cycles"], said["remission_after"], hsct, level)
        bsa = number_in(row, "bsa", "m2")
        body = request.body(said["height"], said["weight"], bsa, said["formula"], said["sex"])
        if not row["regimen"]:
            raise InputError(Field("regimen"), "is missing", "write the id of one; ino-dose regimens lists them all")
        found = library.at().regimen(row["regimen"])
        plan = plan_json.value(
            plans.make(found, body, treatment, library.ceiling(), request.rounding("0.01mg"), None, PRODUCT, GROWTH)
        )
    except InputError as error:
        return (*[None] * 10, str(error.faults[0].on(SURFACE)))
    end = plan["ceiling"]
    within = end["last_cycle_within"]["upper"]
    return (
        number(plan["patient"]["bsa_m2"]),
        number(plan["total"]["level_mg_per_m2"]),
        number(plan["total"]["cumulative_mg_per_m2"]),
        number(plan["total"]["dose_mg"]),
        end["status"],
        number(end["remaining_mg_per_m2"]["upper"]),
        crossing(end["first_over"]["lower"]),
        crossing(end["first_over"]["upper"]),
        within and str(within),
        " ".join(each for each in plan["warnings"] if "comes on top of" not in each) or None,  # said once a table
        None,
    )


def together(rows: list[dict[str, str]]) -> list[tuple[str | None, ...]]:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String)).rename(NAMES)
    return cohort.plan(frame).select(RESULTS).rows()


def decimals(least: int, most: int, places: int) -> st.SearchStrategy[str]:
    scale = 10**places
    return st.integers(least * scale, most * scale).map(
        lambda n: f"{n // scale}.{n % scale:0{places}d}" if places else str(n)
    )


def seldom(values: list[str]) -> st.SearchStrategy[str]:
    """One of these every third time, else an empty cell."""
    return st.sampled_from([*values, *[""] * 2 * len(values)])


LIMITS = [
    (step.to.magnitude, step.above.magnitude * (step.to.magnitude / 100) ** 2) for step in library.growth().steps
] + [(Decimal(200), library.growth().always.magnitude * 4)]
"""Heights (cm) at which the question about pounds changes, and kg that are exactly the BMI asked about."""
TIES = [("182.5cm", "65.7kg"), ("180cm", "45kg"), ("1.825m", "65700g"), ("30cm", "9kg")]
TIES += [(f"{units.digits(height)}cm", f"{units.digits(weight)}kg") for height, weight in LIMITS]
TIES += [(f"{units.digits(height / 100)}m", f"{units.digits(weight + 1)}kg") for height, weight in LIMITS]
FAULTS = ["", "82", "82,5kg", "nankg", "-82kg", "1e2kg", "082kg", "82 cm", "82KG", "'82kg'", "0kg", "1" * 31 + "kg"]
HEIGHT = st.one_of(
    decimals(140, 200, 1).map("{}cm".format),
    decimals(140, 200, 15).map("{} cm".format),
    decimals(1, 2, 3).map("{}m".format),
    decimals(50, 80, 2).map("{}in".format),
    st.sampled_from(["5ft 10in", "6ft", "30cm", "250cm", "17cm", "300cm", "30.0000000001cm", "80cm"]),
)
WEIGHT = st.one_of(
    decimals(40, 150, 1).map("{}kg".format),
    decimals(40, 150, 15).map("{}kg".format),
    decimals(90, 400, 1).map("{}lb".format),
    decimals(1, 450, 1).map("{}kg".format),
)
SIZES = st.one_of(
    st.sampled_from(TIES),
    st.tuples(HEIGHT, WEIGHT),
    st.tuples(HEIGHT, WEIGHT),
    st.tuples(HEIGHT, st.sampled_from(FAULTS)),
).map(lambda pair: {"height": pair[0], "weight": pair[1], "bsa": ""})
STATED = st.one_of(decimals(0, 4, 2), decimals(0, 4, 17), st.sampled_from(["1,8", "1.82m2", "0.3", "4"])).map(
    lambda bsa: {"height": "", "weight": "", "bsa": bsa}
)
PRIOR = st.one_of(
    st.sampled_from(
        ["", "none", "unknown", "0", "0.9", "1.8", "2.7", "3.6", "3.60000000000000000000000000001", "12000"]
    ),
    decimals(0, 4, 1),
    decimals(0, 4, 9),
    decimals(0, 4, 17),
    st.sampled_from(["1,8", "nan", "-1", "None", "1.8mg/m2", " 1.8", "99999999999999999999"]),
)
ROW = st.tuples(
    st.one_of(SIZES, SIZES, SIZES, STATED),
    st.fixed_dictionaries(
        {
            "regimen": st.sampled_from([*REGIMENS * 9, "", "mrd", "no-such"]),
            "prior": PRIOR,
            "cycles": seldom(["1", "2", "3", "4", "8", "0", "2.0", "x"]),
            "remission_after": seldom(["1", "2", "3", "never", "never", "4", "x"]),
            "hsct": seldom(["yes", "no", "true", "FALSE", "1"]),
            "level": seldom(["1.3", "1.55", "1.8", "0.3", "0.5", "2", "1.20000000000001"]),
            "formula": seldom(["mosteller", "du-bois", "boyd", "livingston-lee", "schlich", "x"]),
            "sex": seldom(["f", "m", "f", "m", "x"]),
        }
    ),
).map(lambda parts: parts[0] | parts[1])


@pytest.mark.parametrize("few", [0, 500], ids=["sentences by the column", "the engine row by row"])
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=16))
def test_every_row_says_what_plan_says(few: int, rows: list[dict[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "FEW", few)
        assert together(rows) == [alone(row) for row in rows]


KEYS = st.tuples(st.sampled_from("abcdef"), st.integers(0, 9))


@settings(deadline=None)
@given(frames=st.lists(st.lists(KEYS, max_size=6), max_size=6), limits=st.tuples(*[st.integers(1, 60)] * 2))
def test_what_was_met_before_is_made_once_and_found_by_place_and_by_join(
    frames: list[list[tuple[str, int]]], limits: tuple[int, int]
) -> None:
    made: list[tuple[str, int]] = []

    def make(rows: Any) -> Any:
        made.extend(rows.rows())
        return rows.select(said=pl.concat_str("word", "day"))

    with pytest.MonkeyPatch.context() as patch:
        for name, limit in zip(("FEW_TEXTS", "PLACES"), limits, strict=True):
            patch.setattr(memo, name, limit)
        met = memo.Memo(["word", "day"], make)
        for keys in frames:
            rows = pl.DataFrame(keys, {"word": pl.String, "day": pl.UInt32}, orient="row")
            assert met.find(rows)["said"].to_list() == [f"{word}{day}" for word, day in keys]
    assert sorted(made) == sorted({key for keys in frames for key in keys})


def test_rows_with_other_priors_in_every_block_say_what_they_say_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was met before is forgotten between frames, and the treatments then have other numbers."""
    monkeypatch.setattr(memo, "REMEMBERED", 1)
    monkeypatch.setattr(distinct, "SLICE", 2)
    usual = dict.fromkeys(COLUMNS, "") | {"height": "182.5cm", "weight": "65.7kg"}
    rows = [
        usual | {"regimen": regimen, "prior": prior}
        for prior in ("0.9", "1.8", "0.123456789", "0.12345678901")
        for regimen in ("ino-vate", "mrd-mdacc", "a041501")
    ]
    assert together(rows) == [alone(row) for row in rows]


def test_repeated_rows_say_the_same_as_single_ones() -> None:
    row = dict.fromkeys(COLUMNS, "") | {"regimen": "ino-vate", "height": "182.5cm", "weight": "65.7kg", "prior": "0.9"}
    assert set(together([row] * 50)) == {alone(row)}


def test_a_tie_is_rounded_up_and_a_sum_is_exact() -> None:
    """√(182.5 × 65.7 / 3600) is 1.825, so 1.83; 3.9 mg/m² after 0.9 makes 4.8, and 3.6 is passed in cycle 5."""
    frame = pl.DataFrame({"height_cm": [182.5], "weight_kg": [65.7], "prior_mg_per_m2": [0.9]})
    planned = cohort.plan(frame, regimen="mrd-mdacc").row(0, named=True)
    found = [planned[name] for name in ("used_bsa_m2", "cumulative_mg_per_m2", "remaining_upper_mg_per_m2")]
    assert found == ["1.83", "4.8", "-1.2"]
    assert planned["first_over_upper"] == "C5D1"


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [("prior_mg_per_m2", 1e-05, "3.90001"), ("prior_mg_per_m2", 0.1, "4"), ("prior_mg_per_m2", None, None)],
)
def test_a_float_means_its_shortest_decimal(column: str, value: float | None, written: str | None) -> None:
    """3.9 mg/m² and what came before; a null is not known."""
    frame = pl.DataFrame({"bsa_m2": [1.8], column: [value]}, schema_overrides={column: pl.Float64})
    assert cohort.plan(frame, regimen="mrd-mdacc")["cumulative_mg_per_m2"].to_list() == [written]


def test_a_number_of_cycles_does_not_depend_on_its_neighbours() -> None:
    frame = pl.DataFrame({"bsa_m2": [1.8, 1.8], "cycles": [1.0, 2.5]})
    planned, refused = cohort.plan(frame, regimen="mrd-mdacc")["error"]
    assert planned is None
    assert refused == "cycles: '2.5' is not a cycle; write the cycle's number, as in 3"


def test_the_unit_of_a_column_is_not_lengthened_by_its_cell() -> None:
    frame = pl.DataFrame({"height_m": ["178 c"], "weight_kg": ["80"]})
    (error,) = cohort.plan(frame, regimen="mrd-mdacc")["error"]
    assert error == "height_m: '178 c' is not one number; write it like 1.78"


def test_the_doctest_of_the_python_function() -> None:
    assert doctest.testmod(distinct).failed == 0


HEADER = "id,regimen,height_cm,weight_kg,note\n"
GOOD = "A1,mrd-mdacc,178,80,first\n"


def run(path: Path, out: Path, doses: bool = False) -> int:
    return 4 * cohort_run.run(cohort_run.Task(str(path), str(out), doses=doses), library.facts())


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str, name: str = "in.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return path

    return write


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the file is empty"),
        (HEADER, ": there are no rows under the header"),
        (HEADER + GOOD + "A2,mrd-mdacc,178,80\n", ":3: the row does not have 5 cells like the header"),
        (
            HEADER + GOOD + "A2,mrd-mdacc,178,82\nA3,mrd-mdacc,178,82,5,x\n",
            ":3: the row does not have 5 cells like the header",
        ),
        (HEADER + GOOD + "A2,mrd-mdacc,178,82,5,x\n", ":3: the row does not have 5 cells like the header"),
        (HEADER + "A1,mrd-mdacc,178\n" + GOOD, ":2: the row does not have 5 cells like the header"),
        (HEADER + "A1,mrd-mdacc,178,80,,\n" + GOOD, ":2: the row does not have 5 cells like the header"),
        (HEADER + "\n\nA2,mrd\n" + GOOD, ":4: the row does not have 5 cells like the header"),
        (HEADER + GOOD + 'A2,mrd-mdacc,178,80,5" tall\n', ":3: the row does not have 5 cells like the header"),
        (HEADER + 'A1,mrd-mdacc,178,80,"two\nlines"\nA2\n', ":4: the row does not have 5 cells like the header"),
        (HEADER + 'A1,mrd-mdacc,178,80,"open\n' + GOOD, ":2: a quote here is not closed, and whole rows follow"),
        (
            HEADER + '"A1,mrd-mdacc,178,82,a\nA2,mrd-mdacc,17,82,b\nA3",mrd-mdacc,178,82,c\n' + GOOD,
            ":2: a quote here is not closed, and whole rows follow",
        ),
        (
            HEADER + 'A1,mrd-mdacc,178,82,"a\nA2,mrd-mdacc,17,82,b\nA3,mrd-mdacc,178,82,c"\n' + GOOD,
            ":2: a quote here is not closed, and whole rows follow",
        ),
        (HEADER + GOOD + "A2,mrd-mdacc,178,80,a\rb\n", ":3: a carriage return stands alone"),
        (HEADER + GOOD + "M\udcfcller,mrd-mdacc,178,80,\n", ":3: is not UTF-8"),
        ("id,regimen,height_cm\n", ": the column for weight is missing"),
        ("id,height_cm,weight_kg\n", ": the column regimen is missing"),
        ("regimen,height,height_cm,weight\n", ": height and height_cm both state the height"),
        ("regimen,bsa_m2,bsa_m2\n", ": the column 'bsa_m2' is there twice"),
        ("regimen,bsa_m2,error\n", ": the column 'error' has the name of a result"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(file: Callable[[str], Path], text: str, said: str) -> None:
    path = file(text)
    with pytest.raises(InputError) as raised:
        run(path, path.with_name("out.csv"))
    assert str(raised.value).startswith(f"{path}{said}")
    assert list(path.parent.iterdir()) == [path]


def test_rows_keep_their_text_their_order_and_their_place(file: Callable[[str], Path]) -> None:
    """√(178 × 80 / 3600) is 1.988…, so 1.99 m²: 0.6 makes 1.19 mg, 0.3 makes 0.6 mg, 1.19 + 11 × 0.6 = 7.79 mg."""
    path = file(HEADER + 'A2,mrd-mdacc,178,"82,5","a ""b"",\nc"\r\nA1,mrd-mdacc,178,80,\r\n\n')
    out = path.with_name("out.csv")
    assert run(path, out) == 4
    assert out.read_text("utf-8").splitlines()[1:] == [
        'A2,mrd-mdacc,178,"82,5","a ""b"",',
        'c",,,,,,,,,,,"weight_kg: \'82,5\' has a comma, which can mean 82.5 or 825; write it like 82"',
        "A1,mrd-mdacc,178,80,,1.99,3.9,3.9,7.79,above,-0.3,C5D1,C6D8,5,,",
    ]


@pytest.mark.parametrize("link", ["itself", "symbolic", "hard"])
def test_the_input_is_never_written_to(file: Callable[[str], Path], link: str) -> None:
    path = file(HEADER + GOOD)
    out = path if link == "itself" else path.with_name("link.csv")
    if link == "symbolic":
        out.symlink_to(path)
    if link == "hard":
        out.hardlink_to(path)
    with pytest.raises(InputError, match="is the file that is read"):
        run(path, out)
    assert path.read_text("utf-8") == HEADER + GOOD


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_the_summary_reads_the_same_for_every_format(
    file: Callable[[str], Path], capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    path = file('regimen,bsa_m2\nmrd-mdacc,183\nmrd-mdacc,1.8\n"a ""b""",1.8\n')
    run(path, path.with_name(f"out.{ending}"))
    assert capsys.readouterr().err.splitlines()[1:5] == [
        "  1 above",
        "  2 refused",
        "    1 × bsa_m2: a BSA that is not plausible",
        "    1 × regimen: there is no such regimen",
    ]


@pytest.mark.parametrize("ending", ["ndjson", "parquet"])
def test_the_other_formats_say_the_same(file: Callable[[str], Path], ending: str) -> None:
    path = file(HEADER + GOOD)
    run(path, out := path.with_name("out.csv"))
    said = pl.read_csv(out, infer_schema=False).select(RESULTS).rows()
    columns = pl.read_csv(path)
    other = path.with_name(f"in.{ending}")
    columns.write_ndjson(other) if ending == "ndjson" else columns.write_parquet(other)
    run(other, out)
    assert pl.read_csv(out, infer_schema=False).select(RESULTS).rows() == said
    run(other, out := path.with_name(f"out.{ending}"))
    read = (
        pl.read_ndjson(out, schema_overrides=dict.fromkeys(RESULTS, pl.String))
        if ending == "ndjson"
        else pl.read_parquet(out)
    )
    assert read.select(RESULTS).rows() == said
    assert read["note"].to_list() == ["first"]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_lines_that_are_empty_at_the_end_are_no_rows(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Wherever the last block ends."""
    path = file(HEADER + GOOD + GOOD + ending)
    out = path.with_name("out.csv")
    for size in range(64, 200, 3):
        monkeypatch.setattr(row_file, "PIECE", size)
        assert run(path, out) == 0
        assert pl.read_csv(out).height == 2


def test_many_blocks_are_one_file(file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a block ends, also inside quotes, rows in are rows out."""
    rows = "".join(f'A{n},mrd-mdacc,178,80,"{"x" * (n % 7)}\n"\n' for n in range(200))
    path = file(HEADER + rows)
    monkeypatch.setattr(row_file, "PIECE", 100)
    out = path.with_name("out.csv")
    assert run(path, out) == 0
    read = pl.read_csv(out)
    assert read["id"].to_list() == [f"A{n}" for n in range(200)]
    assert read["note"].to_list() == ["x" * (n % 7) + "\n" for n in range(200)]


def test_doses_are_those_of_plan(file: Callable[[str], Path]) -> None:
    path = file(
        "id,regimen,bsa_m2,prior_mg_per_m2\nA1,mrd-mdacc,1.83,0.9\nA2,mrd-mdacc,183,0.9\nA3,mrd-mdacc,1.83,nan\n"
    )
    out = path.with_name("out.csv")
    assert run(path, out, doses=True) == 4
    course = request.course("0.9mg/m2", None, None, False, None)
    body = request.body(None, None, "1.83m2", None, None)
    plan = plans.make(
        library.at().regimen("mrd-mdacc"), body, course, library.ceiling(), request.rounding("0.01mg"), "A1", PRODUCT
    )
    said = json_and_csv.to_csv(plan_csv.rows(plan)).splitlines()
    *doses, refused, wrong = out.read_text("utf-8").splitlines()
    assert doses == [said[0] + ",error", *(line + "," for line in said[1:])]
    assert refused.startswith("A2,mrd-mdacc,,,,,,,,,,,bsa_m2: 183 m² is not plausible")
    assert wrong.startswith("A3,mrd-mdacc,,,,,,,,,,,\"prior_mg_per_m2: 'nan")
