"""Draw docs/pictures/*.png, which the reading guide shows, from a shipped scenario with a fixed seed.

``python docs/screenshots.py`` takes two minutes and writes all of them; ``python docs/screenshots.py report``
those whose names begin so.  Pictures of pages need Chromium and are left as they are where there is none.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from bposim.cli import main
from bposim.report.pictures.files import rendered
from bposim.report.pictures.gallery import KINDS, Wanted
from bposim.stored import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
SCENARIO = DOCS.parent / "scenarios" / "customer-support.yaml"
SEASONAL = DOCS.parent / "scenarios" / "seasonal-tax.yaml"
TRIALS, SEED = "20k", "7"
ABOUT = "manila"
"""The alternative of pictures of one: it has both sides, a mean saving and bad futures."""

WIDTH = 900
"""Pixels of a picture: what a page of text is wide, and a little more for sharp screens."""

COLOURS = 64

STUDIES: dict[str, tuple[str, Path, *tuple[str, ...]]] = {
    "worth": ("worth", SCENARIO, "--alternative", ABOUT),
    "stress": ("stress", SCENARIO),
    "exit": ("exit", SEASONAL, "--alternative", "nearshore"),  # nobody leaves the others
    "splits": ("frontier", SCENARIO),
    "break-even-map": ("breakeven", SCENARIO, "--vary", "manila.price", "--vary", "discount_rate"),
}
"""What no run keeps, and the command that simulates and draws it."""

PORT = "8599"
"""Of the local page while its picture is taken."""

PATIENCE = 90
"""Seconds until a page has to be there."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
)


def small(png: bytes) -> bytes:
    """Return a picture in the width and with the few colours that a page needs."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    if picture.width != WIDTH:
        picture = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
    reduced = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


def of_a_run(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each picture that a stored run gives, and what draws it."""
    result = read(folder)
    wanted = Wanted(result, ABOUT)  # type: ignore[arg-type] - 20,000 trials are never streamed
    for kind, draw in KINDS.items():
        yield kind, lambda draw=draw: rendered(_about(draw(wanted)), "png")


def _about(found: Iterator) -> object:
    """Return the one picture of a kind, or that of the alternative of which there are several."""
    pictures = list(found)
    return next((picture for picture in pictures if ABOUT in picture.name), pictures[0])


def of_studies(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each picture of a study, and what simulates and draws it."""
    for name, call in STUDIES.items():
        yield name, lambda name=name, call=call: _studied(folder, name, call)


def _studied(folder: Path, name: str, call: tuple[str | Path, ...]) -> bytes:
    target = folder / f"{name}.png"
    options = ("--trials", "8k", "--seed", SEED, "--output", target)
    main(list(map(str, call + options)), standalone_mode=False)
    return target.read_bytes()


def of_pages(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each picture of the report and of the local page, and what takes it."""
    yield "report-answer", lambda: _page(_report(folder), 700)
    yield "report-charts", lambda: _page(f"{_report(folder)}#pictures", 860)
    yield "app", _app


def _report(folder: Path) -> str:
    report = folder / "report.html"
    if not report.is_file():
        main(["report", str(folder)], standalone_mode=False)
    return report.resolve().as_uri()


def _app() -> bytes:
    call = [sys.executable, "-m", "bposim", "app", str(SCENARIO), "--no-browser", "--port", PORT]
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:  # noqa: S603 - fixed arguments
        try:
            return _page(f"http://127.0.0.1:{PORT}", 860, "iframe")
        finally:
            server.terminate()


def _page(address: str, height: int, awaited: str = "body") -> bytes:
    """Return what the browser shows once a part of the page is there."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise FileNotFoundError("no Chromium is installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1240, "height": height}, color_scheme="light")
        for _ in range(PATIENCE):
            try:
                page.goto(address)
                break
            except Error:  # the server is not there yet
                time.sleep(1.0)
        page.wait_for_selector(awaited, timeout=PATIENCE * 1000.0)
        page.wait_for_timeout(3000)  # charts are drawn after the page is there
        taken = page.screenshot()
        browser.close()
    return taken


def write(only: tuple[str, ...] = ()) -> None:
    """Write the pictures whose names begin so; all of them if nothing is said."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        main(["run", str(SCENARIO), "-n", TRIALS, "--seed", SEED, "-o", str(folder)], standalone_mode=False)
        for source in (of_a_run, of_studies, of_pages):
            for name, draw in source(folder):
                if only and not name.startswith(only):
                    continue
                try:
                    png = small(draw())
                except FileNotFoundError as error:
                    click.echo(f"{name} is left as it is: {error}", err=True)
                    continue
                (PICTURES / f"{name}.png").write_bytes(png)
                click.echo(f"{name}.png: {len(png) // 1000} kB")


if __name__ == "__main__":
    write(tuple(sys.argv[1:]))
