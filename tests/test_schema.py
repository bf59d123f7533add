"""The JSON Schema: current, true to what can be read, and helpful in an editor."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from bposim.inputs.number import DISTRIBUTIONS
from bposim.schema import SHIPPED, scenario_schema, schema_text, shipped_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
GOOD = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tests" / "data").glob("*.yaml")])
ANNOTATIONS = {"source", "note", "owner", "like"}


def _as_an_editor_reads(text: str) -> Any:  # noqa: ANN401 - nested data
    return YAML(typ="safe", pure=True).load(text)


@pytest.fixture(scope="module")
def validator() -> Any:  # noqa: ANN401 - the package is untyped
    """Return a validator of scenarios, after a check of the schema itself."""
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def _records(node: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - JSON
    """Yield each description of a mapping with fixed keys, and where it stands."""
    if isinstance(node, list):
        for number, entry in enumerate(node):
            yield from _records(entry, f"{path}[{number}]")
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("additionalProperties") is False:
            yield path, node
        for key, value in node.items():
            yield from _records(value, f"{path}.{key}")


def test_shipped_schema_is_current() -> None:
    """Protects editors from a stale schema; `bposim schema > src/bposim/scenario.schema.json` renews it."""
    assert schema_text() == shipped_schema(), f"run: bposim schema > src/bposim/{SHIPPED}"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_schema_accepts_what_can_be_read(path: Path, validator: Any) -> None:  # noqa: ANN401
    """Protects authors of good files from red lines in their editor."""
    data = _as_an_editor_reads(path.read_text(encoding="utf-8"))
    assert [error.json_path for error in validator.iter_errors(data)] == []


def test_schema_accepts_the_example_of_the_readme(validator: Any) -> None:  # noqa: ANN401
    """The first scenario that anybody copies has no red line."""
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example
    assert validator.is_valid(_as_an_editor_reads(example[1]))


FORMS = [
    "40%", "450k", "0.4", "3", "{value: 3%, source: plan}", "{low: 1, likely: 2, high: 3}",
    "{low: 1, likely: 2, high: 3, min: 0, note: rough}", "{p10: 1, p50: 2, p90: 3, min: 0}",
    "{p2.5: 1, p97.5: 2}", "{normal: {mean: 3%, sd: 1%, source: study}}", "{lognormal: {p10: 1, p90: 3}}",
    "{like: inputs.growth}",
    "{mixture: [{weight: 1, value: 3%}]}", "{empirical: {file: data/x.csv, column: loss, decimal: ','}}",
    "{discrete: {values: [1, 2%], weights: [1, 1]}}", "{like: inputs.growth, normal: {mean: 2%}}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_schema_accepts_every_form_of_a_number(form: str, validator: Any) -> None:  # noqa: ANN401
    """Each way to write a number is known to the editor."""
    assert validator.is_valid(
        _as_an_editor_reads(f"{{schema_version: 1, extends: x.yaml, discount_rate: {form}}}")
    )


AMOUNTS = ["PHP 45k", "{amount: 45k, currency: PHP}", "{low: 1, likely: 2, high: 3, currency: PHP}"]


@pytest.mark.parametrize("form", [*FORMS, *AMOUNTS])
def test_schema_accepts_every_form_of_an_amount(form: str, validator: Any) -> None:  # noqa: ANN401
    """Each way to write an amount of money is known to the editor."""
    volume = f"{{unit: call, per_month: 1, margin_per_unit: {form}}}"
    data = f"{{schema_version: 1, extends: x.yaml, world: {{volume: {volume}}}}}"
    assert validator.is_valid(_as_an_editor_reads(data))


BESIDE = "bp104-beside-kind-percentiles"  # the schema does not tell parameters and percentiles apart
MISSPELT = sorted(path for path in (ROOT / "tests/bad").glob("bp104-*.yaml") if path.stem != BESIDE)


@pytest.mark.parametrize("path", MISSPELT, ids=lambda path: path.stem)
def test_schema_rejects_a_misspelt_key(path: Path, validator: Any) -> None:  # noqa: ANN401
    """Protects the red line under a slip, at every level of the file."""
    data = _as_an_editor_reads(path.read_text(encoding="utf-8-sig"))
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    "data",
    [
        "{schema_version: 2, extends: x.yaml}",
        "{extends: x.yaml}",
        "{schema_version: 1, title: no more than that}",
        "{schema_version: 1, extends: x.yaml, months: [5]}",
        "{schema_version: 1, extends: x.yaml, months: soon}",
        "{schema_version: 1, extends: x.yaml, discount_rate: {low: 1, high: 2}}",
        "{schema_version: 1, extends: x.yaml, discount_rate: null}",
        "{schema_version: 1, extends: x.yaml, base_currency: usd}",
        "{schema_version: 1, extends: x.yaml, alternatives: {a: {legs: []}}}",
        "{schema_version: 1, extends: x.yaml, meta: {price_basis: real}}",
    ],
)
def test_schema_rejects_what_cannot_be_read(data: str, validator: Any) -> None:  # noqa: ANN401
    """The schema is not so open that it says yes to everything."""
    assert not validator.is_valid(_as_an_editor_reads(data))


def test_every_mapping_takes_annotations_and_like() -> None:
    """Protects the promise that source, note, owner and like may stand in any mapping."""
    for path, record in _records(scenario_schema()):
        assert record["properties"].keys() >= ANNOTATIONS, path


def test_every_key_is_described() -> None:
    """Protects hover: no key of the file is without an explanation."""
    silent = [
        f"{path}.{key}"
        for path, record in _records(scenario_schema())
        for key, value in record["properties"].items()
        if not value.get("description")
    ]
    assert silent == []


def test_every_distribution_is_in_the_schema() -> None:
    """A kind that can be read can be completed."""
    forms = scenario_schema()["$defs"]["Number"]["anyOf"]
    assert set(DISTRIBUTIONS) <= {key for form in forms for key in form.get("properties", {})}
