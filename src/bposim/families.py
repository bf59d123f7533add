"""Families of interchangeable rules: a file dropped into a family's folder is all that it takes to add one.

A family is a package whose modules each define subclasses of one base with a ``kind``.  In a scenario a
member is written as ``{kind: {parameters}}``, or as the bare ``kind`` when it needs none.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import core_schema

from bposim.part import Findings, Part, close_match, complaint, suggestion
from bposim.quantities import kind_of
from bposim.tree import Map, standing_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

Member = TypeVar("Member", bound=Part)


def members(base: type[Member], *modules: ModuleType) -> dict[str, type[Member]]:
    """Return the concrete subclasses of ``base`` by ``kind``, sorted; of a package, those in its modules."""
    found: dict[str, type[Member]] = {}
    for module in _leaves(modules):
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, base) and not inspect.isabstract(cls) and "kind" in vars(cls):
                found[cls.kind] = cls  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


def _leaves(modules: Iterable[ModuleType]) -> Iterator[ModuleType]:
    for module in modules:
        if hasattr(module, "__path__"):
            for leaf in pkgutil.iter_modules(module.__path__, module.__name__ + "."):
                yield importlib.import_module(leaf.name)
        else:
            yield module


class OneOf:
    """Annotation for a field that holds one member of a family, written ``{kind: {…}}``.

    ``tag`` names a key inside the mapping that says the kind instead (``{model: gbm, …}``).
    """

    def __init__(
        self,
        family: Mapping[str, type[Part]],
        noun: str,
        tag: str | None = None,
    ) -> None:
        self.family = family
        self.noun = noun
        self.tag = tag

    def kind_of(self, data: Any) -> str | None:  # noqa: ANN401
        """Return the kind that a value of the file's tree is written as."""
        if isinstance(data, Part):
            return getattr(data, "kind", None)
        if isinstance(data, str):
            return data if data in self.family else None
        if not isinstance(data, dict):
            return None
        if self.tag:
            named = data.get(self.tag)
            return named if isinstance(named, str) and named in self.family else None
        kinds = [key for key in data if key in self.family]
        return kinds[0] if len(kinds) == 1 and len(data) == 1 else None

    def _checked(self, data: Any) -> Any:  # noqa: ANN401
        if self.kind_of(data) is not None:
            return data
        if not isinstance(data, dict):
            if isinstance(data, str) and data:
                close = close_match(data, self.family)
                remedy = f'did you mean "{close}"?' if close else self._forms()
                raise complaint("bp_type", f"{kind_of(data)} is no {self.noun}; {remedy}")
            raise complaint("bp_type", f"expected a {self.noun}, found {kind_of(data)}; {self._forms()}")
        findings = Findings()
        if self.tag:
            word = data[self.tag]
            named = f"write {' or '.join(self.family)}"
            remedy = suggestion(word, self.family) if isinstance(word, str) else named
            with findings.at(self.tag):
                raise complaint("bp_type", f"{kind_of(word)} is no {self.noun}; {remedy}")
            raise findings.error()
        known = [key for key in data if key in self.family]
        if len(known) > 1:
            ways = " and ".join(known)
            raise complaint("bp_form", f"{ways} are {len(known)} kinds of {self.noun}; keep one of them")
        for key in data:
            if key not in self.family:
                remedy = f"put it inside {known[0]}: {{…}}" if known else suggestion(key, self.family)
                with findings.at(key):
                    raise complaint("bp_unknown_key", f"this is no {self.noun}; {remedy}")
        if data:
            raise findings.error()
        raise complaint("bp_missing", f"no {self.noun} is given; {self._forms()}")

    def _forms(self) -> str:
        needs = {kind: any(cls.file_keys().values()) for kind, cls in self.family.items()}
        return "write " + " or ".join(f"{{{kind}: {{…}}}}" if needs[kind] else kind for kind in needs)

    def _unwrapped(self, data: Any) -> Any:  # noqa: ANN401
        """Return the parameters alone, with the origin of the whole value."""
        if isinstance(data, Part):
            return data
        if isinstance(data, str):
            return Map()
        kind = self.kind_of(data)
        inner = {k: v for k, v in data.items() if k != self.tag} if kind not in data else data[kind]
        if not isinstance(inner, dict):
            return inner
        return standing_for(data, inner)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the kind, then validate as that member."""
        choices: dict[Any, core_schema.CoreSchema] = {
            kind: core_schema.no_info_before_validator_function(self._unwrapped, handler.generate_schema(cls))
            for kind, cls in self.family.items()
        }
        union = core_schema.tagged_union_schema(choices, discriminator=self.kind_of)
        return core_schema.no_info_before_validator_function(self._checked, union)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe each member as the file writes it."""
        forms: list[JsonSchemaValue] = []
        for kind, cls in self.family.items():
            cls.model_rebuild()
            inner = cls.with_meanings(handler(cls.__pydantic_core_schema__))
            if self.tag:
                named = {"const": kind, "description": (cls.__doc__ or kind).splitlines()[0]}
                forms.append({**inner, "properties": {self.tag: named, **inner["properties"]}})
            else:
                forms.append(
                    {
                        "type": "object",
                        "properties": {kind: inner},
                        "required": [kind],
                        "additionalProperties": False,
                    }
                )
        bare = [
            kind
            for kind, cls in self.family.items()
            if not any(f.is_required() for f in cls.model_fields.values())
        ]
        if bare and not self.tag:
            forms.append({"enum": bare})
        return {"anyOf": forms}
