"""What the page shows, from top to bottom; streamlit runs it again whenever something is moved.

Every text of a scenario is shown as text: a label in markdown is escaped, so that no picture or link in it
can lead off the machine.
"""

from __future__ import annotations

import base64
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from bposim import templates
from bposim.app.answers import QUICK, TRIALS, Answer, answer, changes, key_of, report, scenario_in
from bposim.app.moving import Moving, main_ones, movable, moved
from bposim.errors import ScenarioError, SimulationError
from bposim.report.numbers import MINUS, amount, money
from bposim.report.table import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.assumption_book.edits import Edit
    from bposim.scenario import Scenario

TEMPLATE, UPLOAD = "A template", "A file of mine"

FRAME = 900
"""Height of the report in pixels, where the browser does not know that of its window."""

STYLE = """<style>
iframe { height: calc(100vh - 3rem) !important; min-height: 30rem; border: 1px solid #8888; }
[data-testid="stMainBlockContainer"] { padding: 2.5rem clamp(1rem, 3vw, 3rem) 1rem; }
</style>"""
"""The report is as high as the window and scrolls by itself, beside its contents."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario file as it was opened."""

    data: bytes
    place: str
    """From where it names other files, and what complaints call it."""

    @property
    def stem(self) -> str:
        """Its name without folder and ending."""
        return Path(self.place).stem


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be moved in a file; ``main`` is shown without being asked for."""

    offered: tuple[Moving, ...]
    main: tuple[Moving, ...]


def page(file: str | None = None) -> None:
    """Show the page; ``file`` is the scenario that the command was given."""
    st.set_page_config(page_title="bposim", layout="wide", menu_items={"About": None})
    st.html(STYLE)
    try:
        with st.sidebar:
            opened = _opened(file)
    except ScenarioError as error:
        _refused(error, b"")
        return
    if opened is None:
        st.title("Keep the work, or outsource it?")
        st.write("Choose a template on the left, or bring a scenario file: its report appears here.")
        return
    try:
        base = scenario_in(opened.data, opened.place)
        offer = _offer(opened, base)
    except ScenarioError as error:
        _refused(error, opened.data)
        return
    with st.sidebar:
        edits = _moved(offer)
    try:
        _show(opened, moved(opened.data, [edit for _, edit in edits]), edits)
    except ScenarioError as error:
        _refused(error, opened.data, is_moved=True)
    except SimulationError as error:
        st.error(plain(str(error)))


def plain(text: str) -> str:
    """Return text that markdown shows as it is: without pictures, links, signs or formulas."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(printable(text).split()))


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
    return Opened(sent.getvalue(), sent.name) if sent is not None else None


def _bytes(file: str) -> bytes:
    """Return the file's content; raises ScenarioError where it cannot be read."""
    from bposim.yaml_tree import load_tree  # noqa: PLC0415 - only to complain as the other commands do

    try:
        return Path(file).read_bytes()
    except OSError:
        load_tree(file)
        raise


# ---------------------------------------------------------------- sliders


def _offer(opened: Opened, base: Scenario) -> Offer:
    """Return what can be moved, found once for a file and kept in the tab."""
    kept = st.session_state.setdefault("offers", {})
    key = key_of(opened.data, opened.place)
    if key not in kept:
        offered = movable(opened.data, opened.place, base)
        with st.spinner("Looking for what matters most …"):
            quick = answer(opened.data, opened.place, QUICK)
        kept.clear()
        kept[key] = Offer(offered, main_ones(offered, quick.result))
    found: Offer = kept[key]
    return found


def _moved(offer: Offer) -> list[tuple[Moving, Edit]]:
    """Show the sliders and return the changes of the file that they ask for."""
    st.header("Assumptions")
    st.caption(
        "A slider sets the likely value. A range keeps its spread: its ends move by the same factor, or by "
        "the same amount where one of them is negative."
    )
    by_path = {moving.row.path: moving for moving in offer.offered}
    rest = [path for path in by_path if by_path[path] not in offer.main]
    st.button("Back to the file", on_click=_reset, args=(offer.offered,), width="stretch", key="reset")
    more = st.multiselect(
        "Move another number",
        rest,
        format_func=lambda path: plain(f"{by_path[path].group}: {by_path[path].label}"),
        key="more",
    )
    shown = [moving for moving in offer.offered if moving in offer.main or moving.row.path in more]
    edits: list[tuple[Moving, Edit]] = []
    for group in dict.fromkeys(moving.group for moving in shown):
        st.subheader(plain(group))
        own = [(moving, _slider(moving)) for moving in shown if moving.group == group]
        edits += [(moving, edit) for moving, edit in own if edit is not None]
    return edits


def _slider(moving: Moving) -> Edit | None:
    """Show one slider and return the change that it asks for; None where it stands as in the file."""
    scale = moving.scale
    chosen = st.slider(
        plain(moving.label),
        min_value=moving.low * scale,
        max_value=moving.high * scale,
        value=moving.centre * scale,
        step=moving.step * scale,
        format=_format(moving),
        key=_key(moving),
        help=plain(f"{moving.row.meaning} In the file: {moving.written}".strip()),
    )
    edit = moving.at(float(f"{chosen / scale:.12g}"))
    if edit is not None and not moving.is_certain:
        st.caption(plain(f"now {edit.after}"))
    return edit


def _format(moving: Moving) -> str:
    """Return how a slider writes its numbers: as fine as its steps, thousands apart."""
    step = f"{moving.step * moving.scale:.10f}".rstrip("0").rstrip(".")
    decimals = len(step.partition(".")[2])
    return f"%,.{decimals}f{'%%' if moving.row.per_cent else ''}"


def _key(moving: Moving) -> str:
    return f"move {moving.row.path} {moving.centre} {moving.low} {moving.high}"


def _reset(offered: Sequence[Moving]) -> None:
    for moving in offered:
        if _key(moving) in st.session_state:
            st.session_state[_key(moving)] = moving.centre * moving.scale


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
            money(now.value, currency, now.se, minus=MINUS),
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


# ---------------------------------------------------------------- what is wrong


def _refused(error: ScenarioError, data: bytes, *, is_moved: bool = False) -> None:
    """Show every complaint with its line and remedy."""
    count = len(error.complaints)
    things = "1 thing" if count == 1 else f"{count} things"
    st.error(
        "These settings do not fit together; move a slider back."
        if is_moved
        else f"The file cannot be used yet: {things} to mend. Correct it, save it, and open it again."
    )
    lines = data.decode("utf-8", errors="replace").splitlines()
    for complaint in error.complaints:
        mark = complaint.mark
        line = mark.line if mark is not None and not is_moved else 0
        where = f"**Line {line}, column {mark.column}**  \n" if mark is not None and line else ""
        path = f"{complaint.path}: " if complaint.path else ""
        st.markdown(where + plain(path + complaint.what))
        if 0 < line <= len(lines):
            st.code(printable(lines[line - 1].strip()), language=None)
        st.caption(plain(f"What to do: {complaint.remedy} ({complaint.code})"))
