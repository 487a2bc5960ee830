"""Rows of which nothing has to be looked at twice → the exposures of their patients by column, as the usual way says them.

A patient is plain whose every row is a dose of a day of its own, given, with sizes of its own or carried to it, that fits
one level, before the transplant if there is one, and of whom no more is remarked on than a large body. All others go the
usual way, row by row. A float only finds the rounded sum of mg ÷ m², and never near a tie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import polars as pl

from .. import units
from ..engine import body as bodies
from ..tables import bsa_column, row_file
from ..tables.row_file import Form
from . import carried_sizes, table
from .patient import Rules
from .plain_cells import NO_LEVEL_STATED, NO_TRANSPLANT, SCALE, UNSAID, Cells
from .reading import Histories
from .rows import Rows
from .table import L, Record

TIE = 1e-6
"""How near a tie, in thousandths of mg/m², a sum of floats is not trusted; its own error is below 1e-9 here."""
BY_COLUMN = "mosteller"
"""The formula whose BSA is known by column."""
USUAL_ID = r"^[0-9A-Za-z](?:[0-9A-Za-z _./:#-]*[0-9A-Za-z_./:#-])?$"
USUAL_DATE = r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
LARGE_BSA = int(bodies.LARGE * 100)
PLAIN_FIELDS = {"id", "date", "dose", "height", "weight"}


class Plain(NamedTuple):
    """The exposures of plain patients, one a row, in the words of results; `number` is that of each one's first row.

    `statuses`, `totals` (mg/m²) and `days` to transplant are how many of them have each; `administrations` is how many they had.
    """

    results: pl.DataFrame
    statuses: dict[str, int]
    totals: dict[Fraction, int]
    days: dict[int, int]
    administrations: int


def read(
    file: str, form: Form, choose: Callable[[Sequence[str], str, Form], L], histories: Histories, rules: Rules
) -> tuple[Plain | None, dict[str, int], Iterator[Record[L]]]:
    """The plain patients of a table, the number of each other patient's first row, and the rows of those."""
    pieces = list(table.frames(file, form, choose, rules.sizes.growth))
    if not pieces:
        return None, {}, iter(())
    layout, found, name = pieces[0][0], None, row_file.place(file)
    words = pl.concat([words for _, words, _ in pieces]).with_row_index("number")
    lines = pl.concat([lines for *_, lines in pieces])
    if isinstance(layout, Rows):
        where = "row " if form == "parquet" else ""
        found, words = split(words, layout, histories, rules, lambda number: f"{name}:{where}{lines[number]}")
    first = dict(words.group_by(pl.col("id").str.strip_chars()).agg(pl.col("number").min()).iter_rows())
    return found, first, table.records(words, lines[words["number"]], name, layout, form)


def split(
    frame: pl.DataFrame, layout: Rows, histories: Histories, rules: Rules, place: Callable[[int], str]
) -> tuple[Plain | None, pl.DataFrame]:
    """The plain patients of a table, and the rows of the others. The words of the frame have their BSA beside them.

    `place` says where the row of a number stands.
    """
    if not set(frame.columns) >= PLAIN_FIELDS or rules.sizes.formula.id != BY_COLUMN or not frame.height:
        return None, frame
    if frame.select((pl.col("id").str.strip_chars() != pl.col("id")).any()).item():
        return None, frame  # an id is the same with blanks around it and without
    texts = Cells(layout, histories)
    said = set(frame.columns)
    sizes = frame.select((pl.col("height") != "") & (pl.col("weight") != "")).to_series()
    frame = frame.with_columns(
        who=_who(frame["id"]),
        day=pl.when(pl.col("date").str.contains(USUAL_DATE)).then(pl.col("date").str.to_date("%Y-%m-%d", strict=False)),
        informs=_informs(said),
    )
    if frame["informs"].any() or not _by_day(frame):
        frame = frame.sort("who", "day", ~pl.col("informs"), "number")
    dosed = (
        frame if sizes.all() and not frame["informs"].any() else carried_sizes.carry(frame, layout.columns, rules.sizes)
    )
    rows = dosed.select(
        "number",
        "who",
        "day",
        "informs",
        "question",
        "bmi",
        bsa="hundredths",
        usual=pl.col("id").str.contains(USUAL_ID) & (pl.col("bsa") == "" if "bsa" in said else True),
        **{field: texts.each(dosed[field], say) for field, say in texts.fields.items() if field in said},
    )
    rows = rows.hstack(_worth(rows, texts, rules))
    found = _patients(rows, said)
    if not found.height:
        return None, frame.sort("number")
    others = ~rows["who"].is_in(found["who"].implode())
    rest = frame.filter(others).sort("number")
    histories.informed += int((rows["informs"] & ~others).sum())
    first = frame.select("who", "number", "id").group_by("who").agg(pl.all().sort_by("number").first())
    large = rows.filter(~others & ~pl.col("informs"), pl.col("question").is_not_null() | (pl.col("bsa") > LARGE_BSA))
    return _plain(found.join(first, on="who").sort("number"), _cautions(large, rules, place), rules), rest


def _cautions(large: pl.DataFrame, rules: Rules, place: Callable[[int], str]) -> dict[int, str]:
    """What is asked about the bodies of these rows, by patient, each question once with the first row that raises it."""
    asked = dict[int, dict[str, str]]()
    rows = large.sort("number").select(
        "who", "number", "question", bsa_column.tenths(pl.col("bmi")).alias("bmi"), "bsa"
    )
    for who, number, question, bmi, bsa in rows.iter_rows():
        said = [rules.sizes.growth.asked(question, bmi)] if question else []
        said += bodies.cautions(bodies.Body(units.quantity(Decimal(bsa).scaleb(-2), units.AREA)), None)
        for caution in said:
            asked.setdefault(who, {}).setdefault(caution, place(number))
    return {who: " ".join(f"{where}: {each}" for each, where in found.items()) for who, found in asked.items()}


def _informs(said: set[str]) -> pl.Expr:
    """Whether a row is of no dose: it has sizes, a transplant or prior exposure, and nothing that tells of a dose."""
    empty = [
        pl.col(field).str.strip_chars() == ""
        for field in ("dose", "status", "drug", "level", "administration id")
        if field in said
    ]
    stated = [
        pl.col(field).str.strip_chars() != "" for field in ("height", "weight", "transplant", "prior") if field in said
    ]
    return pl.all_horizontal(empty) & pl.any_horizontal(stated)


def _who(ids: pl.Series) -> pl.Series:
    """A number for each patient, in the order in which they appear."""
    runs = ids.rle_id()
    heads = ids.filter((runs != runs.shift()).fill_null(True))
    if heads.n_unique() == heads.len():
        return runs
    seen = heads.unique(maintain_order=True)
    return ids.replace_strict(seen, pl.int_range(seen.len(), dtype=pl.UInt32, eager=True))


def _by_day(rows: pl.DataFrame) -> bool:
    """Whether the rows of each patient come together, by day."""
    same = pl.col("who") == pl.col("who").shift()
    later = (pl.col("who") > pl.col("who").shift()) | (same & (pl.col("day") >= pl.col("day").shift()))
    return bool(rows.select(later.fill_null(True).all()).item())


def _worth(rows: pl.DataFrame, texts: Cells, rules: Rules) -> pl.DataFrame:
    """What each dose counts in billionths of mg/m², and mg ÷ m² as a float: of each pair of mg and BSA asked once."""
    keys = ["dose", "bsa", *(["level"] if "level" in rows.columns else [])]
    pairs = rows.select(keys).unique().drop_nulls()
    found = [_one(texts, rules, *pair) for pair in pairs.iter_rows()]
    schema = {"value": pl.Int64, "delivered": pl.Float64}
    worth = pairs.hstack(pl.DataFrame(found, schema, orient="row"))
    return rows.select(keys).join(worth, on=keys, how="left", maintain_order="left").select(list(schema))


def _one(texts: Cells, rules: Rules, dose: int, bsa: int, level: int = NO_LEVEL_STATED) -> tuple[int | None, float]:
    """What mg count that fit one level and no other; nothing where they do not, or it is not whole in billionths."""
    area = units.quantity(Decimal(bsa).scaleb(-2), units.AREA)
    stated = texts.amounts[level - 1] if level != NO_LEVEL_STATED else None
    worth = rules.counter.worth(texts.amounts[dose - 1], area, stated)
    whole = Fraction(worth.value) * SCALE
    plain = len(worth.fits) == 1 and whole.denominator == 1
    return int(whole) if plain else None, float(worth.delivered)


def _patients(rows: pl.DataFrame, columns: set[str]) -> pl.DataFrame:
    """The patients who are plain, with their sums."""
    day, dose = pl.col("day"), ~pl.col("informs")
    plain = [pl.col("value").is_not_null()]
    plain += [pl.col(field).is_not_null() for field in ("status", "drug") if field in columns]
    last = pl.when(dose).then(day).forward_fill().shift()  # of the dose before; of another patient it is no matter
    before = pl.when(dose).then(pl.col("who")).forward_fill().shift()
    plain += [((pl.col("who") != before) | (day > last)).fill_null(True)]
    every = [pl.col("usual"), day.is_not_null()]
    every += [pl.col(field).is_not_null() for field in ("transplant", "prior") if field in columns]
    said = [dose.sum().alias("doses"), day.filter(dose).min().alias("first"), day.filter(dose).max().alias("last")]
    said += [pl.col("value").filter(dose).sum(), pl.col("delivered").filter(dose).sum() * 1000]
    for field, nothing in (("transplant", NO_TRANSPLANT), ("prior", UNSAID)):
        if field in columns:
            stated = pl.col(field).filter(pl.col(field) != nothing)
            said += [stated.min().alias(field), stated.max().alias(f"{field}_too")]
    rows = rows.with_columns(plain=pl.all_horizontal(*every, ~dose | pl.all_horizontal(plain)))
    found = rows.group_by("who").agg(pl.col("plain").all(), *said)
    tie = (pl.col("delivered") - pl.col("delivered").floor() - 0.5).abs()
    found = found.filter("plain", pl.col("doses") > 0, tie > TIE)
    if "transplant" in columns:
        alone = pl.col("transplant").is_null() | (pl.col("transplant") == pl.col("transplant_too"))
        found = found.filter(
            alone, pl.col("transplant").is_null() | (pl.col("last").to_physical() < pl.col("transplant"))
        )
    if "prior" in columns:
        found = found.filter(pl.col("prior").is_not_null(), pl.col("prior") == pl.col("prior_too"))
    return found


def _plain(found: pl.DataFrame, cautions: dict[int, str], rules: Rules) -> Plain:
    """Plain patients in the words of results."""
    warnings = found["who"].replace_strict(cautions, default=None, return_dtype=pl.String)
    total = found["value"] + found["prior"] if "prior" in found.columns else found["value"]
    days = found["transplant"] - found["last"].to_physical() if "transplant" in found.columns else None
    totals = total.unique()
    exact = {each: Fraction(each, SCALE) for each in totals}
    status = pl.Series([rules.counter.status(exact[each]) for each in totals], dtype=pl.String)
    shown = pl.Series([units.digits(exact[each]) for each in totals], dtype=pl.String)
    delivered = (found["delivered"] + 0.5).floor().cast(pl.Int64)
    sums = delivered.unique()
    text = pl.Series([units.digits(Decimal(each).scaleb(-3)) for each in sums], dtype=pl.String)
    statuses, nothing = total.replace_strict(totals, status), pl.lit(None, pl.String)
    results = found.select(
        id="id",
        doses="doses",
        first_date="first",
        last_date="last",
        counted_mg_per_m2=total.replace_strict(totals, shown),
        delivered_mg_per_m2=delivered.replace_strict(sums, text),
        unmatched=0,
        ceiling_status=statuses,
        days_to_transplant=nothing if days is None else days,
        after_transplant_mg_per_m2=0,
        not_counted=0,
        warnings=warnings,
        error=nothing,
    )
    return Plain(
        results.insert_column(0, found["number"]),
        _counts(statuses),
        {exact[each]: count for each, count in _counts(total).items()},
        {} if days is None else _counts(days.drop_nulls()),
        int(found["doses"].sum()),
    )


def _counts(values: pl.Series) -> dict[Any, int]:
    """How often each value is there."""
    return dict(values.value_counts().iter_rows())
