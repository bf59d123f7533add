"""Curves told apart by colour and dashes, with a dot and its figures at the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from bposim.report.html.figure import colour, dashes, zoomed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.report.pictures.style import Look


def curves(  # noqa: PLR0913 - the channels of a chart
    data: alt.Data,
    looks: Mapping[str, Look],
    *,
    told_by: str,
    x: alt.X,
    y: alt.Y,
    order: str,
    hover: tuple[str, str],
    tooltip: list[alt.Tooltip],
) -> alt.LayerChart | alt.FacetChart:
    """Return the curves.

    Args:
        data: A row a point.
        looks: The look of each curve by its label, which stands in the field ``told_by``.
        told_by: The field that says which curve a point is on.
        x: Where a point is along the horizontal axis.
        y: Where it is along the vertical axis.
        order: The channel along which the points are joined.
        hover: The fields by which the point nearest to the pointer is known.
        tooltip: What is told of that point.
    """
    labels = list(looks)
    near = alt.selection_point(nearest=True, on="pointerover", fields=list(hover), empty=False)
    chart = alt.Chart(data).encode(
        x=x,
        y=y,
        color=alt.Color(
            f"{told_by}:N",
            scale=alt.Scale(domain=labels, range=[colour(look) for look in looks.values()]),
            legend=None,
        ),
    )
    lines = zoomed(
        chart.mark_line(strokeWidth=2.2, clip=True).encode(
            strokeDash=alt.StrokeDash(
                f"{told_by}:N",
                scale=alt.Scale(domain=labels, range=[dashes(look) or [1, 0] for look in looks.values()]),
                legend=None,
            ),
            order=order,
        ),
        "x",
        "y",
    )
    points = (
        chart.mark_point(filled=True, size=70, clip=True)
        .encode(opacity=alt.condition(near, alt.value(1), alt.value(0)), tooltip=tooltip)
        .add_params(near)
    )
    return alt.layer(lines, points)
