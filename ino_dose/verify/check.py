"""An order that somebody else wrote × the one engine → what is due, how far off the order is, and the verdict.

What is due comes from `plan.make`. Where remission was not stated and the order depends on it, both
answers are planned and the order is held against each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import counts_and_dates, request, units
from ..engine import administration, dosing, exposure, prescription
from ..engine import plan as plans
from ..engine.body import Body, Growth
from ..engine.course import NEVER, Course
from ..engine.dosing import Agreement, Dose, Rounding
from ..engine.exposure import Ceiling
from ..engine.plan import Plan
from ..engine.preparation import Product
from ..engine.prescription import Prescribed
from ..engine.regimen import Regimen
from ..errors import Collected, Field, InputError
from ..files import library
from ..request import Texts
from . import ranking
from .order import USUAL, Answer, Check, Deviation, Due, Order, Scheduled, Tolerance

if TYPE_CHECKING:
    from ..units import Quantity

USUAL_ROUNDING = Rounding(dosing.ORDINARY[0])


@units.exact
def recompute(
    regimen: Regimen,
    body: Body,
    course: Course,
    ceiling: Ceiling,
    order: Order,
    tolerance: Tolerance = USUAL,
    product: Product | None = None,
    rounding: Rounding = USUAL_ROUNDING,
    growth: Growth | None = None,
    library: Callable[[], Sequence[Regimen]] = tuple,
) -> Check:
    """Recompute an order.

    `rounding` is how the order is said to be rounded; `product` says what a vial holds, `growth` which
    sizes are asked about; `library` gives the regimens among which another one may explain the order, and
    is asked only when it differs. Raises InputError where the regimen cannot be planned for this course.
    """
    prescription.check_complete(regimen)
    planned = [
        (answer, _plan(regimen, body, course._replace(remission=remission), ceiling, order, product, rounding, growth))
        for answer, remission in _answers(regimen, course)
    ]
    found = tuple(_due(answer, plan, order, tolerance) for answer, plan in planned)
    if len(found) > 1 and _same(*found):
        found = (found[0]._replace(when="", plan=found[0].plan._replace(course=course)),)
    bare = Check(order, tolerance, found, ())
    if bare.verdict in ("agrees", "undecided"):
        return bare
    return bare._replace(causes=ranking.find(bare, [other for other in library() if other.id != regimen.id]))


def scheduled(due: Due, order: Order) -> Scheduled:
    """The days of the order's cycle, or where the regimen has no such cycle its cycles: what there is instead."""
    plan, last = due.plan, due.plan.regimen.last_cycle or order.cycle + 1
    doses = prescription.prescribe(plan.regimen, plan.course.remission or NEVER, last, plan.course.level)
    if days := [dose.day for dose in doses if dose.cycle == order.cycle]:
        return Scheduled("day", days, _nearest(order.day, days))
    cycles = sorted({dose.cycle for dose in doses})
    return Scheduled("cycle", cycles, _nearest(order.cycle, cycles))


def _nearest(number: int, numbers: Sequence[int]) -> list[int]:
    """The one nearest to a number, or the two that are as near."""
    least = min(abs(each - number) for each in numbers)
    return [each for each in numbers if abs(each - number) == least]


def _answers(regimen: Regimen, course: Course) -> list[tuple[Answer, int | None]]:
    if not regimen.remission_adapted or course.remission is not None:
        return [("", course.remission)]
    return list(prescription.answers(regimen))


def _plan(
    regimen: Regimen,
    body: Body,
    course: Course,
    ceiling: Ceiling,
    order: Order,
    product: Product | None,
    rounding: Rounding,
    growth: Growth | None,
) -> Plan:
    """The course through the cycle of the order, or to the regimen's end where that comes first."""
    last = prescription.reach(regimen, course.remission or NEVER)
    through = min(max(order.cycle, prescription.first_cycle(regimen)), last)
    return plans.make(regimen, body, course._replace(cycles=through), ceiling, rounding, order.id, product, growth)


def _due(when: Answer, plan: Plan, order: Order, tolerance: Tolerance) -> Due:
    this, bsa = (order.cycle, order.day), plan.body.bsa
    dose = next((dose for dose in plan.doses if dose.at == this), None)
    why = _agreement(order, dose, tolerance, plan.rounding) if dose else None
    before = tuple(dose.prescribed for dose in plan.doses if dose.at < this)
    counted = dose.prescribed.level if dose and why else dosing.per_area(order.dose, bsa)
    doses = [*before, Prescribed(*this, counted, ())]
    standing = exposure.check(plan.course.prior, doses, plan.ceiling, not plan.regimen.after_transplant)
    return Due(when, plan, dose, dose and _deviation(order, dose, bsa), why, before, counted, standing)


def _deviation(order: Order, dose: Dose, bsa: Quantity) -> Deviation:
    return Deviation(
        units.fraction(order.dose) - units.fraction(dose.calculated),
        units.deviation(order.dose, dose.calculated),
        dosing.per_area(order.dose, bsa) - units.fraction(dose.prescribed.level),
    )


def _agreement(order: Order, dose: Dose, tolerance: Tolerance, rounding: Rounding) -> Agreement | None:
    """Why an order agrees; what `plan` with the same rounding prints always does."""
    steps = (*dosing.ORDINARY, rounding.step) if tolerance.rounding else ()
    why = administration.agreement(order.dose, dose.calculated, tolerance.share, steps, rounding.vial)
    return why or (Agreement(rounding.step) if order.dose == dose.due else None)


def _same(one: Due, other: Due) -> bool:
    """Whether two answers lead to the same doses up to this one."""
    levels = (
        [(dose.cycle, dose.day, dose.level) for dose in (*due.before, *([due.dose.prescribed] if due.dose else []))]
        for due in (one, other)
    )
    return next(levels) == next(levels)


NEEDED = {
    "regimen": ("name one; ino-dose regimens lists them all",),
    "cycle": ("write the cycle ordered for, ", Field("cycle", "2")),
    "day": ("write the day ordered for, ", Field("day", "8")),
    "dose": ("write the mg ordered, ", Field("dose", "0.91mg")),
}
SIZES = ("height", "weight", "bsa", "stated bsa", "formula", "sex")
ORDER_FIELDS = ("id", *NEEDED, *SIZES, "remission after", "prior", "level", "tolerance")
"""What is said of an order, by the plain name of each field."""
WIDEST = units.quantity("50", units.SHARE)
"""The largest tolerance that may be stated."""


def written(said: Texts, facts: library.Facts, find: Callable[[str], Regimen]) -> Check:
    """Check the order of which this is said. `find` gives the regimen by its name.

    Raises InputError for what cannot be used, by its field.
    """
    get, faults = said.get, Collected()
    for name, hint in NEEDED.items():
        with faults.here():
            if get(name) is None:
                raise InputError(Field(name), "is missing", *hint)
    faults.raise_any()
    tolerance = get("tolerance")
    with _of_the_order():
        return recompute(
            find(said["regimen"] or ""),
            request.body(get("height"), get("weight"), get("bsa"), get("formula"), get("sex")),
            request.course(get("prior"), None, get("remission after"), False, get("level")),
            facts.ceiling,
            _order(said),
            USUAL if tolerance is None else _tolerance(tolerance),
            facts.product,
            request.rounding(get("round to"), facts.product),
            facts.growth,
            facts.all,
        )


@contextmanager
def _of_the_order() -> Iterator[None]:
    """The course is planned through the cycle of the order, so what is wrong with its cycles is wrong with that."""
    try:
        yield
    except InputError as error:
        cycle = Field("cycle")
        faults = (each._replace(place=cycle) if each.place == Field("cycles") else each for each in error.faults)
        raise InputError.of(faults) from None


def _order(said: Texts) -> Order:
    cycle, day = (
        counts_and_dates.whole(said[name] or "", Field(name), "a whole number", "write it like 8", least=0)
        for name in ("cycle", "day")
    )
    dose = units.read(said["dose"] or "", units.DOSE, Field("dose"))
    if not dose.magnitude:
        raise InputError(Field("dose"), "an order of 0 mg is no order", *NEEDED["dose"])
    on_it = said.get("stated bsa")
    stated = None if on_it is None else units.read(on_it, units.AREA, Field("stated bsa"))
    if stated is not None and not stated.magnitude:
        raise InputError(Field("stated bsa"), "a BSA of 0 is no BSA", "leave it out where the order states none")
    return Order(cycle, day, dose, stated, request.text(said.get("id"), Field("id")))


def _tolerance(said: str) -> Tolerance:
    """A tolerance that was stated is taken at its word: no rounding excuses what is past it."""
    share = units.read(said, units.SHARE, Field("tolerance"))
    if share > WIDEST:
        problem, kind = f"{said!r} is more than {units.show(WIDEST, units.SHARE)}", "too large a tolerance"
        raise InputError(Field("tolerance"), problem, "write it like 5%", kind=kind)
    return Tolerance(share, rounding=False)
