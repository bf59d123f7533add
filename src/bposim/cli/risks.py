"""``bposim risks``: the kinds of rule that a scenario can be made of."""

from __future__ import annotations

import inspect
import io
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.completing import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from bposim.events.risk import Risk
    from bposim.inputs.distribution import Distribution
    from bposim.legs.fx_clause import FxClause
    from bposim.legs.price_model import PriceModel
    from bposim.world.fx_model import FxModel

    Member: TypeAlias = type[Risk | FxModel | PriceModel | FxClause | Distribution]
    Families: TypeAlias = Mapping[str, Mapping[str, Member]]


@click.command()
@click.argument("kind", required=False, shell_complete=kinds)
def risks(kind: str | None) -> None:
    """List risks, exchange-rate and price models, currency clauses and distributions.

    With KIND, e.g. breach, show that one in full with an example.
    """
    known = families()
    if kind is None:
        for family, members in known.items():
            click.echo(f"{family}\n" + "\n".join(_listed(members)) + "\n")
        click.echo("Next: bposim risks KIND shows one in full with an example.")
        return
    found = [(family, members[kind]) for family, members in known.items() if kind in members]
    if not found:
        from bposim.part import suggestion

        names = [name for members in known.values() for name in members]
        raise click.BadParameter(f"no kind is called {kind!r}; {suggestion(kind, names)}", param_hint="KIND")
    for family, member in found:
        click.echo("\n".join(in_full(family, kind, member)))


def families() -> Families:
    """Return every family of rules: its members by kind, under a heading."""
    from bposim.inputs.number import DISTRIBUTIONS
    from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
    from bposim.risks import RISKS
    from bposim.world.world import FX_MODELS

    return {
        "Risks of a leg, under risks:": RISKS,
        "Exchange-rate models, under world.fx:": FX_MODELS,
        "Price models, under vendor.price:": PRICE_MODELS,
        "Currency clauses, under vendor.fx_clause:": FX_CLAUSES,
        "Distributions, for any number:": DISTRIBUTIONS,
    }


def _listed(members: Mapping[str, Member]) -> Iterator[str]:
    for kind, member in members.items():
        yield f"  {kind}: {(inspect.getdoc(member) or '').partition(chr(10))[0]}"
        yield from _parameters(member)


def _parameters(member: Member) -> Iterator[str]:
    meanings = member.meanings()
    fields = {field.alias or name: (name, field) for name, field in member.model_fields.items()}
    width = max(map(len, fields), default=0)
    for key, (name, field) in fields.items():
        required = " (required)" if field.is_required() else ""
        text = f"      {key:<{width}}  {' '.join(meanings.get(name, '').split())}{required}"
        yield text.rstrip()


def in_full(family: str, kind: str, member: Member) -> Iterator[str]:
    """Yield all about a member of a family: a heading, what it is, its parameters and an example."""
    yield f"{kind} ({family.removesuffix(':').partition(',')[0].lower()})"
    yield ""
    yield inspect.getdoc(member) or ""
    yield ""
    yield from _parameters(member)
    yield ""
    yield "For example:"
    parameters = _written(member.example())
    if "spot" in member.model_fields:
        content: dict[str, Any] = {"PHP": {"model": kind, **parameters}}
    else:
        content = {kind: parameters.get(kind, parameters)}
    yield from (f"  {line}" for line in _yaml(content).splitlines())


def _written(value: Any) -> Any:  # noqa: ANN401 - any value of a scenario
    """Return a value of a scenario as its file writes it."""
    from bposim.inputs.distribution import Distribution
    from bposim.inputs.distributions.mixture import Mixture
    from bposim.part import Part

    if isinstance(value, Mixture):
        return {"mixture": [{"weight": weight, **_written(part)} for weight, part in value.components]}
    if isinstance(value, Part):
        given = {
            field.alias or name: _written(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if name in value.model_fields_set and getattr(value, name) is not None
        }
        return {value.kind: given} if isinstance(value, Distribution) else given
    if isinstance(value, list | tuple):
        return [_written(entry) for entry in value]
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value


def _yaml(content: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    stream = io.StringIO()
    YAML().dump(content, stream)
    return stream.getvalue()
