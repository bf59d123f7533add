"""The command as a process of its own: quick help, clean streams, one digest for any threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cli.hand_made import SMALL

COMMAND = [sys.executable, "-m", "bposim"]
RUN = [*COMMAND, "run", str(SMALL), "--trials", "3000", "--seed", "7"]


def output(command: list[str], **environment: str) -> str:
    """Return the stdout of a command that ends well."""
    done = subprocess.run(command, capture_output=True, env={**os.environ, **environment}, check=True)
    return done.stdout.decode("utf-8")


def test_help_imports_nothing_slow() -> None:
    """Protects the time to first help: no plotting, no tables, no statistics library."""
    command = [sys.executable, "-X", "importtime", "-m", "bposim", "run", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in imported
    assert imported & {"matplotlib", "pandas", "scipy.stats", "scipy.optimize"} == set()


def test_one_digest_for_any_number_of_threads() -> None:
    """Protects repeatability: twice, and with two threads, the same digest."""
    digests = {
        json.loads(output([*RUN, "--format", "json", *more]))["digest"] for more in ((), ("--threads", "2"))
    }
    assert len(digests) == 1


def test_a_pipe_gets_no_progress_and_no_colour() -> None:
    """Protects logs: without a terminal there is neither a bar nor an escape sequence."""
    done = subprocess.run(RUN, capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout + done.stderr
    assert "simulating" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_terminal_gets_progress_on_stderr() -> None:
    """Protects patience: a bar while it runs, on stderr, so that stdout is still data."""
    import pty  # noqa: PLC0415 - POSIX only

    ours, theirs = pty.openpty()
    with subprocess.Popen([*RUN, "--format", "json"], stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdout is not None
        content = json.loads(process.stdout.read())
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        pass  # Linux says so when the other end has gone
    os.close(ours)
    assert content["trials"] == 3000
    assert b"simulating" in seen


def test_an_old_terminal_gets_codes_for_letters_it_lacks() -> None:
    """Protects runs on ASCII terminals: ± is written as a code, and JSON stays UTF-8."""
    assert "\\xb1" in output(RUN, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert json.loads(output([*RUN, "--format", "json"], PYTHONIOENCODING="ascii"))["currency"] == "USD"
