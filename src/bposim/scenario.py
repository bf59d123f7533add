"""The whole scenario file as frozen data; its numbers are still distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, PrivateAttr, model_validator

from bposim.benefits import Benefits
from bposim.checks import AsCheck
from bposim.errors import Complaint
from bposim.inputs.binding import Inputs
from bposim.inputs.correlations import Correlations, with_pairs
from bposim.inputs.dependence import Dependence
from bposim.inputs.money import Amount, Currency
from bposim.inputs.number import Months, NonNegative, Number, Share
from bposim.legs.investment import Investment
from bposim.legs.team import Team
from bposim.legs.transition import Transition
from bposim.legs.vendor import Vendor
from bposim.part import Part, Real, complaint
from bposim.quantities import read_months, read_number, read_year_month
from bposim.shapes import FloatArray
from bposim.stresses import Stress
from bposim.study_plans import StudyPlan
from bposim.world.world import WorldModel

SCHEMA_VERSION = 1

MAX_TITLE = 60
"""Characters of an alternative's title: what fits beside a picture's bars on two lines."""


def _horizon(text: object) -> int:
    value = read_months(text)
    if value != int(value) or not 1 <= value <= 600:  # noqa: PLR2004 - fifty years
        raise complaint(
            "bp_range", f"{value:g} is not a horizon; write whole months, 1 to 600, or e.g. 5 years"
        )
    return int(value)


def _flag(value: object) -> object:
    if isinstance(value, str):
        words = {"true": True, "false": False}
        if value.lower() not in words:
            raise complaint("bp_type", f"{value} is neither true nor false")
        return words[value.lower()]
    return value


def _calendar_month(value: str) -> str:
    read_year_month(value)
    return value


_TITLE_LENGTH = Field(json_schema_extra={"minLength": 1, "maxLength": MAX_TITLE})


def _display_name(value: str) -> str:
    name = value.strip()
    if not name or len(name) > MAX_TITLE:
        raise complaint(
            "bp_range", f"the title has {len(name)} characters; write 1 to {MAX_TITLE}, or leave it out"
        )
    if not name.isprintable():
        raise complaint("bp_type", "the title has a character that cannot be shown; write one line of text")
    return name


def _price_basis(value: object) -> object:
    if value == "real":
        raise complaint(
            "bp_type",
            "real amounts are not read: fees of a contract and exchange rates are nominal, and the two "
            "would be mixed; write price_basis: nominal, amounts at prices of the start, their rise in "
            "world.wages, world.prices and indexation, discount_rate as (1 + real rate) (1 + inflation) - 1",
        )
    return value


class Meta(Part):
    """Who made the scenario, for what, and on which basis."""

    owner: str | None = None
    """Who answers for it."""
    purpose: str | None = None
    """The decision that it serves."""
    as_of: str | None = None
    """Month of the figures, e.g. 2026-11."""
    note: str | None = None
    source: str | None = None
    status: str | None = None
    """For instance draft or approved."""
    price_basis: Annotated[Literal["nominal"], BeforeValidator(_price_basis)] = "nominal"
    """Amounts are nominal: inflation is in the wage and price indices and in the contract's indexation."""


class Leg(Part):
    """A part of an alternative: one team or one contract with a share of the work."""

    name: str | None = None
    """A name makes it a team or vendor of its own, with its own events, even when it is ``like`` another."""
    share: Annotated[Share, Field()] = 1.0
    """Part of the work, σ; the shares of an alternative add up to 100 %."""
    team: Team | None = None
    vendor: Vendor | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.team is None) == (self.vendor is None):
            raise complaint("bp_leg", "a leg has either a team or a vendor")
        return self

    @property
    def body(self) -> Team | Vendor:
        """The team or the vendor."""
        body = self.team or self.vendor
        assert body is not None  # noqa: S101 - checked on reading
        return body

    @property
    def transition(self) -> Transition | None:
        """How the work gets here."""
        return self.body.transition

    _identity: str = PrivateAttr(default="")

    @property
    def identity(self) -> str:
        """The same for legs of one alternative that are one and the same team or contract."""
        return self._identity

    @property
    def stream(self) -> str:
        """The name under which this leg's noise and events are drawn; ``like`` copies share it."""
        return f"leg {self.name}" if self.name else self.body.origin


class Alternative(Part):
    """Something that can be decided."""

    baseline: Annotated[bool, BeforeValidator(_flag)] = False
    """The alternative that every other is compared with."""
    title: Annotated[str, _TITLE_LENGTH, AfterValidator(_display_name)] | None = None
    """What reports and pictures call it; its key stays its name in paths, JSON, CSV and on the command
    line."""
    legs: Annotated[list[Leg], Field(min_length=1)]
    """Who does the work, and how much of it; a single one may be written as team: or vendor:."""
    once: Amount | None = None
    """Cost in month 0 of choosing it, whatever its legs."""
    per_year: Amount | None = None
    """Cost a year of running it, whatever its legs: coordination of two vendors, say."""
    investments: dict[str, Investment] = {}  # noqa: RUF012
    """What is paid at later dates, by name, whatever its legs: systems and their renewal."""
    mitigations: list[str] = []  # noqa: RUF012 - pydantic copies defaults
    """Names of the mitigations that it takes."""
    benefits: Benefits | None = None
    """What it brings beside lower cost; none unless stated."""


class Mitigation(Part):
    """A measure against risk: what it costs, and the factors that it puts on parameters of the legs.

    A parameter x becomes x · Π f over the effects that fit its path; f is 1 until month ``lag``.
    """

    once: Amount | None = None
    """Cost in month 0."""
    per_year: Amount | None = None
    """Cost a year, from month 1 on."""
    fee_share: NonNegative = 0.0
    """Cost as a part of the vendors' fees of each month."""
    lag: Months = 0.0
    """Months from signature until the effects are felt; the costs do not wait."""
    effects: dict[str, NonNegative] = {}  # noqa: RUF012
    """Factors by path: ``"*.breach.per_year": 0.8``; parts of the path may be left out, * stands for any."""


class Promise(NamedTuple):
    """A promised saving: an amount, or a part of the baseline's cost in the same future."""

    value: float
    relative: bool

    def of(self, baseline: FloatArray) -> FloatArray | float:
        """Return the present value that is promised where the baseline costs so much."""
        return self.value * baseline if self.relative else self.value


def _promise(written: object) -> Promise:
    if isinstance(written, Promise):
        return written
    return Promise(read_number(written), isinstance(written, str) and written.strip().endswith("%"))


_PROMISE = PlainValidator(_promise, json_schema_input_type=Real)


class Budget(Part):
    """What may be spent, in base currency."""

    total: Annotated[Real, Field(gt=0)] | None = None
    """Present value of all costs over the horizon, as every total of a run is one."""
    per_year: Annotated[
        list[Annotated[Real, Field(gt=0)]],
        BeforeValidator(lambda data: [data] if isinstance(data, str | int | float) else data),
    ] = []  # noqa: RUF012 - pydantic copies defaults
    """Cash of each contract year, undiscounted, month 0 in the first: one amount for all, or one a year."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.total is None and not self.per_year:
            raise complaint("bp_missing", "there is no amount; add total: or per_year:")
        return self

    def of_years(self, years: int) -> FloatArray:
        """Return the budget of each contract year, ``(years,)``."""
        return np.full(years, self.per_year[0]) if len(self.per_year) == 1 else np.array(self.per_year)


class Preferences(Part):
    """What the company wants from the decision."""

    rank_by: Literal["mean_es", "certainty_equivalent"] = "mean_es"
    """Which risk-adjusted value ranks the alternatives."""
    tail_weight: Annotated[Real, Field(ge=0, le=1)] = 0.5
    """w: weight of the mean of the costliest outcomes in the mean-ES measure."""
    tail_level: Annotated[Real, Field(gt=0, lt=1)] = 0.95
    """α: the costliest 1 - α of the outcomes make the tail."""
    risk_tolerance: Annotated[Real, Field(gt=0)] | None = None
    """ρ of the certainty equivalent, in base currency; a quarter of the baseline's mean cost if left out."""
    promised_saving: Annotated[Promise, _PROMISE] | None = None
    """Saving that the business case promises: a present value in base currency, or a part of the baseline's
    cost in the same future where it is written in per cent, ``12%``."""
    budget: Budget | None = None
    """What may be spent; a run says how often it is exceeded."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """What makes a scenario differ from its file; two that say the same are equal whichever way they came."""

    told: tuple[str, ...] = field(default=(), compare=False)


class Scenario(Part):
    """One file of assumptions."""

    schema_version: Annotated[Real, AfterValidator(int)] = SCHEMA_VERSION
    title: str
    """What is to be decided."""
    meta: Meta = Meta()
    base_currency: Currency
    """The currency of every result, and of every amount that names none."""
    start: Annotated[str, AfterValidator(_calendar_month)]
    """Calendar month of month 1, e.g. 2027-01."""
    months: Annotated[int, BeforeValidator(_horizon)] = 60
    """Horizon T."""
    discount_rate: Number
    """r, a year, effective and nominal."""
    world: WorldModel
    inputs: dict[str, Number] = {}  # noqa: RUF012 - pydantic copies defaults
    """Named numbers for use elsewhere through ``like: inputs.<name>``."""
    alternatives: dict[str, Alternative]
    """What can be decided; one of them is the baseline."""
    mitigations: dict[str, Mitigation] = {}  # noqa: RUF012
    """Measures against risk, by name, for alternatives to take."""
    correlations: Annotated[Correlations, BeforeValidator(with_pairs)] = Correlations()
    """Rank correlations: a list of ``[input, input, r]``, or ``{copula: …, pairs: […]}``."""
    stresses: dict[str, Stress] = {}  # noqa: RUF012
    """What is assumed to happen, by name, for ``bposim stress``; a run takes no notice of it."""
    studies: dict[str, StudyPlan] = {}  # noqa: RUF012
    """What could be found out before choosing, by name, for ``bposim value``; a run takes no notice of it."""
    preferences: Preferences = Preferences()
    checks: dict[str, AsCheck] = {}  # noqa: RUF012
    """What the result must be, by name, as in manila-pays: manila.probability_positive >= 70%; a run says of
    each whether it holds."""

    _sha256: str = PrivateAttr(default="")
    _warnings: tuple[Complaint, ...] = PrivateAttr(default=())
    _annotations: dict[str, dict[str, str]] = PrivateAttr(default_factory=dict)
    _data_files: dict[str, str] = PrivateAttr(default_factory=dict)
    _changes: _Changes = PrivateAttr(default_factory=_Changes)
    _cut: Callable[[Sequence[str], Scenario], Scenario] | None = PrivateAttr(default=None)
    _whole: Dependence | None = PrivateAttr(default=None)

    def __copy__(self) -> Self:
        """Copy without cached values: model_copy may go on to change what they were computed from."""
        copied = super().__copy__()
        for name in ("uncertain", "dependence"):
            copied.__dict__.pop(name, None)
        return copied

    @model_validator(mode="after")
    def _identify_legs(self) -> Self:
        """Tell legs of one stream apart where an override made their terms differ."""
        bodies: dict[str, list[Team | Vendor]] = {}
        for _, alternative in sorted(self.alternatives.items()):
            for leg in alternative.legs:
                alike = bodies.setdefault(leg.stream, [])
                if leg.body not in alike:
                    alike.append(leg.body)
                leg._identity = f"{leg.stream} #{alike.index(leg.body)}"  # noqa: SLF001 - its own, set once
        return self

    def described(
        self,
        sha256: str,
        warnings: Sequence[Complaint],
        annotations: dict[str, dict[str, str]],
        data_files: dict[str, str] | None = None,
        cut: Callable[[Sequence[str], Scenario], Scenario] | None = None,
    ) -> Self:
        """Return this scenario with what its file says; ``cut`` reads it without some of its clauses."""
        self._sha256, self._warnings, self._annotations = sha256, tuple(warnings), annotations
        self._data_files = data_files or {}
        self._cut = cut
        return self

    def without(self, *names: str) -> Scenario:
        """Return the scenario without these clauses, risks and mitigations; nothing else moves a draw.

        Names are those of mitigations, or paths such as ``manila.sla`` and ``*.insurance``.  Raises
        ScenarioError for a name that means nothing, ValueError for a scenario that is not from a file.
        """
        if self._cut is None:
            raise ValueError("the scenario was not read from a file; build it without them")
        return self._cut(names, self).changed_by([*self.changes, *(f"--without {name}" for name in names)])

    def changed_by(self, changes: Sequence[str]) -> Self:
        """Return this scenario with what makes it differ from its file, as the command line says it."""
        self._changes = _Changes(tuple(changes))
        return self

    def drawn_like(self, whole: Scenario) -> Self:
        """Return this scenario with its inputs drawn as in another one that has all of them and more."""
        gone = self.correlations != whole.correlations
        self._whole = whole.dependence if gone else whole._whole
        return self

    @property
    def reader(self) -> Callable[[Sequence[str], Scenario], Scenario] | None:
        """What has read it and can read it again; None where it is not from a file."""
        return self._cut

    @property
    def sha256(self) -> str:
        """Hash of the content: comments, layout and order do not count."""
        return self._sha256

    @property
    def changes(self) -> tuple[str, ...]:
        """What makes it differ from its file, as the command line says it; empty for the file as it is."""
        return self._changes.told

    @property
    def warnings(self) -> tuple[Complaint, ...]:
        """What is unusual about it."""
        return self._warnings

    @property
    def annotations(self) -> dict[str, dict[str, str]]:
        """Sources, notes and owners by the path that carries them."""
        return self._annotations

    @property
    def data_files(self) -> dict[str, str]:
        """SHA-256 of each data file, by its path below the scenario's folder."""
        return self._data_files

    @cached_property
    def uncertain(self) -> Inputs:
        """Every uncertain number and where it stands."""
        return Inputs(self)

    @cached_property
    def dependence(self) -> Dependence:
        """The rank correlations between inputs."""
        return self._whole or self.correlations.dependence(self.uncertain.names)

    @property
    def baseline(self) -> str:
        """Name of the alternative that every other is compared with."""
        return next(name for name, alternative in self.alternatives.items() if alternative.baseline)

    @property
    def titles(self) -> dict[str, str]:
        """What people call each alternative, by its key: its title, or the key itself."""
        return {name: alternative.title or name for name, alternative in self.alternatives.items()}

    @property
    def calendar_start(self) -> tuple[int, int]:
        """Year and month of month 1."""
        return read_year_month(self.start)
