"""The rules of a lived course programmed a second time, plainly and with fractions, against random courses.

Nothing here comes from the package but the answer to be checked. The schedules are typed in again from
the papers; `worked` says what a course file must give, or None where it must be refused.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction as F
from itertools import pairwise
from math import isqrt
from typing import Any, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st
from test_lived import made

from ino_dose.errors import InputError
from ino_dose.output import json_and_csv, plan_json

Doses = tuple[tuple[int, str], ...]
FULL: Doses = ((1, "0.8"), (8, "0.5"), (15, "0.5"))
LESS: Doses = ((1, "0.5"), (8, "0.5"), (15, "0.5"))
PAIR: Doses = ((1, "0.3"), (8, "0.3"))


VIAL = F(9, 10)


class Schedule(NamedTuple):
    """Doses of a cycle without remission and with it, the last cycle of each, days of cycle 1 and of later ones."""

    without: Callable[[int], Doses]
    last: int
    days: tuple[int, int] | None
    with_it: Doses | None = None
    last_with_it: int = 0


SCHEDULES = {
    "besponsa-label": Schedule(lambda cycle: FULL, 3, (21, 28), LESS, 6),
    "ino-vate": Schedule(lambda cycle: FULL, 6, (21, 21), LESS, 6),
    "deangelo-2017": Schedule(lambda cycle: FULL, 6, (28, 28), ((1, "0.8"), (8, "0.4"), (15, "0.4")), 6),
    "initial-1": Schedule(lambda cycle: FULL if cycle == 1 else LESS, 3, (21, 28)),
    "mrd-mdacc": Schedule(lambda cycle: ((1, "0.6"), (8, "0.3")) if cycle == 1 else PAIR, 6, None),
    "hyper-cvad-blina-ino": Schedule(lambda cycle: () if cycle % 2 else PAIR, 8, None),
    "mini-hyper-cvd-ino-v3": Schedule(lambda cycle: ((2, "0.6" if cycle == 1 else "0.3"), (8, "0.3")), 4, (21, 21)),
}
LOWER, UPPER = F("2.7"), F("3.6")
NEVER = 99


def printed(value: F | None) -> Decimal | None:
    """A number as it must be printed: whole where its decimals end, else to 0.001, half away from zero."""
    if value is None:
        return None
    ends = value.denominator
    while ends % 2 == 0:
        ends //= 2
    while ends % 5 == 0:
        ends //= 5
    if ends == 1:
        return Decimal(value.numerator) / Decimal(value.denominator)
    doubled = abs(value) * 2000
    thousandths = (doubled.numerator // doubled.denominator + 1) // 2
    return Decimal(thousandths).scaleb(-3).copy_sign(Decimal(value.numerator))


def mosteller(height: F, weight: F) -> F:
    """√(H × W / 3600) to 0.01, half up: twice the hundredths, cut, plus one, halved."""
    square = height * weight / 3600 * 40000
    return F((isqrt(square.numerator // square.denominator) + 1) // 2, 100)


def hundredths(mg: F) -> F:
    """To 0.01 mg, half up."""
    return F((mg * 200 + 1).__floor__() // 2, 100)


def agrees(mg: F, due: F) -> bool:
    """Whether mg are a calculated dose: within 5 %, or it rounded half up to a step or down to whole vials, within 10 %."""
    if abs(mg - due) <= due / 20:
        return True
    stepped = {(due * 2 / step + 1).__floor__() // 2 * step for step in (F(1, 100), F(1, 20), F(1, 10))}
    return abs(mg - due) <= due / 10 and mg in {*stepped, (due / VIAL).__floor__() * VIAL}


def status(total: F, prior: F | None) -> str:
    if total > UPPER:
        return "above"
    if prior is None:
        return "unknown"
    return "below" if total <= LOWER else "between"


def prescribed(course: dict[str, Any]) -> list[tuple[int, int, F]]:
    schedule = SCHEDULES[course["regimen"]]
    doses = []
    for cycle in range(1, course["cycles"] + 1):
        table = schedule.without(cycle) if cycle <= schedule.last else ()
        if schedule.with_it and course["remission"] < cycle:
            table = schedule.with_it
        doses += [(cycle, day, F(level)) for day, level in table]
    return doses


def area(course: dict[str, Any], cycle: int) -> F:
    """The BSA of a cycle, by the sizes that were written for it or a cycle before."""
    sizes = dict(course["patient"])
    for each in course["events"]:
        if each["cycle"] <= cycle:
            sizes |= {key: each[key] for key in ("height", "weight", "bsa") if key in each}
    return F(sizes["bsa"]) if "bsa" in sizes else mosteller(F(sizes["height"]), F(sizes["weight"]))


def jumps(course: dict[str, Any]) -> bool:
    """Whether a size changes by more than half, or a BSA leaves 0.3 to 4 m²."""
    sizes = dict(course["patient"])
    for each in course["events"]:
        for key in {"height", "weight", "bsa"} & set(each):
            if not F(sizes[key]) / 2 <= F(each[key]) <= F(sizes[key]) * F(3, 2) or (
                key == "bsa" and not F("0.3") <= F(each[key]) <= 4
            ):
                return True
            sizes[key] = each[key]
    return False


def dates(course: dict[str, Any], doses: list[dict[str, Any]]) -> bool:
    """Give each dose its date and note moves, short intervals and short cycles; False where the dates cannot be."""
    first, later = SCHEDULES[course["regimen"]].days or (None, None)
    lengths = {each["cycle"]: each["length"] for each in course["events"] if "length" in each}
    starts = {1: course["start"]}
    for cycle in range(1, doses[-1]["cycle"] if doses else 1):
        days = lengths.get(cycle, first if cycle == 1 else later)
        if days is None or days < max((dose["day"] for dose in course["line"] if dose["cycle"] == cycle), default=0):
            return False
        starts[cycle + 1] = starts[cycle] + timedelta(days)
    windows = (2, 8) if course["regimen"] == "mini-hyper-cvd-ino-v3" else (8, 15)
    delay, before = 0, None
    for dose in doses:
        dose["as scheduled"] = starts[dose["cycle"]] + timedelta(dose["day"] - 1)
        due = dose["as scheduled"] + timedelta(delay)
        dose["date"] = dose["on"] or due
        living = dose["state"] != "omitted"
        if not dose["on"] and before and living:
            dose["date"] = max(due, before["date"] + timedelta(6))
            dose["waits"] = dose["date"] > due
        if dose["date"] < course["start"] or (living and before and dose["date"] <= before["date"]):
            return False
        late = (dose["date"] - due).days if dose["on"] else 0
        assert dose["day"] == 1 or dose["day"] in windows  # each of these schedules states them all
        dose["carries"] = late != 0 if dose["day"] == 1 else late > 2
        dose["off"] = dose["day"] != 1 and abs(late) > 2
        dose["first day"] = dose["date"] if dose["day"] == 1 else due - timedelta(dose["day"] - 1)
        delay += late if dose["carries"] else 0
        if before and living:
            gap, asked = dose["date"] - before["date"], dose["as scheduled"] - before["as scheduled"]
            dose["near"], dose["nearer"] = gap.days < 6, gap < asked
        before = dose if living else before
    firsts = {dose["cycle"]: dose["first day"] for dose in reversed(doses)}
    for one, other in pairwise(sorted(firsts)):
        stated = first if one == 1 else later
        if stated and other == one + 1 and (firsts[other] - firsts[one]).days < stated:
            course["short"] |= {other}
    return True


def recorded(course: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Each dose of the line with what happened to it; None where an amount is a slip."""
    doses = []
    for dose in course["line"]:
        cycle, day, level = dose["cycle"], dose["day"], dose["level"]
        cuts = [each["reduce"] for each in course["events"] if "reduce" in each and each["cycle"] <= cycle]
        level *= 1 - F(cuts[-1] if cuts else 0) / 100
        bsa = area(course, cycle)
        due = level * bsa
        said = next((e for e in course["events"] if e.get("day") == day and e["cycle"] == cycle), {})
        state = "given" if "given" in said else "omitted" if "omitted" in said else "planned"
        known = [(e["cycle"], e["day"]) for e in course["events"] if "given" in e or "omitted" in e]
        ended = any("stop" in each and each["cycle"] <= cycle for each in course["events"])
        if state == "planned" and ended and max(known, default=(0, 0)) < (cycle, day):
            continue
        mg, counts = hundredths(due), level
        if abs(mg - due) > due / 10:
            return None  # steps of 0.01 mg are too coarse for it
        if state == "omitted":
            mg = counts = F(0)
        elif state == "given" and said["given"] != "as planned":
            mg = F(said["given"])
            if not F((due * 50).__floor__(), 100) <= mg <= due * 3 / 2 and "confirmed" not in said:
                return None
            counts = level if agrees(mg, due) else mg / bsa
        dose |= {
            "level": level,
            "bsa": bsa,
            "due": due,
            "state": state,
            "mg": mg,
            "counts": counts,
            "on": said.get("on"),
        }
        nothing = dict.fromkeys(("near", "nearer", "off", "waits", "carries"), False)
        doses.append(dose | nothing | {"date": None, "apart": "after transplant" in said})
    return doses


def worked(course: dict[str, Any]) -> dict[str, Any] | None:
    course["short"] = set()
    course["line"] = [dict(zip(("cycle", "day", "level"), each, strict=True)) for each in prescribed(course)]
    doses = recorded(course)
    if jumps(course) or doses is None:
        return None
    if course["start"] is None and any("on" in each for each in course["events"]):
        return None
    if course["start"] and not dates(course, doses):
        return None
    apart, left_out = [], []
    transplant = course["transplant"]
    if transplant:
        late = [dose for dose in doses if dose["date"] > transplant]
        if any(dose["state"] == "given" and dose["apart"] != (dose in late) for dose in doses):
            return None
        apart = [dose for dose in late if dose["state"] == "given"]
        left_out = [dose for dose in late if dose["state"] == "planned"]
        doses = [dose for dose in doses if dose not in apart and dose not in left_out]
    elif any(dose["apart"] for dose in doses):
        return None
    return sums(course, doses, apart, left_out) if doses else None


def sums(course: dict[str, Any], doses: list[Any], apart: list[Any], left_out: list[Any]) -> dict[str, Any]:
    prior = course["prior"]
    total = so_far = prior or F(0)
    over: dict[F, Any] = {limit: "prior" if total > limit else None for limit in (LOWER, UPPER)}
    within: dict[F, Any] = {LOWER: None, UPPER: None}
    for dose in doses:
        total += dose["counts"]
        so_far += dose["counts"] if dose["state"] == "given" else 0
        dose["sum"], dose["status"] = None if prior is None else total, status(total, prior)
        for limit in over:
            if over[limit] is None and total > limit:
                over[limit] = (dose["cycle"], dose["day"])
            last_of_cycle = dose is [each for each in doses if each["cycle"] == dose["cycle"]][-1]
            if last_of_cycle and total <= limit and prior is not None:
                within[limit] = dose["cycle"]
    wanted = {"doses": doses, "apart": apart, "left_out": left_out, "over": over, "within": within}
    cuts = [(each["cycle"], F(each["reduce"])) for each in course["events"] if "reduce" in each]
    more = any(
        dose["state"] == "given" and dose["counts"] > dose["level"] and any(cycle <= dose["cycle"] for cycle, _ in cuts)
        for dose in doses
    )
    raised = more or any(one > other for (_, one), (_, other) in pairwise(cuts))
    return wanted | {"prior": prior, "total": total, "so_far": so_far, "short": course["short"], "raised": raised}


def as_printed(dose: dict[str, Any]) -> dict[str, Any]:
    return {
        "cycle": dose["cycle"],
        "day": dose["day"],
        "date": dose["date"].isoformat() if dose["date"] else None,
        "moved_days": (dose["date"] - dose["as scheduled"]).days if dose["date"] else None,
        "state": dose["state"],
        "level_mg_per_m2": printed(dose["level"]),
        "bsa_m2": printed(dose["bsa"]),
        "calculated_mg": printed(dose["due"]),
        "dose_mg": printed(dose["mg"]),
        "counted_mg_per_m2": printed(dose["counts"]),
    }


def check(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    shown = [as_printed(dose) for dose in wanted["doses"]]
    assert [{key: dose[key] for key in shown[0]} for dose in found["doses"]] == shown
    assert [(d["cumulative_mg_per_m2"], d["ceiling_status"]) for d in found["doses"]] == [
        (printed(dose["sum"]), dose["status"]) for dose in wanted["doses"]
    ]
    kept = [as_printed(dose) for dose in wanted["apart"]]
    assert [{key: dose[key] for key in kept[0]} for dose in found["doses_after_transplant"]] == kept
    prior, total, so_far = wanted["prior"], wanted["total"], wanted["so_far"]
    own = sum(dose["counts"] for dose in wanted["doses"])
    assert found["total"]["level_mg_per_m2"] == printed(own)
    assert found["course"]["given_mg_per_m2"] == printed(so_far - (prior or 0))
    assert found["course"]["planned_mg_per_m2"] == printed(own - so_far + (prior or 0))
    assert found["total"]["cumulative_mg_per_m2"] == (None if prior is None else printed(total))
    ceiling = found["ceiling"]
    assert (ceiling["status"], ceiling["given"]["status"]) == (status(total, prior), status(so_far, prior))
    bsa = ([dose for dose in wanted["doses"] if dose["state"] == "planned"] or wanted["doses"][-1:])[0]["bsa"]
    for side, limit in (("lower", LOWER), ("upper", UPPER)):
        known = prior is not None
        assert ceiling["remaining_mg_per_m2"][side] == (printed(limit - total) if known else None)
        assert found["left"][side]["level_mg_per_m2"] == (printed(limit - so_far) if known else None)
        assert found["left"][side]["dose_mg"] == (printed((limit - so_far) * bsa) if known else None)
        first = ceiling["first_over"][side]
        assert (tuple(first.values()) if isinstance(first, dict) else first) == wanted["over"][limit]
        assert ceiling["last_cycle_within"][side] == wanted["within"][limit]
    said = " ".join(found["warnings"])
    lived = wanted["doses"] + wanted["apart"]
    counts = {
        "Its window is 2 days": "off",
        "; at least 6 are asked for": "near",
        ": at least 6 are asked for": "waits",
        "by the schedule": "nearer",
    }
    for words, key in counts.items():
        assert said.count(words) == sum(dose[key] for dose in lived), words
    last = max((dose["cycle"], dose["day"]) for dose in wanted["doses"])
    followed = [dose for dose in lived if dose["carries"] and (dose["cycle"], dose["day"]) < last]
    assert said.count("what follows is") == len(followed)
    assert said.count("the shortest that its source states") == len(wanted["short"] & {d["cycle"] for d in lived})
    assert said.count("not raised again") == wanted["raised"]
    for dose in wanted["left_out"]:
        assert f"cycle {dose['cycle']} day {dose['day']}" in said.partition("Not planned")[2]


def written(course: dict[str, Any]) -> str:
    """The course file."""
    units = {"height": " cm", "weight": " kg", "bsa": " m2", "reduce": " %", "length": " d"}

    def entry(record: dict[str, Any]) -> dict[str, Any]:
        said = {key: f"{value}{units.get(key, '')}" for key, value in record.items()}
        return said | ({"given": f"{record['given']} mg"} if isinstance(record.get("given"), Decimal) else {})

    prior = course["prior"]
    file = {
        "regimen": course["regimen"],
        "cycles": course["cycles"],
        "patient": entry(course["patient"]),
        "prior": "unknown" if prior is None else f"{printed(prior)} mg/m2",
    }
    if SCHEDULES[course["regimen"]].with_it:
        file["remission after"] = "never" if course["remission"] == NEVER else course["remission"]
    file |= {key: str(course[key]) for key in ("start", "transplant") if course[key]}
    if course["events"]:
        file["events"] = [entry(each) for each in course["events"]]
    return json.dumps(file, indent=1)


PERCENT = st.sampled_from([0, 94, 95, 96, 100, 104, 105, 106, 50, 150, 49, 151, 75, 120])


@st.composite
def courses(draw: st.DrawFn) -> dict[str, Any]:
    regimen = draw(st.sampled_from(sorted(SCHEDULES)))
    schedule = SCHEDULES[regimen]
    remission = draw(st.sampled_from([1, 2, NEVER]))
    last = schedule.last_with_it if remission < schedule.last and schedule.with_it else schedule.last
    transplant = draw(st.booleans())
    least = 2 if regimen.startswith("hyper") else 1
    most = min(last, 3) if transplant and regimen == "besponsa-label" else min(last, 4)
    course: dict[str, Any] = {"regimen": regimen, "remission": remission, "cycles": draw(st.integers(least, most))}
    stated = draw(st.booleans())
    course["patient"] = (
        {"bsa": F(draw(st.integers(100, 250)), 100)}
        if stated
        else {"height": F(draw(st.integers(1500, 2000)), 10), "weight": F(draw(st.integers(500, 1200)), 10)}
    )
    course["patient"] = {key: printed(value) for key, value in course["patient"].items()}
    course["prior"] = draw(st.sampled_from([F(0), F("0.9"), F("1.8"), F("2.71"), F("4"), None]))
    course["start"] = (
        draw(st.dates(date(2024, 1, 1), date(2028, 12, 31))) if transplant or draw(st.booleans()) else None
    )
    course["transplant"] = course["start"] + timedelta(draw(st.integers(10, 120))) if transplant else None
    course["events"] = list(events(draw, course, stated))
    return course


def events(draw: st.DrawFn, course: dict[str, Any], stated: bool) -> Iterator[dict[str, Any]]:
    """Events in order, some of which must be refused."""
    rare = st.integers(0, 9).map(lambda number: number == 0)
    some = st.integers(0, 3).map(lambda number: number == 0)
    living, cut = True, 0
    sizes = dict(course["patient"])
    for cycle in range(1, course["cycles"] + 1):
        if draw(some):
            key = "bsa" if stated else draw(st.sampled_from(["height", "weight"]))
            shares = {"height": [101, 103], "weight": [90, 97, 110], "bsa": [90, 97, 110, 50, 150, 40]}
            sizes[key] = printed(F(sizes[key]) * draw(st.sampled_from(shares[key])) / 100)
            yield {"cycle": cycle, key: sizes[key]}
        if draw(some):
            cut += draw(st.sampled_from([10, 25, 25, 40])) if not draw(rare) else -5
            if 0 < cut < 100:
                yield {"cycle": cycle, "reduce": cut}
        for dose in [each for each in prescribed(course) if each[0] == cycle]:
            yield from happened(draw, course, cycle, dose[1], living, rare)
            living = living and not draw(rare)
        if ((course["start"] and SCHEDULES[course["regimen"]].days is None) or draw(rare)) and not draw(rare):
            yield {"cycle": cycle, "length": draw(st.sampled_from([14, 21, 28, 28, 35, 42]))}
        if draw(rare):
            yield {"cycle": cycle, "stop": "VOD"}
            return


def happened(
    draw: st.DrawFn, course: dict[str, Any], cycle: int, day: int, living: bool, rare: st.SearchStrategy[bool]
) -> Iterator[dict[str, Any]]:
    """What happened to one dose: mostly it was given, one way or another."""
    what = draw(st.sampled_from(["planned", "amount", "amount", "omitted", "moved"])) if living else "nothing"
    said: dict[str, Any] = {"cycle": cycle, "day": day}
    if what == "planned":
        said["given"] = "as planned"
    elif what == "amount":
        share = draw(PERCENT) or draw(st.integers(60, 140))
        level = next(each[2] for each in prescribed(course) if each[:2] == (cycle, day))
        size = course["patient"].get("bsa") or mosteller(F(course["patient"]["height"]), F(course["patient"]["weight"]))
        said["given"] = printed(level * F(size) * share / 100)
        if draw(rare):
            said["confirmed"] = "true"
    elif what == "omitted":
        said["omitted"] = "fever"
    if what != "nothing" and (what == "moved" or draw(rare)) and (course["start"] or draw(rare)):
        base = course["start"] or date(2026, 12, 1)
        first, later = SCHEDULES[course["regimen"]].days or (28, 28)
        days = first + later * (cycle - 2) if cycle > 1 else 0
        said["on"] = base + timedelta(days + day - 1 + draw(st.integers(-3, 6) | st.integers(2, 35)))
    if what in ("planned", "amount") and course["transplant"] and draw(st.integers(0, 5)) == 0:
        said["after transplant"] = "yes"
    if len(said) > 2:
        yield said


@settings(max_examples=200, deadline=None)
@given(courses())
def test_a_second_programming_agrees(course: dict[str, Any]) -> None:
    wanted = worked(course)
    event("refused" if wanted is None else "planned")
    try:
        found = json.loads(
            json_and_csv.to_json(plan_json.value(made(written(course).encode()))),
            parse_float=Decimal,
            parse_int=Decimal,
        )
    except InputError as error:
        assert wanted is None, error
    else:
        assert wanted is not None, found["doses"]
        check(found, wanted)
