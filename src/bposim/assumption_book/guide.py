"""What the JSON Schema of a scenario knows about a value: meaning, kind, range, choices.

The schema is followed along a path of the file.  Where it allows several forms all are kept, but for members
of a family that the file has not chosen (``model: gbm``).
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from bposim.schema import shipped_schema
from bposim.tree import List, Map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.tree import Node

Schema: TypeAlias = dict[str, Any]

_NUMBERS = {"#/$defs/Number": False, "#/$defs/Amount": True}
"""Definitions of a number in any form, and whether it is money."""

_GENERIC = frozenset({"Number", "Amount"})
_PERIOD = re.compile(r"\b(?:an?|per|each|and) (year|month|week|hour|day)\b(?!')")
_TIME = re.compile(r"(?:Further )?(months|years)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guide:
    """What the schema says at one place of a scenario."""

    forms: tuple[Schema, ...]
    description: str = ""
    is_number: bool = False
    """Whether the value may be uncertain: any form of number."""
    is_money: bool = False
    bounds: tuple[float | None, float | None] = (None, None)
    time: str = ""
    """``months`` or ``years`` where it is a period of time."""

    @property
    def meaning(self) -> str:
        """The description in one line, without its equations and the marks of a docstring."""
        sentences = re.split(r"(?<=[:;.])\s+", " ".join(self.description.replace("``", "").split()))
        plain = list(itertools.takewhile(lambda sentence: " = " not in sentence, sentences))
        return " ".join(plain).rstrip(":;")

    @property
    def period(self) -> str:
        """``a year`` where the description says so; empty where it names no period."""
        found = _PERIOD.search(self.meaning)
        return f"a {found[1]}".replace("a hour", "an hour") if found else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that may stand here; empty where any may, or a mapping."""
        single = [form for form in self.forms if form.get("type") != "object"]
        words = [str(word) for form in single for word in form.get("enum", [])]
        words += [str(form["const"]) for form in single if "const" in form]
        return tuple(dict.fromkeys(words)) if all(map(_is_word, single)) else ()

    @property
    def takes_numbers(self) -> bool:
        """Whether a certain number can stand here."""
        return any(_is_numeric(form) for form in self.forms)

    @property
    def is_flag(self) -> bool:
        """Whether it is true or false."""
        return bool(self.forms) and all(form.get("type") == "boolean" for form in self.forms)

    def below(self, step: str | int, node: Node) -> Guide:
        """Return the guide to the entry at a step; ``node`` is what stands here in the file."""
        found = [sub for form in self.forms if _fits(form, node) for sub in _entries(form, step)]
        return guide_of(found)


def guide_of(schemas: list[Schema]) -> Guide:
    """Return the guide that schemas make together."""
    references = [schema["$ref"] for schema in schemas if "$ref" in schema]
    number = [_NUMBERS[reference] for reference in references if reference in _NUMBERS]
    described = [text for schema in schemas if (text := _described(schema))]
    bounds = [(schema.get("minimum"), schema.get("maximum")) for schema in schemas]
    time = _TIME.match(described[0]) if described else None
    in_months = any(schema.get("unit") == "months" for schema in schemas)
    low = next((low for low, _ in bounds if low is not None), 0.0 if any(number) else None)
    return Guide(
        tuple(form for schema in schemas for form in _expanded(schema)),
        described[0] if described else "",
        bool(number),
        any(number),
        (low, next((high for _, high in bounds if high is not None), None)),
        "months" if in_months else time[1].lower() if time else "",
    )


def root_guide() -> Guide:
    """Return the guide to a whole scenario."""
    return guide_of([_whole()])


@cache
def _whole() -> Schema:
    schema: Schema = json.loads(shipped_schema())
    return schema


def _described(schema: Schema) -> str:
    """Return a schema's own description, or that of what it refers to; none of numbers in general."""
    target = schema.get("$ref", "").rpartition("/")[2]
    own = str(schema.get("description", ""))
    general = _whole()["$defs"].get(target, {}).get("description", "")
    if target in _GENERIC:
        return "" if own == general else own
    return own or str(general)


def _expanded(schema: Schema) -> Iterator[Schema]:
    """Yield the forms that a schema allows, with references followed."""
    if "$ref" in schema:
        yield from _expanded(_whole()["$defs"][schema["$ref"].rpartition("/")[2]])
    elif "anyOf" in schema and "properties" not in schema:
        for form in schema["anyOf"]:
            yield from _expanded(form)
    else:
        yield schema


def _fits(form: Schema, node: Node) -> bool:
    """Tell whether a form is of the kind that the file has chosen."""
    if isinstance(node, Map):
        if form.get("type", "object") != "object":
            return False
        fixed = {key: sub["const"] for key, sub in form.get("properties", {}).items() if "const" in sub}
        return all(node.get(key, word) == str(word) for key, word in fixed.items() if key != "source")
    if isinstance(node, List):
        return "items" in form or "prefixItems" in form
    return True


def _entries(form: Schema, step: str | int) -> list[Schema]:
    """Return the schemas of an entry of a mapping or a list."""
    if isinstance(step, int):
        return [form["items"]] if isinstance(form.get("items"), dict) else []
    if step in form.get("properties", {}):
        return [form["properties"][step]]
    patterns = [sub for pattern, sub in form.get("patternProperties", {}).items() if re.search(pattern, step)]
    others = form.get("additionalProperties")
    return patterns or ([others] if isinstance(others, dict) else [])


def _is_word(form: Schema) -> bool:
    return "enum" in form or "const" in form


def _is_numeric(form: Schema) -> bool:
    kinds = form.get("type", ())
    return bool({"number", "integer"} & set([kinds] if isinstance(kinds, str) else kinds))
