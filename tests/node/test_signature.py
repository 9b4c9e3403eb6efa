"""A function's signature is the only declaration of a node's sockets."""

# mypy: disable-error-code="empty-body"
# The functions here are signatures; none of them is called.

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Optional
from unittest.mock import Mock

import pytest

from nodeflow.document.values import Link
from nodeflow.errors import NodeDefinitionError
from nodeflow.models import ModelEntry, ModelKind
from nodeflow.node import (
    AddedLater,
    Color,
    Context,
    CurveRange,
    Hints,
    InputSpec,
    MaskFile,
    ModelFile,
    Multiline,
    Node,
    OnlyFor,
    PictureFile,
    Range,
    Seed,
    Uses,
    node,
)
from nodeflow.values import Curve, Image, Mask, ModelPart, ModelRecipe

if TYPE_CHECKING:
    from decimal import Decimal


class Mood(StrEnum):
    CALM = "calm"
    WILD = "wild"


class Both(NamedTuple):
    """Two of a kind.

    Attributes:
        image: What is
            seen.
    """

    image: Image
    mask: Mask


class Unclear(NamedTuple):
    value: Decimal


def make(function: Any, **options: Any) -> Node[..., Any]:
    return node("Test", category="test", **options)(function)


def input_of(function: Any) -> InputSpec:
    return make(function).spec.inputs[0]


def test_parameters_become_inputs_in_their_order() -> None:
    def f(image: Image, strength: float = 0.5, *, count: int = 2) -> Image: ...

    shown = [(i.name, i.socket.name, i.required, i.default) for i in make(f).spec.inputs]
    assert shown == [
        ("image", "Image", True, None),
        ("strength", "Number", False, 0.5),
        ("count", "Integer", False, 2),
    ]


def test_context_is_no_input() -> None:
    def f(image: Image, *, context: Context) -> Image: ...

    made = make(f)
    assert made.wants_context
    assert [i.name for i in made.spec.inputs] == ["image"]


def test_docstring_becomes_documentation() -> None:
    def f(image: Image) -> Image:
        """Do it.

        At length.

        Args:
            image: The picture
                to do it to.
        """

    spec = make(f).spec
    assert (spec.summary, spec.description) == ("Do it.", "At length.")
    assert spec.inputs[0].description == "The picture to do it to."


def test_fields_are_documented_where_they_are_declared() -> None:
    def f(image: Image) -> Both: ...

    assert [(o.name, o.description) for o in make(f).spec.outputs] == [
        ("image", "What is seen."),
        ("mask", ""),
    ]


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[int | None, Range(0, 10)],
        Annotated[int, Range(0, 10)] | None,
        Optional[Annotated[int, Range(0, 10)]],  # noqa: UP045 - the spelling is what is tested
        Annotated[Annotated[int, Range(0, 10)] | None, "unknown to us"],
    ],
)
def test_none_is_allowed_inside_and_outside_annotated(annotation: Any) -> None:
    def f(x: annotation = None) -> int: ...

    f.__annotations__["x"] = annotation
    spec = input_of(f)
    assert (spec.optional, spec.widget, spec.socket.name) == (True, Range(0, 10), "Integer")
    assert spec.read(None) is None


@pytest.mark.parametrize(
    "annotation", [list[Annotated[int, Range(0, 10)]], Annotated[list[int], Range(0, 10)]]
)
def test_list_takes_several_values_each_checked(annotation: Any) -> None:
    def f(x: Any) -> int: ...

    f.__annotations__["x"] = annotation
    spec = input_of(f)
    assert spec.many
    assert spec.read([1, 2]) == [1, 2]
    assert spec.read(3) == [3]
    with pytest.raises(ValueError, match="from 0 to 10"):
        spec.read([1, 11])


def test_enum_is_a_choice_and_its_default_a_literal() -> None:
    def f(mood: Mood = Mood.CALM) -> int: ...

    spec = input_of(f)
    assert spec.socket.choices == ("calm", "wild")
    assert spec.default == "calm"
    assert spec.read("wild") is Mood.WILD
    with pytest.raises(ValueError, match="must be one of calm, wild, not 'mad'"):
        spec.read("mad")


def test_annotations_choose_the_widget() -> None:
    def f(
        *,
        text: Annotated[str, Multiline()],
        seed: Annotated[int, Seed()],
        file: Annotated[Path, PictureFile()],
        lora: Annotated[ModelEntry, ModelFile((ModelKind.LORA,))],
        model: Annotated[ModelRecipe, Uses(ModelPart.VAE)],
        mask: Annotated[Path, MaskFile(over="file")],
        curve: Annotated[Curve, CurveRange(0, 9)],
        color: Annotated[str, Color()],
    ) -> int: ...

    inputs = make(f).spec.inputs
    kinds = [type(i.widget) for i in inputs]
    assert kinds == [Multiline, Seed, PictureFile, ModelFile, type(None), MaskFile, CurveRange, Color]
    assert [i.name for i in inputs if i.names_file] == ["file", "lora", "mask"]
    assert inputs[4].uses == Uses(ModelPart.VAE)


def test_a_curve_by_default_is_written_as_in_a_file() -> None:
    def f(x: Annotated[Curve, CurveRange(0, 9)] = Curve(((0, 1), (1, 2)))) -> int: ...  # noqa: B008

    spec = input_of(f)
    assert spec.default == [[0.0, 1.0], [1.0, 2.0]]
    assert spec.read(spec.default) == Curve(((0, 1), (1, 2)))
    with pytest.raises(ValueError, match="must stay from 0 to 9, not reach 10"):
        spec.read([[0, 10]])


def test_a_mask_is_found_as_pictures_are() -> None:
    def f(x: Annotated[Path | None, MaskFile(over="y")], y: Image) -> int: ...

    files = Mock()
    assert input_of(f).read("masks/a.png", files) is files.picture.return_value
    files.picture.assert_called_once_with("masks/a.png")


def test_an_input_may_count_for_some_choices_only() -> None:
    def f(mood: Mood = Mood.CALM, speed: Annotated[int, OnlyFor("mood", (Mood.WILD,))] = 3) -> int:
        """Do it.

        Args:
            mood: How.
            speed: How fast.
        """

    spec = make(f).spec
    assert spec.inputs[1].description == "For wild: how fast."
    assert spec.inputs[1].to_json()["only_for"] == {"mood": ["wild"]}
    assert not spec.counts("speed", {})
    assert not spec.counts("speed", {"mood": "calm", "speed": 4})
    assert spec.counts("speed", {"mood": "wild"})
    assert spec.counts("speed", {"mood": Link("other", "text")})  # which may be wild
    assert spec.counts("mood", {})


def test_choices_may_have_hints() -> None:
    def f(mood: Annotated[Mood, Hints(calm="slowly", wild="fast")] = Mood.CALM) -> int: ...

    spec = input_of(f)
    assert spec.to_json()["hints"] == {"calm": "slowly", "wild": "fast"}
    assert spec.hints is not None
    assert (spec.hints.about("wild"), spec.hints.about("none of them")) == ("fast", "")


def test_named_tuple_gives_several_outputs() -> None:
    def f() -> Both: ...

    assert [(o.name, o.socket.name) for o in make(f).spec.outputs] == [("image", "Image"), ("mask", "Mask")]


def test_single_output_is_named_after_its_type_or_as_said() -> None:
    def f() -> ModelRecipe: ...

    assert make(f).spec.outputs[0].name == "model"
    assert make(f, output="patched").spec.outputs[0].name == "patched"


def test_no_result_means_no_output() -> None:
    def f() -> None: ...

    assert make(f).spec.outputs == ()


def test_any_takes_everything() -> None:
    def f(x: Any) -> object: ...

    assert input_of(f).socket == make(f).spec.outputs[0].socket


def test_description_is_plain_json() -> None:
    def f(
        mood: Mood = Mood.WILD,
        numbers: Annotated[list[int], Range(0, 9, step=1, slider=(0, 5))] = (1, 2),  # type: ignore[assignment]
        lora: Annotated[ModelEntry | None, ModelFile((ModelKind.LORA,))] = None,
    ) -> Both: ...

    spec = make(f).spec.to_json()
    assert json.loads(json.dumps(spec)) == spec
    assert spec["inputs"][1]["default"] == [1, 2]


def args(*args: int) -> int: ...
def no_type(x) -> int: ...  # type: ignore[no-untyped-def]
def no_result(x: int): ...  # type: ignore[no-untyped-def]
def type_checking_only(x: Decimal) -> int: ...
def type_checking_only_field() -> Unclear: ...
def bad_default(x: Annotated[int, Range(0, 3)] = 7) -> int: ...
def default_of_no_type(x: int = "a") -> int: ...  # type: ignore[assignment]
def none_not_allowed(x: int = None) -> int: ...  # type: ignore[assignment]  # noqa: RUF013
def default_file(x: Annotated[str, PictureFile()] = "a.png") -> int: ...
def default_object(x: Mask = Mask([[[0]]])) -> int: ...  # type: ignore[arg-type]  # noqa: B008
def two_types(x: int | str) -> int: ...
def bare_list(x: list) -> int: ...  # type: ignore[type-arg]
def wrong_widget(x: Annotated[str, Range(0, 1)]) -> int: ...
def unfit_curve(x: Annotated[float, CurveRange(0, 1)]) -> int: ...
def unfit_color(x: Annotated[int, Color()]) -> int: ...
def bad_color(x: Annotated[str, Color()] = "red") -> int: ...
def mask_over_nothing(x: Annotated[Path, MaskFile(over="y")]) -> int: ...
def hints_for_some(x: Annotated[Mood, Hints(wild="fast")]) -> int: ...
def only_for_nothing(x: Annotated[int, OnlyFor("y", ("wild",))] = 1) -> int: ...
def only_for_others(y: Mood, x: Annotated[int, OnlyFor("y", ("mild",))] = 1) -> int: ...
def later_and_required(x: Annotated[int, AddedLater()]) -> int: ...
def later_with_a_default(x: Annotated[int, AddedLater()] = 1) -> int: ...
def positional_only(x: int, /) -> int: ...
def optional_result() -> Image | None: ...
def plain_tuple() -> tuple[Image, Mask]: ...


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (args, "*args cannot be a socket. Take a list"),
        (no_type, "the parameter 'x' has no type"),
        (no_result, "the return type is missing"),
        (type_checking_only, "name 'Decimal' is not defined. Define at module level"),
        (type_checking_only_field, "name 'Decimal' is not defined. Define at module level"),
        (bad_default, "the default of 'x' must be from 0 to 3, not 7"),
        (default_of_no_type, "the default of 'x' must be a whole number, not 'a'"),
        (none_not_allowed, "the default of 'x' must be a whole number, not None"),
        (default_file, "the default of 'x' cannot be written in a file. Let it be None"),
        (default_object, "the default of 'x' cannot be written in a file. Let it be None"),
        (two_types, "the type of 'x' cannot be a socket: int | str. Use a class"),
        (bare_list, "the type of 'x' cannot be a socket: list. Use a class"),
        (wrong_widget, "Range does not fit the type of 'x', Text"),
        (unfit_curve, "CurveRange does not fit the type of 'x', Number"),
        (unfit_color, "Color does not fit the type of 'x', Integer"),
        (bad_color, "the default of 'x' must be a colour such as #20a0ff, not 'red'"),
        (mask_over_nothing, "'x' is painted over 'y', which is no input"),
        (hints_for_some, "the hints of 'x' are not about its choices, in their order"),
        (only_for_nothing, "'x' counts for choices that 'y' does not have"),
        (only_for_others, "'x' counts for choices that 'y' does not have"),
        (later_and_required, "'x' was added later, so its default must be None"),
        (later_with_a_default, "'x' was added later, so its default must be None"),
        (positional_only, "the parameter 'x' is positional-only. Inputs are passed by name"),
        (optional_result, "this cannot be an output"),
        (plain_tuple, "this cannot be an output"),
    ],
)
def test_fault_is_one_clear_line(function: Any, words: str) -> None:
    with pytest.raises(NodeDefinitionError) as caught:
        make(function)
    line = str(caught.value)
    assert line.startswith(f"node Test: {words}")
    assert "\n" not in line


def test_local_named_tuple_is_a_clear_fault() -> None:
    class Local(NamedTuple):
        a: int

    def f() -> Local: ...

    with pytest.raises(NodeDefinitionError, match=r"name 'Local' is not defined. Define at module level"):
        make(f)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"y": 1}, "the preset 'p' sets 'y', which is no input"), ({"x": "a"}, "'x' in the preset 'p' must be")],
)
def test_preset_must_fit_the_inputs(values: dict[str, Any], words: str) -> None:
    def f(x: int) -> int: ...

    with pytest.raises(NodeDefinitionError, match=words):
        make(f, presets={"p": values})
