"""What the page shows, from top to bottom; streamlit runs it again whenever something is moved.

Every text of a scenario is shown as text: a label in markdown is escaped, so that no picture or link in it
can lead off the machine.
"""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from bposim import templates
from bposim.app.answers import TRIALS, Answer, answer, changes, report, scenario_in
from bposim.app.complaints import plain, refused, warned
from bposim.app.moving import moved
from bposim.app.sliders import edits_by_sliders, offer_of
from bposim.errors import ScenarioError, SimulationError
from bposim.report.changes import level
from bposim.report.numbers import amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.app.moving import Moving
    from bposim.assumption_book.edits import Edit

TEMPLATE, UPLOAD = "A template", "A file of mine"

FRAME = 900
"""Height of the report in pixels, where the browser does not know that of its window."""

STYLE = """<style>
iframe { height: calc(100vh - 3rem) !important; min-height: 30rem; border: 1px solid #8888; }
[data-testid="stMainBlockContainer"] { padding: 2.5rem clamp(1rem, 3vw, 3rem) 1rem; }
.sliders { display: none; margin: 0; color: #767676; }
@media (max-width: 768px) {
  [data-testid="stMainBlockContainer"] { padding-top: 4.5rem; }
  .sliders { display: block; }
}
</style>"""
"""The report is as high as the window and scrolls by itself, beside its contents.

On a narrow screen the bar at the top lies over the page, and what is at the side is out of sight.
"""

ASIDE = '<p class="sliders">Scenario and sliders are behind » at the top.</p>'

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario file as it was opened."""

    data: bytes
    place: str
    """From where it names other files, and what complaints call it."""
    is_sent: bool = False
    """Whether the browser sent it, so that its folder is not known."""

    @property
    def stem(self) -> str:
        """Its name without folder and ending."""
        return Path(self.place).stem


def page(file: str | None = None) -> None:
    """Show the page; ``file`` is the scenario that the command was given."""
    st.set_page_config(page_title="bposim", layout="wide", menu_items={"About": None})
    st.html(STYLE + ASIDE)
    try:
        with st.sidebar:
            opened = _opened(file)
    except ScenarioError as error:
        refused(error, b"")
        return
    if opened is None:
        st.title("Keep the work, or outsource it?")
        st.write("Choose a template on the left, or bring a scenario file: its report appears here.")
        return
    try:
        base = scenario_in(opened.data, opened.place)
        offer = offer_of(opened.data, opened.place, base)
    except ScenarioError as error:
        refused(error, opened.data, is_sent=opened.is_sent)
        return
    with st.sidebar:
        edits = edits_by_sliders(offer)
    try:
        _show(opened, moved(opened.data, [edit for _, edit in edits]), edits)
    except ScenarioError as error:
        refused(error, opened.data, is_moved=True)
    except SimulationError as error:
        st.error(plain(str(error)))


# ---------------------------------------------------------------- which scenario


def _opened(file: str | None) -> Opened | None:
    own = f"The file {Path(file).name}" if file else ""
    choices = [*([own] if own else []), TEMPLATE, UPLOAD]
    st.header("Scenario")
    chosen = st.radio("Start from", choices, format_func=plain, key="start")
    if chosen == own and file:
        return Opened(_bytes(file), file)
    if chosen == TEMPLATE:
        about = {each.name: each for each in templates.templates()}
        name = st.selectbox(
            "Template", list(about), format_func=lambda each: each.replace("-", " "), key="template"
        )
        st.caption(plain(about[name].about))
        return Opened(templates.text(name).encode(), f"{name}.yaml")
    sent = st.file_uploader(
        "Scenario file",
        type=["yaml", "yml"],
        key="upload",
        help="It stays on this computer. Files that it names are looked for in the folder in which bposim "
        "was started.",
    )
    return Opened(sent.getvalue(), sent.name, is_sent=True) if sent is not None else None


def _bytes(file: str) -> bytes:
    """Return the file's content; raises ScenarioError where it cannot be read."""
    from bposim.yaml_tree import load_tree  # noqa: PLC0415 - only to complain as the other commands do

    try:
        return Path(file).read_bytes()
    except OSError:
        load_tree(file)
        raise


# ---------------------------------------------------------------- the answer


def _show(opened: Opened, data: bytes, edits: Sequence[tuple[Moving, Edit]]) -> None:
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, f"Simulating {TRIALS:,} futures …")

        def advance(done: int, trials: int) -> None:
            bar.progress(done / trials, f"Simulating {TRIALS:,} futures …")

        base = answer(opened.data, opened.place, progress=advance)
        own = answer(data, opened.place, progress=advance)
        bar.progress(1.0, "Drawing the report …")
        html = report(own, base if edits else None)
    place.empty()
    warned(own.result.scenario.warnings)
    if edits:
        _changed(base, own, edits)
    _downloads(opened, data, html, own, is_changed=bool(edits))
    st.iframe(_address(html), height=FRAME, alt="The report of this scenario")


def _address(html: str) -> str:
    """Return the report as an address of its own, in which links lead inside it; it cannot reach the page."""
    return f"data:text/html;charset=utf-8;base64,{base64.b64encode(html.encode()).decode()}"


def _changed(base: Answer, own: Answer, edits: Sequence[tuple[Moving, Edit]]) -> None:
    """Show what has been moved, and what it does to each saving in the same futures."""
    st.subheader("What your changes do")
    currency = own.result.scenario.base_currency
    found = {name: moves["saving.mean"] for name, moves in changes(base, own).compared.figures.items()}
    shown = [name for name in found if name != own.result.baseline]
    before, now_first = (each.summary.decision.recommended for each in (base, own))
    if before != now_first:
        st.warning(plain(f"Now {now_first} ranks first; in the file it is {before}."))
    for column, name in zip(st.columns(len(shown)), shown, strict=True):
        now, gap = found[name].new, found[name].change
        text = "no change" if gap.value == 0 else f"{amount(gap.value, gap.se, plus=True)} against the file"
        column.metric(
            plain(f"{name}: mean saving"),
            f"{currency} {level(now, found[name])}",
            text,
            delta_color="off" if gap.value == 0 else "normal",
            delta_arrow="off" if gap.value == 0 else "auto",
            border=True,
        )
    with st.expander(f"Changed numbers: {len(edits)}"):
        st.table(
            {
                "number": [plain(f"{moving.group}: {moving.label}") for moving, _ in edits],
                "in the file": [plain(moving.written) for moving, _ in edits],
                "now": [plain(edit.after) for _, edit in edits],
            }
        )


def _downloads(opened: Opened, data: bytes, html: str, own: Answer, *, is_changed: bool) -> None:
    name = f"{opened.stem}-changed" if is_changed else opened.stem

    def workbook() -> bytes:
        from bposim.report.workbook import write_workbook  # noqa: PLC0415 - only where it is wanted

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report.xlsx")
            write_workbook(path, own.result, own.summary)
            return path.read_bytes()

    with st.container(horizontal=True):
        st.download_button(
            "Save the scenario file",
            data,
            f"{name}.yaml",
            "application/yaml",
            on_click="ignore",
            type="primary",
        )
        st.download_button("Save the report", html, f"{name}-report.html", "text/html", on_click="ignore")
        st.download_button("Save a workbook", workbook, f"{name}.xlsx", _EXCEL, on_click="ignore")
    run = own.result
    st.caption(
        f"{run.trials:,} futures, digest {run.digest[:12]}. The same on the command line: "
        + plain(f"bposim run {name}.yaml --trials {run.trials} --seed {run.seed}")
    )
