"""A cohort says of every row what plan says of it alone."""

from __future__ import annotations

import doctest
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ino_dose import cohort, library, patient, report, units
from ino_dose import plan as plans
from ino_dose.cohort.columns import RESULTS
from ino_dose.errors import InputError

REGIMENS = library.ids()
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


def alone(row: dict[str, str]) -> tuple[str | None, ...]:
    """What plan says of one row."""
    said: dict[str, Any] = {key: value or None for key, value in row.items()}
    bsa, prior, level = said["bsa"], said["prior"] or "unknown", said["level"]
    try:
        found = library.regimen(row["regimen"])
        body = patient.body(said["height"], said["weight"], bsa and bsa + "m2", said["formula"], said["sex"])
        prior = prior if prior in ("none", "unknown") else prior + "mg/m2"
        patient.exposure(prior)
        hsct = patient.yes(said["hsct"])
        treatment = patient.course(prior, said["cycles"], said["remission_after"], hsct, level and level + "mg/m2")
        plan = report.plan(plans.make(found, body, treatment, library.ceiling(), patient.step("0.01mg")))
    except InputError as error:
        return (*[None] * 10, str(error))
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
        " ".join(plan["warnings"]) or None,
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


TIES = [("182.5cm", "65.7kg"), ("180cm", "45kg"), ("1.825m", "65700g"), ("150cm", "101.25kg"), ("30cm", "9kg")]
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
            "level": seldom(["1.3", "1.55", "1.8", "0.3", "0.5", "2"]),
            "formula": seldom(["mosteller", "du-bois", "boyd", "livingston-lee", "schlich", "x"]),
            "sex": seldom(["f", "m", "f", "m", "x"]),
        }
    ),
).map(lambda parts: parts[0] | parts[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_row_says_what_plan_says(rows: list[dict[str, str]]) -> None:
    assert together(rows) == [alone(row) for row in rows]


def test_the_doctest_of_the_python_function() -> None:
    assert doctest.testmod(cohort.planner).failed == 0
