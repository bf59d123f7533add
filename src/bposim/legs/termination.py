"""Ending a contract for convenience: notice, and a fee that falls with the contract's age."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from bposim.inputs.number import Months, NonNegative
from bposim.part import Part, Real
from bposim.shapes import FloatArray, Path


class Termination(Part):
    """What the client pays for work that leaves before the contract ends, in months of its fee.

    Fee of the contract year + max(0, notice - t) for work that leaves in month t: notice is given with the
    decision, in month 0, and what of it is left is paid although nothing is done any more.
    """

    fee_months: Annotated[list[NonNegative], Field(min_length=1)]
    """Months of the fee by contract year: [6, 4, 3, 2, 1]; none in the years after the last one."""
    notice: Months = 0.0
    """Period of notice."""
    contract_age: Annotated[Real, Field(ge=0)] = 0.0
    """Months that the contract has run when the horizon starts."""

    def fee(self, month: FloatArray, monthly_fee: Path) -> Path:
        """Return what ending in each ``month`` costs; ``monthly_fee`` is the fee of the work that leaves."""
        year = np.floor((self.contract_age + month - 1.0) / 12.0)
        due = sum((months * (year == y) for y, months in enumerate(self.fee_months)), start=np.zeros((1, 1)))
        return (due + np.maximum(0.0, self.notice - month)) * monthly_fee
