"""Checked orders → what is said of their whole file: how many of each verdict, and what to know beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..tables import formula_cells, summary
from .order_file import Checked


class Tally:
    """What is said of a file of orders when all of them are checked."""

    def __init__(self, cells: bool) -> None:
        self.cells = cells
        self.verdicts: Counter[str] = Counter()
        self.ids, self.several = set[int](), set[int]()
        self.formulas = self.without_prior = 0

    def add(self, each: Checked) -> Checked:
        """Count an order."""
        self.verdicts[each.verdict] += 1
        if each.id is not None:
            (self.several if (id := hash(each.id)) in self.ids else self.ids).add(id)
        if self.cells:
            self.formulas += formula_cells.count(each.cells)
        if each.check and not each.check.due[0].plan.course.prior_stated:
            self.without_prior += 1
        return each

    def sentences(self) -> Iterator[str]:
        """The verdicts, and what a person should know beside them."""
        number = self.verdicts.total()
        said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in sorted(self.verdicts.items()))
        yield f"{number} order{'s' * (number != 1)}: {said}"
        if self.without_prior == number - self.verdicts["refused"] > 0:
            yield summary.NO_PRIOR_COLUMN
        elif self.without_prior:
            yield f"Prior inotuzumab ozogamicin was not stated in {self.without_prior} rows and counts as none there."
        if count := len(self.several):
            yield summary.repeated(count)
        if self.formulas:
            yield summary.formulas(self.formulas)
