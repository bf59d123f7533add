"""What people call the alternatives, inputs and drivers of a scenario: words in place of paths.

``alternatives.manila.vendor.turnover.attrition`` is "manila: staff turnover a year", or begins with the
alternative's title where it has one.  Reports, workbooks, pictures and tables all ask here, so that a thing
has one name wherever it is met; files, JSON and the command line keep the paths.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from bposim.inputs.names import short_name
from bposim.plain_names.phrases import PHRASES
from bposim.sample import without_variant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.sample import Driver
    from bposim.scenario import Scenario

ABBREVIATIONS = {
    "fte": "FTE",
    "fx": "FX",
    "sla": "SLA",
    "vat": "VAT",
    "ip": "IP",
    "sd": "standard deviation",
}

_LEG = re.compile(r"alternatives\.(?P<alternative>[^.]+)(?:\.legs\[(?P<leg>[^\]]*)\])?(?:\.(?P<rest>.+))?")
_BODY = re.compile(r"^(?:vendor|team)(?:\.|$)")
_UNNAMED = re.compile(r"(vendor|team) ([A-Z]{2})(?: (\d+))?|(\d+)")


def words(key: str) -> str:
    """Return a key of the file as words: ``ip_loss`` as "IP loss"."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in re.split(r"[_\s]+", key))


class PlainNames:
    """The words for one scenario; the same path always has the same."""

    def __init__(self, scenario: Scenario) -> None:
        self.titles = scenario.titles
        self._unit = scenario.world.volume.unit
        self._scenario = scenario

    def input(self, path: str) -> str:
        """Return what an input is called, by its full path; two inputs of a scenario never share a name."""
        bare = without_variant(path)
        return self._inputs.get(bare, self._worded(bare)) + path[len(bare) :]

    def driver(self, driver: Driver) -> str:
        """Return what something random is called; noise says so, and what it is measured against."""
        if driver.is_input:
            return self.input(driver.name)
        if driver.label == driver.name:
            return f"{self.source(driver.source)}: chance in {words(driver.group)}"
        who, colon, what = driver.label.partition(f"{driver.source}: ")
        if who or not colon:
            return driver.label  # the world's noise is written in words
        whose = self.source(driver.source)
        return f"{whose}: {self._with_titles(what, whose)}"

    def source(self, source: str) -> str:
        """Return what a leg, an alternative or a mitigation is called that drivers are sorted by."""
        kind, dot, name = source.partition(".")
        return self._sources.get(source) or (f"common shock {name}" if dot and kind == "shock" else source)

    def group(self, driver: Driver, group: str) -> str:
        """Return what the group of a driver is called; ``group`` is its name by path."""
        _, colon, what = group.partition(f"{driver.source}: ")
        if colon:
            return f"{self.source(driver.source)}: {what}"
        return self.input(driver.name) if driver.source == "scenario" else group

    def at_risk(self, part: str) -> str:
        """Return what the losses of a leg by a risk are called; ``part`` is e.g. "manila: breach"."""
        source, colon, risk = part.rpartition(": ")
        return f"{self.source(source)}: {risk}" if colon else part

    def leg(self, stream: str) -> str:
        """Return what the leg is called that draws under a stream, such as ``alternatives.manila.vendor``."""
        if stream.startswith("leg "):
            return self.source(stream.removeprefix("leg "))
        return self._who(stream) or stream

    @cached_property
    def _inputs(self) -> dict[str, str]:
        """The uncertain inputs by path; those that read alike have their paths behind them."""
        return distinct({path: self._worded(path) for path in self._scenario.uncertain.names})

    @cached_property
    def _sources(self) -> dict[str, str]:
        """Whose a driver is, as the sample says it, and as people do; unnamed legs of a list go together."""
        found = dict(self.titles)
        for alternative in self._scenario.alternatives.values():
            for leg in alternative.legs:
                name = short_name(leg.body.origin)
                own = self._who(leg.body.origin)
                known = found.get(name, own)
                found[name] = own if known == own else self._alternative(leg.body.origin)
                if leg.name:
                    found.setdefault(leg.name, own)
        return found

    def _alternative(self, path: str) -> str:
        found = _LEG.match(path)
        return self._title(found["alternative"]) if found else path

    def _title(self, name: str) -> str:
        return self.titles.get(name, name)

    def _with_titles(self, what: str, whose: str) -> str:
        """Return e.g. "breach losses (blend)" with the title in the brackets, which say it once."""
        head, bracket, tail = what.rpartition(" (")
        name = tail.removesuffix(")")
        if not bracket or name not in self.titles:
            return words(what).replace(" loss losses", " losses")
        head = words(head).replace(" loss losses", " losses")
        return head if whose.startswith(f"{self._title(name)}, ") else f"{head} ({self._title(name)})"

    def _who(self, path: str) -> str:
        """Return the alternative, and the leg where it has several; empty for what belongs to none."""
        found = _LEG.match(path)
        if found is None:
            return ""
        title = self._title(found["alternative"])
        own = self._scenario.alternatives.get(found["alternative"])
        if found["leg"] is None or (own is not None and len(own.legs) == 1):
            return title
        unnamed = _UNNAMED.fullmatch(found["leg"])
        if unnamed is None:
            return f"{title}, {found['leg']}"
        if unnamed[4]:
            return f"{title}, leg {int(unnamed[4]) + 1}"
        return f"{title}, {unnamed[1]} in {unnamed[2]}" + (f" {unnamed[3]}" if unnamed[3] else "")

    def _worded(self, path: str) -> str:
        found = _LEG.fullmatch(path)
        if found is None or found["rest"] is None:
            return self._phrase(path)
        return f"{self._who(path)}: {self._phrase(_BODY.sub('', found['rest']))}"

    def _phrase(self, path: str) -> str:
        steps = _steps(path)
        for end in (len(steps), len(steps) - 1) if steps[-1] == "amount" else (len(steps),):
            pattern, names = _matched(tuple(steps[:end]))
            if pattern:
                return pattern.format(*map(_said, names), unit=self._unit)
        if steps[0] == "mitigations" and "effects" in steps[:3]:
            name, what = steps[1], [step for step in steps[3:] if step != "*"]
            return f"{_said(name)}: factor on {' '.join(map(_said, what))}"
        silent = ("amount", "alternatives", "world")
        kept = [step for step in steps if step not in silent] or steps
        if kept[0] == "risks":
            kept = kept[1:]
        return ": ".join(_said(step) for step in kept)


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Return a name for each path that no other path has: those that read alike have the path behind them."""
    count = Counter(names.values())
    return {
        path: name if count[name] == 1 else f"{name} ({short_name(path) or path})"
        for path, name in names.items()
    }


def _said(name: str) -> str:
    """Return a name that the file gives: as it is, but for what stands for spaces."""
    return words(name.replace("-", " ")) if name == name.lower() else name


def _steps(path: str) -> list[str]:
    """Split a path; places in a list count from 1."""
    place = re.sub(r"\[(\d+)\]", lambda found: f".{int(found[1]) + 1}", path)
    return place.split(".")


def _matched(steps: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return the phrase that fits a path best, and what stands at its stars; an empty one where none does."""
    best: tuple[int, str, list[str]] = (0, "", [])
    for pattern, phrase in _BY_LAST.get(steps[-1], []) + _BY_LAST.get("*", []):
        if len(pattern) == len(steps) and all(
            own in {"*", step} for own, step in zip(pattern, steps, strict=True)
        ):
            named = [step for own, step in zip(pattern, steps, strict=True) if own == "*"]
            exact = len(pattern) - len(named)
            if exact > best[0]:
                best = (exact, phrase, named)
    return best[1], best[2]


def _by_last() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for pattern, phrase in PHRASES.items():
        steps = tuple(pattern.split("."))
        found.setdefault(steps[-1], []).append((steps, phrase))
    return found


_BY_LAST = _by_last()
