"""The documentation says what the code says, and builds without a warning: every link leads somewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _generate() -> object:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = _generate()


@pytest.mark.parametrize("page", sorted(GENERATE.PAGES))
def test_reference_is_what_the_code_says(page: str) -> None:
    """A command, a key or an error that changes without its page would leave a reader with yesterday's."""
    committed = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert GENERATE.PAGES[page]() == committed, "run: make docs"


def test_site_builds_without_a_warning(tmp_path: Path) -> None:
    """A broken link, a page in no table of contents or a notebook that fails stops the build."""
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", DOCS, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "index.html").is_file()
