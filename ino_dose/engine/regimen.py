"""What a source prescribes, as frozen nouns: regimen, block, dose, source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

    from ..units import Quantity

REVIEW: Final = "review"
"""The id that the review has as a source in every file."""
Condition = Literal["remission", "no remission"]
Denominator = Literal["all treated", "transplanted", "not transplanted", "not stated"]


class Source(NamedTuple):
    """A paper, label or registry entry, and how much of it was read: its standing."""

    id: str
    cite: str
    read: str
    place: str
    doi: str | None = None
    trial: str | None = None


class Citation(NamedTuple):
    """The spot in a source that states a number."""

    source: str
    spot: str
    place: str


class Choice(NamedTuple):
    """Levels among which the source leaves the choice: a range (`listed` false) or a list."""

    levels: tuple[Quantity, ...]
    listed: bool

    def offers(self, level: Quantity) -> bool:
        """Whether a level is one of the list, or within the range."""
        return level in self.levels if self.listed else bool(self.levels[0] <= level <= self.levels[-1])


class Window(NamedTuple):
    """By how many days doses on some days of a cycle may move, earlier or later, and who says so."""

    days: tuple[int, ...]
    within: int
    citations: tuple[Citation, ...]
    place: str


class Dose(NamedTuple):
    """One line of the label's table: on this day of the cycle, this level (mg/m²)."""

    day: int
    level: Quantity | Choice
    citations: tuple[Citation, ...]


class Block(NamedTuple):
    """Cycles that are dosed alike, for whom, and how long each lasts.

    `cycles` are numbered as the regimen numbers them. `onward`: no source states a last one.
    `doses` is None where no source states any; `length` is (shortest, longest) in days.
    """

    cycles: tuple[int, ...]
    onward: bool
    condition: Condition | None
    doses: tuple[Dose, ...] | None
    length: tuple[int, int] | None
    citations: tuple[Citation, ...]
    place: str
    note: str = ""

    def covers(self, cycle: int) -> bool:
        """Whether this block says how `cycle` is dosed."""
        return cycle in self.cycles or (self.onward and cycle > self.cycles[-1])


class Stop(NamedTuple):
    """Without remission, nothing is given after this cycle."""

    after_cycle: int
    citations: tuple[Citation, ...]
    place: str


class Transplant(NamedTuple):
    """Where patients proceeding to transplant stop: usually, and at most."""

    cycles: int
    at_most: int
    note: str
    citations: tuple[Citation, ...]
    place: str


class Total(NamedTuple):
    """Double entry: what the doses through a cycle must sum to, published or worked by hand.

    `remission_after` is the cycle, or None where the regimen does not depend on it.
    """

    through_cycle: int
    remission_after: int | None
    level: Quantity
    chosen: Quantity | None
    worked: str
    citations: tuple[Citation, ...]
    place: str


class Disagreement(NamedTuple):
    """What sources say differently; here a citation's spot is what its source says.

    `matters` tells how it bears on a plan, and is empty where it does not.
    """

    about: str
    says: tuple[Citation, ...]
    matters: str


class Age(NamedTuple):
    """Median age and its range, in years."""

    median: Decimal
    range: tuple[Decimal, Decimal] | None


class Sos(NamedTuple):
    """A rate of SOS/VOD in percent, and the patients that it is a rate of: never one without the other."""

    percent: Decimal
    among: Denominator


class Result(NamedTuple):
    """What was published about some patients; rates in percent, None where they are not reported."""

    of: str
    patients: int | None
    age: Age | None
    remission: Decimal | None
    response: str
    transplant: Decimal | None
    survival: str
    sos: Sos | None
    citations: tuple[Citation, ...]


SETTINGS: Final = (
    "relapsed or refractory",
    "newly diagnosed, older",
    "newly diagnosed, younger",
    "measurable residual disease",
    "after transplant",
    "children",
    "lymphoma",
)
"""In the order in which they are listed."""


class Setting(NamedTuple):
    """For whom a regimen is, in a few words that are the same for all that are alike."""

    name: str
    citations: tuple[Citation, ...]


class Regimen(NamedTuple):
    """A schedule as its source states it; the id is the file's name."""

    id: str
    place: str
    title: str
    after_transplant: bool
    incomplete: bool
    sources: tuple[Source, ...]
    blocks: tuple[Block, ...]
    sha256: str
    setting: Setting | None = None
    stop: Stop | None = None
    transplant: Transplant | None = None
    window: Window | None = None
    not_stated: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()
    missing: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def remission_adapted(self) -> bool:
        """Whether later cycles depend on remission."""
        return any(block.condition for block in self.blocks)

    @property
    def read(self) -> dict[str, list[str]]:
        """The sources by how much of them was read, in the order in which they are named."""
        found: dict[str, list[str]] = {}
        for source in self.sources:
            found.setdefault(source.read, []).append(source.id)
        return found

    @property
    def on_one_source(self) -> list[tuple[Block, str]]:
        """The blocks whose doses a single source states."""
        named = [
            (block, {each.source for dose in block.doses or () for each in dose.citations}) for block in self.blocks
        ]
        return [(block, next(iter(ids))) for block, ids in named if len(ids) == 1]

    @property
    def reviewed(self) -> bool:
        """Whether the review that the project rests on names it: it is cited for the setting."""
        return self.setting is not None and any(each.source == REVIEW for each in self.setting.citations)

    @property
    def last_cycle(self) -> int | None:
        """The last cycle any patient can reach, or None where no source states one."""
        if not self.blocks or any(block.onward for block in self.blocks):
            return None
        return max(block.cycles[-1] for block in self.blocks if block.doses)

    @property
    def choice(self) -> Choice | None:
        """The levels to choose from, where the source leaves a choice."""
        levels = (dose.level for block in self.blocks for dose in block.doses or ())
        return next((level for level in levels if isinstance(level, Choice)), None)
