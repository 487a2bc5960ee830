"""A name or a code of a drug, and a word for what became of a dose → what they mean here; what is nearly a name is never passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from ..engine.preparation import Product
from ..errors import Field, InputError
from ..files.recognised_file import Codes
from ..tables import near_names

Kind = Literal["it", "near", "unnamed", "other"]
BEHIND = re.compile(
    r"(?:[ ,;:()/+-]|[0-9]+(?:\.[0-9]+)?(?= ?(?:mg|mcg|ug|g|ml|l|%))|(?:mg|mcg|ug|g|ml|l|%)(?![a-z])|"
    r"\b(?:inotuzumab|ozogamicin|besponsa|iv|ivpb|intravenous|infusion|injection|injectable|inj|powder|for|in|of|vial|vials|"
    r"solution|soln|concentrate|lyophilized|lyophilised|single|dose|sodium|chloride|0\.9|ns|bag|r|chemo|chemotherapy)\b)*"
)
"""What may stand around the name: a strength, a form, the name in other words."""
PARTS = ("inotuzumab", "ozogamicin", "besponsa")
"""Words of the names, of which one in a longer name makes it a near one, but for gemtuzumab ozogamicin."""
OTHERS = ("gemtuzumab", "mylotarg")


REMEMBERED_NAMES = 50_000


class Recognised(NamedTuple):
    """What a name or a code was recognised as: the drug, nearly its name, no name at all, or another drug.

    `problem` is why it is not certain, where that is not the name itself.
    """

    kind: Kind
    name: str = ""
    problem: str = ""

    @property
    def fault(self) -> InputError:
        """Why a row cannot be counted whose drug is not told for certain."""
        if self.problem:
            return InputError(Field("drug"), self.problem, "name it, or its code, where it was inotuzumab ozogamicin")
        if self.kind == "unnamed":
            return InputError(Field("drug"), "the drug has no name", "write inotuzumab ozogamicin where it was that")
        problem = f"{self.name!r} may be inotuzumab ozogamicin or not"
        return InputError(
            Field("drug"), problem, f"write its full name where it was that, or add --drug-code {self.name!r}"
        )


IT, UNNAMED = Recognised("it"), Recognised("unnamed")


class Drug:
    """How the drug is recognised: by name, by the codes of the product's file and of the table, and by `more` codes of a person's own."""

    def __init__(self, codes: Codes, product: Product, more: Iterable[tuple[str, str]] = ()) -> None:
        self.names = tuple(name.casefold() for name, means in codes.of("name").items() if means == "drug")
        self.codes = {
            (each.system, each.code) for each in codes.codes if each.means == "drug" and each.system != "name"
        }
        self.codes |= {(each.system, _form(each.system, each.code)) for each in product.codes}
        self.codes |= {(codes.systems.get(system, system), code) for system, code in more}
        self.codes |= {(system, code.rpartition("-")[0]) for system, code in self.codes if system == "NDC"}
        self.bare = {code for _, code in self.codes}
        self.systems = codes.systems
        self.codes_of = codes.of
        self.words = codes.of("word")
        self.named = lru_cache(REMEMBERED_NAMES)(self._named)

    def _named(self, name: str) -> Recognised:
        """What the cell of a `drug` column names: a name of the drug with a strength or a form, or one of its codes."""
        plain = " ".join(name.casefold().replace("\xa0", " ").split())
        if not plain:
            return UNNAMED
        if name.strip() in self.bare or _form("NDC", name.strip()) in self.bare:
            return IT
        for known in self.names:
            before, found, behind = plain.partition(known)
            if found and BEHIND.fullmatch(before) and BEHIND.fullmatch(behind) and not re.search("[a-z]$", before):
                return IT
        return Recognised("near" if self._near(plain) else "other", name)

    def _near(self, plain: str) -> bool:
        words = re.findall("[a-z]+", plain)
        if "ino" in words:
            return True
        if any(word in OTHERS for word in words):
            return any(part in words for part in ("inotuzumab", "besponsa"))
        joined = "".join(words)
        return (
            any(part in plain for part in PARTS)
            or any(near_names.slips(joined[: len(each) + 2], each) <= 2 for each in map(_letters, self.names))
            or any(near_names.slips(word, part) <= 2 for word in words if len(word) > 5 for part in PARTS)
        )

    def coded(self, system: str, code: str) -> bool:
        """Whether a code of a system, which may be the address that FHIR gives it, is the drug's."""
        system = self.systems.get(system, system)
        return (system, _form(system, code)) in self.codes or ("", code) in self.codes

    def outcome(self, word: str) -> tuple[str, str]:
        """What a `status` cell says: `given`, `not given` with the word itself as the reason, or `open` where it is not known."""
        plain = " ".join(re.split("[ _-]+", word.strip().casefold()))
        if not plain:
            return "given", ""
        means = self.words.get(plain, "open")
        return means, plain if means == "not given" else ""


def _form(system: str, code: str) -> str:
    """A code as it is compared: of the NDC 5, 4 and 2 digits, however it was hyphened or shortened."""
    if system != "NDC":
        return code
    parts = code.split("-")
    if len(parts) > 1:
        return "-".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=False))
    digits = code.zfill(11)
    return f"{digits[:5]}-{digits[5:9]}-{digits[9:]}" if code.isdecimal() and len(code) > 9 else code


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name)
