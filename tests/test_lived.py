"""Lived courses, each a file with its working written out; what events may say, and what a course file may not."""

import io
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bad import promised
from test_cases import holds

from ino_dose import errors, request
from ino_dose.engine import plan as plans
from ino_dose.engine.plan import Plan
from ino_dose.errors import InputError
from ino_dose.files import course_file, library, lint
from ino_dose.output import plan_json

HERE = Path(__file__).parent
COURSES = sorted((HERE / "courses").glob("*.yaml"))
BAD = sorted((HERE / "bad_courses").glob("*.yaml"))
LABEL = "regimen: besponsa-label\npatient: {bsa: 2 m2}\nremission after: 1\nprior: none\n"


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_course(path: Path, tmp_path: Path, ino: Run) -> None:
    case = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    assert set(case) <= {"situation", "course", "working", "doses", "cycles", "expect", "says"}
    assert case["working"]
    file = tmp_path / "course.yaml"
    file.write_text(case["course"], "utf-8")
    ran = ino("plan", "--course", str(file), "-f", "json")
    holds(case, ran)
    assert file.read_text("utf-8") == case["course"]


@pytest.fixture
def plan(tmp_path: Path, ino: Run) -> Run:
    """`plan(text, ...)` plans the course file with this text, with any options."""

    def run(text: str, *arguments: str):  # type: ignore[no-untyped-def]
        file = tmp_path / "course.yaml"
        file.write_text(text, "utf-8")
        return ino("plan", "--course", str(file), *arguments)

    return run


def counted(ran: object) -> list[Decimal]:
    return [dose["counted_mg_per_m2"] for dose in ran.json["doses"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_faulty_course_is_refused_with_its_line_and_what_to_write(path: Path, ino: Run) -> None:
    ran = ino("plan", "--course", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == promised(path) != []
    assert all("; " in line for line in ran.err.splitlines())


# options and the file


def test_options_complete_a_file_and_may_repeat_it_in_another_unit(plan: Run) -> None:
    text = "regimen: ino-vate\npatient: {height: 178 cm, weight: 82 kg}\n"
    alone = plan(text, "--remission-after", "1", "--prior", "none", "-f", "json")
    repeated = plan(
        text + "remission after: 1\n",
        "ino-vate",
        "--height",
        "1.78m",
        "--weight",
        "82000g",
        "--prior",
        "none",
        "-f",
        "json",
    )
    assert (alone.code, alone.out) == (0, repeated.out)


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("cycles: 2", ["--cycles", "3"]),
        ("remission after: 1", ["--remission-after", "never"]),
        ("prior: none", ["--prior", "1mg/m2"]),
        ("prior: [{level: 1 mg/m2}]", ["--prior", "1mg/m2"]),
        ("hsct: no", ["--hsct"]),
        ("start: 2026-12-01", ["--start", "2026-12-02"]),
        ("transplant: 2027-03-01", ["--transplant", "2027-04-01"]),
        ("round to: vial", ["--round-to", "0.1mg"]),
        ("events: [{cycle: 1, remission: CR}]", ["--remission-after", "2"]),
    ],
)
def test_an_option_that_contradicts_the_file_is_refused(line: str, option: list[str], plan: Run) -> None:
    ran = plan(f"regimen: besponsa-label\npatient: {{bsa: 2 m2}}\n{line}\n", *option)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("; keep one\n")


def test_a_bsa_contradicts_height_and_weight_of_the_file(plan: Run) -> None:
    ran = plan("regimen: mrd-mdacc\npatient:\n  height: 178 cm\n  weight: 82 kg\n", "--bsa", "2m2")
    assert ran.code == 2
    assert "course.yaml:3: does not go with the BSA" in ran.err


def test_another_regimen_than_the_files_is_refused(plan: Run) -> None:
    assert "ino-vate contradicts besponsa-label" in plan(LABEL, "ino-vate").err


def test_a_course_comes_from_standard_input_too(plan: Run, ino: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LABEL.encode())))
    assert ino("plan", "--course", "-", "-f", "json").out == plan(LABEL, "-f", "json").out
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"regimen: x\npatient: {bsa: 2}\n")))
    assert ino("plan", "--course", "-").err.startswith("-:2: '2' has no unit")
    monkeypatch.setattr(sys, "stdin", None)
    assert ino("plan", "--course", "-").code == 2


def test_a_file_over_a_mebibyte_is_refused(tmp_path: Path, ino: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    large = LABEL.encode() + b"#" * (1024 * 1024 + 1 - len(LABEL))
    path = tmp_path / "large.yaml"
    path.write_bytes(large)
    assert ino("plan", "--course", str(path)).err.startswith(f"{path}: is larger than 1 MiB")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(large)))
    assert ino("plan", "--course", "-").err.startswith("-: is larger than 1 MiB")
    path.write_bytes(large[:-1])
    assert ino("plan", "--course", str(path)).code == 0


def test_json_indented_with_tabs_is_read(plan: Run) -> None:
    text = (
        '{\n\t"regimen":"besponsa-label",\n\t"patient":{"bsa":"2 m2","id":"Zo\\u00eb \\/ 7"},"cycles":1,"prior":"none"}'
    )
    assert plan(text, "-f", "json").json["patient"]["id"] == "Zoë / 7"


def test_lint_knows_a_course_file_in_either_form(tmp_path: Path) -> None:
    path = tmp_path / "course.yaml"
    path.write_text("regimen: besponsa-label\nevents: [{cycle: 1, weight: 7}]\n", "utf-8")
    assert [fault.where[1] for fault in lint.faults(path)] == [2]
    path.write_text('{"patient": {"bsa": "2 m2"},\n "regimen": "besponsa-label",\n "start": "2026-02-29"}', "utf-8")
    assert [fault.where[1] for fault in lint.faults(path)] == [3]


# what events do


def test_as_planned_is_the_plan(plan: Run) -> None:
    days = [(cycle, day) for cycle in (1, 2) for day in (1, 8, 15)]
    events = "".join(f"  - {{cycle: {cycle}, day: {day}, given: as planned}}\n" for cycle, day in days)
    lived = plan(f"{LABEL}cycles: 2\nevents:\n{events}", "-f", "json").json
    planned = plan(f"{LABEL}cycles: 2\n", "-f", "json").json
    assert lived["total"] == planned["total"]
    assert lived["cycles"] == planned["cycles"]
    assert [dose | {"state": "planned"} for dose in lived["doses"]] == planned["doses"]
    assert lived["ceiling"]["given"]["cumulative_mg_per_m2"] == Decimal("3.3")


def test_a_dose_is_recorded_once_also_when_it_was_moved_before(plan: Run) -> None:
    start = LABEL + "start: 2026-12-01\ncycles: 1\nevents:\n  - {cycle: 1, day: 1, on: 2026-12-02}\n"
    assert plan(start).code == 0
    assert "recorded before, on line 8" in plan(start + "  - {cycle: 1, day: 1, given: as planned}\n").err


def test_a_dose_of_6_percent_less_counts_less_and_4_percent_more_counts_the_same(plan: Run) -> None:
    """0.5 mg/m² × 2 m² = 1 mg: 0.94 mg counts 0.94 / 2 = 0.47, 1.04 mg counts 0.5."""
    events = "events: [{cycle: 1, day: 8, given: 0.94 mg}, {cycle: 1, day: 15, given: 1.04 mg}]\n"
    assert counted(plan(LABEL + "cycles: 1\n" + events, "-f", "json")) == [
        Decimal(each) for each in ("0.8", "0.47", "0.5")
    ]


MRD = "regimen: mrd-mdacc\npatient: {bsa: 0.55 m2}\nprior: none\ncycles: 1\n"


def test_a_given_amount_is_compared_with_the_calculated_dose_not_the_rounded_one(plan: Run) -> None:
    """0.3 × 0.55 = 0.165 mg; 0.18 is 9 % more: given, it counts 0.18 / 0.55 = 0.327…, unless it is that dose rounded."""
    ran = plan(MRD + "events: [{cycle: 1, day: 8, given: 0.18 mg}]\n", "-f", "json")
    assert counted(ran) == [Decimal("0.6"), Decimal("0.327")]
    assert "more than 5 % from the 0.165 mg calculated" in " ".join(ran.json["assumptions"])
    ran = plan(MRD + "round to: 0.03 mg\nevents: [{cycle: 1, day: 8, given: 0.18 mg}]\n", "-f", "json")
    assert counted(ran) == [Decimal("0.6"), Decimal("0.3")]
    assert "the 0.165 mg calculated rounded to 0.03 mg and counts as prescribed" in " ".join(ran.json["assumptions"])


def test_ordinary_rounding_and_whole_vials_count_as_prescribed(plan: Run) -> None:
    """0.3 × 1.8 = 0.54 mg: 0.5 is that in steps of 0.1, 7.4 % less. 0.6 × 1.62 = 0.972: one vial of 0.9 is 7.4 % less."""
    text = "regimen: mrd-mdacc\nprior: none\ncycles: 1\npatient: {bsa: %s m2}\nevents: [{cycle: 1, day: %s, given: %s mg}]\n"
    ran = plan(text % ("1.8", "8", "0.5"), "-f", "json")
    assert counted(ran) == [Decimal("0.6"), Decimal("0.3")]
    ran = plan(text % ("1.62", "1", "0.9"), "-f", "json")
    assert counted(ran) == [Decimal("0.6"), Decimal("0.3")]
    assert "rounded down to whole vials of 0.9 mg and counts as prescribed" in " ".join(ran.json["assumptions"])
    ran = plan(text % ("1.8", "8", "0.48"), "-f", "json")  # 11.1 % less is no rounding
    assert counted(ran) == [Decimal("0.6"), Decimal("0.267")]


def test_rounding_never_makes_a_breach_where_it_was_given_as_printed(plan: Run) -> None:
    """2 cycles without remission are exactly 3.6 at every BSA, also where the printed mg deliver more."""
    for hundredths in range(120, 260, 7):
        bsa = Decimal(hundredths) / 100
        due = [
            (level * bsa).quantize(Decimal("0.01"), "ROUND_HALF_UP") for level in map(Decimal, ("0.8", "0.5", "0.5"))
        ]
        events = "".join(
            f"  - {{cycle: {cycle}, day: {day}, given: {mg} mg}}\n"
            for cycle in (1, 2)
            for day, mg in zip((1, 8, 15), due, strict=True)
        )
        text = f"regimen: besponsa-label\npatient: {{bsa: {bsa} m2}}\nremission after: never\nprior: none\nhsct: yes\n"
        found = plan(f"{text}events:\n{events}", "-f", "json").json
        assert (found["total"]["cumulative_mg_per_m2"], found["ceiling"]["status"]) == (Decimal("3.6"), "between")


def test_a_quotient_that_never_ends_is_compared_exactly(plan: Run) -> None:
    """2.5 mg at 1.9 m² are 1.315789… mg/m²; with 2.284 before the sum is 3.599789…, printed 3.6, and within it;
    with 2.2843 it is 3.600089…, printed 3.6 as well, and above."""
    text = "regimen: mrd-mdacc\npatient: {bsa: 1.9 m2}\ncycles: 1\nevents:\n"
    text += "  - {cycle: 1, day: 1, given: 2.5 mg, confirmed: true}\n  - {cycle: 1, day: 8, omitted: fever}\n"
    found = [plan(text, "--prior", prior, "-f", "json").json for prior in ("2.284mg/m2", "2.2843mg/m2")]
    assert [each["total"]["cumulative_mg_per_m2"] for each in found] == [Decimal("3.6"), Decimal("3.6")]
    assert [each["ceiling"]["status"] for each in found] == ["between", "above"]


def test_remission_counts_from_the_next_cycle(plan: Run) -> None:
    events = "events: [{cycle: 2, remission: CRi}]\n"
    text = "regimen: besponsa-label\npatient: {bsa: 2 m2}\nprior: none\ncycles: 3\n" + events
    assert [cycle["level_mg_per_m2"] for cycle in plan(text, "-f", "json").json["cycles"]] == [
        Decimal("1.8"),
        Decimal("1.8"),
        Decimal("1.5"),
    ]


def test_the_step_of_the_schedule_is_no_escalation(plan: Run) -> None:
    """DeAngelo keeps 0.8 on day 1 after remission, more than the 0.4 of day 15 before it."""
    text = "regimen: deangelo-2017\npatient: {bsa: 2 m2}\nprior: none\ncycles: 2\nremission after: 1\n"
    ran = plan(text + "events: [{cycle: 1, reduce: 25 %}]\n", "-f", "json")
    assert counted(ran) == [Decimal(each) for each in ("0.6", "0.375", "0.375", "0.6", "0.3", "0.3")]


@pytest.mark.parametrize(
    ("entry", "sum"),
    [
        ("{level: 1.8 mg/m2}", "1.8"),
        ("{dose: 1.5 mg, bsa: 1.95 m2}", "0.769"),  # 1.5 / 1.95 = 0.7692…
        ("{regimen: mini-hyper-cvd-ino-v3, cycles: 2}", "1.5"),  # 0.9 + 0.6
        ("{regimen: hyper-cvad-blina-ino, cycles: 4}", "1.2"),  # cycles 2 and 4, 0.6 each
        ("{regimen: ino-vate, cycles: 2, remission after: 1}", "3.3"),  # 1.8 + 1.5
        ("{regimen: ino-vate, cycles: 2, remission after: never}", "3.6"),
        ("{regimen: kantarjian-2013-single, cycles: 2, level: 1.3 mg/m2}", "2.6"),
    ],
)
def test_what_came_before_is_counted(entry: str, sum: str, plan: Run) -> None:
    text = f"regimen: mrd-mdacc\npatient: {{bsa: 2 m2}}\ncycles: 1\nprior:\n  - {entry}\n"
    assert plan(text, "-f", "json").json["course"]["prior_mg_per_m2"] == Decimal(sum)


def test_gemtuzumab_and_a_transplant_before_are_said_and_never_counted(plan: Run) -> None:
    found = plan(LABEL + "prior gemtuzumab: yes\nprior transplant: yes\n", "-f", "json").json
    assert found["course"]["prior_mg_per_m2"] == 0
    assert [sentence.split()[0] for sentence in found["warnings"]] == ["Gemtuzumab", "There"]


def test_a_dose_left_unrecorded_between_others_is_asked_about(plan: Run) -> None:
    ran = plan(LABEL + "events: [{cycle: 1, day: 8, given: as planned}]\n", "-f", "json")
    assert ran.json["warnings"] == [
        "The dose in cycle 1 on day 1 was not recorded, though the course went on: was it given or omitted?"
    ]


def test_a_change_of_just_under_ten_percent_is_not_pointed_out(plan: Run) -> None:
    text = "regimen: besponsa-label\npatient: {height: 170 cm, weight: 80 kg}\nremission after: 1\nprior: none\n"
    said = [
        plan(f"{text}events: [{{cycle: 2, weight: {kg} kg}}]\n", "-f", "json").json["warnings"] for kg in ("72.1", "72")
    ]
    assert said == [[], ["From cycle 2 on the weight is 10 % less than at the start."]]


@pytest.mark.parametrize(("mg", "code"), [("0.7", 0), ("0.70", 0), ("0.69", 2), ("2.1", 0), ("2.11", 2)])
def test_half_a_dose_is_half_to_a_hundredth(mg: str, code: int, plan: Run) -> None:
    """0.5 × 2.81 = 1.405 mg: half is 0.7025, which nobody can draw up; half as much again 2.1075."""
    text = "regimen: mrd-mdacc\npatient: {bsa: 2.81 m2}\nprior: none\ncycles: 1\n".replace(
        "mrd-mdacc", "besponsa-label"
    )
    assert plan(f"{text}events: [{{cycle: 1, day: 8, given: {mg} mg}}]\n").code == code


def test_the_page_says_what_was_given_why_and_what_is_next(plan: Run) -> None:
    """0.5 × 2 = 1 mg; 0.5 mg are half, 0.5 ÷ 2 = 0.25 mg/m²; day 8 two days late, so day 15 was a day later."""
    events = (
        "  - {cycle: 1, day: 1, given: as planned}\n"
        "  - {cycle: 1, day: 8, given: as planned, on: 2026-12-10, because: holiday}\n"
        "  - {cycle: 1, day: 15, given: 0.5 mg, because: line leaked}\n"
        "  - {cycle: 2, bsa: 1.9 m2}\n"
    )
    out = plan(f"{LABEL}start: 2026-12-01\ncycles: 2\nevents:\n{events}").out
    assert "\nNext     0.95 mg in cycle 2 on day 1, Tue 2026-12-22, at 1.9 m²\n" in out
    assert " C1 D8  Thu 2026-12-10    +2 given a   0.5     1    1   1.3 within 2.7\n" in out
    assert " C1 D15 Wed 2026-12-16    +1 given b   0.5     1  0.5  1.55 within 2.7\n" in out
    assert "\n a       Cycle 1 day 8 was 2 days late (holiday).\n" in out
    assert (
        "\n b       Cycle 1 day 15: 0.5 mg given of 1 mg (line leaked), counts 0.25 mg/m². "
        "Cycle 1 day 15 was 1 day later, on Wed 2026-12-16, to be 6 days after cycle 1 day 8, 7 by the schedule: "
    ) in out


def test_the_page_says_at_the_top_that_the_course_was_stopped(plan: Run) -> None:
    out = plan(f"{LABEL}cycles: 2\nevents: [{{cycle: 1, day: 1, given: as planned}}, {{cycle: 1, stop: VOD}}]\n").out
    assert "\nStopped  in cycle 1: VOD\n" in out
    assert "\nNext " not in out


def test_what_is_left_is_never_rounded_up(plan: Run) -> None:
    """2.7 - 2.425 = 0.275 mg/m², × 2.7 m² = 0.7425 mg."""
    text = "regimen: mrd-mdacc\npatient: {bsa: 2.7 m2}\nprior: 1.825 mg/m2\ncycles: 1\n"
    out = plan(text + "events: [{cycle: 1, day: 1, given: as planned}]\n").out
    assert "0.275 mg/m² (0.742 mg at 2.7 m²) left under 2.7 mg/m²" in out


def test_control_characters_of_a_reason_never_reach_a_terminal(plan: Run) -> None:
    events = 'events: [{cycle: 1, day: 1, given: as planned}, {cycle: 1, stop: "\\e[31mVOD"}]\n'
    for format in ("table", "csv"):
        ran = plan(LABEL + events, "-f", format)
        assert "\x1b" not in ran.out + ran.err
        assert "31mVOD" in ran.out + ran.err or "cannot be printed" in ran.err


def test_what_is_left_is_said_in_words(plan: Run) -> None:
    """0.8 + 0.5 + 0.5 given; 2.7 - 1.8 = 0.9, × 2 = 1.8 mg, and one dose of 0.5 in it;
    3.6 - 1.8 = 1.8, 3.6 mg, and three doses of 0.5, one cycle, in it."""
    given = [f"{{cycle: 1, day: {day}, given: as planned}}" for day in (1, 8, 15)]
    out = plan(f"{LABEL}cycles: 3\nevents: [{', '.join(given)}]\n").out
    assert "So far   1.8 mg/m²: within 2.7\n" in out
    assert "0.9 mg/m² (1.8 mg at 2 m²) left under 2.7 mg/m²; 1 of 6 planned doses fits, 0 whole cycles\n" in out
    assert "1.8 mg/m² (3.6 mg at 2 m²) left under 3.6 mg/m²; 3 of 6 planned doses fit, 1 whole cycle\n" in out
    assert "2.7 mg/m²: first passed in cycle 2 on day 8, by 2.1 mg/m² at the end\n" in out


def test_fail_on_takes_the_prior_of_the_file(plan: Run) -> None:
    assert plan(LABEL + "cycles: 2\n", "--fail-on", "between").code == 3
    assert plan(LABEL + "cycles: 2\n", "--fail-on", "above").code == 0
    assert plan("regimen: besponsa-label\npatient: {bsa: 2 m2}\ncycles: 1\n", "--fail-on", "above").code == 2


# whatever a file holds

EVERY_KIND = yaml.load((HERE / "courses" / "every-kind-of-event.yaml").read_text("utf-8"), yaml.BaseLoader)[
    "course"
].encode()
WORDS = """regimen: |besponsa-label|patient: |{bsa: 2 m2}|events:|prior: |- |{cycle: 1, |day: 1, |given: |as planned|1 mg|
omitted: |stop: |reduce: |25 %|}|[|]|: |,|on: |2026-12-01|length: |28 d|weight: |confirmed: |true|"|&a |*a|!!str |010|1:30|~|
unknown|none|remission: |CR|start: |\0|\t|é""".replace("\n", "").split("|")


def made(content: bytes) -> Plan:
    """The plan of the course in these bytes."""
    before, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(content))  # type: ignore[assignment]
    try:
        file = course_file.read("-", library.at())
    finally:
        sys.stdin = before
    product = library.product()
    said = request.together({}, file, product)
    with errors.on(errors.keys(file.places)):
        regimen = library.at().regimen(said.regimen)
        return plans.make(regimen, said.body, said.course, library.ceiling(), said.rounding, said.patient, product)


def damaged(at: int) -> st.SearchStrategy[bytes]:
    """A good course with up to two bytes gone and up to three others in their place."""
    return st.builds(
        lambda new, gone: EVERY_KIND[:at] + new + EVERY_KIND[at + gone :], st.binary(max_size=3), st.integers(0, 2)
    )


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from([*WORDS, "\n", "\n  "]), max_size=25).map(lambda words: "".join(words).encode())
    | st.integers(0, len(EVERY_KIND)).flatmap(damaged)
)
def test_any_bytes_are_a_course_or_refused(content: bytes) -> None:
    try:
        assert plan_json.value(made(content))["doses"]
    except InputError as error:
        assert all(fault.place and fault.problem and fault.hint for fault in error.faults)
