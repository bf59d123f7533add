"""Names of inputs as people write them: ``manila.price`` for the full path of that price."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

_SILENT = re.compile(r"alternatives|legs|(vendor|team)( .*)?|amount|per_unit|per_fte|fixed_fee|\d+")


def short_name(name: str) -> str:
    """Return the path without the parts that go without saying."""
    return ".".join(part for part in _parts(name) if not _SILENT.fullmatch(part))


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """Return the names that a short pattern can mean: those whose parts contain the pattern's in order.

    Where several match, only the shortest of them are returned; an exact match is returned alone.
    """
    names = list(names)
    if pattern in names:
        return [pattern]
    by_short = [name for name in names if short_name(name) == pattern]
    if len(by_short) == 1:
        return by_short
    wanted = pattern.split(".")
    found = [name for name in names if _contains(_parts(name), wanted) and _is_own(name, wanted)]
    least = min((name.count(".") for name in found), default=0)
    return [name for name in found if name.count(".") == least]


def all_meant(pattern: str, names: Iterable[str]) -> list[str]:
    """Return every name that a pattern means where several may be meant together.

    A wildcard means what fits it, a path everything below it, in full or in short; else as :func:`matching`.
    """
    names = list(dict.fromkeys(names))
    below = [
        name
        for name in names
        if any(
            fnmatchcase(each, pattern) or each.startswith(f"{pattern}.") for each in (name, short_name(name))
        )
    ]
    return below or matching(pattern, names)


def _parts(name: str) -> list[str]:
    """Split a path; the label of a leg, ``legs[vendor PH]``, is a part of its own."""
    return re.sub(r"\[([^\]]*)\]", r".\1", name).split(".")


def _is_own(name: str, wanted: Sequence[str]) -> bool:
    """Tell an input from an effect on it: ``manila.price`` is no factor of a mitigation on that price."""
    top, *rest = _parts(name)
    return top != "mitigations" or top in wanted or rest[0] in wanted


def _contains(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    rest = iter(parts)
    return all(word in rest for word in wanted)


def closest(pattern: str, names: Iterable[str]) -> list[str]:
    """Return up to three short names that look like the pattern."""
    return difflib.get_close_matches(pattern, sorted({short_name(name) for name in names}), n=3, cutoff=0.4)
