"""The sliders at the side of the page: what can be moved, and the changes of the file that they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from bposim.app.answers import QUICK, answer, key_of
from bposim.app.complaints import plain
from bposim.app.moving import Moving, main_ones, movable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.assumption_book.edits import Edit
    from bposim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be moved in a file; ``main`` is shown without being asked for."""

    offered: tuple[Moving, ...]
    main: tuple[Moving, ...]


def offer_of(data: bytes, place: str, base: Scenario) -> Offer:
    """Return what can be moved, found once for a file and kept in the tab."""
    kept = st.session_state.setdefault("offers", {})
    key = key_of(data, place)
    if key not in kept:
        with st.spinner("Looking for what matters most …"):
            offered = movable(data, place, base)
            quick = answer(data, place, QUICK)
        kept.clear()
        kept[key] = Offer(offered, main_ones(offered, quick.result))
    found: Offer = kept[key]
    return found


def edits_by_sliders(offer: Offer) -> list[tuple[Moving, Edit]]:
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
