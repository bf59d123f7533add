"""The local page in a real browser: it draws, stays on the machine, and is moved by keyboard."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("streamlit", reason="the page needs the extra app")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import FrameLocator, Page

    from browser.conftest import Watched

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
PATIENCE = 90_000
"""Milliseconds for a run and its report on a busy machine."""

STREAMLITS = "Unrecognized feature: "
"""What the browser remarks on the permissions that streamlit withholds from a frame."""

HOSTILE = '<img src="http://192.0.2.1/x.png" onerror="window.hit=1"> ![x](http://192.0.2.1/y.png)'


@pytest.fixture(scope="module")
def address(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a running page of the small scenario."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bposim", "app", str(SMALL), "--port", str(port), "--no-browser"]
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with log.open("w") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as server:
        until = time.monotonic() + PATIENCE / 1_000
        while time.monotonic() < until and server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def _report(tab: Page) -> FrameLocator:
    """Wait until the report stands on the page with its charts drawn."""
    frame = tab.frame_locator("iframe")
    frame.locator("html[data-charts]").wait_for(timeout=PATIENCE)
    return frame


def _digest(tab: Page) -> str:
    found = re.search("digest ([0-9a-f]{12})", tab.inner_text("body"))
    assert found is not None
    return found[1]


def _away(seen: Watched, address: str) -> list[str]:
    """Return the requests that leave the page's own server."""
    own = (f"{address}/", "data:", "blob:")
    return [each for each in seen.requests if each != address and not each.startswith(own)]


def test_the_page_draws_stays_on_the_machine_and_is_moved_by_keyboard(
    address: str, watched: Callable[..., Watched]
) -> None:
    """Protects those who never open a terminal: a report, sliders without a mouse, no request elsewhere."""
    seen = watched(address)
    tab = seen.page
    frame = _report(tab)
    other = watched(address)  # only now, so that it finds the run and the report of the first
    assert int(frame.locator("html").get_attribute("data-charts") or 0) >= 8
    assert frame.locator("#savings svg path").count() > 2
    before = _digest(tab)
    slider = tab.get_by_role("slider").first
    for _ in range(60):
        tab.keyboard.press("Tab")
        if slider.evaluate("one => one === document.activeElement"):
            break
    else:
        pytest.fail("the first slider cannot be reached by Tab")
    tab.keyboard.press("ArrowRight")
    tab.get_by_text("What your changes do").wait_for(timeout=PATIENCE)
    tab.wait_for_function("was => !document.body.innerText.includes(was)", arg=before, timeout=PATIENCE)
    _report(other.page)
    assert _digest(other.page) == before, "a tab must not see what is moved in another"
    frame = _report(tab)
    frame.locator("nav a[href='#figures']").click()
    assert frame.locator("h1").count() == 1, "contents lead inside the report"
    for each in (seen, other):
        assert [text for text in each.errors if not text.startswith(STREAMLITS)] == []
        assert _away(each, address) == []


def test_hostile_labels_are_only_text(address: str, watched: Callable[..., Watched]) -> None:
    """Protects whoever brings a file from somebody else."""
    text = SMALL.read_text(encoding="utf-8")
    text = re.sub("(?m)^title:.*$", lambda _: f"title: {json.dumps(HOSTILE)}", text)
    name = json.dumps(HOSTILE)
    text = text.replace("  manila:", f"  {name}:").replace("like: manila", f"like: {name}")
    text = re.sub("(?m)^correlations:.*$", "", text.replace("manila.price", '"alternatives.*.price"'))
    seen = watched(address)
    tab = seen.page
    tab.get_by_text("A file of mine").click()
    tab.locator("input[type=file]").set_input_files(
        {"name": "other.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    )
    tab.get_by_text("bposim run other.yaml").wait_for(timeout=PATIENCE)
    frame = _report(tab)
    assert HOSTILE in (frame.locator("h1").text_content() or "")
    assert tab.get_by_text(HOSTILE).count() >= 1
    assert tab.evaluate("window.hit") is None
    assert frame.locator("h1").evaluate("() => window.hit") is None
    assert _away(seen, address) == []
