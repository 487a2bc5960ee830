"""Resources of FHIR R4 → what each says: administrations, heights, weights and BSA by their codes, transplants by codes of a person's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from ..errors import InputError, Surface
from ..units import Numeral
from . import fhir_references
from .drug import IT, UNNAMED, Drug, Recognised
from .fhir_json import Number, Resource
from .fhir_references import Patients
from .fhir_references import text as _text
from .reading import GIVEN, Outcome, Row
from .record import UNITS_OF, SizeKind

MOST_PLACES = 40
VALUED = ("final", "amended", "corrected", "preliminary")
"""The statuses of an Observation whose value stands."""
ELEMENTS = {
    "id": "subject",
    "date": "effective",
    "dose": "dosage.dose",
    "status": "status",
    "drug": "medication",
    "transplant": "performed",
    "height": "Observation of height",
    "weight": "Observation of weight",
    "bsa": "Observation of BSA",
}


def _shown(fields: str) -> str:
    return ", ".join(dict.fromkeys(ELEMENTS.get(field, field) for field in fields.split(", ")))


SURFACE = Surface(_shown, lambda field: f"{_shown(field.name)} {field.value}".rstrip())


class Fhir:
    """How resources are read: what codes mean, and `transplants`, codes of procedures (alone, or as (system, code)).

    `every` is whether all is asked of administrations of other drugs too. An administration whose medication is another resource waits in `waiting` until that is read.
    """

    def __init__(self, drug: Drug, transplants: Iterable[tuple[str, str]] = (), every: bool = True) -> None:
        self.drug, self.every = drug, every
        self.transplants = {(drug.systems.get(system, system), code) for system, code in transplants}
        self.met = set[tuple[str, str]]()
        sizes = drug.codes_of("LOINC")
        self.sizes: dict[str, SizeKind] = {code: kind for code, kind in sizes.items() if kind in UNITS_OF}  # type: ignore[misc]
        self.units, self.outcomes = drug.codes_of("UCUM"), drug.codes_of("FHIR")
        self.undone = {code for code, means in drug.codes_of("SNOMED CT").items() if means == "not done"}
        words = [*(f'"{code}"' for code in self.sizes), '"MedicationAdministration"', '"Medication"', '"Bundle"', "\\u"]
        words += ['"Procedure"'] if self.transplants else []
        self.relevant = [word.encode() for word in words]
        self.medications: dict[str, Recognised] = {}
        self.waiting: list[tuple[list[str], Row, str]] = []
        self.patients = Patients()
        self.seen: dict[str, tuple[str, str, str]] = {}

    def read(self, place: str, resource: Resource) -> Iterator[Row]:
        """What a resource says."""
        match resource["resourceType"]:
            case "MedicationAdministration":
                yield from self._administration(place, resource)
            case "Observation":
                yield from self._observation(place, resource)
            case "Procedure":
                if self.transplants:
                    yield from self._procedure(place, resource)
            case "Medication":
                found = self._medication(resource)
                for name in fhir_references.names(resource):
                    if self.medications.setdefault(name, found).kind != found.kind:
                        raise InputError(
                            place, f"{name} is there twice, as different drugs", "keep the one that stands"
                        )
            case "Patient":
                self.patients.known(resource)

    def late(self) -> Iterator[Row]:
        """The administrations that waited for their medication."""
        for names, row, status in self.waiting:
            found = next((self.medications[name] for name in names if name in self.medications), None)
            lost = Recognised("near", problem=f"the medication {names[0]} is not in these files")
            yield self._once(row._replace(drug=found or lost), status)
        self.waiting.clear()

    def _administration(self, place: str, resource: Resource) -> Iterator[Row]:
        if "medication" in resource:
            raise InputError(place, "is of FHIR R5, whose administrations differ", "export R4")
        whose, status = self.patients.id(resource, place), _text(resource.get("status"))
        id = _text(resource.get("id") or resource.get("fullUrl"))
        drug = self._concept(resource["medicationCodeableConcept"]) if "medicationCodeableConcept" in resource else None
        if drug and drug.kind == "other" and not self.every:  # of which nothing else is asked; most are
            yield Row(place, {"id": whose}, drug, GIVEN)
            return
        said = {
            "id": whose,
            "date": _when(resource, "effective"),
            "dose": self._quantity(_object(_object(resource, "dosage"), "dose"), "dose"),
            "administration id": id,
        }
        row = Row(place, said, UNNAMED, self._outcome(resource))
        for found in [drug] if drug else self._drug(resource, row):
            yield self._once(row._replace(drug=found), status)

    def _once(self, row: Row, status: str) -> Row:
        """The same row. Raises InputError where one administration is there twice and not the same."""
        id, said = row.said["administration id"], (status, row.said["date"], row.said["dose"])
        if id and row.drug and row.drug.kind != "other" and (before := self.seen.setdefault(id, said)) != said:
            problem = f"MedicationAdministration {id} is there twice: {_shown_once(before)} and {_shown_once(said)}"
            raise InputError(row.place, problem, "keep the one that stands")
        return row

    def _drug(self, resource: Resource, row: Row) -> Iterator[Recognised]:
        """The medication that a resource refers to; nothing as long as it is still to come."""
        found = _object(resource, "medicationReference")
        reference = _text(found.get("reference"))
        if not reference:
            yield self.drug.named(_text(found.get("display")))
        elif reference.startswith("#"):
            there = fhir_references.contained(resource, reference)
            yield self._medication(there, resource) if there else UNNAMED
        elif known := self._known(names := fhir_references.sought(reference, resource)):
            yield known
        else:
            self.waiting.append((names, row, _text(resource.get("status"))))

    def _known(self, names: list[str]) -> Recognised | None:
        """The medication of the first of these names that was read."""
        return next((self.medications[name] for name in names if name in self.medications), None)

    def _outcome(self, resource: Resource) -> Outcome:
        status = _text(resource.get("status"))
        means, undone = self.outcomes.get(status), self._not_done(resource)
        if means == "given":
            return Outcome("open", f"status: {status}, and its reason says that it was not done") if undone else GIVEN
        if means == "not given":
            return Outcome("not given", "entered in error" if status == "entered-in-error" else "not done")
        if undone:
            return Outcome("not given", f"{status}, not done")
        return Outcome("open", f"status: {status or 'none'} does not say that it was given whole")

    def _not_done(self, resource: Resource) -> bool:
        """Whether the reason for a status is that it was not done."""
        reasons = (code for reason in _list(resource, "statusReason") for code in _list(reason, "coding"))
        return any(
            self.drug.systems.get(_text(code.get("system"))) == "SNOMED CT" and _text(code.get("code")) in self.undone
            for code in reasons
        )

    def _medication(self, resource: Resource, within: Resource | None = None) -> Recognised:
        """A Medication: what its code says and what its ingredients say, which may not differ about this drug."""
        found = [self._concept(resource["code"])] if "code" in resource else []
        found += [self._ingredient(each, resource, within or resource) for each in _list(resource, "ingredient")]
        if not found:
            return UNNAMED
        ours = [each for each in found if each.kind in ("it", "near")]
        if ours and found[0].kind == "other" and "code" in resource:
            return Recognised("near", found[0].name)
        return next((each for each in found if each.kind == "it"), ours[0] if ours else found[0])

    def _ingredient(self, part: Resource, medication: Resource, within: Resource) -> Recognised:
        """An ingredient; one that only refers to what is not read leaves a Medication without a coded name open."""
        if "itemCodeableConcept" in part:
            return self._concept(part["itemCodeableConcept"])
        reference = _object(part, "itemReference")
        address, display = _text(reference.get("reference")), _text(reference.get("display"))
        there = fhir_references.contained(medication, address) or fhir_references.contained(within, address)
        if there:
            return self._concept(there["code"]) if "code" in there else UNNAMED
        if found := self._known(fhir_references.sought(address, within)):
            return found
        if display or _list(medication.get("code"), "coding"):
            return self.drug.named(display) if display else Recognised("other")
        return Recognised("near", problem=f"the ingredient {address} is not in these files")

    def _concept(self, concept: Any) -> Recognised:
        """What a coded drug is: by a code, else by its text; where those do not agree it is nearly the drug."""
        codings = _list(concept, "coding")
        names = [
            text for text in (_text(_dict(concept).get("text")), *(_text(c.get("display")) for c in codings)) if text
        ]
        found = [self.drug.named(name) for name in names]
        if any(self.drug.coded(_text(c.get("system")), _text(c.get("code"))) for c in codings):
            other = next((each for each in found if each.kind == "other"), None)
            return Recognised("near", other.name) if other else IT
        if near := next((each for each in found if each.kind == "near"), None):
            return near
        kinds = {each.kind for each in found}
        if len(kinds) > 1:
            return Recognised("near", " / ".join(names))
        codes = " ".join(f"{_text(c.get('system'))} {_text(c.get('code'))}".strip() for c in codings if c.get("code"))
        return found[0] if found else Recognised("other", codes) if codes else UNNAMED

    def _quantity(self, quantity: Resource, field: str) -> str:
        """A Quantity as text: a number in one of our units, else with its unit behind it."""
        number, code, unit = quantity.get("value"), _text(quantity.get("code")), _text(quantity.get("unit"))
        if number is None:
            return ""
        if not isinstance(number, Number):
            return f"{number!r} in quotes"
        ucum = (
            self.drug.systems.get(_text(quantity.get("system")), "UCUM" if "system" not in quantity else "") == "UCUM"
        )
        coded = self.units.get(code) if ucum else None
        worded = self.units.get(unit, unit if unit in self.units.values() else None)
        ours = coded or worded
        plain = _plain(number)
        if quantity.get("comparator") or ours not in UNITS_OF[field] or (coded and worded and coded != worded):
            both = f"{code}/{unit}" if coded and worded and coded != worded else (code if ucum else "") or unit or "?"
            return f"{_text(quantity.get('comparator'))}{plain} {both}".rstrip()
        return Numeral(plain, ours)

    def _observation(self, place: str, resource: Resource) -> Iterator[Row]:
        if resource.get("status") not in VALUED:
            return
        for part in (resource, *(_list(resource, "component") if "component" in resource else ())):
            kind = self._size(part)
            if kind and (size := self._quantity(_object(part, "valueQuantity"), kind)):
                yield Row(
                    place, {"id": self.patients.id(resource, place), "date": _when(resource, "effective"), kind: size}
                )

    def _size(self, part: Resource) -> SizeKind | None:
        for coding in _list(part.get("code"), "coding"):
            kind = self.sizes.get(_text(coding.get("code")))
            if kind and self.drug.systems.get(_text(coding.get("system"))) == "LOINC":
                return kind
        return None

    def _procedure(self, place: str, resource: Resource) -> Iterator[Row]:
        if resource.get("status") != "completed":
            return
        for coding in _list(resource.get("code"), "coding"):
            system, code = _text(coding.get("system")), _text(coding.get("code"))
            if met := self.transplants & {("", code), (self.drug.systems.get(system, system), code)}:
                self.met |= met
                when = _when(resource, "performed") or "without a date"
                yield Row(place, {"id": self.patients.id(resource, place), "transplant": when})
                return


def _when(resource: Resource, what: str) -> str:
    """When it began, as it is written."""
    at = resource.get(f"{what}DateTime") or resource.get(f"{what}Instant")
    return _text(at or _object(resource, f"{what}Period").get("start"))


def _dict(found: Any) -> Resource:
    return found if isinstance(found, dict) else {}


def _object(found: Any, key: str) -> Resource:
    return _dict(_dict(found).get(key))


def _list(found: Any, key: str) -> list[Resource]:
    values = _dict(found).get(key)
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _shown_once(said: tuple[str, ...]) -> str:
    return " ".join(filter(None, said))


def _plain(number: str) -> str:
    """A number with an exponent as plain digits; an enormous one as it is, to be refused."""
    if "e" not in number.lower():
        return number
    try:
        value = Decimal(number)
    except ArithmeticError:
        return number
    return f"{value:f}" if abs(value.adjusted()) < MOST_PLACES else number
