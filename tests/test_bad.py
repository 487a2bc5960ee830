"""One fault a file, named after it; the comment at its top is the message that it must produce."""

import os
import time
from pathlib import Path

import pytest
import yaml
from conftest import Run

from ino_dose.files import lint, yaml_node

HERE = Path(__file__).parent / "bad"
BAD = sorted(HERE.glob("*.yaml"))


def promised(path: Path) -> list[str]:
    """The messages in the comments at the top of a file, each behind the path and a colon."""
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    first = next((index for index, line in enumerate(lines) if not line.startswith("# ")), len(lines))
    return [f"{path}:{line.removeprefix('# ')}" for line in lines[:first]]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_fault_is_found_with_its_line_and_what_to_write(path: Path) -> None:
    faults = lint.faults(path)
    assert [str(fault) for fault in faults] == promised(path) != []
    assert all(fault.hint for fault in faults)


def test_faults_come_in_the_order_of_their_lines() -> None:
    lines = [fault.where[1] or 0 for fault in lint.faults(HERE / "several-faults.yaml")]
    assert len(lines) == 6
    assert lines == sorted(lines)


def test_lint_prints_the_faults_as_its_result(ino: Run) -> None:
    path = HERE / "several-faults.yaml"
    assert ino("lint", str(path)) == (3, "\n".join(promised(path)) + "\n", "")


def test_lint_prints_the_faults_of_every_file(ino: Run) -> None:
    one, other = HERE / "dose-in-mg.yaml", HERE / "working-wrong.yaml"
    assert ino("lint", str(one), str(other)).out.splitlines() == promised(one) + promised(other)


def test_a_plan_that_would_rest_on_a_faulty_file_is_refused_with_every_fault(ino: Run) -> None:
    path = HERE / "several-faults.yaml"
    ran = ino("plan", str(path), "--bsa", "1.8m2")
    assert (ran.code, ran.out, ran.err.splitlines()) == (2, "", promised(path))


def test_what_is_larger_than_a_mebibyte_is_refused(tmp_path: Path, ino: Run) -> None:
    path = tmp_path / "large.yaml"
    good = (HERE.parent.parent / "schedules" / "mrd-mdacc.yaml").read_bytes()
    path.write_bytes(good + b"#" * (1024 * 1024 - len(good)))
    assert lint.faults(path) == ()
    path.write_bytes(good + b"#" * (1024 * 1024 + 1 - len(good)))
    (fault,) = lint.faults(path)
    assert (fault.place, fault.problem) == (str(path), "is larger than 1 MiB")
    (row,) = ino("lint", str(path), "-f", "json").json
    assert (row["file"], row["line"]) == (str(path), None)


def test_thirty_thousand_keys_are_read_at_once(tmp_path: Path) -> None:
    """Looking for each key among all before it took 17 seconds, and minutes for a mebibyte."""
    path = tmp_path / "keys.yaml"
    path.write_text("".join(f"{number}:\n" for number in range(30_000)))
    start = time.process_time()
    assert len(lint.faults(path)) == 30_000 + 3
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("worked: 0.6", "worked: " + "(" * 5000 + "0.6", "one value here has more than 2000 characters"),
        ("worked: 0.6", "worked: " + "(" * 1000 + "0.6", "the working has more than 200 characters"),
        ("worked: 0.6", "worked: " + "9" * 150 + " × 0.6", "the working gives 6000"),
        ("worked: 0.6", "worked: " + "9 × " * 200_000 + "0.6", "one value here has more than 2000 characters"),
        ("worked: 0.6", "worked: ٠.٦", "cannot be read"),
        ("cycles: 1", "cycles: " + "9" * 5000, "one value here has more than 2000 characters"),
        ("cycles: 1", "cycles: " + "9" * 2000, "9' are not cycles"),
    ],
    ids=range(7),
)
def test_thousands_of_digits_and_brackets_are_refused_in_a_sentence(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.yaml"
    good = (HERE.parent.parent / "schedules" / "mrd-mdacc.yaml").read_text("utf-8")
    path.write_text(good.replace(old, new, 1), "utf-8")
    start = time.process_time()
    fault = lint.faults(path)[0]
    assert told in fault.problem
    assert len(str(fault)) < 2200
    assert time.process_time() - start < 2


def test_thousands_of_blocks_and_sources_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    good = (HERE.parent.parent / "schedules" / "mrd-mdacc.yaml").read_text("utf-8")
    block = "  - {cycles: 1 onward, doses: {day 1: 0.6 mg/m2}, source: {trial: here}}\n"
    source = "  s%s: {cite: x, read: abstract}\n"
    sources = "".join(source % number for number in range(4000))
    text = good.replace("blocks:\n", "blocks:\n" + block * 4000).replace("sources:\n", "sources:\n" + sources)
    path.write_text(text, "utf-8")
    start = time.process_time()
    assert len(lint.faults(path)) > 4000
    assert time.process_time() - start < 5


PARSERS = [yaml.SafeLoader, *filter(None, [getattr(yaml, "CSafeLoader", None)])]
NO_YAML = {
    "a: [1\nb: 2\n": (2, "a bracket or brace is not closed before this line"),
    "a: b: c\n": (1, "a second key: stands inside a value"),
    "a:\n\tb: 1\n": (2, "a tab, or a value that begins with @, ` or %"),
    "a: `b`\n": (1, "a tab, or a value that begins with @, ` or %"),
    "a: 'b\n": (2, "a quote is not closed"),
    'a: "\\q"\n': (1, "a backslash is not plain text inside double quotes"),
    "a: 1\nfoo\nb: 2\n": (3, "a key without its colon, or indented otherwise than those before it"),
    "- a\nb: 1\n": (2, "a key without its colon, or indented otherwise than those before it"),
    "a: 1\n- b\n": (2, "a key without its colon, or indented otherwise than those before it"),
    "  a: 1\n b: 2\n": (2, "a key without its colon, or indented otherwise than those before it"),
    "a: ]\n": (1, "is not valid YAML here"),
    "a: " + "[" * 1_000_000: (1, "is nested more than 20 deep"),
}


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@pytest.mark.parametrize(("text", "told"), NO_YAML.items(), ids=lambda each: repr(each)[:12])
def test_whatever_a_parser_says_the_sentence_is_ours(
    parser: type, text: str, told: tuple[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_node, "_LOADER", parser)
    path = tmp_path / "no.yaml"
    path.write_text(text)
    (fault,) = lint.faults(path)
    assert (fault.where, fault.problem) == ((str(path), told[0]), told[1])


@pytest.mark.parametrize("name", ["there/is/none.yaml", "none.yml", "x" * 300 + ".yaml"], ids=range(3))
def test_a_file_that_is_not_there_is_refused(name: str, ino: Run) -> None:
    for arguments in (["plan", name, "--bsa", "1.8m2"], ["show", name], ["lint", name]):
        ran = ino(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"{name}: ")


def test_a_directory_is_no_schedule(tmp_path: Path, ino: Run) -> None:
    ran = ino("plan", f"{tmp_path}/", "--bsa", "1.8m2")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be read" in ran.err


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    good = (HERE.parent.parent / "schedules" / "mrd-mdacc.yaml").read_text("utf-8")
    path = tmp_path / "mrd-mdacc.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode())
    assert lint.faults(path) == ()


def test_a_dose_on_the_last_day_of_its_cycle_is_no_fault(tmp_path: Path) -> None:
    text = (HERE / "dose-after-the-end-of-its-cycle.yaml").read_text("utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("day 15", "day 14"), "utf-8")
    assert lint.faults(path) == ()


def test_forty_thousand_blank_lines_are_read_at_once(tmp_path: Path) -> None:
    """Looking for a key at each line, over all blank lines behind it, took 15 seconds."""
    path = tmp_path / "blank.yaml"
    path.write_text("\n" * 40_000 + "title: blank\n")
    start = time.process_time()
    assert [fault.where[1] for fault in lint.faults(path)] == [40_001] * 2
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('{"start": "2026-12-01", "patient": {"bsa": "2 m2"}}', "regimen"),
        ("title: a regimen\nresults:\n  - of: adults\n    events: 3\n", "after transplant"),
        ("vial: {delivers: 1 mg}\n", "title"),
        ("upper: 3 mg/m2\n", "title"),
    ],
)
def test_lint_tells_what_a_file_is_by_its_own_keys(text: str, missing: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text, "utf-8")
    assert lint.faults(path)[0].problem == f"{missing!r} is missing"


def test_a_pipe_or_a_device_is_refused_instead_of_waited_for(tmp_path: Path, ino: Run) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    own = f"{tmp_path}/own.yaml"
    (tmp_path / "own.yaml").write_text((HERE.parent.parent / "schedules" / "mrd-mdacc.yaml").read_text("utf-8"))
    for name in (str(pipe), "/dev/zero"):
        told = f"{name}: is a pipe or a device, not a file; save it as a file\n"
        for arguments in (["plan", name, "--bsa", "1.8m2"], ["show", name], ["plan", "--course", name], ["lint", name]):
            assert ino(*arguments) == (2, "", told)
        assert ino("plan", own, "--bsa", "1.8m2", "--ceiling", name) == (2, "", told)
    assert (
        ino("regimens", "--schedules", str(pipe)).err == f"--schedules: there is no folder '{pipe}'; check the path\n"
    )
    (tmp_path / "own.yaml").rename(tmp_path / "ours.yaml")
    ran = ino("regimens", "--schedules", str(tmp_path), "-f", "json")
    assert (ran.code, ran.err) == (4, f"{pipe}: is a pipe or a device, not a file; save it as a file\n")
    assert "ours" in [each["id"] for each in ran.json]
