"""The keys of a schedule file, described once: the reader checks them, editors complete them.

Each shape is JSON Schema. `Node.record` takes the keys from it, and `ino-dose lint --schema`
prints the whole; what a value means is read in `schedule.py`.
"""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
STANDINGS = ("full text", "abstract", "label page", "registry entry", "article page", "title only")
NUMBER = r"(0|[1-9][0-9]*)(\.[0-9]+)?"
AMOUNT = rf"^ *{NUMBER} *(mg|mcg)/(m2|m\^2|m²) *$"
YEARS = r"([1-9][0-9]?(?:\.[0-9]+)?)"
AGE = rf"^median {YEARS}(?:, range {YEARS} to {YEARS})?$"
RATE = r"^(100|[1-9]?[0-9](?:\.[0-9]+)?) %$"
DENOMINATORS = ("all treated", "transplanted", "not transplanted", "not stated")
ONE = r"[1-9][0-9]?"
RANGE = rf"^{NUMBER} to {NUMBER} (mg|mcg)/(m2|m\^2|m²)$"


def text(says: str, pattern: str = r"\S") -> Shape:
    """A piece of text."""
    return {"type": "string", "description": says, "pattern": pattern}


def whole(says: str) -> Shape:
    """A whole number from 1."""
    return {"type": "integer", "description": says, "minimum": 1, "maximum": 999_999}


def yes_no(says: str) -> Shape:
    """`yes` or `no`, which some editors read as true or false."""
    return {"enum": ["yes", "no", True, False], "description": says}


def one_of(says: str, *words: str) -> Shape:
    """One of a few words."""
    return {"enum": list(words), "description": says}


def array(says: str, of: Shape) -> Shape:
    """A list with at least one entry."""
    return {"type": "array", "description": says, "items": of, "minItems": 1}


def keyed(says: str, pattern: str, of: Shape) -> Shape:
    """A mapping whose keys the author chooses, within a pattern."""
    return {
        "type": "object",
        "description": says,
        "patternProperties": {pattern: of},
        "additionalProperties": False,
        "minProperties": 1,
    }


def record(says: str, required: tuple[str, ...], /, **properties: Shape) -> Shape:
    """A mapping with known keys; `_` in a name here is a space in the file."""
    return {
        "type": "object",
        "description": says,
        "properties": {name.strip("_").replace("_", " "): shape for name, shape in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }


CITATIONS = keyed("the spot in each source that states this: {id of a source: spot}", r"\S", text("the spot"))
CYCLES = {
    "anyOf": [
        whole("one cycle"),
        text(
            "cycles: `2 to 6`, `2, 4, 6, 8`, or `2 onward` where no source states a last one",
            rf"^{ONE}( onward| to {ONE}|(, {ONE})*)$",
        ),
    ],
}
LEVEL = text("a dose level, as in 0.8 mg/m2", AMOUNT)
PERCENT = text("a percentage, as in 80.7 %", RATE)
OPEN_LEVEL = text("a range that the source leaves open, as in 1.3 to 1.8 mg/m2", RANGE)
DOSE = record(
    "a level with a source of its own",
    ("level", "source"),
    level={"anyOf": [LEVEL, OPEN_LEVEL, array("levels to choose from", LEVEL)]},
    source=CITATIONS,
)
DOSES = keyed(
    "{day 1: 0.8 mg/m2, day 8: 0.5 mg/m2}",
    rf"^day {ONE}$",
    {"anyOf": [LEVEL, OPEN_LEVEL, array("levels to choose from", LEVEL), DOSE]},
)
SOURCE = record(
    "a paper, label or registry entry",
    ("cite", "read"),
    cite=text("author, title, journal, year"),
    doi=text("the DOI, as in 10.1056/nejmoa1509277", r"^10\.[0-9]+/\S+$"),
    trial=text("the trial's number"),
    read=one_of("how much of it was read", *STANDINGS),
)
SOURCES = keyed("every source by an id of your own", r"\S", SOURCE)
BLOCK = record(
    "cycles that are dosed alike",
    ("cycles", "doses", "source"),
    cycles=CYCLES,
    if_=one_of("for whom, where doses depend on remission", "remission", "no remission"),
    length=text("how long a cycle lasts: `28 d` or `21 to 28 d`", rf"^{ONE} (to {ONE} )?d$"),
    doses={"anyOf": [DOSES, one_of("where no source states a dose", "not stated")]},
    source=CITATIONS,
    note=text("what a reader of these doses should know"),
)
STOP = record(
    "where patients without remission stop",
    ("after cycle", "if", "source"),
    after_cycle=whole("the last cycle"),
    if_=one_of("for whom", "no remission"),
    source=CITATIONS,
)
TRANSPLANT = record(
    "where patients proceeding to transplant stop",
    ("cycles", "at most", "source"),
    cycles=whole("as many cycles as they usually get"),
    at_most=whole("as many cycles as they get at most"),
    note=text("who may get more than usual"),
    source=CITATIONS,
)
TOTAL = record(
    "double entry: what the doses through a cycle must sum to",
    ("through cycle", "total"),
    through_cycle=whole("the last cycle that is counted"),
    remission_after={
        "anyOf": [whole("the cycle at whose end remission is documented"), one_of("without remission", "never")]
    },
    level=text("the level that is chosen for this sum, where the source leaves a choice", AMOUNT),
    total=LEVEL,
    worked=text("the working, as in 0.6 + 0.3 + 5 × (0.3 + 0.3)"),
    source=CITATIONS,
)
DISAGREEMENT = record(
    "what sources say differently, or one source in two places",
    ("about", "says"),
    about=text("what they disagree on, as in cycle length"),
    says=keyed("{id of a source: what it says, and where}", r"\S", text("what it says, and where")),
    matters=text("only where it matters to a plan: how, in a sentence; every plan then shows it"),
)
SOS = record(
    "sinusoidal obstruction syndrome / veno-occlusive disease",
    ("rate", "among"),
    rate=PERCENT,
    among=one_of("the patients it is a rate of", *DENOMINATORS),
)
RESULT = record(
    "what was published about patients who were treated like this",
    ("of", "source"),
    of=text("which patients"),
    patients=whole("how many"),
    age=text("in years: `median 39.5, range 4 to 84`, or the median alone", AGE),
    remission=PERCENT,
    response=text("what is reported beside CR/CRi or in place of it, as in overall response 78 %"),
    transplant=PERCENT,
    survival=text("overall survival, as in median 7.7 months; 23 % at 2 years"),
    sos=SOS,
    source=CITATIONS,
)
REGIMEN = record(
    "a schedule of inotuzumab ozogamicin as its source states it",
    ("title", "after transplant", "sources"),
    title=text("what it is, for whom, where it was studied"),
    after_transplant=yes_no("whether it is given after transplant, where the ceiling does not apply"),
    status=one_of("only where there is no dose to plan", "incomplete"),
    missing=array("what no source states, and where it might be found", text("a sentence")),
    sources=SOURCES,
    blocks=array("cycles that are dosed alike", BLOCK),
    stop=STOP,
    transplant=TRANSPLANT,
    not_stated=array("what no source states, as in cycle length", text("a few words")),
    disagreements=array("where sources disagree", DISAGREEMENT),
    totals=array("double entry, one for each branch at least", TOTAL),
    results=array("published results, beside the doses and never computed with", RESULT),
)
SCHEMA: Shape = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "ino-dose regimen"} | REGIMEN
CEILING = record(
    "the two limits on cumulative mg/m² before transplant",
    ("title", "lower", "upper", "basis", "source", "sources"),
    title=text("what it is"),
    lower=LEVEL,
    upper=LEVEL,
    basis=text("what it rests on"),
    source=CITATIONS,
    sources=SOURCES,
)
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DATE = text("a date, as in 2026-12-01", DAY)
PRIOR = record(
    "inotuzumab ozogamicin received before: a level, a dose with the BSA of that day, or cycles of a regimen",
    (),
    level=LEVEL,
    dose=text("mg given, as in 1.5 mg"),
    bsa=text("the BSA of that day, as in 1.95 m2"),
    regimen=text("the id of a regimen"),
    cycles=whole("the last cycle received of it"),
    remission_after=TOTAL["properties"]["remission after"],
)
PATIENT = record(
    "whose course it is",
    (),
    id=text("echoed in the output, never read"),
    height=text("as in 178 cm"),
    weight=text("as in 82 kg"),
    bsa=text("instead of height and weight, as in 1.82 m2"),
    formula=text("the BSA formula, mosteller if left out"),
    sex=one_of("for the formula schlich", "f", "m"),
)
EVENT = record(
    "something that happened in a cycle: a dose given, omitted or moved, or a change from that cycle on",
    ("cycle",),
    cycle=whole("the cycle, by the regimen's numbers"),
    day=whole("the day of a dose"),
    given=text("`as planned`, or the mg given, as in 1 mg"),
    omitted=text("why a dose was not given"),
    on=DATE,
    confirmed={"enum": ["true", True], "description": "that an amount is meant although it looks like a slip"},
    after_transplant={"enum": ["yes", True], "description": "that a dose was given after the transplant"},
    remission=one_of("documented at the end of this cycle", "CR", "CRi"),
    weight=text("a new weight, as in 76 kg"),
    height=text("a new height, as in 131 cm"),
    bsa=text("a new BSA, where the BSA was stated"),
    reduce=text("a reduction of the schedule's own level, as in 25 %"),
    length=text("how long this cycle lasts, as in 28 d", r"^[1-9][0-9]? *d$"),
    stop=text("why the course ends here"),
)
COURSE = record(
    "a patient's course: what was given, what changed, what is planned",
    ("regimen",),
    regimen=text("an id, or the path of a schedule file"),
    patient=PATIENT,
    start=DATE,
    transplant=DATE,
    hsct=yes_no("whether a transplant is planned, where it has no date yet"),
    prior={"anyOf": [one_of("in a word", "none", "unknown"), array("what was received", PRIOR)]},
    cycles=whole("plan through this cycle"),
    remission_after=TOTAL["properties"]["remission after"],
    level=text("the level, where the source leaves a choice"),
    round_to=text("rounding step of a dose, as in 0.05 mg, or vial"),
    prior_gemtuzumab=yes_no("whether gemtuzumab ozogamicin was given before"),
    prior_transplant=yes_no("whether there was a transplant before"),
    events=array("what happened, in order", EVENT),
)


def fact(says: str, *names: str) -> Shape:
    """A fact of a product with its sources."""
    keys: dict[str, Shape] = {name: text(says) for name in names}
    return record(says, (*names, "source"), **keys, source=CITATIONS)


PRODUCT = record(
    "the facts of a vial, a bag and the label's windows",
    ("title", "vial", "concentration", "bag", "rounding", "spacing", "window", "sources"),
    title=text("which product"),
    vial=fact("mg that can be withdrawn from one", "delivers"),
    concentration=fact("mg/mL after reconstitution", "is"),
    bag=fact("mL, and mg/mL that may be in it", "volume", "least", "most"),
    rounding=fact("per cent by which a dose may be rounded", "within"),
    spacing=fact("days between doses", "least"),
    window=record(
        "days by which some doses may move",
        ("days", "within", "source"),
        days=array("the days of the cycle", whole("a day")),
        within=text("days either way"),
        source=CITATIONS,
    ),
    sources=SOURCES,
)
