import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeflow.cache.classes import BUILT_IN, class_table
from nodeflow.cache.codec import decode, encode
from nodeflow.cache.packing import NotStorable, Unreadable
from nodeflow.values import (
    Conditioning,
    Curve,
    Handover,
    Image,
    Inpainting,
    Latent,
    LoraPatch,
    Mask,
    ModelRecipe,
    Scheduler,
    SizeConditioning,
)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Feature(enum.Flag):
    A = 1
    B = 2


@dataclass(frozen=True)
class Leaf:
    colour: Colour | None
    depth: Any = None


@dataclass(frozen=True)
class Tree:
    """A third party's value, with everything that makes restoring one hard."""

    leaves: tuple[Leaf, ...]
    made: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made", self.made + 1)


@dataclass
class Changeable:
    x: int = 0


class Pair(NamedTuple):
    a: int
    b: int


CLASSES = class_table((*BUILT_IN, Tree, Feature))


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit: types, the sign of zero, the payload of NaN, array types and shapes."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, Mapping):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return repr(a) == repr(b)


def round_trip(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return decode(encode(outputs, CLASSES), CLASSES)


FLOATS = st.floats(width=32)
SEEDS = st.lists(st.integers(0, 2**64 - 1), max_size=3).map(tuple)
DTYPES = ("float64", "float32", "float16", "bool", "int8", "uint8", "int64", "uint64")


@st.composite
def arrays(draw: st.DrawFn, *, ndim: int | None = None, last: int | None = None) -> Any:
    shape = draw(st.lists(st.integers(0, 3), min_size=ndim or 0, max_size=3 if ndim is None else ndim))
    shape = [*shape[:-1], last] if last is not None else shape
    size = int(np.prod(shape))
    raw = draw(st.binary(min_size=4 * size, max_size=4 * size))
    return np.frombuffer(raw, np.float32).reshape(shape)  # every bit pattern, NaN payloads included


@st.composite
def latents(draw: st.DrawFn) -> Latent:
    handover = draw(st.none() | st.builds(Handover, st.sampled_from(Scheduler), st.floats(0, 1000)))
    return Latent(draw(arrays(ndim=4)), draw(st.booleans()), handover, draw(SEEDS))


SIZES = st.tuples(st.integers(), st.integers())
VALUES = st.one_of(
    latents(),
    st.builds(Image, arrays(ndim=4, last=3), SEEDS),
    st.builds(Mask, arrays(ndim=3)),
    st.builds(
        Conditioning,
        st.none() | arrays(ndim=3),
        arrays(ndim=3),
        arrays(ndim=2),
        st.builds(SizeConditioning, st.none() | SIZES, SIZES, st.none() | SIZES),
    ),
    arrays(),
    st.floats(-9, 9).map(lambda value: Curve(((0.25, value), (0.5, 1)))),
)
LITERALS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(Colour))
ANYTHING = st.recursive(
    VALUES | LITERALS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
        | inner.map(lambda depth: Tree((Leaf(Colour.GREEN, depth),)))
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text(), ANYTHING, max_size=3))
def test_what_comes_back_equals_what_was_stored_to_the_last_bit(outputs: dict[str, Any]) -> None:
    assert same(round_trip(outputs), outputs)


@settings(deadline=None, max_examples=50)
@given(VALUES, VALUES)
def test_equal_outputs_give_equal_bytes(a: Any, b: Any) -> None:
    assert encode({"a": a, "b": b}, CLASSES) == encode(round_trip({"a": a, "b": b}), CLASSES)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_keep_their_type_and_cannot_be_written(dtype: str) -> None:
    array = np.asfortranarray(np.arange(12).reshape(3, 4).astype(dtype))
    back = round_trip({"x": array})["x"]
    assert same(back, np.ascontiguousarray(array))
    assert not back.flags.writeable


def test_models_with_patches_and_paths_come_back() -> None:
    recipe = ModelRecipe("base", Path("/models/base"), (LoraPatch("style", Path("style.safetensors"), 0.5),))
    assert round_trip({"model": recipe}) == {"model": recipe}


def test_a_lone_surrogate_and_infinities_come_back() -> None:
    values = {"x": ["\ud800", float("inf"), -0.0, 2**70]}
    assert same(round_trip(values), values)


def deep() -> list[Any]:
    result: list[Any] = []
    for _ in range(10_000):
        result = [result]
    return result


@pytest.mark.parametrize(
    "value",
    [
        Changeable(),
        object(),
        {1, 2},
        b"bytes",
        Pair(1, 2),
        np.float64(1.0),
        np.array(["text"]),
        np.array([object()]),
        np.zeros(2, ">f4"),
        np.zeros(2, "complex64"),
        np.ma.masked_array([1.0]),
        Feature.A | Feature.B,
        10**5000,
        lambda: None,
        Tree,
        deep(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_would_not_come_back_as_itself_is_refused(value: Any) -> None:
    with pytest.raises(NotStorable):
        encode({"x": [value]}, CLASSES)


def test_only_classes_of_the_table_come_back() -> None:
    data = encode({"x": Tree(())}, CLASSES)
    with pytest.raises(Unreadable):
        decode(data, class_table(BUILT_IN))


def test_a_class_whose_fields_changed_does_not_come_back() -> None:
    data = encode({"x": Leaf(None)}, CLASSES)
    name = next(name for name, kind in CLASSES.items() if kind is Leaf)
    with pytest.raises(Unreadable, match="fields"):
        decode(data, {**CLASSES, name: Handover})


def test_a_field_added_later_has_its_default() -> None:
    @dataclass(frozen=True)
    class Grown:
        colour: Colour | None
        depth: float
        width: float = 1.5

    data = encode({"x": Leaf(Colour.GREEN, 2.5)}, CLASSES)
    name = next(name for name, kind in CLASSES.items() if kind is Leaf)
    assert decode(data, {**CLASSES, name: Grown})["x"] == Grown(Colour.GREEN, 2.5, 1.5)


def test_no_constructor_runs_when_a_value_comes_back() -> None:
    assert round_trip({"x": Tree(())})["x"].made == 1


@pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}"])
def test_other_files_are_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(data, CLASSES)


def test_the_table_holds_what_fields_are_declared_to_hold() -> None:
    kinds = set(class_table([Tree, Latent, Changeable, int]).values())
    assert kinds == {Tree, Leaf, Colour, Latent, Handover, Inpainting, Scheduler}
