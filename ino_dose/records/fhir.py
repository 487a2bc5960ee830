"""Resources of FHIR R4 → what each says: administrations, heights, weights and BSA by their codes, transplants by codes of a person's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import Surface
from ..units import Numeral
from .drug import IT, UNNAMED, Drug, Recognised
from .fhir_json import Resource
from .reading import GIVEN, Outcome, Row
from .record import SizeKind

SIZE_UNITS = {"height": ("cm", "m", "in"), "weight": ("kg", "g", "lb"), "bsa": ("m2",), "dose": ("mg", "mcg")}
VALUED = ("final", "amended", "corrected", "preliminary")
"""The statuses of an Observation whose value stands."""
ELEMENTS = {
    "id": "subject",
    "date": "effective",
    "dose": "dosage.dose",
    "status": "status",
    "drug": "medication",
    "transplant": "performed",
    "height": "valueQuantity",
    "weight": "valueQuantity",
    "bsa": "valueQuantity",
}
SURFACE = Surface(lambda field: ELEMENTS.get(field, field), lambda field: f"{ELEMENTS.get(field.name)} {field.value}")


class Fhir:
    """How resources are read: what codes mean, and `transplants`, codes of procedures (alone, or as (system, code)).

    An administration whose medication is another resource waits in `waiting` until that is read.
    """

    def __init__(self, drug: Drug, transplants: Iterable[tuple[str, str]] = ()) -> None:
        self.drug = drug
        self.transplants = {*transplants}
        sizes = drug.codes_of("LOINC")
        self.sizes: dict[str, SizeKind] = {code: kind for code, kind in sizes.items() if kind in SIZE_UNITS}  # type: ignore[misc]
        self.units, self.outcomes = drug.codes_of("UCUM"), drug.codes_of("FHIR")
        self.undone = {code for code, means in drug.codes_of("SNOMED CT").items() if means == "not done"}
        words = ['"MedicationAdministration"', '"Medication"', '"Bundle"', r"\u", *(f'"{code}"' for code in self.sizes)]
        words += ['"Procedure"'] if self.transplants else []
        self.relevant = re.compile("|".join(map(re.escape, words)).encode())
        self.medications: dict[str, Recognised] = {}
        self.waiting: list[tuple[str, Row]] = []

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
                for name in (f"Medication/{resource.get('id')}", resource.get("fullUrl")):
                    if isinstance(name, str):
                        self.medications[name] = found

    def late(self) -> Iterator[Row]:
        """The administrations that waited for their medication."""
        for reference, row in self.waiting:
            found = self.medications.get(reference)
            yield row._replace(drug=found or Recognised("near", f"{reference}, which is not in these files,"))
        self.waiting.clear()

    def _administration(self, place: str, resource: Resource) -> Iterator[Row]:
        dosage = _object(resource, "dosage")
        said = {
            "id": patient(resource),
            "date": _when(resource, "effective"),
            "dose": self._quantity(_object(dosage, "dose"), "dose"),
            "administration id": _text(resource.get("id")),
        }
        drug = self._concept(resource["medicationCodeableConcept"]) if "medicationCodeableConcept" in resource else None
        row = Row(place, said, drug or UNNAMED, self._outcome(resource))
        reference = _text(_object(resource, "medicationReference").get("reference"))
        if drug or not reference:
            yield row
        elif reference.startswith("#"):
            there = [each for each in _list(resource, "contained") if each.get("id") == reference[1:]]
            yield row._replace(drug=self._medication(there[0]) if there else UNNAMED)
        elif found := self.medications.get(reference.partition("/_history")[0]):
            yield row._replace(drug=found)
        else:
            self.waiting.append((reference.partition("/_history")[0], row))

    def _outcome(self, resource: Resource) -> Outcome:
        status = _text(resource.get("status"))
        means = self.outcomes.get(status)
        if means == "given":
            return GIVEN
        if means == "not given":
            return Outcome("not given", "entered in error" if status == "entered-in-error" else "not done")
        reasons = (code for reason in _list(resource, "statusReason") for code in _list(reason, "coding"))
        if any(_text(code.get("code")) in self.undone for code in reasons):
            return Outcome("not given", f"{status}, not done")
        return Outcome("open", f"status: {status or 'none'} does not say that it was given whole")

    def _medication(self, resource: Resource) -> Recognised:
        if "code" in resource:
            return self._concept(resource["code"])
        parts = [self._concept(_object(each, "itemCodeableConcept")) for each in _list(resource, "ingredient")]
        return next((part for part in parts if part.kind != "other"), parts[0] if parts else UNNAMED)

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
        codes = " ".join(_text(c.get("code")) for c in codings if c.get("code"))
        return found[0] if found else Recognised("other", codes) if codes else UNNAMED

    def _quantity(self, quantity: Resource, field: str) -> str:
        """A Quantity as text: a number in one of our units, else with its unit behind it."""
        number, code, unit = (_text(quantity.get(key)) for key in ("value", "code", "unit"))
        if not number:
            return ""
        if "e" in number.lower():
            number = f"{_plain(number)}"
        if quantity.get("comparator"):
            return f"{quantity['comparator']}{number} {code or unit}"
        ours = self.units.get(code) if code else self.units.get(unit)
        return Numeral(number, ours) if ours in SIZE_UNITS[field] else f"{number} {code or unit}".rstrip()

    def _observation(self, place: str, resource: Resource) -> Iterator[Row]:
        if resource.get("status") not in VALUED:
            return
        for part in (resource, *_list(resource, "component")):
            kind = self._size(part)
            if kind and "valueQuantity" in part:
                size = self._quantity(_object(part, "valueQuantity"), kind)
                yield Row(place, {"id": patient(resource), "date": _when(resource, "effective"), kind: size})

    def _size(self, part: Resource) -> SizeKind | None:
        code = part.get("code")
        for coding in code.get("coding", ()) if isinstance(code, dict) else ():
            if kind := self.sizes.get(coding.get("code")):
                return kind if self.drug.systems.get(coding.get("system")) == "LOINC" else None
        return None

    def _procedure(self, place: str, resource: Resource) -> Iterator[Row]:
        codes = [(_text(c.get("system")), _text(c.get("code"))) for c in _list(resource.get("code"), "coding")]
        if resource.get("status") != "completed":
            return
        if any(("", code) in self.transplants or (system, code) in self.transplants for system, code in codes):
            yield Row(place, {"id": patient(resource), "transplant": _when(resource, "performed")})


def patient(resource: Resource) -> str:
    """Whose a resource is: the last part of the reference to its subject, or the identifier that stands for it."""
    subject = _object(resource, "subject")
    reference = _text(subject.get("reference")).partition("/_history")[0]
    if reference:
        return reference.rpartition("/")[2].removeprefix("urn:uuid:")
    return _text(_object(subject, "identifier").get("value"))


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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _plain(number: str) -> str:
    """A number with an exponent as plain digits; of an enormous one as it is, to be refused."""
    from decimal import Decimal

    value = Decimal(number)
    return f"{value:f}" if abs(value.adjusted()) < 40 else number
