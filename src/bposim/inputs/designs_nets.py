"""Points that fill the unit cube evenly: Latin hypercubes and scrambled Sobol' nets.

Points are ``(columns, points)``; every single point is uniform in the open cube, so averages over the
points of one randomisation are unbiased.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from bposim.inputs.streams import uniform_open

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bposim.shapes import FloatArray

MOST_COLUMNS = 161
"""Columns for which there are direction numbers."""

_BITS = 52
"""Bits of a uniform number, as in :func:`~bposim.inputs.streams.uniform_open`."""


def latin(rng: np.random.Generator, columns: int, points: int) -> FloatArray:
    """Return a Latin hypercube: of each column, one point in each of the equal cells, in random order.

    McKay, Beckman and Conover, A comparison of three methods for selecting values of input variables in the
    analysis of output from a computer code, Technometrics 21 (1979).
    """
    cells = rng.permuted(np.broadcast_to(np.arange(points), (columns, points)), axis=1)
    inside = uniform_open(rng, (columns, points))
    # Rounding up to the cell's end must not reach 1, where a quantile function is infinite.
    return np.minimum((cells + inside) / points, 1.0 - 2.0**-53)


def scrambled_net(rng: np.random.Generator, columns: int, points: int) -> FloatArray:
    """Return the first ``points`` of a scrambled Sobol' net, in the net's order.

    Every box of volume 1 / points that halves its sides has about one point.  The scrambling is a random
    linear one with a digital shift, and random digits below the net's own (Matoušek 1998): its variance is
    that of nested scrambling (Owen 2003), never above a small multiple of random points'.

    Raises:
        ValueError: more columns than there are direction numbers for.
    """
    digits = max(points - 1, 0).bit_length()
    plain = _directions(digits)
    if columns > len(plain):
        raise ValueError(f"{columns} columns; a net has at most {len(plain)}")
    directions = _mixed(rng, plain[:columns], digits)
    cells = np.empty((columns, 1 << digits), dtype=np.uint64)
    cells[:, 0] = rng.integers(1 << digits, size=columns, dtype=np.uint64)
    for j in range(digits):  # the points with digit j set are those without it, moved by direction j
        np.bitwise_xor(cells[:, : 1 << j], directions[:, j : j + 1], out=cells[:, 1 << j : 2 << j])
    filled = rng.bit_generator.random_raw(columns * points).reshape(columns, points)
    filled >>= np.uint64(64 - _BITS + digits)
    cells <<= np.uint64(_BITS - digits)
    filled |= cells[:, :points]
    net = filled.astype(np.float64)
    net += 0.5
    net *= 2.0**-_BITS
    return net


def _mixed(rng: np.random.Generator, directions: NDArray[np.uint64], digits: int) -> NDArray[np.uint64]:
    """Return the direction numbers times a random lower triangular matrix of each column, over GF(2)."""
    mixed = np.zeros_like(directions)
    for i in range(digits):  # digit i of a result, from the highest, depends on digits 0..i
        place = np.uint64(digits - 1 - i)
        higher = rng.integers(1 << i, size=(len(directions), 1), dtype=np.uint64)
        row = (higher << (place + np.uint64(1))) | (np.uint64(1) << place)
        parity = np.bitwise_count(directions & row).astype(np.uint64) & np.uint64(1)
        mixed |= parity << place
    return mixed


@cache
def _directions(digits: int) -> NDArray[np.uint64]:
    """Return the direction numbers of every column as integers of so many bits, ``(columns, digits)``."""
    text = files("bposim.inputs").joinpath("joe_kuo.txt").read_text(encoding="utf-8")
    rows = [[int(word) for word in line.split()] for line in text.splitlines() if not line.startswith("#")]
    odd = [[1] * digits, *(_recurrence(a, m[:s], digits) for s, a, *m in rows)]
    return np.array(
        [[number << (digits - 1 - j) for j, number in enumerate(column)] for column in odd], dtype=np.uint64
    ).reshape(len(odd), digits)


def _recurrence(a: int, start: list[int], digits: int) -> list[int]:
    """Return m_1 .. m_digits: m_k = 2 a_1 m_(k-1) ⊕ … ⊕ 2^s m_(k-s) ⊕ m_(k-s), a_s = 1 the last one."""
    s, m = len(start), list(start)
    for k in range(s, digits):
        number = m[k - s] ^ (m[k - s] << s)
        for i in range(1, s):
            if a >> (s - 1 - i) & 1:
                number ^= m[k - i] << i
        m.append(number)
    return m[:digits]
