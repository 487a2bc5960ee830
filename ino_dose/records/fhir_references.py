"""References of FHIR → the names by which a resource and what refers to it find each other, and whose a resource is.

An address that begins with urn: has a meaning within its Bundle only; a relative one is of the server that the
referring resource is from, where that is known.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import InputError
from .fhir_json import Resource

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def names(resource: Resource) -> list[str]:
    """The names that a resource goes by."""
    url, id = text(resource.get("fullUrl")), text(resource.get("id"))
    found = [f"{resource['resourceType']}/{id}"] if id else []
    if url.startswith("urn:"):
        return [*found, _in_bundle(url, resource)]
    return [*found, url, _last(url)] if url else found


def sought(reference: str, resource: Resource) -> list[str]:
    """The names under which a resource looks for what it refers to, the closest first."""
    reference = reference.partition("/_history")[0]
    if reference.startswith("urn:"):
        return [_in_bundle(reference, resource)]
    base = _base(resource)
    return [*([base + reference] if base and ":" not in reference else []), reference, _last(reference)]


def contained(resource: Resource, reference: str) -> Resource | None:
    """What a resource contains under a reference that begins with #."""
    found = resource.get("contained")
    there = found if reference.startswith("#") and isinstance(found, list) else []
    return next((each for each in there if isinstance(each, dict) and each.get("id") == reference[1:]), None)


def text(value: Any) -> str:
    """A value that is text; another one says nothing."""
    return value if isinstance(value, str) else ""


class Patients:
    """Whose resources are. `aliases` are names that stand for a patient's id until all has been read."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self._bases: dict[str, str] = {}

    def known(self, patient: Resource) -> None:
        """Remember the id of a Patient that a Bundle names by another address."""
        url, id = text(patient.get("fullUrl")), text(patient.get("id"))
        if url.startswith("urn:") and id:
            self.aliases[_in_bundle(url, patient)] = id

    def id(self, resource: Resource, place: str) -> str:
        """Whose a resource is: by the reference to its subject, or the identifier that stands for it; empty where nobody's.

        Raises InputError where two patients would have one name.
        """
        subject = resource.get("subject")
        subject = subject if isinstance(subject, dict) else {}
        reference = text(subject.get("reference")).partition("/_history")[0]
        if reference.startswith("urn:"):
            return self._of_bundle(reference, resource, place)
        if reference.startswith("#"):
            found = (contained(resource, reference) or {}).get("identifier")
            base, id = _identified(found[0] if isinstance(found, list) and found else None)
        elif reference:
            base, _, id = reference.rpartition("/")
            if base and base.rpartition("/")[2] != "Patient":
                return ""
            base = base.removesuffix("Patient") or _base(resource)
        else:
            base, id = _identified(subject.get("identifier"))
        return self._of(id, base, place)

    def _of_bundle(self, reference: str, resource: Resource, place: str) -> str:
        """A name until the Patient of this address is read; without one its address, which is a UUID or of one Bundle alone."""
        name, id = _in_bundle(reference, resource), reference.rpartition(":")[2]
        if name not in self.aliases:
            self.aliases[name] = id
            if not UUID.fullmatch(id):
                self._of(id, f"the Bundle {resource.get('bundle')}", place)
        return name

    def _of(self, id: str, base: str, place: str) -> str:
        if base and id and self._bases.setdefault(id, base) != base:
            problem = f"two patients are called {id}: of {self._bases[id]} and of {base}"
            raise InputError(place, problem, "read their files one after the other")
        return id


def _in_bundle(url: str, resource: Resource) -> str:
    return f"{url} in {resource.get('bundle')}"


def _last(reference: str) -> str:
    return "/".join(reference.split("/")[-2:])


def _base(resource: Resource) -> str:
    """The server that a resource is from, where its Bundle says it."""
    url = text(resource.get("fullUrl"))
    return url.rpartition("/")[0].rpartition("/")[0] + "/" if url.startswith("http") and url.count("/") > 3 else ""


def _identified(identifier: Any) -> tuple[str, str]:
    found = identifier if isinstance(identifier, dict) else {}
    return text(found.get("system")), text(found.get("value"))
