"""Keys of a scenario as text to paste."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TypeAlias

Tree: TypeAlias = "str | Mapping[str, Tree] | Sequence[Tree]"
"""Finished texts, mappings and lists of them."""

DIGITS = 4
"""Significant digits of a number: more than any of the errors supports, few enough to read."""

WIDTH = 108
"""Longest line that a mapping is written on."""

_PLAIN_UP_TO = 1e-4
_GROUPED_FROM = 1000.0


def number(value: float) -> str:
    """Return a number as a scenario reads it: 0.7012, 41_230, 5.4e-07."""
    rounded = _rounded(value)
    if rounded != 0 and abs(rounded) < _PLAIN_UP_TO:
        return f"{rounded:.{DIGITS - 1}e}"
    if abs(rounded) >= _GROUPED_FROM:
        return f"{rounded:_.0f}"
    return f"{rounded:g}"


def share(value: float) -> str:
    """Return a share in per cent: 5.43%."""
    return f"{number(100.0 * value)}%"


def _rounded(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, DIGITS - 1 - math.floor(math.log10(abs(value))))


def written(
    tree: Mapping[str, Tree], comments: Sequence[str], source: str, wrapped: Sequence[str] = ()
) -> str:
    """Return keys with comments above them and their source beside them, below the keys of ``wrapped``."""
    lines = [
        line
        for comment in comments
        for line in wrap(comment, WIDTH, initial_indent="# ", subsequent_indent="#   ")
    ]
    inside = {**tree, "source": quoted(source)}
    for depth, key in enumerate(wrapped[:-1]):
        lines.append(f"{'  ' * depth}{key}:")
    indent = "  " * max(len(wrapped) - 1, 0)
    if wrapped:
        on_one_line = f"{indent}{wrapped[-1]}: {_flow(inside)}"
        if len(on_one_line) <= WIDTH:
            return "\n".join([*lines, on_one_line]) + "\n"
        lines.append(f"{indent}{wrapped[-1]}:")
        indent += "  "
    lines += [f"{indent}{key}: {_flow(value)}" for key, value in inside.items()]
    return "\n".join(lines) + "\n"


def correlations(pairs: Sequence[tuple[str, str, float]]) -> str:
    """Return rank correlations of inputs as keys of their own, which do not stand where the others do."""
    lines = [f"  - [{one}, {other}, {rank:.2f}]" for one, other, rank in pairs]
    comment = "# In the first column, or with the correlations that the file has: these err together"
    return "\n".join([comment, "correlations:", *lines]) + "\n"


def _flow(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in tree.items()) + "}"
    return "[" + ", ".join(map(_flow, tree)) + "]"


def quoted(text: str) -> str:
    """Return text that no YAML reader takes for anything else."""
    return json.dumps(text, ensure_ascii=False)
