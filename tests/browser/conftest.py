"""A real browser for the tests of pages, which are skipped where there is none."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What the browser is called on the systems that have it."""

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass
class Watched:
    """A page of the browser, and whatever it complained about or asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    """What the console called an error or a warning, and exceptions."""
    requests: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """What the page's own content security policy has stopped."""
        found: list[str] = self.page.evaluate("window.violations")
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, without a window; skip where there is none."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"pages are tested in a browser, and there is none: install one of {', '.join(NAMES)}")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="pages are tested through playwright's driver"
    )
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=executable, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens an address in a fresh page, which is watched from the first moment.

    It takes playwright's options of a context: ``color_scheme``, ``viewport``, ``java_script_enabled``.
    """
    contexts = []

    def opened(address: str, **options: Any) -> Watched:  # noqa: ANN401 - playwright's own
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        seen = Watched(context.new_page())
        seen.page.add_init_script(WATCH)
        seen.page.on(
            "console",
            lambda message: (
                seen.errors.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto(address)
        return seen

    yield opened
    for context in contexts:
        context.close()
