"""Every bundled schedule: it reads, it sums to numbers worked by hand, and no digit of it can change unnoticed.

`golden/show/ID.txt` is what `ino-dose show ID` prints; it is changed only on purpose, with the sources open.
"""

import re
from decimal import Decimal
from itertools import accumulate, groupby
from pathlib import Path

import pytest
from conftest import kept

from ino_dose import units
from ino_dose.engine import body as bodies
from ino_dose.engine import exposure, prescription, remarks
from ino_dose.engine import plan as plans
from ino_dose.engine.course import NEVER, Course
from ino_dose.engine.dosing import Rounding
from ino_dose.errors import InputError
from ino_dose.files import library, regimen_file
from ino_dose.output import show_json, show_page, terminal

GOLDEN = Path(__file__).parent / "golden" / "show"
INCOMPLETE = [
    "a041501",
    "a042001",
    "ino-abfm",
    "ino-dasatinib-dex",
    "ino-venetoclax-dex",
    "mrd-gimema",
]

# mg/m² after each cycle with a dose, added up by hand from the papers' tables: regimen, remission after, level.
CUMULATIVE = {
    ("nhl-phase-1", None, None): "1.8 3.6 5.4",
    ("kantarjian-2013-single", None, "1.3"): "1.3 2.6 3.9",
    ("kantarjian-2013-single", None, "1.8"): "1.8 3.6 5.4",
    ("kantarjian-2013-weekly", None, None): "1.8 3.6 5.4",
    ("deangelo-2017", 1, None): "1.8 3.4 5.0 6.6 8.2 9.8",
    ("deangelo-2017", 2, None): "1.8 3.6 5.2 6.8 8.4 10.0",
    ("deangelo-2017", NEVER, None): "1.8 3.6 5.4 7.2 9.0 10.8",
    ("ino-vate", 1, None): "1.8 3.3 4.8 6.3 7.8 9.3",
    ("ino-vate", NEVER, None): "1.8 3.6 5.4 7.2 9.0 10.8",
    ("besponsa-label", 1, None): "1.8 3.3 4.8 6.3 7.8 9.3",
    ("besponsa-label", 2, None): "1.8 3.6 5.1 6.6 8.1 9.6",
    ("besponsa-label", 3, None): "1.8 3.6 5.4 6.9 8.4 9.9",
    ("besponsa-label", NEVER, None): "1.8 3.6 5.4",
    ("mini-hyper-cvd-ino-v1", None, None): "1.8 3.1 4.4 5.7",
    ("mini-hyper-cvd-ino-v2", None, None): "1.3 2.3 3.3 4.3",
    ("mini-hyper-cvd-ino-v3", None, None): "0.9 1.5 2.1 2.7",
    ("mini-hyper-cvd-ino-v4", None, None): "0.9 1.5 2.1 2.7",
    ("mini-hyper-cvd-ino-lead-in", None, None): "1.3 2.1 2.9 3.7",
    ("ino-rituximab-nhl", None, None): "1.8 3.6 5.4 7.2 9.0 10.8 12.6 14.4",
    ("hyper-cvad-blina-ino", None, None): "0.6 1.2 1.8 2.4",
    ("a041703", 1, None): "1.8 3.3",
    ("a041703", NEVER, None): "1.8",
    ("initial-1", None, None): "1.8 3.3 4.8",
    ("ewall-ino", None, None): "1.8 2.8",
    ("mrd-mdacc", None, None): "0.9 1.5 2.1 2.7 3.3 3.9",
    ("ino-bosutinib", 1, None): "1.8 2.8 3.8 4.8 5.8 6.8",
    ("ino-bosutinib", NEVER, None): "1.8",
    ("post-hsct-maintenance", None, "0.3"): "0.3 0.6 0.9 1.2 1.5 1.8 2.1 2.4 2.7 3.0 3.3 3.6",
    ("post-hsct-maintenance", None, "0.4"): "0.4 0.8 1.2 1.6 2.0 2.4 2.8 3.2 3.6 4.0 4.4 4.8",
    ("post-hsct-maintenance", None, "0.5"): "0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5 6.0",
    ("post-hsct-maintenance", None, "0.6"): "0.6 1.2 1.8 2.4 3.0 3.6 4.2 4.8 5.4 6.0 6.6 7.2",
    ("aall1621", 1, None): "1.8 3.3 4.8 6.3 7.8 9.3",
    ("aall1621", 2, None): "1.8 3.6 5.1 6.6 8.1 9.6",
    ("aall1621", NEVER, None): "1.8 3.6",
    ("itcc-059", 1, None): "1.8 3.3 4.8 6.3 7.8 9.3",
    ("itcc-059", NEVER, None): "1.8 3.6 5.4 7.2 9.0 10.8",
    ("itcc-059-level-1", 1, None): "1.4 2.6 3.8 5.0 6.2 7.4",
    ("itcc-059-level-1", NEVER, None): "1.4 2.8 4.2 5.6 7.0 8.4",
}
PLANNED = sorted({id for id, _, _ in CUMULATIVE})
# Days of the doses in each cycle with inotuzumab ozogamicin, by the same papers.
DAYS = {
    "mini-hyper-cvd-ino-v1": {1: [3], 2: [3], 3: [3], 4: [3]},
    "mini-hyper-cvd-ino-v3": {1: [2, 8], 2: [2, 8], 3: [2, 8], 4: [2, 8]},
    "mini-hyper-cvd-ino-v4": {1: [2, 8], 2: [2, 8], 3: [2, 8], 4: [2, 8]},
    "mini-hyper-cvd-ino-lead-in": {1: [3], 2: [3], 3: [3], 4: [3]},
    "ino-rituximab-nhl": {cycle: [2] for cycle in range(1, 9)},
    "itcc-059-level-1": {cycle: [1, 8, 15] for cycle in range(1, 7)},
    "hyper-cvad-blina-ino": {2: [1, 8], 4: [1, 8], 6: [1, 8], 8: [1, 8]},
    "ewall-ino": {1: [1, 8, 15], 2: [1, 8]},
    "mrd-mdacc": {cycle: [1, 8] for cycle in range(1, 7)},
}


def read_out(path):
    """What `show` prints of a file; of the label with its rules."""
    label = library.product() if path.stem == "besponsa-label" else None
    return terminal.text(show_page.parts(regimen_file.read(path), label))


def planned(id, **course_of):
    regimen, size = library.at().regimen(id), bodies.stated(units.quantity("1.8", units.AREA))
    step = units.quantity("0.01", units.DOSE)
    return plans.make(regimen, size, Course(units.NO_LEVEL, **course_of), library.ceiling(), Rounding(step))


def test_every_regimen_of_the_review_has_its_file():
    found = {id: library.at().regimen(id).incomplete for id in list(library.at().files)}
    assert found == dict.fromkeys(PLANNED, False) | dict.fromkeys(INCOMPLETE, True)


@pytest.mark.parametrize("id", PLANNED + INCOMPLETE)
def test_show_prints_the_whole_schedule(id):
    now = read_out(library.BUNDLED / f"{id}.yaml")
    assert now == kept(GOLDEN / f"{id}.txt", now)


def test_every_golden_file_has_its_schedule():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == list(library.at().files)


@pytest.mark.parametrize(("id", "remission", "level"), CUMULATIVE)
def test_levels_sum_to_the_numbers_worked_by_hand(id, remission, level):
    regimen = library.at().regimen(id)
    expected = CUMULATIVE[id, remission, level].split()
    chosen = level and units.quantity(level, units.LEVEL)
    last = regimen.last_cycle or len(expected)
    doses = prescription.prescribe(regimen, remission or NEVER, last, chosen)
    by_cycle = [sum(dose.level.magnitude for dose in doses) for _, doses in groupby(doses, lambda dose: dose.cycle)]
    assert list(accumulate(by_cycle)) == [Decimal(each) for each in expected]


@pytest.mark.parametrize("id", DAYS)
def test_doses_fall_on_the_days_of_the_paper(id):
    doses = prescription.prescribe(library.at().regimen(id), NEVER, 99)
    assert {cycle: [dose.day for dose in each] for cycle, each in groupby(doses, lambda dose: dose.cycle)} == DAYS[id]


def test_every_branch_was_worked_by_hand():
    worked = {(id, remission) for id, remission, _ in CUMULATIVE}
    adapted = [id for id in PLANNED if library.at().regimen(id).remission_adapted]
    assert worked >= {(id, when) for id in adapted for when in (1, NEVER)}


@pytest.mark.parametrize("id", PLANNED + INCOMPLETE)
def test_no_number_of_a_schedule_changes_unnoticed(id, tmp_path):
    """Each run of digits, in doses as in citations, is changed alone: lint refuses the file or show differs."""
    text = (library.BUNDLED / f"{id}.yaml").read_text("utf-8")
    golden = (GOLDEN / f"{id}.txt").read_text("utf-8")
    changed = tmp_path / f"{id}.yaml"
    for mutant, number in mutants(text):
        changed.write_text(mutant, "utf-8")
        assert noticed(changed, golden), f"line {mutant[: number.start()].count(chr(10)) + 1}: {number[0]}"


def mutants(text):
    for number in re.finditer(r"[0-9]+(?:\.[0-9]+)?", text):
        last = str((int(number[0][-1]) + 1) % 10)
        yield text[: number.end() - 1] + last + text[number.end() :], number


def noticed(path, golden):
    try:
        return read_out(path) != golden
    except InputError:
        return True


def test_no_number_of_the_labels_rules_changes_unnoticed(tmp_path):
    """What is shown holds the text of a rule, what names it is worked again here: days, words, more than 28 days."""
    rules = {rule.says.split()[0]: rule for rule in library.product().rules if rule.days or rule.longer or rule.raised}
    counts = ("cytopenia", "cytopenias", "pancytopenia", *("neutropenia", "neutropaenia"))
    counts += ("thrombocytopenia", "thrombocytopaenia", "low counts", "low neutrophils", "low platelets")
    assert {first: (rule.days, rule.words, rule.longer, rule.raised) for first, rule in rules.items()} == {
        "A": ((), (), 0, True),
        "Doses": ((8, 15), counts, 0, False),
        "The": ((1,), counts, 0, False),
        "Treatment": ((), counts, 28, False),
    }
    assert (library.product().window.days, library.product().window.within, library.product().spacing) == (
        (8, 15),
        2,
        6,
    )


def test_no_number_of_the_ceiling_changes_unnoticed(tmp_path):
    text = (library.BUNDLED / "ceiling" / "pre-transplant.yaml").read_text("utf-8")
    assert "lower: 2.7 mg/m2\nupper: 3.6 mg/m2\n" in text
    assert re.findall(r"[0-9.]*[0-9]", text.replace("mg/m2", "")) == ["2.7", "3.6", "2024"]


@pytest.mark.parametrize("id", ["a041703", "ino-bosutinib"])
@pytest.mark.parametrize("remission", [None, NEVER])
def test_nothing_is_planned_past_cycle_1_where_no_dose_is_stated_without_remission(id, remission):
    found = planned(id, remission=remission)
    assert found.last_cycle == 1
    assert any("no source plainly states a dose" in sentence for sentence in remarks.warnings(found))


def test_the_ambiguity_of_a041703_is_told_before_remission_is_known():
    warnings = " ".join(remarks.warnings(planned("a041703")))
    assert "2.4 mg/m² as it stands, or shorthand for 0.8, 0.5 and 0.5 mg/m²" in warnings


@pytest.mark.parametrize("id", ["nhl-phase-1", "kantarjian-2013-single", "kantarjian-2013-weekly"])
def test_cycles_are_asked_for_where_no_source_states_a_last_one(id):
    level = units.quantity("1.8", units.LEVEL) if id.endswith("single") else None
    with pytest.raises(InputError, match=f"no source states a last cycle of {id}; add --cycles N"):
        planned(id, level=level)
    with pytest.raises(InputError, match="100 cycles are more than any course has"):
        planned(id, level=level, cycles=100)
    assert planned(id, level=level, cycles=2).standing.status == "between"


def test_children_without_remission_get_two_cycles():
    assert planned("aall1621", remission=NEVER).last_cycle == 2


def test_children_proceeding_to_transplant_get_two_cycles_and_at_most_three():
    assert planned("itcc-059", remission=1, hsct=True).last_cycle == 2
    assert planned("itcc-059", remission=1, hsct=True, cycles=3).last_cycle == 3
    with pytest.raises(InputError, match="at most 3 cycles"):
        planned("itcc-059", remission=1, hsct=True, cycles=4)


def test_maintenance_after_transplant_is_not_compared_and_says_why():
    found = planned("post-hsct-maintenance", level=units.quantity("0.6", units.LEVEL))
    assert found.status == "not_applicable"
    assert remarks.warnings(found)[0] == (
        "This regimen is given after transplant: the ceiling before transplant does not apply to it."
    )


@pytest.mark.parametrize("id", INCOMPLETE)
def test_what_no_source_doses_is_not_planned(id):
    with pytest.raises(InputError, match=f"{id} is incomplete and is not planned: .*dose"):
        planned(id)


def test_a_disagreement_that_matters_is_a_warning_of_the_plan():
    (warning,) = [each for each in remarks.warnings(planned("nhl-phase-1", cycles=2)) if "disagree" in each]
    assert warning == (
        "Sources disagree on cycle length: [trial] every 3 or 4 weeks (Abstract, Patients and methods); [meeting] the "
        "maximum tolerated dose is 1.8 mg/m2 every 4 weeks; [japan] every 28 days, 2 days more or less. "
        "Days between doses: 21 by one source, 28 by all."
    )


def test_a_disagreement_that_does_not_matter_is_shown_and_no_warning():
    found = planned("ewall-ino")
    assert [each.about for each in found.regimen.disagreements] == ["survival at 2 years", "what counts as remission"]
    assert not [each for each in remarks.warnings(found) if "disagree" in each]


def test_results_keep_their_denominators_in_json():
    results = show_json.value(library.at().regimen("kantarjian-2013-weekly"))["results"]
    assert [each["sos_vod"] for each in results] == [
        {"percent": Decimal(7), "among": "transplanted"},
        {"percent": Decimal(17), "among": "transplanted"},
    ]
    assert results[1] | {"sources": None, "sos_vod": None} == {
        "of": "all 90 patients of both schedules",
        "patients": 90,
        "age_median": Decimal("39.5"),
        "age_range": (Decimal(4), Decimal(84)),
        "cr_cri_percent": Decimal(58),
        "response": None,
        "transplant_percent": Decimal(40),
        "survival": "median 6.2 months",
        "sos_vod": None,
        "sources": None,
    }


# The review's Tables 1 and 4: patients, median age, CR/CRi %, transplant %, SOS/VOD % and among whom.
PUBLISHED = {
    "kantarjian-2013-single": (90, "39.5", "58", "40", "17", "transplanted"),
    "deangelo-2017": (72, "45", "68", "33", "6", "all treated"),
    "ino-vate": (164, "47", "80.7", "41", "11", "all treated"),
    "ewall-ino": (131, "68", "90", "8", "2", "not stated"),
    "mini-hyper-cvd-ino-v3": (80, "68", "99", "5", "8", "all treated"),
    "initial-1": (43, "64", "100", "12", "2", "all treated"),
}


@pytest.mark.parametrize("id", PUBLISHED)
def test_results_are_those_of_the_tables(id):
    patients, *numbers, among = PUBLISHED[id]
    (found,) = [
        each
        for each in library.at().regimen(id).results
        if each.citations[0].source == "review" and "Table" in each.citations[0].spot
    ]
    assert (found.patients, found.sos.among) == (patients, among)
    rates = [found.age.median, found.remission, found.transplant, found.sos.percent]
    assert rates == [Decimal(each) for each in numbers]


def test_the_standing_of_every_source_is_shown():
    for id in list(library.at().files):
        text, regimen = read_out(library.BUNDLED / f"{id}.yaml"), library.at().regimen(id)
        of_rules = 3 if id == "besponsa-label" else 0
        assert text.count(". Read: ") - of_rules == len(regimen.sources) == len(show_json.value(regimen)["sources"])


def test_ceiling_is_the_range_of_the_review():
    limits = library.ceiling()
    two, three = (units.quantity(each, units.LEVEL) for each in ("2.7", "3.6"))
    assert (limits.lower, limits.upper) == (two, three)
    assert exposure.check(units.NO_LEVEL, (), limits).status == "below"
