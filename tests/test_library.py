"""A site's own schedules and ceiling beside the bundled ones."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Run

from ino_dose.files import library

OWN = """title: Our fractionated course
after transplant: no
sources: {sop: {cite: "Haematology SOP 7, 2026", read: full text}}
blocks:
  - {cycles: 1 to 2, doses: {day 1: 0.3 mg/m2, day 8: 0.3 mg/m2}, source: {sop: page 3}}
totals:
  - {through cycle: 2, total: 1.2 mg/m2, worked: 2 × (0.3 + 0.3)}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "our-course.yaml").write_text(OWN, "utf-8")
    return tmp_path


def test_a_sites_schedule_is_planned_by_its_id(site: Path, ino: Run) -> None:
    """0.3 × 2 = 0.6 mg a dose."""
    ran = ino("plan", "our-course", "--bsa", "2m2", "--schedules", str(site), "-f", "json")
    assert [dose["dose_mg"] for dose in ran.json["doses"]] == [Decimal("0.6")] * 4


def test_a_sites_file_may_end_in_yml_and_takes_no_other_files_id(site: Path, ino: Run) -> None:
    (site / "other.yml").write_text(OWN, "utf-8")
    assert "other" in [each["id"] for each in ino("regimens", "-f", "json", "--schedules", str(site)).json]
    (site / "our-course.yml").write_text(OWN, "utf-8")
    ran = ino("plan", "our-course", "--bsa", "2m2", "--schedules", str(site))
    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err
        == f"{site}/our-course.yml: our-course is the id of {site}/our-course.yaml; give the file another name\n"
    )


def test_the_environment_names_the_folder_too(site: Path, ino: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INO_DOSE_SCHEDULES", str(site))
    assert "our-course" in [each["id"] for each in ino("regimens", "-f", "json").json]
    assert "our-course" not in library.at().files


def test_a_site_may_not_take_a_bundled_id(site: Path, ino: Run) -> None:
    (site / "ino-vate.yaml").write_text(OWN, "utf-8")
    for command in (["regimens"], ["plan", "our-course", "--bsa", "2m2"], ["show", "ino-vate"], ["compare"]):
        ran = ino(*command, "--schedules", str(site))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == f"{site}/ino-vate.yaml: ino-vate is the id of a bundled regimen; give the file another name\n"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, ino: Run) -> None:
    for name in ("none", "x" * 300):
        ran = ino("regimens", "--schedules", str(tmp_path / name))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("--schedules: there is no folder")


@pytest.mark.parametrize("command", [["regimens", "-f", "json"], ["compare", "-f", "json"]])
def test_a_broken_file_of_a_site_is_named_and_takes_nothing_away(command: list[str], site: Path, ino: Run) -> None:
    (site / "broken.yaml").write_text(OWN.replace("total: 1.2", "total: 1.3"), "utf-8")
    ran = ino(*command, "--schedules", str(site))
    assert ran.code == 4
    assert {each["id"] for each in ran.json} == {*library.at().files, "our-course"}
    assert ran.err.startswith(f"{site}/broken.yaml:7: the total gives 1.3 mg/m², ")


def test_a_plan_by_a_broken_file_is_refused(site: Path, ino: Run) -> None:
    (site / "broken.yaml").write_text(OWN.replace("total: 1.2", "total: 1.3"), "utf-8")
    ran = ino("plan", "broken", "--bsa", "2m2", "--schedules", str(site))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{site}/broken.yaml:7: ")


CEILING = """title: Ceiling of our transplant unit
lower: 1.0 mg/m2
upper: 1.2 mg/m2
basis: a decision of our unit
source: {sop: page 9}
sources: {sop: {cite: "Transplant SOP 2, 2026", read: full text}}
"""


def test_a_site_may_state_its_own_ceiling_and_the_output_names_it(site: Path, ino: Run) -> None:
    """0.6, 1.2: the second cycle ends exactly at the upper limit."""
    own = site / "limits" / "ceiling.yaml"
    own.parent.mkdir()
    own.write_text(CEILING, "utf-8")
    asked = ["plan", "our-course", "--bsa", "2m2", "--schedules", str(site), "--ceiling", str(own)]
    found = ino(*asked, "-f", "json").json["ceiling"]
    assert (found["lower_mg_per_m2"], found["upper_mg_per_m2"]) == (Decimal(1), Decimal("1.2"))
    assert (found["title"], found["status"]) == ("Ceiling of our transplant unit", "between")
    assert found["source"] == {"id": "sop", "spot": "page 9"}
    printed = ino(*asked).out
    assert "Ceiling of our transplant unit" in printed
    assert "2.7" not in printed


def test_a_prefix_of_several_ids_lists_them_with_what_sets_them_apart(ino: Run) -> None:
    ran = ino("plan", "mini-hyper-cvd-ino", "--bsa", "2m2")
    assert (ran.code, ran.out) == (2, "")
    listed = ran.err.removesuffix(")\n").split("write one of ")[1].split("); ")
    ids, titles = zip(*(each.split(" (", 1) for each in listed), strict=True)
    assert ids == ("mini-hyper-cvd-ino-lead-in", *(f"mini-hyper-cvd-ino-v{version}" for version in "1234"))
    assert len(set(titles)) == 5


def test_hidden_files_are_passed_over(site: Path, ino: Run) -> None:
    """As an editor leaves them behind, or a file system of another kind."""
    for name in (".our-course.yaml", "._our-course.yaml", ".hidden.yml"):
        (site / name).write_text("no regimen", "utf-8")
    ran = ino("regimens", "-f", "json", "--schedules", str(site))
    assert (ran.code, ran.err) == (0, "")
    assert {each["id"] for each in ran.json} == {*library.at().files, "our-course"}


def test_no_folder_is_not_the_current_one(site: Path, ino: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    assert ino("show", "our-course", "--schedules", ".").code == 0
    ran = ino("show", "our-course", "--schedules", "")
    assert ran == (2, "", "--schedules: no folder is named; write its path, which is . for this one\n")
    monkeypatch.setenv("INO_DOSE_SCHEDULES", "")
    assert ino("show", "our-course").err.startswith("REGIMEN: there is no regimen 'our-course'")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("S1.yaml", "s1.yaml"),
        ("our course.yml", "our-course.yaml"),
        ("s1.yaml.yaml", "s1-yaml.yaml"),
        ("our_course.yaml", "our-course.yaml"),
        ("-s1.yaml", "s1.yaml"),
        ("оur-course.yaml", "ur-course.yaml"),  # a Cyrillic о
        ("s\x1b[31m1.yaml", "s-31m1.yaml"),
        ("١.yaml", "our-course.yaml"),
    ],
)
def test_a_file_whose_name_is_no_id_is_no_regimen(name: str, write: str, site: Path, ino: Run) -> None:
    (site / name).write_text(OWN, "utf-8")
    ran = ino("regimens", "-f", "json", "--schedules", str(site))
    assert ran.code == 4
    assert {each["id"] for each in ran.json} == {*library.at().files, "our-course"}
    assert ran.err[:-1].isprintable()
    assert ran.err.endswith(
        f" is no id, and a regimen's id is the name of its file; write small letters, digits and hyphens: {write}\n"
    )
    assert ino("plan", str(site / name), "--bsa", "2m2") == (2, "", ran.err)
    assert ino("lint", str(site / name)) == (3, ran.err, "")


SETTINGS = {
    "relapsed or refractory": "besponsa-label deangelo-2017 ino-abfm ino-bosutinib ino-vate ino-venetoclax-dex "
    "kantarjian-2013-single kantarjian-2013-weekly mini-hyper-cvd-ino-v1 mini-hyper-cvd-ino-v2 mini-hyper-cvd-ino-v3 "
    "mini-hyper-cvd-ino-v4",
    "newly diagnosed, older": "a041703 a042001 ewall-ino initial-1 mini-hyper-cvd-ino-lead-in",
    "newly diagnosed, younger": "a041501 hyper-cvad-blina-ino ino-dasatinib-dex",
    "measurable residual disease": "mrd-gimema mrd-mdacc",
    "after transplant": "post-hsct-maintenance",
    "children": "aall1621 itcc-059 itcc-059-level-1",
    "lymphoma": "ino-rituximab-nhl nhl-phase-1",
}


def test_every_regimen_has_its_setting_and_is_told_apart_where_the_review_does_not_name_it(ino: Run) -> None:
    listed = ino("regimens", "-f", "json").json
    found = {setting: [each["id"] for each in listed if each["setting"] == setting] for setting in SETTINGS}
    assert found == {setting: ids.split() for setting, ids in SETTINGS.items()}
    assert [each["id"] for each in listed if not each["named_by_review"]] == (
        [
            "aall1621",
            "besponsa-label",
            "ino-rituximab-nhl",
            "itcc-059",
            "itcc-059-level-1",
            "mini-hyper-cvd-ino-lead-in",
        ]
    )
    out = ino("regimens").out
    assert list(SETTINGS) == sorted(SETTINGS, key=lambda setting: out.index(f"{setting.capitalize()}\n"))
    assert "\n itcc-059-level-1 * " in out
    assert "* not named by the review that the project rests on\n" in out


def test_a_site_may_leave_the_setting_out(site: Path, ino: Run) -> None:
    (entry,) = [
        each for each in ino("regimens", "-f", "json", "--schedules", str(site)).json if each["id"] == "our-course"
    ]
    assert entry["setting"] is None
    assert "Of no stated setting\n" in ino("regimens", "--schedules", str(site)).out
