"""One process from outside: its streams closed, full or short, its end by a signal; nothing is lost and said to be there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

INO = f'"{sys.executable}" -m ino_dose'
PLAN = f"{INO} plan besponsa-label --bsa 1.82m2 --remission-after 1 --prior none -f json"


def shell(line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, env={**os.environ, **more})


WHOLE = shell(PLAN).stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_takes_only_a_part_is_no_success(unbuffered: str, tmp_path: Path) -> None:
    """`ulimit -f` in blocks of 1,024 bytes: the system takes the first 8,192 bytes of 13,000 and no more."""
    out = tmp_path / "plan.json"
    ran = shell(f"ulimit -f 8; {PLAN} > {out}", PYTHONUNBUFFERED=unbuffered)
    assert out.stat().st_size == 8192 < len(WHOLE)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, b"", b"standard output: File too large\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_does_not_wait_gets_every_byte(unbuffered: str) -> None:
    """A pipe that does not block takes a part at a time: the rest follows when its reader has read."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    filler = b"x" * 65536
    os.write(write, filler)
    child = subprocess.Popen(
        ["bash", "-c", PLAN], stdout=write, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": unbuffered}
    )
    os.close(write)
    time.sleep(1)
    found = b""
    while piece := os.read(read, 4096):
        found += piece
    os.close(read)
    assert (child.wait(), child.stderr.read() if child.stderr else b"") == (0, b"")
    assert found == filler + WHOLE


@pytest.mark.parametrize(
    "command", ["--version", "--help", "plan --help", "plan mrd-mdacc --bsa 1.8m2", "regimens -f json"]
)
@pytest.mark.parametrize(("where", "said"), [("> /dev/full", b"No space left on device"), (">&-", b"is closed")])
def test_a_result_that_finds_no_place_is_refused_with_2(command: str, where: str, said: bytes) -> None:
    ran = shell(f"{INO} {command} {where}")
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, b"", b"standard output: " + said + b"\n")


def test_what_is_said_never_lands_in_the_result() -> None:
    """With standard error closed the next file that is opened would be number 2, and None prints to standard output."""
    ran = shell(f"{INO} plan mrd-mdacc --bsa 2.6m2 -f csv 2>&-")
    assert (ran.returncode, ran.stdout.count(b"\n")) == (0, 13)
    assert b"warning" not in ran.stdout
    refused = shell(f"{INO} plan no-such --bsa 1.8m2 2>&-")
    assert (refused.returncode, refused.stdout) == (2, b"")


def test_all_streams_closed_still_ends_with_its_code() -> None:
    assert shell(f"{INO} plan mrd-mdacc --bsa 1.8m2 <&- >&- 2>&-").returncode == 2
    assert shell(f"{INO} plan no-such --bsa 1.8m2 <&- >&- 2>&-").returncode == 2


def test_a_reader_who_closes_early_ends_it_quietly_by_the_signal() -> None:
    ran = shell(f"set -o pipefail; {PLAN} | true")
    assert (ran.returncode, ran.stderr) == (141, b"")


@pytest.mark.parametrize("columns", ["²", "٣", "-5", "x", "99999999999", ""])
def test_a_width_that_is_no_number_is_passed_over(columns: str) -> None:
    ran = shell(f"{INO} plan mrd-mdacc --bsa 1.8m2", COLUMNS=columns)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("loading", "said"),
    [
        ("raise MemoryError", b"cohort: cannot load Polars; give it more memory"),
        ("raise BaseException('a panic')", b"cohort: cannot load Polars; give it more memory"),
        ("import os; os.abort()", b"cohort: broke off (SIGABRT), as it does where memory runs out"),
    ],
)
def test_a_library_that_memory_does_not_suffice_for_is_a_sentence(tmp_path: Path, loading: str, said: bytes) -> None:
    (tmp_path / "polars.py").write_text(loading)
    ran = shell(f"{INO} cohort - --regimen mrd-mdacc < /dev/null", PYTHONPATH=str(tmp_path))
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(said)


@pytest.mark.parametrize("raised", ["MemoryError()", "SystemError('error return without exception set')"])
def test_too_little_memory_anywhere_is_a_sentence(tmp_path: Path, raised: str) -> None:
    (tmp_path / "pint.py").write_text(f"raise {raised}")
    ran = shell(f"{INO} plan mrd-mdacc --bsa 1.8m2", PYTHONPATH=str(tmp_path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, b"", b"ino-dose: there is not enough memory for this\n")


def begun(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while not list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def waiting(tmp_path: Path):
    """A cohort that waits for more of its input, with its output begun."""
    out = tmp_path / "out.csv"
    child = subprocess.Popen(
        [sys.executable, "-m", "ino_dose", "cohort", "-", "--from", "csv", "--regimen", "mrd-mdacc", "-o", str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin
    child.stdin.write(b"id,height_cm,weight_kg\n" + b"A,178,82\n" * 8000)  # enough to begin with
    child.stdin.flush()
    yield child, tmp_path
    child.kill()
    child.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_cohort_that_waits_for_input_ends_at_once_and_leaves_nothing(waiting, number: int, code: int) -> None:
    child, folder = waiting
    begun(folder)
    child.send_signal(number)
    assert child.wait(timeout=10) == code
    assert list(folder.iterdir()) == []


def test_a_cohort_whose_work_is_killed_leaves_nothing_and_says_so(waiting) -> None:
    """As the system does where memory runs out."""
    child, folder = waiting
    begun(folder)
    worker = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()[0]
    os.kill(int(worker), signal.SIGKILL)
    out, err = child.communicate(timeout=10)
    assert (child.returncode, out) == (2, b"")
    assert b"memory" in err
    assert list(folder.iterdir()) == []
