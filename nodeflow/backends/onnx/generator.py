"""torch's random numbers on a CPU without torch: the same seed gives the same noise, bit for bit.

torch draws from MT19937. Sixteen numbers and more become normal ones by the Box-Muller transform in float32,
in blocks of sixteen and with the polynomials of the Cephes library, as CPUs with AVX2 compute them (others
may differ in the last bit); fewer than sixteen in float64, one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nodeflow.values.arrays import FloatArray

_BLOCK = 16
_HALF = 8
_WORDS = 624
_F = np.float32

# Cephes' single precision functions, logf.c and sinf.c.
_LOG = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
_LOG_2_LOW, _LOG_2_HIGH = -2.12194440e-4, 0.693359375
_COS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_SIN = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_QUARTER_PI = (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)


class Generator:
    """Draws what `torch.Generator("cpu").manual_seed(seed)` draws.

    Args:
        seed: 0…2⁶⁴ - 1; as in torch, its lower 32 bits count.
    """

    def __init__(self, seed: int) -> None:
        self._random = np.random.MT19937()
        self._random._legacy_seeding(seed & 0xFFFFFFFF)
        self._spare: float | None = None

    def normal(self, shape: Sequence[int]) -> FloatArray:
        """What `torch.randn` gives for a shape, float32."""
        size = math.prod(shape)
        if size < _BLOCK:
            return np.array([self._next() for _ in range(size)], _F).reshape(shape)
        uniform = self._uniform(size)
        rest = size % _BLOCK
        result = np.empty(size, _F)
        result[: size - rest] = _box_muller(uniform[: size - rest])
        if rest:  # the last block is drawn anew, over what is there already
            result[-_BLOCK:] = _box_muller(self._uniform(_BLOCK))
        return result.reshape(shape)

    @property
    def state(self) -> dict[str, Any]:
        """Where the generator stands, as JSON values."""
        inner = self._random.state["state"]
        return {"key": inner["key"].tolist(), "pos": int(inner["pos"]), "spare": self._spare}

    @classmethod
    def at(cls, state: dict[str, Any]) -> Generator:
        """A generator that goes on from a state.

        Raises:
            KeyError: If it is none.
            ValueError: If it is none.
        """
        found = cls(0)
        key, position = np.array(state["key"], np.uint32), int(state["pos"])
        if key.shape != (_WORDS,) or not 0 <= position <= _WORDS:
            raise ValueError("this is no state of MT19937")
        found._random.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": position}}
        found._spare = None if state["spare"] is None else float(state["spare"])
        return found

    def _uniform(self, count: int) -> FloatArray:
        """Numbers in [0, 1) with 24 bits."""
        drawn = self._random.random_raw(count).astype(np.uint32) & np.uint32(2**24 - 1)
        return drawn.astype(_F) * _F(2**-24)

    def _next(self) -> float:
        """One normal number; they are made in pairs."""
        if self._spare is not None:
            found, self._spare = self._spare, None
            return found
        first, second = self._random.random_raw(4).reshape(2, 2).tolist()
        angle = 2 * math.pi * _double(*first)
        radius = math.sqrt(-2 * math.log1p(-_double(*second)))
        self._spare = radius * math.sin(angle)
        return radius * math.cos(angle)


def _double(high: int, low: int) -> float:
    """A number in [0, 1) with 53 bits."""
    drawn: int = ((high << 32) | low) & (2**53 - 1)
    return drawn * 2.0**-53


def _box_muller(uniform: FloatArray) -> FloatArray:
    blocks = uniform.reshape(-1, _BLOCK)
    radius = np.sqrt(_F(-2) * _log(_F(1) - blocks[:, :_HALF]))
    sine, cosine = _sine_and_cosine(_F(2 * math.pi) * blocks[:, _HALF:])
    found: FloatArray = np.concatenate([radius * cosine, radius * sine], axis=1).ravel()
    return found


def _fused(a: Any, b: Any, c: Any) -> FloatArray:
    """`a · b + c`, rounded once (but for a double rounding in one of some 2²⁹ cases)."""
    wide = np.asarray(a, np.float64) * np.asarray(b, np.float64) + np.asarray(c, np.float64)
    found: FloatArray = wide.astype(_F)
    return found


def _polynomial(x: FloatArray, coefficients: Sequence[float]) -> FloatArray:
    found: FloatArray = np.full_like(x, _F(coefficients[0]))
    for coefficient in coefficients[1:]:
        found = _fused(found, x, _F(coefficient))
    return found


def _log(x: FloatArray) -> FloatArray:
    """The logarithm of normal numbers above 0."""
    bits = x.view(np.uint32)
    exponent = (bits >> 23).astype(np.int32).astype(_F) - _F(126)
    mantissa: FloatArray = ((bits & np.uint32(0x807FFFFF)) | np.uint32(0x3F000000)).view(_F)
    small = mantissa < _F(math.sqrt(0.5))
    exponent = exponent - small.astype(_F)
    rest = mantissa - _F(1) + np.where(small, mantissa, _F(0))
    square = rest * rest
    correction = _fused(_polynomial(rest, _LOG) * rest, square, exponent * _F(_LOG_2_LOW))
    return _fused(exponent, _F(_LOG_2_HIGH), rest + (correction - square * _F(0.5)))


def _sine_and_cosine(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of angles of 0…2π."""
    octant = ((x * _F(4 / math.pi)).astype(np.int32) + 1) & ~1
    for part in _QUARTER_PI:
        x = _fused(octant.astype(_F), _F(part), x)
    square = x * x
    cosine = _fused(_polynomial(square, _COS) * square, square, -(square * _F(0.5))) + _F(1)
    sine = _fused(_polynomial(square, _SIN) * square, x, x)
    turned = (octant & 2) != 0
    sines, cosines = np.where(turned, cosine, sine), np.where(turned, sine, cosine)
    below, left = (octant & 4) != 0, ((octant + 2) & 4) != 0
    return np.where(below, -sines, sines), np.where(left, -cosines, cosines)
