"""The JSON Schema of a scenario file, made from the models: completion and hover in an editor."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from bposim.inputs.number import DISTRIBUTIONS, NUMBER_FORMAT
from bposim.part import NUMBER_SCHEMA, Part
from bposim.scenario import SCHEMA_VERSION, Scenario

SHIPPED = "scenario.schema.json"
"""The schema as shipped inside the package; a test holds it against the models."""

_ANYWHERE = {
    "source": {"type": "string", "description": "Where the figure comes from."},
    "note": {"type": "string", "description": "Anything worth knowing."},
    "owner": {"type": "string", "description": "Who answers for it."},
    "like": {"type": "string", "description": "Take over what stands there; own keys override."},
}


def scenario_schema() -> dict[str, Any]:
    """Return the schema of a scenario file."""
    schema = _referring(Scenario.model_json_schema())
    definitions = schema.setdefault("$defs", {})
    definitions["Number"] = {
        "description": "A number: 40%, 450k, or uncertain: {low, likely, high}, {p10, p90}, a distribution.",
        "anyOf": [_WRITTEN, *_forms({})],
    }
    definitions["FromLibrary"] = {
        "description": "What is left out comes from the library, where one default belongs.",
        "type": "object",
        "properties": {"source": {"const": "library", "description": "Fill from the library."}},
        "required": ["source"],
    }
    definitions["Number"]["anyOf"].append(_FROM_LIBRARY)
    definitions["Amount"] = {
        "description": "An amount of money: 45k, PHP 45k, or any number with currency: beside it.",
        "anyOf": [
            _WRITTEN,
            {"$ref": "#/$defs/Money"},
            *_forms({"currency": definitions["Money"]["properties"]["currency"]}),
        ],
    }
    needed = schema["required"]
    _open_up(schema)
    _shorthands(definitions)
    rows = definitions["Correlations"]["properties"]["pairs"]
    rows["items"]["items"] = {"type": ["string", "number"]}
    schema["properties"]["correlations"] = {
        "anyOf": [{key: value for key, value in rows.items() if key != "default"}, _CORRELATIONS],
        "description": schema["properties"]["correlations"]["description"],
    }
    yearly = definitions["Budget"]["properties"]["per_year"]
    definitions["Budget"]["properties"]["per_year"] = {
        "anyOf": [yearly["items"], {"type": "array", "items": yearly["items"]}],
        "description": yearly["description"],
    }
    schema["properties"]["extends"] = {"type": "string", "description": "A base file, relative to this one."}
    schema["properties"]["schema_version"] = {
        "const": SCHEMA_VERSION,
        "description": "Version of this format.",
    }
    schema["properties"]["months"] = {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 600},
            {"type": "string", "pattern": r"^[0-9.]+ ?(months?|quarters?|years?|mo|q|y)$"},
        ],
        "description": "Horizon T: 60, or 5 years.",
    }
    schema["required"] = ["schema_version"]
    schema["anyOf"] = [{"required": needed}, {"required": ["extends"]}]  # the rest may come from another file
    _describe(schema, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"bposim scenario, version {SCHEMA_VERSION}",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """Return the schema as the text of the shipped file."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def shipped_schema() -> str:
    """Return the text of the shipped schema."""
    return files("bposim").joinpath(SHIPPED).read_text(encoding="utf-8")


_WRITTEN = {"type": ["number", "string"], "description": "40%, 450k, 1.2M, with a unit 18 months, PHP 45k."}
"""A single value; what the text may look like depends on the key and is checked by `bposim validate`."""

_PERCENTILES = {r"^p[0-9]{1,3}(\.[0-9]+)?$": {**_WRITTEN, "description": "A percentile: p10, p50, p90."}}
_BOUNDS = {
    "min": {**_WRITTEN, "description": "Nothing lies below."},
    "max": {**_WRITTEN, "description": "Nothing lies above."},
}
_DATA_FILE = {
    "file": {"type": "string", "description": "A CSV file in the scenario's folder or below."},
    "column": {"type": "string", "description": "Name of the column in the file's first line."},
    "delimiter": {"enum": [",", ";", "tab"], "description": "What parts the columns; a comma if left out."},
    "decimal": {"enum": [".", ","], "description": "The decimal sign; a point if left out."},
}
_FROM_LIBRARY = {"$ref": "#/$defs/FromLibrary"}
_CORRELATIONS = {"$ref": "#/$defs/Correlations"}
_FILES = {"empirical": _DATA_FILE}
"""Keys of a distribution that its model does not have, because they are read before it."""


def _forms(beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe a number in each of its forms; ``beside`` are further keys that may stand there."""
    three = {
        "low": {**_WRITTEN, "description": "The lowest value."},
        "likely": {**_WRITTEN, "description": "The most likely value."},
        "high": {**_WRITTEN, "description": "The highest value."},
    }
    shape = {"shape": {"type": "number", "description": "Weight of the most likely value; 4 is usual."}}
    value = {"value": {**_WRITTEN, "description": "The number, where source: or note: stand beside it."}}
    return [
        _record(value | beside, ["value"]),
        _record(three | _BOUNDS | shape | beside, list(three)),
        {**_record(_BOUNDS | beside, []), "patternProperties": _PERCENTILES, "minProperties": 1},
        *(_record({kind: _kind(kind, cls)} | beside, [kind]) for kind, cls in DISTRIBUTIONS.items()),
    ]


def _kind(kind: str, cls: type[Part]) -> dict[str, Any]:
    """Describe a distribution by its parameters or by percentiles."""
    about = (cls.__doc__ or "").strip().splitlines()[0]
    if kind == "mixture":
        return {"type": "array", "items": {"type": "object", "required": ["weight"]}, "description": about}
    parameters = {
        field.alias or name: {
            "type": ["number", "string", "array"],
            "description": cls.meanings().get(name, "").splitlines()[0],
        }
        for name, field in cls.model_fields.items()
    }
    inner = _record(parameters | _FILES.get(kind, {}), [])
    return {**inner, "patternProperties": _PERCENTILES, "description": about}


def _record(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """Describe a mapping with these keys and no others."""
    record = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return record | ({"required": required} if required else {})


_OF_A_NUMBER = ("description", "default", "minimum", "maximum", "unit")
"""What a field says about its number; the unit is an annotation of ours."""


def _referring(node: Any) -> Any:  # noqa: ANN401
    """Point every field that takes a number or an amount to their common definitions."""
    if isinstance(node, list):
        return [_referring(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == NUMBER_FORMAT:
        return {
            **{k: v for k, v in node.items() if k in _OF_A_NUMBER},
            "$ref": "#/$defs/Number",
        }
    if node.get("$ref") == "#/$defs/Money":
        return {**node, "$ref": "#/$defs/Amount"}
    if {"type": "null"} in node.get("anyOf", []):  # an optional key is left out, never null
        options = [option for option in node["anyOf"] if option != {"type": "null"}]
        rest = {key: value for key, value in node.items() if key not in {"anyOf", "default"}}
        only = options[0] if len(options) == 1 else {"anyOf": options}
        return _referring(rest | {key: value for key, value in only.items() if key not in rest})
    return {key: _referring(value) for key, value in node.items()}


def _shorthands(definitions: dict[str, Any]) -> None:
    """Add what the reader of files turns into the full form."""
    alternative, leg = definitions["Alternative"], definitions["Leg"]
    alternative["properties"] |= {kind: leg["properties"][kind] for kind in ("team", "vendor")}
    alternative["anyOf"] = [{"required": [key]} for key in ("legs", "team", "vendor", "like")]
    for rate in definitions["WorldModel"]["properties"]["fx"]["patternProperties"].values():
        rate["anyOf"] += NUMBER_SCHEMA["anyOf"]


def _open_up(node: Any) -> None:  # noqa: ANN401
    """Allow source, note, owner and like in every mapping, and to leave out what a like: brings."""
    if isinstance(node, list):
        for entry in node:
            _open_up(entry)
    if not isinstance(node, dict):
        return
    for value in list(node.values()):
        _open_up(value)
    if "properties" in node and node.get("additionalProperties") is False:
        node["properties"] |= {
            key: value for key, value in _ANYWHERE.items() if key not in node["properties"]
        }
        required = node.pop("required", None)
        if (
            required and "title" not in node
        ):  # a form of number is whole; a part may get the rest from a like:
            node["anyOf"] = [{"required": required}, {"required": ["like"]}, _FROM_LIBRARY]
    elif isinstance(node.get("additionalProperties"), dict) or "patternProperties" in node:
        node["properties"] = dict(_ANYWHERE)  # beside names that the scenario chooses


def _describe(node: Any, definitions: dict[str, Any]) -> None:  # noqa: ANN401
    """Give every key a description; one without its own takes that of what it refers to."""
    if isinstance(node, list):
        for entry in node:
            _describe(entry, definitions)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        _describe(value, definitions)
        for name, field in value.items() if key == "properties" else ():
            about = definitions.get(field.get("$ref", "").rpartition("/")[2], {}).get("description")
            known = _ANYWHERE.get(name, {}).get("description")
            if "description" not in field and (about or known):
                field["description"] = about or known
