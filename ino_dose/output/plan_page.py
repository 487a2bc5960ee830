"""A plan → what a person reads: who and what, a row a dose, where it stands, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from .. import errors, units
from ..engine import plan as plans
from ..engine import preparation, remarks
from ..engine.course import NEVER
from ..engine.preparation import Product
from . import show_page, terminal
from .terminal import STYLES, Part

if TYPE_CHECKING:
    from ..engine.exposure import Crossing, Status
    from ..engine.plan import Plan
    from ..engine.regimen import Citation, Source
    from ..units import Quantity


def plan(found: Plan, with_pharmacy: bool = False) -> Iterator[Part]:
    """The whole plan: who and what, a row a dose, where it stands, what was assumed, the sources."""
    yield from _header(found)
    yield _doses(found)
    yield from _standing(found)
    if found.product and (with_pharmacy or found.rounding.vial is not None):
        yield from _pharmacy(found, found.product)
    yield from terminal.sentences("Warnings", remarks.warnings(found), "bold")
    yield from terminal.sentences("Assumptions", remarks.assumptions(found))
    yield from _sources(found)


def _header(found: Plan) -> Iterator[Part]:
    yield from terminal.heading(found.regimen)
    if found.patient is not None:
        yield terminal.fact("Patient", errors.printable(found.patient))
    yield terminal.fact("BSA", bsa(found))
    yield terminal.fact("Prior", prior(found))
    yield terminal.fact("Course", _course(found))
    if (days := found.days_to_transplant) is not None:
        yield terminal.fact(
            "Interval", f"{days} days from the last dose to transplant; no source states how many it should be"
        )


def bsa(found: Plan) -> str:
    """The BSA used, and what it is from."""
    body = found.body
    shown = units.show(body.bsa, units.AREA)
    if body.height is None or body.weight is None or body.formula is None:
        return f"{shown}, as stated"
    sizes = f"{units.show(body.height, units.HEIGHT)} and {units.show(body.weight, units.WEIGHT)}"
    return f"{shown} by {body.formula.name} from {sizes}"


def prior(found: Plan) -> str:
    """What was received before, or that it was not stated."""
    if found.course.prior is None:
        return "unknown"
    if not found.course.prior_stated:
        return "not stated, counted as none"
    return units.show(found.course.prior, units.LEVEL) if found.course.prior.magnitude else "none"


def _course(found: Plan) -> str:
    remission = {None: "remission not stated", NEVER: "no remission"}.get(
        found.course.remission, f"remission after cycle {found.course.remission}"
    )
    parts = [f"through cycle {found.last_cycle}"]
    if found.regimen.remission_adapted:
        parts.append(remission)
    if found.course.level is not None:
        parts.append(f"level {units.show(found.course.level, units.LEVEL)}")
    if found.course.transplant:
        parts.append(f"transplant on {found.course.transplant}")
    elif found.course.hsct:
        parts.append("transplant planned")
    return ", ".join(parts)


def _doses(found: Plan) -> Table:
    lived = found.course.start is not None or bool(found.course.events)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0 if lived else 1), collapse_padding=True)
    names = ["Cycle", "Day", "Level\nmg/m²", "Calculated\nmg", "Dose\nmg", "Cumulative\nmg/m²"]
    for name in [*names[:2], *(["Date", "State"] if lived else []), *names[2:]]:
        table.add_column(name, justify="left" if name in ("Date", "State") else "right", no_wrap=True)
    table.add_column(f"Against\n{terminal.limits(found.ceiling)}", no_wrap=True)
    for cycle, doses in found.by_cycle:
        for dose, cumulative, status in doses:
            when = [dose.date.isoformat() if dose.date else "", dose.state] if lived else []
            table.add_row(
                str(cycle),
                str(dose.prescribed.day),
                *when,
                terminal.digits(dose.prescribed.level),
                terminal.digits(dose.calculated),
                Text(terminal.digits(dose.dose), "bold"),
                terminal.digits(cumulative),
                _word(status, found),
            )
        level = units.total((dose.counted for dose, _, _ in doses), units.LEVEL)
        amount = units.total((dose.dose for dose, _, _ in doses), units.DOSE)
        blank = ["", ""] if lived else []
        table.add_row(
            str(cycle),
            "sum",
            *blank,
            terminal.digits(level),
            "",
            terminal.digits(amount),
            style="dim",
            end_section=True,
        )
    return table


def _pharmacy(found: Plan, product: Product) -> Iterator[Part]:
    """A row a dose that is still to be prepared: vials, the volume to withdraw, the bag."""
    yield Text("Preparation", "bold")
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    bag = units.show(product.bag, units.VOLUME)
    vials = f"Vials\n{units.show(product.vial, units.DOSE)}"
    amounts = ("Dose\nmg", "From calc.\n%", vials, "Withdraw\nmL", f"In {bag}\nmg/mL", "Saved\nvials")
    for name in ("Cycle", "Day", *amounts):
        table.add_column(name, justify="right", no_wrap=True)
    for dose in (dose for dose in found.doses if dose.state == "planned"):
        made = preparation.prepare(dose.dose, product)
        table.add_row(
            str(dose.prescribed.cycle),
            str(dose.prescribed.day),
            terminal.digits(dose.dose),
            units.digits(units.thousandths(units.deviation(dose.dose, dose.calculated))),
            str(made.vials),
            terminal.digits(made.withdraw),
            terminal.digits(made.concentration),
            str(preparation.saved(dose, found.rounding, product)),
        )
    yield table
    for source in product.sources:
        facts = (each for fact in ("vial", "concentration", "bag", "rounding") for each in product.cited[fact])
        yield from _cited([source] if any(each.source == source.id for each in facts) else [], ())
    yield Text()


def _word(status: Status, found: Plan) -> Text:
    words = {
        "below": f"within {terminal.digits(found.ceiling.lower)}",
        "between": "between",
        "above": f"above {terminal.digits(found.ceiling.upper)}",
        "not_applicable": "does not apply",
    }
    return Text(words.get(status, status), STYLES[status])


def _standing(found: Plan) -> Iterator[Part]:
    delivered = units.total((dose.delivered for dose in found.doses), units.LEVEL)
    level = plans.total(found.doses)
    amount = units.total((dose.dose for dose in found.doses), units.DOSE)
    shown = f"{units.show(level, units.LEVEL)} in this course; its {units.show(amount, units.DOSE)} deliver"
    yield terminal.fact("Total", f"{shown} {units.digits(units.thousandths(delivered.magnitude))} mg/m²")
    if found.regimen.after_transplant:
        yield terminal.fact("Ceiling", "does not apply: this is given after transplant")
        yield Text()
        return
    yield _gauge(found)
    for against in (found.standing.lower, found.standing.upper):
        yield terminal.fact(
            "", f"{units.show(against.limit, units.LEVEL)}: {_against(against.first_over, against.remaining)}"
        )
    if any(dose.state != "planned" for dose in found.doses):
        yield from _left(found)
    for branch in found.undecided:
        total = branch.standing.total
        shown = f"{units.show(branch.level, units.LEVEL)} through cycle {branch.cycles}"
        if total is not None and total != branch.level:
            shown += f", {units.show(total, units.LEVEL)} with what came before"
        yield terminal.fact("", Text.assemble(f"If {branch.when}: {shown}: ", _word(branch.standing.status, found)))
    yield Text()


def _left(found: Plan) -> Iterator[Part]:
    """What was given so far, and what still fits under each limit."""
    total = found.given.total
    so_far = "unknown, since prior exposure is" if total is None else units.show(total, units.LEVEL)
    yield terminal.fact("So far", Text.assemble(f"{so_far}: ", _word(found.given.status, found)))
    for given, whole in ((found.given.lower, found.standing.lower), (found.given.upper, found.standing.upper)):
        room, limit = plans.left_under(found, given, whole), units.show(whole.limit, units.LEVEL)
        if room.level is None or room.dose is None or room.bsa is None:
            continue
        amount = f"{units.digits(abs(room.level.magnitude))} mg/m²"
        if room.level.magnitude < 0:
            yield terminal.fact("", f"{amount} over {limit}")
            continue
        mg = f"{units.digits(units.thousandths(room.dose.magnitude))} mg at {units.show(room.bsa, units.AREA)}"
        yield terminal.fact("", f"{amount} ({mg}) left under {limit}; {_fit(found, room)}")


def _fit(found: Plan, room: plans.Left) -> str:
    """How many planned doses fit into the room that is left, and of the cycles still wholly ahead how many."""
    planned = [dose for dose in found.doses if dose.state == "planned"]
    begun = {dose.prescribed.cycle for dose in found.doses if dose.state != "planned"}
    doses = f"{room.doses} of {len(planned)} planned dose{'s' * (len(planned) != 1)} fit{'s' * (room.doses == 1)}"
    ahead = any(dose.prescribed.cycle not in begun for dose in planned)
    return doses + (f", {room.cycles} whole cycle{'s' * (room.cycles != 1)}" if ahead else "")


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
    total, width = found.standing.total, 36
    if total is None:
        own = plans.total(found.doses)
        return terminal.fact(
            "Ceiling",
            Text.assemble(f"{units.show(own, units.LEVEL)} in this course, more before: ", _word(found.status, found)),
        )
    scale = max(Fraction(total.magnitude), Fraction(found.ceiling.upper.magnitude)) * Fraction(10, 9)

    def at(amount: Quantity) -> int:
        return round(Fraction(amount.magnitude) / scale * width)

    cells = ["━" if index < at(total) else "·" for index in range(width)]
    for limit in (found.ceiling.lower, found.ceiling.upper):
        cells[at(limit)] = "┃"
    bar = Text("".join(cells), STYLES[found.status])
    return terminal.fact(
        "Ceiling", Text.assemble(bar, f" {units.show(total, units.LEVEL)}: ", _word(found.status, found))
    )


def _sources(found: Plan) -> Iterator[Part]:
    yield Text("Sources", "bold")
    regimen = found.regimen
    rules = [regimen.stop if regimen.remission_adapted else None, regimen.transplant if found.course.hsct else None]
    spots = [citation for dose in found.doses for citation in dose.prescribed.citations]
    spots += [citation for rule in rules if rule for citation in rule.citations]
    cited = {citation.source for citation in spots}
    yield from _cited((source for source in regimen.sources if source.id in cited), spots)
    if not regimen.after_transplant:
        yield from _cited(found.ceiling.sources, found.ceiling.citations, "The ceiling: ")
        yield terminal.indented(f"{found.ceiling.title}: {found.ceiling.basis}.")


def _cited(sources: Iterable[Source], citations: Iterable[Citation], what: str = "") -> Iterator[Part]:
    cited = list(citations)
    for source in sources:
        spots = "; ".join(dict.fromkeys(each.spot for each in cited if each.source == source.id))
        where = f" At: {spots}." if spots else ""
        yield terminal.indented(f"{what}{show_page.source(source)}{where}")
