"""The JSON Schema of a scenario file, made from the models: completion and hover in an editor."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from bposim.inputs.number import DISTRIBUTIONS, NUMBER_FORMAT
from bposim.part import NUMBER_SCHEMA
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
    definitions["Number"] = _number()
    definitions["Amount"] = {
        "description": "An amount of money: 45k, PHP 45k, or any number with currency: beside it.",
        "anyOf": [{"$ref": "#/$defs/Number"}, {"$ref": "#/$defs/Money"}],
    }
    _open_up(schema)
    _shorthands(definitions)
    schema["properties"]["correlations"]["items"]["items"] = {"type": ["string", "number"]}
    schema["properties"]["extends"] = {"type": "string", "description": "A base file, relative to this one."}
    schema["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    schema["required"] = ["schema_version"]  # the rest may come from the file named in extends
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


def _number() -> dict[str, Any]:
    """Describe a number in any of its forms."""
    scalar = NUMBER_SCHEMA["anyOf"]
    point = {"anyOf": scalar}
    kinds = [
        {
            "type": "object",
            "properties": {kind: {"description": (cls.__doc__ or "").strip().splitlines()[0]}},
            "required": [kind],
        }
        for kind, cls in DISTRIBUTIONS.items()
    ]
    return {
        "description": "A number: 40%, 450k, or uncertain: {low, likely, high}, {p10, p90}, a distribution.",
        "anyOf": [
            *scalar,
            {"type": "string", "description": "With a unit: 18 months, 3 years, PHP 45k."},
            {"type": "object", "properties": {"value": point}, "required": ["value"]},
            {
                "type": "object",
                "properties": {"low": point, "likely": point, "high": point},
                "required": ["low", "likely", "high"],
            },
            {
                "type": "object",
                "patternProperties": {r"^p[0-9]{1,2}(\.[0-9]+)?$": point},
                "minProperties": 2,
            },
            {"type": "object", "required": ["like"]},
            *kinds,
        ],
    }


def _referring(node: Any) -> Any:  # noqa: ANN401
    """Point every field that takes a number or an amount to their common definitions."""
    if isinstance(node, list):
        return [_referring(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == NUMBER_FORMAT:
        return {
            **{k: v for k, v in node.items() if k in {"description", "default"}},
            "$ref": "#/$defs/Number",
        }
    if node.get("$ref") == "#/$defs/Money":
        return {**node, "$ref": "#/$defs/Amount"}
    return {key: _referring(value) for key, value in node.items()}


def _shorthands(definitions: dict[str, Any]) -> None:
    """Add what the reader of files turns into the full form."""
    alternative, leg = definitions["Alternative"], definitions["Leg"]
    alternative["properties"] |= {kind: leg["properties"][kind] for kind in ("team", "vendor")}
    alternative["anyOf"] = [{"required": [key]} for key in ("legs", "team", "vendor", "like")]
    for rate in definitions["WorldModel"]["properties"]["fx"]["patternProperties"].values():
        rate["anyOf"].append({"$ref": "#/$defs/Number"})


def _open_up(node: Any) -> None:  # noqa: ANN401
    """Allow source, note, owner and like in every mapping; with like, nothing else is required."""
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
        if required := node.pop("required", None):
            node["anyOf"] = [{"required": required}, {"required": ["like"]}]
