"""Scenarios to start from: a general one, one for each situation W1 to W13, one for each service SV1 to SV14.

The general one and the situations are files, whose first line says what they are.  A service is what
:mod:`bposim.wizard` writes for the answers that suit it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bposim.part import close_match
from bposim.templates.services import SERVICES
from bposim.wizard import scenario_text, services

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent

STARTER = "starter"
"""The template that is taken where none is named."""


class Template(NamedTuple):
    """A scenario to start from."""

    name: str
    code: str
    """W1 to W13, SV1 to SV14; empty for the general one."""
    about: str


def templates() -> list[Template]:
    """Return every template: the general one, situations by number, services by number."""
    starter = Template(STARTER, "", _about((_HERE / f"{STARTER}.yaml").read_text(encoding="utf-8")))
    situations = sorted(_situations(), key=lambda template: int(template.code[1:]))
    offered = [
        Template(key.replace("_", "-"), code, SERVICES[key].about.partition(". ")[0])
        for code, key in services().items()
    ]
    return [starter, *situations, *offered]


def names() -> list[str]:
    """Return the names of the templates in that order."""
    return [template.name for template in templates()]


def text(name: str) -> str:
    """Return a template as the text of a scenario file, by its name or its code.

    Raises LookupError for a name that does not exist, with what was perhaps meant.
    """
    known = templates()
    for template in known:
        if name.strip().lower() in {template.name, template.code.lower()} - {""}:
            return _text(template)
    offer = [template.name for template in known] + [template.code for template in known if template.code]
    close = close_match(name, offer)
    remedy = f'did you mean "{close}"?' if close else "take one of W1 to W13, SV1 to SV14"
    raise LookupError(f'there is no template "{name}"; {remedy}')


def _text(template: Template) -> str:
    service = template.name.replace("-", "_")
    if service in SERVICES:
        chosen = SERVICES[service]
        return scenario_text(chosen.answers(service), f"{chosen.about}.", chosen.left_out)
    folder = _HERE if template.name == STARTER else _HERE / "situations"
    return (folder / f"{template.name}.yaml").read_text(encoding="utf-8")


def _situations() -> Iterator[Template]:
    for path in (_HERE / "situations").glob("*.yaml"):
        first = _about(path.read_text(encoding="utf-8"))
        code, _, about = first.partition(". ")
        yield Template(path.stem, code, about)


def _about(content: str) -> str:
    """Return the first line, which is a comment."""
    return content.partition("\n")[0].removeprefix("#").strip()
