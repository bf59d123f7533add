"""docs/coverage.md: no row of the register is missing, and whatever a row names exists."""

from __future__ import annotations

import importlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import test_clauses
import test_families
import test_loop_twin
import test_mitigations
from bposim import load, simulate
from bposim.analysis.summary import summarise
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.library import load as library
from bposim.library.catalogue import node
from bposim.library.measures import PIECES, entries
from bposim.library.measures import node as piece
from bposim.part import Part
from bposim.report.document import document
from bposim.risks import RISKS
from bposim.templates import templates

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
ROOT = TESTS.parent
COVERAGE = ROOT / "docs" / "coverage.md"
CASES = TESTS / "cases" / "README.md"

REGISTER = {
    "SV": 17,
    "DM": 15,
    "PR": 9,
    "B": 22,
    "R": 42,
    "M": 44,
    "C": 15,
    "K": 16,
    "W": 13,
    "L": 9,
}
"""How many rows of each kind the register has, numbered from 1."""

PUBLISHED = [f"P{n:02}" for n in range(1, 29)] + ["V3", "V4", "V12", "V13", "V14", "V16", "V19", "V29"]

SHORT = {"profile", "measure", "clause", "place", "runs"}
"""Words that stand for a test which is named above the table."""

NO_TEST = ("Does not belong", "left out", "not yet")
"""How a row without a test must begin."""


class Row(NamedTuple):
    """A row of a table: its number, what it is, and the rest of its cells."""

    code: str
    where: str
    test: str

    def named(self, cell: str) -> list[str]:
        """Return what a cell has in code type."""
        return re.findall(r"`([^`]+)`", cell)


def rows(path: Path, cells: int) -> list[Row]:
    """Return the numbered rows of a file's tables; of three cells the last is reason and test in one."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-Z]{1,2}\d+ \|", line):
            parts = [part.strip() for part in line.strip("| ").split(" | ")]
            assert len(parts) == cells, line
            found.append(Row(parts[0], parts[-2] if cells == 4 else parts[-1], parts[-1]))
    return found


COVERED = rows(COVERAGE, 4)
HELD = rows(CASES, 3)
PROSE = [line for line in COVERAGE.read_text(encoding="utf-8").splitlines() if not line.startswith("|")]


def names(kind: str) -> list[tuple[str, str]]:
    """Return (row, name) for each name of a kind in the column that says where a row lives."""
    return [(row.code, name) for row in COVERED for name in row.named(row.where) if kind_of(name) == kind]


def kind_of(name: str) -> str:
    """Return what a name in code type means, by its form."""
    if name.startswith(("src/", "docs/", "scenarios/")):
        return "file"
    prefix, _, rest = name.partition(":")
    if rest:
        return prefix
    return "library" if name.startswith("library.") else "field"


# --- completeness -------------------------------------------------------------------------------------


def test_every_row_of_the_register_appears_once() -> None:
    """Protects against silence: nothing that the founding documents name is dropped, or told twice."""
    expected = [f"{kind}{number}" for kind, count in REGISTER.items() for number in range(1, count + 1)]
    assert [row.code for row in COVERED] == expected


def test_every_published_case_appears_once() -> None:
    """Protects the list of cases: each has a test or a reason."""
    assert [row.code for row in HELD] == PUBLISHED


@pytest.mark.parametrize("row", [*COVERED, *HELD], ids=lambda row: row.code)
def test_row_has_a_test_or_a_reason(row: Row) -> None:
    """Protects the promise of the table: whatever is claimed is held by a test."""
    tested = any("::" in name for name in row.named(row.test)) or bool(SHORT & set(row.test.split(", ")))
    assert tested or row.where.startswith(NO_TEST)


@pytest.mark.parametrize(
    "name",
    [
        *(f"risks.{kind}" for kind in RISKS),
        *(f"price.{kind}" for kind in PRICE_MODELS),
        *(f"fx_clause.{kind}" for kind in FX_CLAUSES),
        *(f"library.{shelf}.{entry}" for shelf in PIECES for entry in entries(shelf)),
    ],
)
def test_what_is_built_has_a_row(name: str) -> None:
    """Protects the other direction: a new risk, price, clause or mitigation gets its place in the table."""
    assert any(name in row.named(row.where) for row in COVERED)


# --- what is registered has an entry in the docs, an example and a conformance test ---------------------

MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")


def registries() -> list[dict[str, type[Part]]]:
    """Return every family of the package: whatever a module makes of a folder by ``members(…)``."""
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        for name in re.findall(
            r"^(\w+)\b[^=\n]* = members\(", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
            found.append(getattr(importlib.import_module(module.removesuffix(".__init__")), name))
    return found


@cache
def exemplified() -> frozenset[type[Part]]:
    """Return every class of part in scenarios/everything.yaml, which the loop twin recomputes."""
    return frozenset(map(type, below(test_loop_twin.scenario_named("everything"))))


def below(node: object) -> Iterator[Part]:
    """Yield every part below a node, distributions and what they are made of among them."""
    if isinstance(node, Part):
        yield node
        for field in type(node).model_fields:
            yield from below(getattr(node, field))
    elif isinstance(node, dict | list | tuple):
        for value in node.values() if isinstance(node, dict) else node:
            yield from below(value)


def lacks_of(family: dict[str, type[Part]]) -> dict[str, list[str]]:
    """Return what each member of a family lacks, by its kind."""
    tested = {case.values for case in test_families.MEMBERS}
    found = {}
    for kind, member in family.items():
        documented = any(kind in re.findall(r"\w+", code) for code in re.findall(r"`([^`\n]+)`", MODEL))
        held = any((name, member) in tested for name in test_families.FAMILIES)
        lacks = {"docs": not documented, "example": member not in exemplified(), "conformance": not held}
        if any(lacks.values()):
            found[kind] = [name for name, lacking in lacks.items() if lacking]
    return found


@pytest.mark.parametrize("family", registries(), ids=lambda family: " ".join(sorted(family)[:2]))
def test_member_has_docs_example_and_conformance_test(family: dict[str, type[Part]]) -> None:
    """Protects every family: a file dropped into its folder is not done until it is in all three places.

    That is docs/model.md, scenarios/everything.yaml, and the tests that run on every member of its family.
    """
    assert lacks_of(family) == {}


def test_a_member_that_lacks_them_is_noticed() -> None:
    """Protects the check above: a model that nobody knows lacks all three."""
    assert lacks_of({"crawling": Part}) == {"crawling": ["docs", "example", "conformance"]}
    assert len(registries()) == len(test_families.FAMILIES)


@pytest.mark.parametrize("name", [f"{shelf}.{entry}" for shelf in PIECES for entry in entries(shelf)])
def test_measure_has_an_example_and_a_conformance_test(name: str) -> None:
    """Protects the library: an entry is a piece that the tests take over, or leads to what does exist."""
    shelf, _, entry = name.partition(".")
    tested = {"mitigations": test_mitigations.measures_of_library(), "clauses": test_clauses.PLACES}
    if piece(name) is not None:
        assert entry in tested[shelf]
        return
    written = entries(shelf)[entry]
    led_to = [f"mitigations.{measure}" for measure in written.get("measures", ())]
    assert all(piece(path) is not None for path in led_to)
    paths = re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+", str(written.get("lives", "")))
    assert all(is_field(path) for path in paths)
    assert led_to or "lives" in written


# --- what is named exists -----------------------------------------------------------------------------


def named_tests() -> Iterator[str]:
    """Yield every test that the table, its prose or the list of cases names."""
    for row in [*COVERED, *HELD]:
        yield from (name for name in row.named(row.test) if "::" in name)
    yield from (name for line in PROSE for name in re.findall(r"`([^`]+\.py::[^`]+)`", line))


@pytest.mark.parametrize("name", sorted(set(named_tests())))
def test_named_test_exists(name: str) -> None:
    """Protects the column of tests from renamed ones."""
    path, _, function = name.partition("::")
    assert re.search(rf"^def {function}\(", (TESTS / path).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted({name for _, name in names("file")}))
def test_named_file_exists(name: str) -> None:
    """Protects paths from moved files."""
    assert (ROOT / name).is_file()


SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "src" / "bposim" / "scenario.schema.json").read_text(encoding="utf-8")
)


def forms(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Yield the mappings that a piece of the schema may be, through references, choices, lists and maps."""
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        yield from forms(SCHEMA["$defs"][part["$ref"].rpartition("/")[2]])
    for choice in (*part.get("anyOf", ()), *part.get("oneOf", ()), *part.get("allOf", ())):
        yield from forms(choice)
    yield from forms(part.get("items"))
    yield from forms(part.get("additionalProperties"))
    if "properties" in part:
        yield part["properties"]


def everywhere(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Yield every mapping of keys anywhere in the schema."""
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from everywhere(child)
    if isinstance(part, dict) and isinstance(part.get("properties"), dict):
        yield part["properties"]


def is_field(path: str) -> bool:
    """Whether the keys of a path lie in one another somewhere in the schema."""
    first, *rest = path.split(".")
    found = [keys[first] for keys in everywhere(SCHEMA) if first in keys]
    for step in rest:
        found = [keys[step] for part in found for keys in forms(part) if step in keys]
    return bool(found)


@pytest.mark.parametrize("name", sorted({name for _, name in names("field")}))
def test_named_field_exists(name: str) -> None:
    """Protects the paths of the scenario file: they are keys of its JSON schema."""
    assert is_field(name)


@pytest.mark.parametrize("name", ["vendor.salary", "sla.poool", "breach.hours", "price.per_lead"])
def test_unknown_fields_are_noticed(name: str) -> None:
    """Protects the check above: keys that exist, but not in one another, are no field."""
    assert not is_field(name)


@pytest.mark.parametrize("name", sorted({name for _, name in names("library")}))
def test_named_entry_of_the_library_exists(name: str) -> None:
    """Protects names of figures, profiles, mitigations and clauses."""
    path = name.removeprefix("library.")
    shelf, _, entry = path.partition(".")
    known = entry in entries(shelf) if shelf in PIECES else path in {*library().entries, *library().profiles}
    assert known or node(path) is not None


def test_register_numbers_are_the_librarys() -> None:
    """Protects M1-M44 and C1-C15: an entry that a row names first carries that row's number."""
    for row in COVERED:
        shelf = {"M": "mitigations", "C": "clauses"}.get(row.code[0])
        if shelf:
            first = row.named(row.where)[0].removeprefix(f"library.{shelf}.")
            assert str(entries(shelf)[first]["ref"]) == row.code


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """Return what a run writes as JSON: of one alternative, beside what belongs to the whole run."""
    preferences = {"promised_saving": "1M", "budget": "{total: 10M, per_year: 5M}"}
    scenario = load(
        TESTS / "data" / "tiny.yaml", {f"preferences.{key}": value for key, value in preferences.items()}
    )
    result = simulate(scenario, 256, 7)
    content = document(result, summarise(result))
    alternative: dict[str, Any] = content["alternatives"]["manila"]
    return content | alternative


@pytest.mark.parametrize("name", sorted({name for _, name in names("output")}))
def test_named_output_exists(written: dict[str, Any], name: str) -> None:
    """Protects the names of figures that a run reports."""
    found: Any = written
    for step in name.removeprefix("output:").split("."):
        found = found[step]
    assert found is not None


def test_every_name_has_a_known_form() -> None:
    """Protects the checks: nothing in code type escapes them all."""
    known = {"file", "field", "library", "output", "template"}
    assert {kind_of(name) for row in COVERED for name in row.named(row.where)} == known


# --- templates ----------------------------------------------------------------------------------------


def test_templates_carry_the_number_of_their_row() -> None:
    """Protects W1-W13 and SV1-SV14: each row names the template that says it is for it."""
    code_of = {template.name: template.code for template in templates()}
    named = {(code, name.removeprefix("template:")) for code, name in names("template")}
    for number in [f"W{n}" for n in range(1, 14)] + [f"SV{n}" for n in range(1, 15)]:
        assert number in {code_of[name] for code, name in named if code == number}
