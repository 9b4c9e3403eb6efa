"""What the document's own node types look like."""

from __future__ import annotations

import pytest

from nodeflow.node.structural import MAX_VALUES, reroute, switch, value_name


def test_they_take_and_give_anything() -> None:
    assert [i.name for i in switch.spec.inputs] == ["choice", *map(value_name, range(1, MAX_VALUES + 1))]
    anything = {i.socket.name for i in (*reroute.spec.inputs, *switch.spec.inputs[1:])}
    assert anything | {o.socket.name for o in (*reroute.spec.outputs, *switch.spec.outputs)} == {"Any"}


def test_all_of_it_is_documented() -> None:
    for spec in (reroute.spec, switch.spec):
        assert spec.summary
        assert [i.name for i in spec.inputs if not i.description] == []


@pytest.mark.parametrize("choice", range(1, MAX_VALUES + 1))
def test_called_as_functions_they_do_what_they_do_in_a_workflow(choice: int) -> None:
    values = {value_name(number): number * 10 for number in range(1, MAX_VALUES + 1)}
    assert switch(choice, **values) == choice * 10
    assert reroute(choice) == choice
