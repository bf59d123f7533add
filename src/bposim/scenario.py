"""The whole scenario file as frozen data; its numbers are still distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from bposim.benefits import Benefits
from bposim.errors import Complaint
from bposim.inputs.binding import Inputs
from bposim.inputs.correlations import dependence_of
from bposim.inputs.dependence import Dependence
from bposim.inputs.money import Amount, Currency
from bposim.inputs.number import Months, NonNegative, Number, Share
from bposim.legs.team import Team
from bposim.legs.transition import Transition
from bposim.legs.vendor import Vendor
from bposim.part import Part, Real, complaint
from bposim.quantities import read_months, read_year_month
from bposim.world.world import WorldModel

SCHEMA_VERSION = 1


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
    price_basis: Literal["nominal"] = "nominal"
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
    legs: Annotated[list[Leg], Field(min_length=1)]
    """Who does the work, and how much of it; a single one may be written as team: or vendor:."""
    once: Amount | None = None
    """Cost in month 0 of choosing it, whatever its legs."""
    per_year: Amount | None = None
    """Cost a year of running it, whatever its legs: coordination of two vendors, say."""
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
    promised_saving: Real | None = None
    """Present value of the saving that the business case promises, in base currency."""


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
    correlations: list[list[str]] = []  # noqa: RUF012
    """Rank correlations ``[input, input, r]``."""
    preferences: Preferences = Preferences()

    _sha256: str = PrivateAttr(default="")
    _warnings: tuple[Complaint, ...] = PrivateAttr(default=())
    _annotations: dict[str, dict[str, str]] = PrivateAttr(default_factory=dict)
    _data_files: dict[str, str] = PrivateAttr(default_factory=dict)
    _cut: Callable[[Sequence[str], Scenario], Scenario] | None = PrivateAttr(default=None)
    _whole: Dependence | None = PrivateAttr(default=None)

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
        return self._cut(names, self)

    def drawn_like(self, whole: Scenario) -> Self:
        """Return this scenario with its inputs drawn as in another one that has all of them and more."""
        gone = self.correlations != whole.correlations
        self._whole = whole.dependence if gone else whole._whole
        return self

    @property
    def sha256(self) -> str:
        """Hash of the content: comments, layout and order do not count."""
        return self._sha256

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
        return self._whole or dependence_of(self.correlations, self.uncertain.names)

    @property
    def baseline(self) -> str:
        """Name of the alternative that every other is compared with."""
        return next(name for name, alternative in self.alternatives.items() if alternative.baseline)

    @property
    def calendar_start(self) -> tuple[int, int]:
        """Year and month of month 1."""
        return read_year_month(self.start)
