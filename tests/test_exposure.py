"""`ino-dose exposure`: what was given, patient by patient, as each case of tests/exposures/ works it out by hand."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from conftest import Run

from ino_dose.records import group, plain

pytest.importorskip("polars")

HERE = Path(__file__).parent
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((HERE / "exposures").glob("*.yaml"))
    for case in yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def holds(found: list[dict[str, str]], expected: list[dict[str, str]]) -> None:
    """Each row has what is expected of it, and there is no other row."""
    assert [{key: row[key] for key in said} for row, said in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize("case", CASES)
def test_a_case(case: dict[str, Any], ino: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case["files"].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    arguments = case.get("run") or list(case["files"])[:1]
    ran = ino("exposure", *arguments)
    assert ran.code == int(case.get("exit", 0)), ran.err
    for sentence in case.get("says", ()):
        assert sentence in ran.err
    if "patients" in case:
        holds(rows(ran.out), case["patients"])
    doses = ino("exposure", *arguments, "--doses")
    assert doses.code == ran.code
    if "counted" in case:
        assert [row["counted"] for row in rows(doses.out)] == case["counted"]
    if "doses" in case:
        holds(rows(doses.out), case["doses"])
    if "refused" in case:
        assert (ran.out, ran.err) == ("", case["refused"])


SAMPLES = HERE / "samples"
TREATED = {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01FB01"}], "text": "inotuzumab ozogamicin"}


def sample(name: str) -> list[dict[str, Any]]:
    """The resources of a sample of FHIR."""
    text = (SAMPLES / name).read_text("utf-8")
    if name.endswith(".ndjson"):
        return [json.loads(line) for line in text.splitlines()]
    return [entry["resource"] for entry in json.loads(text)["entry"]]


def as_this_drug(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in ("medicationReference", "contained")} | {
        "medicationCodeableConcept": TREATED
    }


def lines(path: Path, resources: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(each) + "\n" for each in resources), "utf-8")
    return str(path)


def test_nothing_in_the_samples_of_others_is_taken_for_the_drug(ino: Run, tmp_path: Path) -> None:
    folder = tmp_path / "omop"
    folder.mkdir()
    for name in ("drug_exposure", "measurement"):
        shutil.copy(SAMPLES / f"omop-carpentries-{name}.parquet", folder / f"{name}.parquet")
    synthea = tmp_path / "synthea"
    synthea.mkdir()
    shutil.copy(SAMPLES / "omop54-synthea-DRUG_EXPOSURE.head.csv", synthea / "DRUG_EXPOSURE.csv")
    shutil.copy(SAMPLES / "omop54-synthea-MEASUREMENT.sizes.csv", synthea / "MEASUREMENT.csv")
    for arguments, passed, patients in (
        ([str(SAMPLES / "r4-spec-MedicationAdministration.ndjson"), "--from", "fhir"], 14, 1),
        ([str(SAMPLES / "mcode4-administrations-and-sizes.bundle.json"), "--from", "fhir"], 7, 3),
        ([str(folder), "--from", "omop", "--quantity-is", "mg"], 31, 7),
        ([str(synthea), "--from", "omop", "--quantity-is", "mg"], 39, 6),
    ):
        ran = ino("exposure", *arguments)
        assert (ran.code, rows(ran.out)) == (0, [])
        assert f"{passed} administrations: 0 counted" in ran.err
        who = "patient" if patients == 1 else "patients"
        assert f"{patients} {who} without inotuzumab ozogamicin left out." in ran.err


def test_the_examples_of_hl7_were_they_this_drug(ino: Run, tmp_path: Path) -> None:
    """Of 14 administrations 4 are of a mass and whole: 3, 7, 6 and 240 mg; 2 were not given, 8 cannot be counted."""
    size = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/pat1"}}
    size |= {"code": {"coding": [{"system": "http://loinc.org", "code": "8277-6"}]}, "effectiveDateTime": "2015-01-01"}
    size |= {"valueQuantity": {"value": 1.82, "unit": "m2"}}
    found = [as_this_drug(each) for each in sample("r4-spec-MedicationAdministration.ndjson")]
    ran = ino("exposure", lines(tmp_path / "a.ndjson", [size, *found]), "--doses")
    ends = [row["counted"] for row in rows(ran.out)]
    assert ran.code == 4
    assert [ends.count(each) for each in ("delivered", "not given", "not counted")] == [4, 2, 8]
    assert [row["dose_mg"] for row in rows(ran.out) if row["counted"] == "delivered"] == ["3", "7", "6", "240"]
    assert {row["date"] for row in rows(ran.out)} == {"2015-01-15"}


def test_the_bundle_of_mcode_were_it_this_drug(ino: Run, tmp_path: Path) -> None:
    """Jenny's three drugs of one day leave her open; her height is of 37 days before, which an adult's may be.

    65 in and 150 lb are 165.1 cm and 68.0388555 kg: √3.12034 = 1.7664, 1.77 m². Brian's BSA is stated, 0.59 m².
    """
    found = [
        as_this_drug(each) if each["resourceType"] == "MedicationAdministration" else each
        for each in sample("mcode4-administrations-and-sizes.bundle.json")
    ]
    ran = ino("exposure", lines(tmp_path / "a.ndjson", found), "--doses")
    sizes = {(row["id"], row["bsa_m2"], row["sizes_date"]) for row in rows(ran.out)}
    assert sizes == {
        ("cancer-patient-jenny-m", "1.77", "2018-04-22"),
        ("cancer-patient-brian-l", "0.59", "2024-01-01"),
    }
    patients = rows(ino("exposure", str(tmp_path / "a.ndjson")).out)
    assert [(row["id"], row["doses"], row["ceiling_status"]) for row in patients] == [
        ("cancer-patient-jenny-m", "3", "above"),  # the smallest, 105.96 mg, is 59.86 mg/m² by itself
        ("cancer-patient-brian-l", "4", "undecided"),  # the smallest, 2 mg, is 3.39 mg/m²; all of them are above
    ]


def test_the_sizes_of_hl7_are_read_in_their_units(ino: Run, tmp_path: Path) -> None:
    """66.89999999999999 in is 169.92599999999997 cm; with 185 lb (83.9145884…) √3.96091 = 1.99020, 1.99 m²."""
    found = sample("r4-spec-Observation-sizes.ndjson")
    height, weight = found[0], found[2]
    dose = {"resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": TREATED}
    dose |= {"subject": {"reference": "Patient/example"}, "effectiveDateTime": "2016-03-29"}
    dose |= {"dosage": {"dose": {"value": 1.59, "unit": "mg"}}}
    ran = ino("exposure", lines(tmp_path / "a.ndjson", [height, weight, dose]), "--doses")
    (row,) = rows(ran.out)
    assert (row["bsa_m2"], row["level_mg_per_m2"], row["sizes_date"]) == ("1.99", "0.8", "2016-03-28")


def test_the_synthetic_tables(ino: Run, tmp_path: Path) -> None:
    sact = rows(ino("exposure", str(SAMPLES / "sact-v3-synthetic.csv")).out)
    assert [
        (row["doses"], row["counted_mg_per_m2"], row["ceiling_status"], row["days_to_transplant"]) for row in sact
    ] == [
        ("5", "2.8", "undecided", "49")  # 0.8 + 0.5 + 0.5, and 0.5 twice on one day
    ]
    (tmp_path / "sizes.csv").write_text("id,date,height_cm,weight_kg\nA,2026-03-01,178,82\n", "utf-8")
    ran = ino("exposure", str(SAMPLES / "epic-mar-synthetic.csv"), str(tmp_path / "sizes.csv"))
    (row,) = rows(ran.out)
    assert (ran.code, row["doses"], row["counted_mg_per_m2"], row["not_counted"]) == (4, "2", "1.3", "2")


def test_results_in_each_format(ino: Run, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    source = tmp_path / "a.csv"
    source.write_text(
        "id,date,dose_mg,bsa_m2,transplant\n=P1,2026-01-05,1.46,1.82,2026-03-02\n=P1,2026-01-12,x,1.82,\n", "utf-8"
    )
    expected = {"id": "=P1", "doses": "1", "counted_mg_per_m2": "0.8", "days_to_transplant": "56", "not_counted": "1"}
    ran = ino("exposure", str(source))
    assert ran.code == 4
    holds(rows(ran.out), [expected])
    assert "1 cell begins like a formula" in ran.err
    for name in ("b.csv", "b.ndjson", "b.parquet", "b.json"):
        assert ino("exposure", str(source), "-o", str(tmp_path / name)).code == 4
    holds(rows((tmp_path / "b.csv").read_text("utf-8")), [expected])
    line = json.loads((tmp_path / "b.ndjson").read_text("utf-8"), parse_float=str, parse_int=str)
    assert {name: line[name] for name in expected} == expected
    frame = polars.read_parquet(tmp_path / "b.parquet")
    assert {name: frame[name][0] for name in expected} == expected
    whole = json.loads((tmp_path / "b.json").read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    assert (whole["format"], whole["levels_mg_per_m2"][0]) == ("ino-dose exposure 1", Decimal("0.3"))
    assert whole["group"]["statuses"]["unknown"] == 1
    assert whole["group"]["counted_mg_per_m2"] is None  # what is known of an unknown patient is a lower bound
    assert whole["rows"]["level"] + whole["rows"]["not counted"] == 2
    (patient,) = whole["patients"]
    assert [each["counted"] for each in patient["administrations"]] == ["level", "not counted"]


def test_quantiles_are_exact_and_in_between() -> None:
    """Of 1, 2, 4, 8 and 9.5: the quarter lies on 2, the median on 4; of 1, 2, 4, 8 the median is 3, the quarter 1.75."""
    five = group.quantiles(Counter([Fraction(1), Fraction(2), Fraction(4), Fraction(8), Fraction("9.5")]))
    assert [five[name] for name in ("least", "quarter", "median", "three_quarters", "most")] == [
        1,
        2,
        4,
        8,
        Fraction("9.5"),
    ]
    four = group.quantiles(Counter({1: 1, 2: 1, 4: 1, 8: 1}))
    assert (four["quarter"], four["median"], four["three_quarters"]) == (Fraction("1.75"), 3, 5)
    assert group.quantiles(Counter({3: 7}))["median"] == 3


def test_one_patient_in_words(ino: Run, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(
        "id,date,dose_mg,bsa_m2,transplant,status\n"
        "P1,2026-01-05,1.46,1.82,2026-03-02,\n"
        "P2,2026-01-05,1.46,1.82,,\n"
        "P1,2026-01-12,1.2,1.82,,given\n"
        "P1,2026-01-19,0.91,1.82,,not given\n",
        "utf-8",
    )
    page = ino("exposure", str(source), "--id", "P1").out
    for words in (
        "Inotuzumab ozogamicin · P1: what was given",
        "Mon 2026-01-05 1.46 1.82   0.802    0.8 1.456   0.8 within 2.7",
        "Mon 2026-01-12  1.2 1.82   0.659  0.659       1.459 within 2.7",
        "not given",
        "Total    1.459 mg/m² before transplant: within 2.7 mg/m²",
        "HSCT     Mon 2026-03-02, 49 d after the last dose",
        "of 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.3, 1.8 mg/m², else as mg ÷ m² of its day",
    ):
        assert words in page
    assert "P2" not in page
    ran = ino("exposure", str(source), "--id", "P7")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--id: there is no patient 'P7' in these records; write an id as they have it\n"


def hospital(dice: Random) -> list[list[str]]:
    """Rows of 40 patients, of whom most are plain and some are odd in some way."""
    table, separate, prior_too = [], dice.random() < 0.5, dice.random() < 0.5
    for patient in range(40):
        odd = dice.random() < 0.3
        day, height = date(2026, 1, 1) + timedelta(dice.randrange(300)), round(dice.gauss(165, 12), 1)
        weight = round(dice.triangular(45, 190, 70), 1)
        prior = dice.choice(["none", "1.8mg/m2"] + ["0.00000000001mg/m2", "unknown"] * odd) if prior_too else "none"
        transplant = dice.choice(
            ["", str(day + timedelta(200)), str(day + timedelta(dice.choice([14, 300]) if odd else 300))]
        )
        for number in range(dice.randrange(1, 7)):
            area = Decimal(int((height * weight / 3600) ** 0.5 * 100 + 0.5)) / 100
            mg = (Decimal(dice.choice(["0.8", "0.5", "0.3"])) * area).quantize(Decimal(dice.choice(["0.01", "0.1"])))
            status, drug, level = "given", "besponsa", ""
            if odd and dice.random() < 0.3:
                status, drug = (
                    dice.choice(["given", "held", "not given"]),
                    dice.choice(["besponsa", "", "InO", "cytarabine"]),
                )
                mg, level = dice.choice([mg, mg * 3, "x", mg]), dice.choice(["", "0.6mg/m2"])
            sizes = [f"{height}", f"{weight}"]
            if separate and (number == 0 or dice.random() < 0.5):
                when = day - timedelta(dice.choice([0, 0, 1, 3] + [40, -2] * odd))
                table.append(
                    [f"P{patient}", str(when), "", sizes[0] if number == 0 else "", sizes[1], "", prior, "", "", ""]
                )
            own = [size if not separate or dice.random() < 0.1 * odd else "" for size in sizes]
            table.append([f"P{patient}", str(day), str(mg), *own, transplant, prior, level, status, drug])
            day += timedelta(dice.choice([7, 7, 8] + [0] * odd))
            weight = round(weight + dice.choice([0, 0, 1.5]) * (not separate), 1)
    return dice.sample(table, len(table)) if dice.random() < 0.3 else table


@pytest.mark.parametrize("seed", range(12))
def test_plain_patients_by_column_are_what_they_are_row_by_row(
    seed: int, ino: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV is summed by column where it may be, NDJSON never."""
    by_columns = list[int]()

    def counted(*arguments: Any) -> Any:
        found, rest = split(*arguments)
        by_columns.append(found.results.height if found else 0)
        return found, rest

    split = plain.split
    monkeypatch.setattr(plain, "split", counted)
    header = ["id", "date", "dose_mg", "height_cm", "weight_kg", "transplant", "prior", "level", "status", "drug"]
    table = hospital(Random(seed))
    (tmp_path / "a.csv").write_text("".join(",".join(row) + "\n" for row in [header, *table]), "utf-8")
    objects = "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in table)
    (tmp_path / "b.ndjson").write_text(objects, "utf-8")
    by_column = ino("exposure", str(tmp_path / "a.csv"))
    by_row = ino("exposure", str(tmp_path / "b.ndjson"), "-f", "csv")
    assert by_columns[0] >= 10
    assert by_column.code == by_row.code
    assert by_column.out == re.sub(r"[^ \",(]*b\.ndjson:([0-9]+)", _line_of_csv(tmp_path), by_row.out)
    assert by_column.err == by_row.err


def _line_of_csv(folder: Path) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{folder}/a.csv:{int(found[1]) + 1}"


def test_fhir_needs_no_polars_and_tables_say_how_to_have_it(tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ModuleNotFoundError('none here', name='polars')\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    docs = HERE.parent / "docs" / "exposure"

    def run(name: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "ino_dose", "exposure", str(docs / name)]
        return subprocess.run(command, env=environment, capture_output=True, check=False)

    assert run("administrations.ndjson").returncode == 0
    table = run("administrations.csv")
    assert (table.returncode, table.stdout) == (2, b"")
    assert table.stderr == b"exposure: needs Polars, which is not installed; pip install 'ino-dose[cohort]'\n"
