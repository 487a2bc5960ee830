"""`ino-dose exposure`: what was given, patient by patient, as mg/m² before transplant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import Field, InputError
from . import extras, result
from .options import CeilingFile, Formula, Output, Passed, Schedules, regimen_ids

if TYPE_CHECKING:
    from ..records.counting import Counter
    from ..records.exposures import Reading
    from ..records.record import Counted, Exposure

OutForm = Literal["csv", "ndjson", "parquet", "json", "table"]


def exposure(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="Administrations: CSV, NDJSON, Parquet, FHIR, a folder of OMOP; - is standard input."
        ),
    ],
    output: Output = None,
    source: Annotated[
        Literal["csv", "ndjson", "parquet", "fhir", "omop", "sact", "epic"] | None,
        typer.Option("--from", help="What FILE is, where its name and columns do not say it."),
    ] = None,
    target: Annotated[
        OutForm | None, typer.Option("--format", "-f", "--to", help="How to print the result; csv if nothing says it.")
    ] = None,
    id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="One patient's administrations, as a table.")
    ] = None,
    doses: Annotated[
        bool, typer.Option("--doses", help="One row per administration instead of one per patient.")
    ] = False,
    regimen: Annotated[
        str | None, typer.Option(help="Whose levels a dose may fit, instead of all.", autocompletion=regimen_ids)
    ] = None,
    round_to: Annotated[
        str | None, typer.Option(help="A step that doses were rounded to, beside the usual ones.")
    ] = None,
    vial: Annotated[
        Literal["us", "eu"], typer.Option("--vial", help="The vial that doses may be rounded down to.")
    ] = "us",
    formula: Formula = None,
    sizes_within: Annotated[str, typer.Option(help="How old a weight may be before it is remarked on.")] = "30d",
    transplants: Annotated[
        str | None, typer.Option(metavar="FILE", help="A table of id and transplant, instead of the column.")
    ] = None,
    transplant_code: Annotated[
        list[str] | None, typer.Option(metavar="[SYSTEM|]CODE", help="FHIR, OMOP: a procedure that is a transplant.")
    ] = None,
    drug_code: Annotated[
        list[str] | None, typer.Option(metavar="[SYSTEM|]CODE", help="A further code of inotuzumab ozogamicin.")
    ] = None,
    quantity_is: Annotated[
        Literal["mg", "vials", "mL"] | None, typer.Option("--quantity-is", help="OMOP: what its quantity is.")
    ] = None,
    drug_type: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="OMOP: a further type concept of administrations.")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=NAME|FILE", help="Which column is which of ours, or a file that says it."
        ),
    ] = None,
    passed: Passed = None,
    schedules: Schedules = None,
    ceiling_file: CeilingFile = None,
) -> None:
    """Sum what was given before transplant, in mg/m². Exit 4 where an administration could not be counted."""
    from .. import counts_and_dates, request
    from ..engine.bsa_formulas import FORMULAS
    from ..files import library
    from ..records import counting
    from ..records.drug import Drug
    from ..records.exposures import Reading, Scattered, Task, is_fhir
    from ..records.patient import Rules
    from ..records.rows import Map
    from ..records.sizes import Sizes

    facts = library.facts(schedules, ceiling_file)
    product = library.product(vial)
    if formula is not None and (formula not in FORMULAS or FORMULAS[formula].by_sex):
        hint = "write one of " + ", ".join(each for each, found in FORMULAS.items() if not found.by_sex)
        raise InputError(Field("formula"), f"{formula!r} is none for records, which state no sex", hint)
    levels = counting.of_regimen(facts.regimen(regimen)) if regimen else counting.of_library(facts.all())
    step = None if round_to is None else request.rounding(round_to).step
    within = counts_and_dates.days(sizes_within, Field("sizes within"))
    rules = Rules(
        counting.Counter(levels, product, facts.ceiling, step),
        Sizes(FORMULAS[formula or "mosteller"], within, facts.growth),
    )
    form = target or ("table" if id is not None and output is None else _form(output, files[0], source))
    resources = all(source == "fhir" or (source is None and is_fhir(file)) for file in files)
    if not resources or transplants or form == "parquet":
        extras.polars("exposure")
    task = Task(
        tuple(files),
        source,
        Map.of(map or ()),
        tuple(passed or ()),
        transplants,
        tuple(_code(each, "transplant code") for each in transplant_code or ()),
        quantity_is,
        tuple(drug_type or ()),
        doses or id is not None or form == "json",
        form == "csv" and not doses and id is None,
    )
    drug = Drug(library.recognised(), product, [_code(each, "drug code") for each in drug_code or ()])
    for together in (True, False):
        if together and ("-" in files or len(files) > 1):
            continue  # what cannot be read twice, or is in several files, is held whole
        reading = Reading(task, drug, product, rules, together)
        try:
            lost = _print(reading, rules.counter, form, output, id, doses)
        except Scattered:
            continue
        if lost:
            raise typer.Exit(result.PARTLY)
        return


def _print(reading: Reading, counter: Counter, form: OutForm, out: str | None, id: str | None, doses: bool) -> bool:
    """Read everything, print it, and say what there is to say; whether anything was refused. Raises Scattered."""
    from ..output import exposure_json, exposure_page, exposure_rows, json_and_csv, terminal
    from ..records.group import Group
    from ..tables import summary

    group, lines, lost = Group.empty(), exposure_rows.Lines(form, doses), False
    kept: list[Exposure] = []
    kept_rows: tuple[Counted, ...] = ()
    for found in reading.exposures():
        lines.places = reading.rows
        if id in (None, found.patient):
            if found.treated or id:
                group.add(found)
            kept_rows = found.rows
            lost |= bool(found.error) and found.treated
            if form in ("json", "table"):
                kept += [found] * (found.treated or id is not None)
            else:
                lines.add(found)
    if reading.plain:
        group.add_plain(reading.plain)
        lines.add_plain(reading.plain)
    strays = reading.strays()
    if id is None:
        lines.add(strays)
        lost |= bool(strays.error)
    elif not group.statuses:
        raise InputError(Field("id"), f"there is no patient {id!r} in these records", "write an id as they have it")
    if id is not None:
        reading.of_one(kept_rows)
    said = exposure_page.of_group(group, reading, counter)
    text: Iterable[str] = lines
    if form == "json":
        text = [json_and_csv.to_json(exposure_json.value(kept, group, reading, counter)), "\n"]
    elif form == "table":
        text = (
            [terminal.text(exposure_page.of_patient(kept[0], reading.rules))] if id else [f"{line}\n" for line in said]
        )
    _write(text, form, out, reading.task.files)
    for line in () if form == "table" or id is not None else said:
        result.say(line)
    if lines.formulas:
        result.say(summary.formulas(lines.formulas))
    return lost


def _write(text: Iterable[str], form: OutForm, out: str | None, files: Sequence[str]) -> None:
    """Put a result where it was asked for, whole or not at all."""
    from ..tables import whole_file

    if out in (None, "-") and form != "parquet":
        result.write("".join(text))
        return
    whole_file.refuse_input(out, files)
    with whole_file.complete(out, None, result.unfinished) as path:
        if form == "parquet":
            import polars

            polars.read_csv("".join(text).encode(), infer_schema=False).write_parquet(path)
        else:
            path.write_text("".join(text), "utf-8", newline="")


def _form(output: str | None, file: str, source: str | None) -> OutForm:
    """The format of the result: by OUT's ending, else that of the table that is read."""
    from ..records import exposures
    from ..tables import row_file

    if output not in (None, "-"):
        if Path(str(output)).suffix.lower() == ".json":
            return "json"
        return row_file.form(str(output), "to")
    here = f".{source}" if source else Path(file).suffix.lower()
    resources = source is None and here in (".ndjson", ".jsonl") and exposures.is_fhir(file)
    return "ndjson" if not resources and row_file.ENDINGS.get(here) == "ndjson" else "csv"


def _code(said: str, field: str) -> tuple[str, str]:
    """`SYSTEM|CODE`, or a code of any system."""
    system, _, code = said.rpartition("|")
    if not code:
        raise InputError(Field(field), f"{said!r} has no code", "write it like http://snomed.info/sct|CODE")
    return system, code
