"""What holds for every patient, course and file: sums, order, exactness, and no other error than a refusal."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ino_dose import units
from ino_dose.engine import body as bodies
from ino_dose.engine import dosing, exposure
from ino_dose.engine import plan as plans
from ino_dose.engine.course import NEVER, Course
from ino_dose.engine.dosing import Rounding
from ino_dose.engine.prescription import Prescribed
from ino_dose.engine.regimen import Regimen
from ino_dose.errors import InputError
from ino_dose.files import library, lint, regimen_file
from ino_dose.output import json_and_csv, plan_json

CEILING = library.ceiling()
BODIES = [Decimal(hundredths) / 100 for hundredths in range(30, 401)]
STEP = units.quantity("0.01", units.DOSE)


@cache
def regimen(id: str) -> Regimen:
    return library.at().regimen(id)


def planned(id: str, bsa: Decimal | str, course: Course, step: Any = STEP) -> plans.Plan:
    return plans.make(regimen(id), bodies.stated(units.quantity(str(bsa), units.AREA)), course, CEILING, Rounding(step))


def level(text: str) -> Any:
    return units.quantity(text, units.LEVEL)


IDS = ["besponsa-label", "hyper-cvad-blina-ino", "ino-vate", "mini-hyper-cvd-ino-v1", "mini-hyper-cvd-ino-v2",
       "mini-hyper-cvd-ino-v3", "mrd-mdacc"]  # fmt: skip
areas = st.sampled_from(BODIES) | st.decimals("0.3", "4", places=4)
priors = st.none() | st.decimals(0, 12, places=2).map(lambda number: level(str(number)))


@st.composite
def courses(draw: st.DrawFn) -> tuple[str, Course]:
    """A regimen and a course that it allows."""
    id = draw(st.sampled_from(IDS))
    adapted = regimen(id).remission_adapted
    remission = draw(st.sampled_from([None, 1, 2, 3, NEVER])) if adapted else None
    return id, Course(prior=draw(priors), remission=remission, hsct=draw(st.booleans()))


@given(asked=courses(), bsa=areas)
def test_cumulative_is_prior_plus_the_levels_so_far(asked: tuple[str, Course], bsa: Decimal) -> None:
    id, course = asked
    found = planned(id, bsa, course)
    if course.prior is None:
        assert set(found.standing.cumulative) == {None}
        return
    levels = [Fraction(dose.prescribed.level.magnitude) for dose in found.doses]
    sums = list(accumulate(levels, initial=Fraction(course.prior.magnitude)))
    assert [each.magnitude for each in found.standing.cumulative if each is not None] == sums[1:]
    assert found.standing.lower.remaining.magnitude == Fraction("2.7") - sums[-1]  # type: ignore[union-attr]
    assert found.standing.upper.remaining.magnitude == Fraction("3.6") - sums[-1]  # type: ignore[union-attr]


@given(asked=courses(), bsa=areas)
def test_where_a_course_stands_follows_from_its_sum_and_the_two_limits(asked: tuple[str, Course], bsa: Decimal) -> None:
    id, course = asked
    found = planned(id, bsa, course)
    sums = accumulate(Fraction(dose.prescribed.level.magnitude) for dose in found.doses)
    prior = Fraction(0) if course.prior is None else Fraction(course.prior.magnitude)
    for status, given_here in zip(found.standing.statuses, sums, strict=True):
        if prior + given_here > Fraction("3.6"):
            assert status == "above"
        elif course.prior is None:
            assert status == "unknown"
        else:
            assert status == ("below" if prior + given_here <= Fraction("2.7") else "between")


@given(asked=courses(), one=areas, other=areas)
def test_where_a_course_stands_does_not_depend_on_the_body(
    asked: tuple[str, Course], one: Decimal, other: Decimal
) -> None:
    id, course = asked
    assert planned(id, one, course).standing == planned(id, other, course).standing


@given(asked=courses(), bsa=areas, step=st.sampled_from(["0.001", "0.01", "0.05", "0.003", "0.1"]))
def test_a_dose_is_a_whole_number_of_steps_within_half_a_step(
    asked: tuple[str, Course], bsa: Decimal, step: str
) -> None:
    id, course = asked
    try:
        found = planned(id, bsa, course, units.quantity(step, units.DOSE))
    except InputError as refused:
        assert "away (at most 10 %)" in str(refused)
        return
    for dose in found.doses:
        exact = Fraction(dose.prescribed.level.magnitude) * Fraction(bsa)
        steps = Fraction(dose.dose.magnitude) / Fraction(step)
        assert Fraction(dose.calculated.magnitude) == exact
        assert steps.denominator == 1
        assert -Fraction(step) / 2 < Fraction(dose.dose.magnitude) - exact <= Fraction(step) / 2
        assert abs(Fraction(dose.dose.magnitude) - exact) <= exact / 10


@given(levels=st.decimals("0.01", "9", places=3), one=areas, other=areas)
def test_a_larger_body_never_gets_less(levels: Decimal, one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    prescribed = Prescribed(1, 1, level(str(levels)), ())
    doses = []
    for bsa in (small, large):
        calculated = prescribed.level * units.quantity(str(bsa), units.AREA)
        doses.append(dosing.round_half_up(calculated.to(STEP.units), STEP))
    assert doses[0] <= doses[1]


@given(asked=courses(), bsa=areas)
def test_delivered_is_the_exact_sum_of_the_quotients(asked: tuple[str, Course], bsa: Decimal) -> None:
    found = planned(asked[0], bsa, asked[1])
    total = sum((Fraction(dose.dose.magnitude) / Fraction(bsa) for dose in found.doses), Fraction(0))
    assert units.total((dose.delivered for dose in found.doses), units.LEVEL).magnitude == total
    shown = plan_json.value(found)["total"]["delivered_mg_per_m2"]
    assert abs(Fraction(shown) - total) <= Fraction("0.0005")


@pytest.mark.parametrize(
    ("id", "course", "total", "status"),
    [
        ("besponsa-label", Course(prior=level("0"), remission=NEVER, hsct=True), "3.6", "between"),
        ("mini-hyper-cvd-ino-v3", Course(prior=level("0")), "2.7", "below"),
        ("mrd-mdacc", Course(prior=level("0"), cycles=4), "2.7", "below"),
        ("mrd-mdacc", Course(prior=level("0.3"), cycles=5), "3.6", "between"),
    ],
)
def test_exactly_at_a_limit_is_within_it_for_every_body(id: str, course: Course, total: str, status: str) -> None:
    """Floats from mg ÷ BSA raise hundreds of false alarms here, rounded mg thousands."""
    for bsa in BODIES:
        found = planned(id, bsa, course)
        assert found.standing.total.magnitude == Fraction(total)  # type: ignore[union-attr]
        assert found.status == status
        side = found.standing.lower if status == "below" else found.standing.upper
        assert side.remaining.magnitude == 0  # type: ignore[union-attr]
        assert side.first_over is None


def test_a_hair_past_a_limit_is_past_it() -> None:
    hair = Prescribed(1, 1, level("0." + "0" * 28 + "1"), ())
    for prior, status in (("2.7", "between"), ("3.6", "above")):
        found = exposure.check(level(prior), [hair], CEILING)
        assert found.status == status
    assert exposure.check(level("2.7"), [], CEILING).status == "below"
    assert exposure.check(level("3.6"), [], CEILING).status == "between"


NUMBER_IN_JSON = re.compile(r"(?<=: )-?[0-9][^,\n]*")


@given(asked=courses(), bsa=areas)
def test_json_holds_exact_plain_decimals_and_ascii(asked: tuple[str, Course], bsa: Decimal) -> None:
    found = planned(asked[0], bsa, asked[1])
    text = json_and_csv.to_json(plan_json.value(found))
    assert text.isascii()
    for number in NUMBER_IN_JSON.findall(re.sub(r'"[^"]*"', '""', text).replace('"":', ":")):
        assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", number)
    read = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    assert read["patient"]["bsa_m2"] == bsa
    for row, dose in zip(read["doses"], found.doses, strict=True):
        assert row["calculated_mg"] == Decimal(str(dose.prescribed.level.magnitude)) * bsa
        assert row["dose_mg"] == row["calculated_mg"].quantize(Decimal("0.01"), ROUND_HALF_UP)
        quotient = Fraction(row["dose_mg"]) / Fraction(bsa)
        assert Fraction(row["delivered_mg_per_m2"]) == Fraction(int(quotient * 1000 + Fraction(1, 2)), 1000)


@given(asked=courses(), bsa=areas)
def test_the_same_input_gives_the_same_bytes(asked: tuple[str, Course], bsa: Decimal) -> None:
    one, other = (json_and_csv.to_json(plan_json.value(planned(asked[0], bsa, asked[1]))) for _ in range(2))
    assert one == other


@given(asked=courses())
def test_the_branches_of_an_undecided_course_are_the_courses_that_follow(asked: tuple[str, Course]) -> None:
    id, course = asked
    found = planned(id, "2", course)
    for branch in found.undecided:
        decided = course._replace(remission=1 if branch.when == "remission" else NEVER)
        whole = planned(id, "2", decided)
        assert (branch.cycles, branch.standing) == (whole.last_cycle, whole.standing)


@given(content=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(content=b"")
@example(content=b"\x00")
@example(content=b"a: &a [*a]")
@example(content=b"lower: 1")
@example(content=b"title: \xed\xa0\x80")
@example(content=b'title: "\\ud800"')
@example(content=b"%YAML 9.9\n---\na: 1")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_schedule_or_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(content)
    assert lint.faults(path)


TEXTS = [path.read_text("utf-8") for path in library.everything()]
PIECES = ["not stated", "1", "2 to 6", "2 onward", "2, 4", "1.3 to 1.8 mg/m2", "[0.3 mg/m2, 0.4 mg/m2]", "remission",
          "no remission", "never", "incomplete", "0.8", "0", "9" * 31, "{}", "[]", "~", "'", "- ", "x: y", "é"]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A bundled schedule with lines taken out, doubled or exchanged, and pieces replaced."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["out", "double", "exchange", "piece"])):
            case "out" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(to, lines[at])
            case "exchange":
                lines[at], lines[to] = lines[to], lines[at]
            case _:
                piece = draw(st.sampled_from(PIECES))
                lines[at] = re.sub(
                    r"(: )[^,{}]+?(?=[,}]|$)", lambda match, piece=piece: match[1] + piece, lines[at], count=1
                )
    return "\n".join(lines)


@given(
    text=damaged(),
    remission=st.sampled_from([None, 1, 3, NEVER]),
    cycles=st.none() | st.integers(1, 7),
    hsct=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
def test_a_damaged_schedule_is_refused_or_planned(
    text: str, remission: int | None, cycles: int | None, hsct: bool, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.yaml"
    path.write_text(text, "utf-8")
    try:
        found = regimen_file.read(path)
        small = bodies.stated(units.quantity("1.8", units.AREA))
        made = plans.make(found, small, Course(level("0"), True, cycles, remission, hsct), CEILING, Rounding(STEP))
    except InputError as refused:
        assert all(fault.place and fault.problem for fault in refused.faults)
        return
    assert made.doses
    assert cycles is None or made.last_cycle <= cycles
    assert json_and_csv.to_json(plan_json.value(made))
