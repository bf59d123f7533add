"""A result in a notebook: a small table of what it says, and its pictures one by one."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from bposim.analysis.streamed import summary_of
from bposim.report.numbers import amount, probability
from bposim.report.paragraph import paragraph
from bposim.report.table import NOTHING, plus_minus, titled
from bposim.result import StreamedResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.result import AnyResult

HEAD = ("alternative", "total cost", "saving", "saves in", "saving, worst 5%", "rank")


def summary_html(result: AnyResult) -> str:
    """Return a table of the alternatives and the recommendation; names of the scenario are escaped."""
    summary = summary_of(result)
    scenario = result.scenario
    rows = []
    for own in sorted(summary.alternatives.values(), key=lambda own: own.rank):
        saving = own.saving
        against = (
            (NOTHING, NOTHING, NOTHING)
            if own.name == result.baseline
            else (
                plus_minus(saving.mean),
                probability(saving.probability_positive.value, result.trials),
                amount(saving.es95.value, saving.es95.se),
            )
        )
        rows.append((titled(result, own.name), plus_minus(own.cost.mean), *against, str(own.rank)))
    caption = (
        f"{scenario.title}: present value over {scenario.months} months, {scenario.base_currency}, "
        f"{result.trials:,} trials, seed {result.seed}; ± is one standard error"
    )
    head = "".join(f'<th scope="col" style="padding: 0 0.6em">{escape(text)}</th>' for text in HEAD)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f'<td style="padding: 0 0.6em; text-align: right">{escape(cell)}</td>' for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{escape(paragraph(result, summary))}</p>"
    )


class Drawn:
    """A picture of a result, which a notebook shows with what it says in words."""

    def __init__(self, figure: Figure, finding: str, alt_text: str) -> None:
        self.figure = figure
        self.finding = finding
        """What it shows, in a sentence."""
        self.alt_text = alt_text
        """For those who do not see it."""

    @property
    def axes(self) -> Axes:
        """The axes with the data, to change or to add to; the first of several."""
        return self.figure.axes[0]

    def __repr__(self) -> str:
        return f"<picture: {self.finding}>"

    def _repr_html_(self) -> str:
        from bposim.report.pictures.files import Picture, rendered  # noqa: PLC0415 - imports matplotlib

        picture = Picture("", self.figure, self.finding, self.alt_text)
        data = base64.b64encode(rendered(picture, "png")).decode()
        image = (
            f'<img src="data:image/png;base64,{data}" alt="{escape(self.alt_text)}" style="max-width: 100%">'
        )
        return f"<figure>{image}</figure>"


class Plots:
    """The pictures of a result: ``result.plot.savings()`` and so on, as ``bposim plot`` draws them.

    Those of one alternative take its name; the best beside the baseline if left out.  Of a streamed result
    the first trials are drawn, which it keeps.
    """

    def __init__(self, result: AnyResult) -> None:
        self._result = result.first if isinstance(result, StreamedResult) else result

    def __repr__(self) -> str:
        return f"<pictures: {', '.join(name for name in dir(type(self)) if not name.startswith('_'))}>"

    def savings(self) -> Drawn:
        """Draw the distributions of the savings, with the line of no saving."""
        return self._drawn("savings")

    def s_curves(self) -> Drawn:
        """Draw how likely each alternative is to cost no more than any amount."""
        return self._drawn("s-curves")

    def fan(self) -> Drawn:
        """Draw the cumulative saving by month: median, middle half, 5 to 95 %."""
        return self._drawn("fan")

    def waterfall(self) -> Drawn:
        """Draw how the baseline's cost becomes the alternatives', by category."""
        return self._drawn("waterfall")

    def tail(self, alternative: str = "") -> Drawn:
        """Draw what the worst futures are made of."""
        return self._drawn("tail", alternative)

    def losses(self, alternative: str = "") -> Drawn:
        """Draw how likely the losses of the event risks are to exceed any amount."""
        return self._drawn("losses", alternative)

    def tornado(self, alternative: str = "") -> Drawn:
        """Draw by how much each driver moves the saving."""
        return self._drawn("tornado", alternative)

    def spider(self, alternative: str = "") -> Drawn:
        """Draw the saving along the range of each of the strongest drivers."""
        return self._drawn("spider", alternative)

    def scatter(self, alternative: str = "") -> Drawn:
        """Draw the saving against each of the strongest drivers, future by future."""
        return self._drawn("scatter", alternative)

    def break_even(self, alternative: str = "") -> Drawn:
        """Draw where the saving turns by the two strongest drivers."""
        return self._drawn("break-even", alternative)

    def comparison(self) -> Drawn:
        """Draw the alternatives pair by pair."""
        return self._drawn("comparison")

    def value(self) -> Drawn:
        """Draw what it is worth to find out before choosing."""
        return self._drawn("value")

    def frontier(self) -> Drawn:
        """Draw mean saving against risk for splits of the work."""
        return self._drawn("frontier")

    def convergence(self, alternative: str = "") -> Drawn:
        """Draw how the figures settle with the trials."""
        return self._drawn("convergence", alternative)

    def _drawn(self, kind: str, alternative: str = "") -> Drawn:
        from bposim.report.pictures.gallery import KINDS, Wanted  # noqa: PLC0415 - imports matplotlib

        if alternative and alternative not in self._result.names:
            raise ValueError(f"{alternative} is not one of {', '.join(self._result.names)}")
        picture = next(KINDS[kind](Wanted(self._result, alternative)))
        return Drawn(picture.figure, picture.finding, picture.alt_text)
