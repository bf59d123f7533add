"""What every member of a family must do: each test runs on every file of its folder, now and later."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from bposim.events.arrivals import EventNoise
from bposim.events.risk import EventRisk
from bposim.families import OneOf, members
from bposim.inputs.distribution import Distribution
from bposim.inputs.distributions.mixture import Mixture
from bposim.inputs.number import DISTRIBUTIONS, Number, PerEvent
from bposim.legs.price_model import Billable
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS, AnyFxClause, AnyPrice
from bposim.operations import Operations
from bposim.part import Part
from bposim.risks import RISKS, Risks
from bposim.schema import scenario_schema
from bposim.world.fx_model import FxModel
from bposim.world.world import FX_MODELS, AnyFx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bposim.events.arrivals import EventNoise
    from bposim.shapes import FloatArray
    from bposim.world.world import World

MONTHS, TRIALS = 30, 4096

FAMILIES: dict[str, dict[str, Any]] = {
    "exchange-rate model": FX_MODELS,
    "price model": PRICE_MODELS,
    "currency clause": FX_CLAUSES,
    "risk": RISKS,
    "distribution": DISTRIBUTIONS,
}
MEMBERS = [
    pytest.param(family, cls, id=kind) for family, kinds in FAMILIES.items() for kind, cls in kinds.items()
]
READERS: dict[str, Callable[[Any], Any]] = {
    "exchange-rate model": lambda written: TypeAdapter(AnyFx).validate_python(written),
    "price model": lambda written: TypeAdapter(AnyPrice).validate_python(written),
    "currency clause": lambda written: TypeAdapter(AnyFxClause).validate_python(written),
    "risk": lambda written: getattr(Risks.model_validate(written), next(iter(written))),
    "distribution": lambda written: TypeAdapter(Number).validate_python(written),
}


def written(node: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """Return a part as the mapping that a scenario file has for it."""
    if isinstance(node, Mixture):
        return {"mixture": [{"weight": weight, **written(part)} for weight, part in node.components]}
    if isinstance(node, Part):
        fields = {
            info.alias or name: written(value)
            for name, info in type(node).model_fields.items()
            if (value := getattr(node, name)) is not None and value != info.default
        }
        return {node.kind: fields} if isinstance(node, Distribution) else fields
    return [written(item) for item in node] if isinstance(node, (list, tuple)) else node


def in_file(family: str, member: Any) -> Any:  # noqa: ANN401 - a member of any family
    """Return a member as it stands in a file: under its kind, for exchange rates beside ``model:``."""
    if family == "distribution":
        return written(member)
    if family == "exchange-rate model":
        return {"model": member.kind, **written(member)}
    return {member.kind: written(member)}


# --- every family -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "cls"), MEMBERS)
def test_example_survives_the_round_trip_through_a_file(family: str, cls: Any) -> None:  # noqa: ANN401
    """A member can be written into a scenario and is read back as it was."""
    example = cls.example()
    back = READERS[family](in_file(family, example))
    assert type(back) is cls
    assert back == example


@pytest.mark.parametrize(("family", "cls"), MEMBERS)
def test_member_says_what_it_is(family: str, cls: Any) -> None:  # noqa: ANN401
    """The docstring becomes documentation and schema; each parameter has a line of its own."""
    assert "__doc__" in vars(cls)
    assert cls.__doc__.strip()
    assert FAMILIES[family][cls.kind] is cls
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "model_fields", {})}
    for name in cls.model_fields:
        assert cls.meanings().get(name) or name in inherited, name


@pytest.mark.parametrize(("family", "cls"), MEMBERS)
def test_member_is_part_of_the_schema(family: str, cls: Any) -> None:  # noqa: ANN401
    """An editor completes its kind and its parameters."""
    schema = scenario_schema()
    if family == "distribution":
        assert f"'{cls.kind}'" in repr(schema["$defs"]["Number"])
    else:
        described = [set(part["properties"]) for part in records(schema) if part.get("title") == cls.__name__]
        assert described
        assert all(properties >= set(cls.model_fields) for properties in described)


def records(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - nested data
    """Yield every mapping with properties in a schema."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from records(value)
    elif isinstance(node, list):
        for value in node:
            yield from records(value)


@pytest.mark.parametrize(("family", "cls"), MEMBERS)
def test_unknown_parameter_is_refused(family: str, cls: Any) -> None:  # noqa: ANN401
    """A misspelt key must never be ignored."""
    data = in_file(family, cls.example())
    if cls is Mixture:
        data["mixture"][0]["colour"] = 1
    else:
        (data if family == "exchange-rate model" else data[cls.kind])["colour"] = 1
    with pytest.raises(ValidationError):
        READERS[family](data)


NEW_MODEL = '''
"""A currency that falls by a fixed part each month."""
from typing import ClassVar, Self
from bposim.discounting import months_column
from bposim.inputs.number import Share
from bposim.world.fx_model import FxModel

class Crawling(FxModel):
    """S(t) = S0 (1 - rate)^t."""
    kind: ClassVar[str] = "crawling"
    rate: Share

    def path(self, normal, marks, months):
        return self.spot * (1.0 - self.rate) ** months_column(months)

    @classmethod
    def example(cls) -> Self:
        return cls(spot=1.0, rate=0.01)
'''


def test_file_dropped_into_the_folder_is_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One new file is found, read from a scenario and described, and nothing else is touched."""
    folder = tmp_path / "family_for_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "crawling.py").write_text(NEW_MODEL)
    (folder / "helper.py").write_text("from bposim.world.fx_model import FxModel  # the base is no member\n")
    monkeypatch.syspath_prepend(tmp_path)
    found: dict[str, Any] = members(FxModel, importlib.import_module("family_for_test"))
    assert list(found) == ["crawling"]
    annotation = Annotated[FxModel, OneOf(found, "exchange-rate model", tag="model")]
    model: Any = TypeAdapter(annotation).validate_python({"model": "crawling", "spot": 2.0, "rate": 0.1})
    assert type(model) is found["crawling"]
    assert model.path(None, None, 2).ravel() == pytest.approx([1.8, 1.62], rel=1e-14)
    for name in [name for name in sys.modules if name.startswith("family_for_test")]:
        del sys.modules[name]


def test_kinds_come_in_alphabetical_order() -> None:
    """The order of files on a disk must not reach the schema or the lists."""
    for kinds in FAMILIES.values():
        assert list(kinds) == sorted(kinds)


# --- exchange rates -----------------------------------------------------------------------------------

fx_models = pytest.mark.parametrize("cls", FX_MODELS.values(), ids=FX_MODELS.keys())


def fx_draw(model: FxModel, months: int, trials: int) -> tuple[FloatArray, FloatArray]:
    """Return shocks and marks as the world draws them, each from a stream of its own."""
    normal = np.random.default_rng(3).standard_normal((months, trials))
    return normal, model.sample(np.random.default_rng(5), months, trials)


def fx_path(model: FxModel, months: int = MONTHS, trials: int = TRIALS) -> FloatArray:
    """Return a simulated path, broadcast to ``(months, trials)``."""
    return np.broadcast_to(model.path(*fx_draw(model, months, trials), months), (months, trials))


@fx_models
def test_fx_path_is_a_positive_price_in_every_month_and_trial(cls: Any) -> None:  # noqa: ANN401
    """Shape (months, trials), positive, finite, also for a single month and a single trial."""
    for months, trials in ((MONTHS, TRIALS), (1, 1)):
        path = fx_path(cls.example(), months, trials)
        assert np.isfinite(path).all()
        assert (path > 0).all()


@fx_models
def test_fx_path_is_a_function_of_its_draw(cls: Any) -> None:  # noqa: ANN401
    """The same draw gives the same path and comes back unharmed."""
    model = cls.example()
    draw = fx_draw(model, MONTHS, 8)
    kept = [np.array(part, copy=True) for part in draw]
    assert np.array_equal(model.path(*draw, MONTHS), model.path(*draw, MONTHS))
    assert all(map(np.array_equal, draw, kept))


@fx_models
def test_fx_past_does_not_depend_on_the_horizon(cls: Any) -> None:  # noqa: ANN401
    """The first year of a longer path is the path of a year, without noise as well."""
    model = cls.example()
    normal, marks = fx_draw(model, 24, 8)
    long, short = (np.broadcast_to(model.path(normal[:n], marks[:n], n), (n, 8)) for n in (24, 12))
    assert long[:12] == pytest.approx(short, rel=1e-14)
    expected = [np.broadcast_to(model.path(None, None, n), (n, 1)) for n in (24, 12)]
    assert expected[0][:12] == pytest.approx(expected[1], rel=1e-14)


@fx_models
def test_fx_path_without_a_draw_is_the_expectation(cls: Any) -> None:  # noqa: ANN401
    """The deterministic twin's rate is the mean of the simulated ones: 4 standard errors, month by month."""
    model = cls.example()
    path = fx_path(model, trials=4 * TRIALS)
    error = path.std(axis=1, ddof=1) / np.sqrt(path.shape[1])
    expected = np.broadcast_to(model.path(None, None, MONTHS), (MONTHS, 1))[:, 0]
    assert (np.abs(path.mean(axis=1) - expected) <= 4 * error + 1e-12 * expected).all()


@fx_models
def test_fx_expects_todays_rate_at_zero_drift(cls: Any) -> None:  # noqa: ANN401
    """E[S(t)] = S0 by default in every model: no model smuggles in a gain or a loss."""
    model = cls.example()
    path = fx_path(model, trials=4 * TRIALS)
    error = path.std(axis=1, ddof=1) / np.sqrt(path.shape[1])
    assert (np.abs(path.mean(axis=1) - model.spot) <= 4 * error + 1e-12 * model.spot).all()


@fx_models
@pytest.mark.parametrize("drifting", [{"drift": 0.05}, {"parity": {"home": 0.02, "foreign": 0.08}}], ids=str)
def test_fx_expects_what_drift_or_parity_says(cls: Any, drifting: dict[str, Any]) -> None:  # noqa: ANN401
    """E[S(t)] = S0 e^(μt/12) in every model, by parity the forward rate: 4 standard errors, each month."""
    example = cls.example()
    model = cls.model_validate(written(example) | drifting)
    path = fx_path(model, trials=4 * TRIALS)
    t = np.arange(1, MONTHS + 1) / 12
    expected = example.spot * (np.exp(0.05 * t) if "drift" in drifting else (1.02 / 1.08) ** t)
    error = path.std(axis=1, ddof=1) / np.sqrt(path.shape[1])
    assert (np.abs(path.mean(axis=1) - expected) <= 4 * error + 1e-12 * expected).all()
    twin = np.broadcast_to(model.path(None, None, MONTHS), (MONTHS, 1))[:, 0]
    assert twin == pytest.approx(expected, rel=1e-13)


@fx_models
def test_fx_drift_is_given_once(cls: Any) -> None:  # noqa: ANN401
    """Drift and parity would contradict each other, even where they agree."""
    both = {"drift": 0.0, "parity": {"home": 0.04, "foreign": 0.04}}
    with pytest.raises(ValidationError, match="keep drift or parity"):
        cls.model_validate(written(cls.example()) | both)


@fx_models
def test_fx_path_scales_with_the_spot(cls: Any) -> None:  # noqa: ANN401
    """A currency quoted per hundred has a path a hundred times as high."""
    model = cls.example()
    draw = fx_draw(model, MONTHS, 8)
    hundred = model.model_copy(update={"spot": 100.0 * model.spot})
    assert hundred.path(*draw, MONTHS) == pytest.approx(
        100.0 * np.asarray(model.path(*draw, MONTHS)), rel=1e-12
    )


# --- price models and currency clauses ----------------------------------------------------------------

price_models = pytest.mark.parametrize("cls", PRICE_MODELS.values(), ids=PRICE_MODELS.keys())
fx_clauses = pytest.mark.parametrize("cls", FX_CLAUSES.values(), ids=FX_CLAUSES.keys())


def billable(scale: float = 1.0, trials: int = 5, **levels: float) -> Billable:
    """Return a year of work that varies by month and trial."""
    rng = np.random.default_rng(9)
    live = np.linspace(0.1, 1.0, 12)[:, np.newaxis] * scale
    forecast = 1000.0 * live
    return Billable(
        forecast * rng.uniform(0.5, 1.5, (12, trials)),
        forecast,
        forecast * rng.uniform(0.5, 2, (12, trials)),
        live,
        **levels,
    )


@price_models
def test_bill_has_a_quantity_for_every_month_and_trial(cls: Any) -> None:  # noqa: ANN401
    """Never negative, always finite, in the shape of paths; a price below zero is refused."""
    billed = np.broadcast_to(cls.example().billed(billable()), (12, 5))
    assert np.isfinite(billed).all()
    assert (billed >= 0).all()
    with pytest.raises(ValidationError):
        cls.model_validate(written(cls.example()) | {"amount": -1.0})


@price_models
def test_no_work_is_not_billed(cls: Any) -> None:  # noqa: ANN401
    """Before go-live no invoice comes, whatever the commitment: take-or-pay is on the live share."""
    assert not np.any(cls.example().billed(billable(scale=0.0)))


@price_models
def test_half_of_the_work_is_half_of_the_bill(cls: Any) -> None:  # noqa: ANN401
    """Two halves of one contract cost what the whole does."""
    model = cls.example()
    half, whole = (np.asarray(model.billed(billable(scale))) for scale in (0.5, 1.0))
    assert 2 * half == pytest.approx(whole, rel=1e-12)


@price_models
def test_fee_is_a_payment_for_every_month_and_trial(cls: Any) -> None:  # noqa: ANN401
    """Finite, never negative, nothing without work; two halves of one contract cost what the whole does."""
    model = cls.example()
    none, half, whole = (
        np.broadcast_to(model.fee(billable(scale, wages=1.1)), (12, 5)) for scale in (0.0, 0.5, 1.0)
    )
    assert np.isfinite(whole).all()
    assert (whole >= 0).all()
    assert not none.any()
    assert 2 * half == pytest.approx(whole, rel=1e-12)


@price_models
def test_renewals_scale_the_fee(cls: Any) -> None:  # noqa: ANN401
    """A renewal at +25 % makes every fee dearer by a quarter, whatever it is made of."""
    model = cls.example()
    assert np.asarray(model.fee(billable(repricing=1.25))) == pytest.approx(
        1.25 * np.asarray(model.fee(billable())), rel=1e-12
    )


@price_models
def test_fee_grows_with_its_price(cls: Any) -> None:  # noqa: ANN401
    """A higher amount never makes a month cheaper."""
    model = cls.example()
    dearer = model.model_copy(update={"amount": 1.01 * model.amount})
    assert (np.asarray(dearer.fee(billable())) >= np.asarray(model.fee(billable()))).all()


@fx_clauses
def test_clause_gives_a_rate_for_every_month_and_trial(cls: Any) -> None:  # noqa: ANN401
    """Positive and finite, and no more than a function of the path and today's spot."""
    clause = cls.example()
    path = fx_path(FX_MODELS["gbm"].example())
    rates = [np.broadcast_to(clause.rate(path, 0.0172), path.shape) for _ in range(2)]
    assert np.isfinite(rates[0]).all()
    assert (rates[0] > 0).all()
    assert np.array_equal(rates[0], rates[1])


@fx_clauses
def test_clause_does_not_care_for_the_unit_of_the_currency(cls: Any) -> None:  # noqa: ANN401
    """Path and spot × 100 give rates × 100."""
    clause = cls.example()
    path = fx_path(FX_MODELS["gbm"].example(), trials=16)
    once, hundred = (np.asarray(clause.rate(scale * path, scale * 0.0172)) for scale in (1.0, 100.0))
    assert hundred == pytest.approx(100.0 * once, rel=1e-12)


# --- risks --------------------------------------------------------------------------------------------

risks = pytest.mark.parametrize("cls", RISKS.values(), ids=RISKS.keys())


@pytest.fixture(scope="module")
def world(still: Callable[..., World]) -> World:
    """Return a world in which nothing moves, with room for many trials."""
    return still(MONTHS, TRIALS)


def operations(exposure: float) -> Operations:
    """Return a leg at work, whose paths nobody can write to."""
    paths = {
        "exposure": exposure * np.linspace(0.2, 1.0, MONTHS)[:, np.newaxis],
        "volume": exposure * np.linspace(200.0, 1000.0, MONTHS)[:, np.newaxis],
        "headcount": exposure * np.linspace(15.0, 25.0, MONTHS)[:, np.newaxis],
        "leaver_share": np.full((MONTHS, 1), 0.02),
        "error_rate": np.full((MONTHS, 1), 0.03),
        "fees": np.full((MONTHS, 1), 50_000.0),
    }
    for path in paths.values():
        path.flags.writeable = False
    return Operations(**paths)


def costs(risk: Any, world: World, exposure: float, noise: EventNoise | None) -> dict[str, FloatArray]:  # noqa: ANN401
    """Return the undiscounted cost of each category, ``(trials,)``."""
    found: dict[str, FloatArray] = {}
    for line in risk.lines(operations(exposure), world, noise):
        path = np.broadcast_to(line.monthly, (MONTHS, TRIALS))
        found[line.category] = found.get(line.category, np.zeros(TRIALS)) + path.sum(axis=0) + line.upfront
    return found


@risks
def test_risk_is_a_function_of_its_noise(cls: Any, world: World) -> None:  # noqa: ANN401
    """The same noise gives the same finite lines, although marks are drawn only when they are needed."""
    risk = cls.example()
    noise = risk.sample(np.random.default_rng(11), TRIALS)
    first, again = (costs(risk, world, 1.0, noise) for _ in range(2))
    afresh = costs(risk, world, 1.0, risk.sample(np.random.default_rng(11), TRIALS))
    assert first.keys() == again.keys() == afresh.keys()
    for category, cost in first.items():
        assert np.isfinite(cost).all()
        assert np.array_equal(cost, again[category])
        assert np.array_equal(cost, afresh[category])


@risks
def test_risk_without_noise_is_the_expectation(cls: Any, world: World) -> None:  # noqa: ANN401
    """The deterministic twin's cost is the mean of the simulated ones, within 4 standard errors."""
    risk = cls.example()
    expected = costs(risk, world, 1.0, None)
    runs = [costs(risk, world, 1.0, risk.sample(np.random.default_rng(seed), TRIALS)) for seed in range(8)]
    assert expected.keys() == runs[0].keys()
    for category, value in expected.items():
        sample = np.concatenate([run[category] for run in runs])
        error = 4 * sample.std(ddof=1) / np.sqrt(sample.size)
        assert abs(sample.mean() - value[0]) <= error + 1e-12 * abs(value[0])


@risks
def test_risk_needs_exposure(cls: Any, world: World) -> None:  # noqa: ANN401
    """Where no work is done nothing happens, simulated or expected."""
    risk = cls.example()
    for noise in (None, risk.sample(np.random.default_rng(11), TRIALS)):
        assert not any(cost.any() for cost in costs(risk, world, 0.0, noise).values())


NEVER = {"customer_satisfaction": {"points": 0.0, "error_effect": 0.0}}
"""What says that a risk cannot happen, where that is not a rate of 0."""


@risks
def test_risk_that_cannot_happen_costs_nothing(cls: Any, world: World) -> None:  # noqa: ANN401
    """A risk can be written with a rate of 0 to say that it really cannot happen."""
    never = cls.example().model_copy(update=NEVER.get(cls.kind, {"per_year": 0.0}))
    assert cls.kind in NEVER or "per_year" in cls.model_fields
    for noise in (None, never.sample(np.random.default_rng(11), TRIALS)):
        assert not any(cost.any() for cost in costs(never, world, 1.0, noise).values())


CLUSTERED = {"overdispersion": 0.8, "trend": 0.15, "common_shock": {"share": 0.4, "of": "PH"}}
events = pytest.mark.parametrize(
    "cls", [cls for cls in RISKS.values() if issubclass(cls, EventRisk)], ids=lambda cls: cls.kind
)


@events
def test_expectation_of_clustered_events(cls: Any, world: World) -> None:  # noqa: ANN401
    """Overdispersion and common shocks leave the mean alone, and a trend moves it in the twin, too."""
    risk = cls.model_validate(written(cls.example()) | CLUSTERED)
    expected = costs(risk, world, 1.0, None)
    plain = costs(cls.example(), world, 1.0, None)
    runs = []
    for seed in range(8):
        own, shared = (risk.sample(np.random.default_rng((seed, part)), TRIALS) for part in (1, 2))
        runs.append(costs(risk, world, 1.0, own.beside(shared)))
    for category, value in expected.items():
        sample = np.concatenate([run[category] for run in runs])
        assert abs(sample.mean() - value[0]) <= 4 * sample.std(ddof=1) / np.sqrt(sample.size)
        assert value[0] > 1.05 * plain[category][0]


BARE = ("recovery", "insurance", "statutory_cap", "remediation", "cost_per_hour")
"""What makes the cost of an event another thing than its size times a price."""


@events
def test_mitigation_can_scale_every_event_size(cls: Any, world: World) -> None:  # noqa: ANN401
    """Each size that is drawn for an event has a multiplier, which half the cost of the event follows."""
    size = next(name for name, field in cls.model_fields.items() if PerEvent in map(type, field.metadata))
    factor = "recovery_factor" if size == "hours" else f"{size}_factor"
    fields = cls.model_fields
    left_out = {name: None for name in BARE if name in fields and not fields[name].is_required()}
    whole = cls.example().model_copy(update=left_out)
    half = whole.model_copy(update={factor: 0.5 * getattr(whole, factor)})
    for noise in (None, whole.sample(np.random.default_rng(11), TRIALS)):
        for category, cost in costs(whole, world, 1.0, noise).items():
            assert cost.any()
            assert costs(half, world, 1.0, noise)[category] == pytest.approx(0.5 * cost, rel=1e-9)
