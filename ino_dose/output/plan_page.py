"""A plan → what a person reads: who and what, a row a dose, where it stands, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import errors, units
from ..counts_and_dates import with_weekday
from ..engine import plan as plans
from ..engine import preparation, remarks
from ..engine.course import NEVER
from ..engine.preparation import Product
from . import page, plan_table, show_page
from .page import Column, Part, Row, Styled, Table, Title, Words

if TYPE_CHECKING:
    from ..engine.dosing import Dose
    from ..engine.exposure import Crossing
    from ..engine.plan import Plan
    from ..engine.regimen import Citation, Source
    from ..units import Quantity


def parts(found: Plan, with_pharmacy: bool = False) -> Iterator[Part]:
    """The whole plan: who and what, a row a dose, where it stands, what was assumed, the sources."""
    yield from _header(found)
    notes = plan_table.notes(found)
    yield from plan_table.parts(found, notes)
    yield from _standing(found)
    if found.product and (with_pharmacy or found.rounding.vial is not None):
        yield from _pharmacy(found, found.product)
    said = {sentence for sentences in notes.values() for sentence in sentences}
    for title, sentences in (("Warnings", remarks.warnings(found)), ("Assumptions", remarks.assumptions(found))):
        yield page.Points(
            title, [each for each in sentences if each not in said], "bold" if title == "Warnings" else ""
        )
    yield from _sources(found)


def _header(found: Plan) -> Iterator[Part]:
    yield from page.heading(found.regimen)
    yield from whose(found)
    yield page.fact("Course", _course(found))
    if (days := found.days_to_transplant) is not None:
        interval = f"{days} days from the last dose to transplant"
        yield page.fact("Interval", f"{interval}; no source states how many it should be")
    if found.course.stop:
        yield page.fact("Stopped", Styled(f"in cycle {found.course.stop.cycle}: {found.course.stop.why}", "bold"))
    if found.course.lived and found.planned:
        recorded = max((dose.at for dose in found.doses if dose.state != "planned"), default=(0, 0))
        to_come = [dose for dose in found.planned if dose.at > recorded]
        yield page.fact("Next", *_next((to_come or found.planned)[0]))


def _next(dose: Dose) -> Iterator[Words]:
    """The dose that is due, and the BSA that it is for."""
    yield Styled(units.show(dose.dose, units.DOSE), "bold")
    yield f" in cycle {dose.prescribed.cycle} on day {dose.prescribed.day}"
    yield f", {with_weekday(dose.date)}" if dose.date else ""
    yield f", at {units.show(dose.bsa, units.AREA)}"


def whose(found: Plan) -> Iterator[Part]:
    """Whose plan it is: the BSA and what it is from, what was received before."""
    if found.patient is not None:
        yield page.fact("Patient", errors.printable(found.patient))
    yield page.fact("BSA", _bsa(found))
    yield page.fact("Prior", _prior(found))


def _bsa(found: Plan) -> str:
    body = found.body
    shown = units.show(body.bsa, units.AREA)
    if body.height is None or body.weight is None or body.formula is None:
        return f"{shown}, as stated"
    sizes = f"{units.show(body.height, units.HEIGHT)} and {units.show(body.weight, units.WEIGHT)}"
    return f"{shown} by {body.formula.name} from {sizes}"


def _prior(found: Plan) -> str:
    if found.course.prior is None:
        return "unknown"
    if not found.course.prior_stated:
        return "not stated, counted as none"
    worked = f"{found.course.prior_worked} = " if found.course.prior_worked else ""
    return worked + units.show(found.course.prior, units.LEVEL) if found.course.prior.magnitude else "none"


def _course(found: Plan) -> str:
    after = found.course.remission
    remission = {None: "remission not stated", NEVER: "no remission"}.get(after, f"remission after cycle {after}")
    first = "" if found.course.first is None else f"from cycle {found.doses[0].prescribed.cycle} "
    parts = [f"{first}through cycle {found.last_cycle}"]
    if found.regimen.remission_adapted:
        parts.append(remission)
    if found.course.level is not None:
        parts.append(f"level {units.show(found.course.level, units.LEVEL)}")
    if found.course.transplant:
        parts.append(f"transplant on {with_weekday(found.course.transplant)}")
    elif found.course.hsct:
        parts.append("transplant planned")
    return ", ".join(parts)


def _pharmacy(found: Plan, product: Product) -> Iterator[Part]:
    """A row a dose that is still to be prepared: vials, the volume to withdraw, the bag."""
    yield Title("Preparation")
    bag, vial = units.show(product.bag, units.VOLUME), units.show(product.vial, units.DOSE)
    vials = (f"Vials\n{vial}", "Withdraw\nmL", f"In {bag}\nmg/mL", "Saved\nvials")
    titles = ("Cycle", "Day", "Dose\nmg", "From calc.\n%", *vials)
    rows = (_prepared(dose, found, product) for dose in found.planned)
    yield Table([Column(title, right=True) for title in titles], rows)
    opened = sum(preparation.vials(dose.dose, product) for dose in found.planned)
    unused = sum((preparation.unused(dose.dose, product) for dose in found.planned), Fraction(0))
    yield page.line(
        f"In all {opened} vials; {units.digits(unused)} mg stay in them, each dose from vials of its own.", indent=1
    )
    for source in product.sources:
        facts = (each for fact in ("vial", "concentration", "bag", "rounding") for each in product.cited[fact])
        yield from _cited([source] if any(each.source == source.id for each in facts) else [], ())
    yield page.line()


def _prepared(dose: Dose, found: Plan, product: Product) -> Row:
    made = preparation.prepare(dose.dose, product)
    moved = units.digits(units.thousandths(units.deviation(dose.dose, dose.calculated)))
    saved = str(preparation.saved(dose, found.rounding, product))
    day, amount = (str(dose.prescribed.cycle), str(dose.prescribed.day)), page.digits(dose.dose)
    bag = (page.digits(made.withdraw), page.digits(made.concentration))
    return Row((*day, amount, moved, str(made.vials), *bag, saved))


def _standing(found: Plan) -> Iterator[Part]:
    delivered = units.total((dose.delivered for dose in found.doses), units.LEVEL)
    level = plans.total(found.doses)
    amount = units.total((dose.dose for dose in found.doses), units.DOSE)
    shown = f"{units.show(level, units.LEVEL)} in this course; its {units.show(amount, units.DOSE)} deliver"
    yield page.fact("Total", f"{shown} {units.digits(units.thousandths(delivered.magnitude))} mg/m²")
    if found.regimen.after_transplant:
        yield page.fact("Ceiling", "does not apply: this is given after transplant")
        yield page.line()
        return
    yield _gauge(found)
    for against in (found.standing.lower, found.standing.upper):
        limit = units.show(against.limit, units.LEVEL)
        yield page.fact("", f"{limit}: {_against(against.first_over, against.remaining)}")
    if any(dose.state != "planned" for dose in found.doses):
        yield from _left(found)
    for branch in found.undecided:
        total = branch.standing.total
        shown = f"{units.show(branch.level, units.LEVEL)} through cycle {branch.cycles}"
        if total is not None and total != branch.level:
            shown += f", {units.show(total, units.LEVEL)} with what came before"
        yield page.fact("", f"If {branch.when}: {shown}: ", plan_table.word(branch.standing.status, found))
    yield page.line()


def _left(found: Plan) -> Iterator[Part]:
    """What was given so far, and what still fits under each limit."""
    total = found.given.total
    so_far = "unknown, since prior exposure is" if total is None else units.show(total, units.LEVEL)
    yield page.fact("So far", f"{so_far}: ", plan_table.word(found.given.status, found))
    for given, whole in ((found.given.lower, found.standing.lower), (found.given.upper, found.standing.upper)):
        room, limit = plans.left_under(found, given, whole), units.show(whole.limit, units.LEVEL)
        if room.level is None or room.dose is None or room.bsa is None:
            continue
        amount = f"{units.digits(abs(room.level.magnitude))} mg/m²"
        if room.level.magnitude < 0:
            yield page.fact("", f"{amount} over {limit}")
            continue
        mg = f"{units.digits(units.cut(room.dose.magnitude))} mg at {units.show(room.bsa, units.AREA)}"
        yield page.fact("", f"{amount} ({mg}) left under {limit}; {_fit(found, room)}")


def _fit(found: Plan, room: plans.Left) -> str:
    """How many planned doses fit into the room that is left, and of the cycles still wholly ahead how many."""
    planned = len(found.planned)
    if not planned:
        return "nothing is planned"
    doses = f"{room.doses} of {planned} planned dose{'s' * (planned != 1)} fit{'s' * (room.doses == 1)}"
    return doses + (f", {room.cycles} whole cycle{'s' * (room.cycles != 1)}" if found.cycles_ahead else "")


def _against(first_over: Crossing, remaining: Quantity | None) -> str:
    if first_over == "prior":
        return "passed by prior exposure alone" + _room(remaining)
    if isinstance(first_over, tuple):
        return f"first passed in cycle {first_over[0]} on day {first_over[1]}" + _room(remaining)
    if remaining is None:
        return "not known, since prior exposure is not"
    return f"not passed, {units.show(remaining, units.LEVEL)} left"


def _room(remaining: Quantity | None) -> str:
    return "" if remaining is None else f", by {units.digits(abs(remaining.magnitude))} mg/m² at the end"


def _gauge(found: Plan) -> Part:
    total, width, word = found.standing.total, 36, plan_table.word(found.status, found)
    if total is None:
        own = units.show(plans.total(found.doses), units.LEVEL)
        return page.fact("Ceiling", f"{own} in this course, more before: ", word)
    scale = max(Fraction(total.magnitude), Fraction(found.ceiling.upper.magnitude)) * Fraction(10, 9)
    filled, *marks = (
        round(Fraction(amount.magnitude) / scale * width)
        for amount in (total, found.ceiling.lower, found.ceiling.upper)
    )
    bar = Styled(page.gauge(width, filled, marks), page.STYLES[found.status])
    return page.fact("Ceiling", bar, f" {units.show(total, units.LEVEL)}: ", word)


def _sources(found: Plan) -> Iterator[Part]:
    yield Title("Sources")
    regimen = found.regimen
    rules = [regimen.stop if regimen.remission_adapted else None, regimen.transplant if found.course.hsct else None]
    spots = [citation for dose in found.doses for citation in dose.prescribed.citations]
    spots += [citation for rule in rules if rule for citation in rule.citations]
    cited = {citation.source for citation in spots}
    yield from _cited((source for source in regimen.sources if source.id in cited), spots)
    if not regimen.after_transplant:
        yield from _cited(found.ceiling.sources, found.ceiling.citations, "The ceiling: ")
        yield page.line(f"{found.ceiling.title}: {found.ceiling.basis}.", indent=2)


def _cited(sources: Iterable[Source], citations: Iterable[Citation], what: str = "") -> Iterator[Part]:
    cited = list(citations)
    for source in sources:
        spots = "; ".join(dict.fromkeys(each.spot for each in cited if each.source == source.id))
        where = f" At: {spots}." if spots else ""
        yield page.line(f"{what}{show_page.source(source)}{where}", indent=2)
