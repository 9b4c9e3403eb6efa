"""The two palettes. Each colour is named for its job; contrasts are asserted in the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colors:
    """The colours of one theme, as `#rrggbb`.

    Attributes:
        dark: Whether this is a dark palette.
        window: Behind panels.
        panel: Panels, menus, tool bars.
        raised: Buttons and whatever lies on a panel.
        line: Hairlines between areas.
        text: What is read.
        text_muted: Labels and hints.
        accent: What is selected or runs.
        on_accent: Text on the accent.
        error: A failure.
        warning: Something to look at before a run.
        success: Done, or fits.
        canvas: The canvas behind the nodes.
        dots: The canvas's grid.
        node: A node's body.
        header: A node's header.
        node_line: A node's outline.
        field: A field inside a node.
        field_hover: The same under the pointer.
        fill: How far a slider is filled.
        shadow: Under nodes.
    """

    dark: bool
    window: str
    panel: str
    raised: str
    line: str
    text: str
    text_muted: str
    accent: str
    on_accent: str
    error: str
    warning: str
    success: str
    canvas: str
    dots: str
    node: str
    header: str
    node_line: str
    field: str
    field_hover: str
    fill: str
    shadow: str


DARK = Colors(
    dark=True,
    window="#15171a",
    panel="#1c1f23",
    raised="#2a2e34",
    line="#343940",
    text="#eceef1",
    text_muted="#a9b0ba",
    accent="#5b9dff",
    on_accent="#0b1420",
    error="#ff7b72",
    warning="#f0b429",
    success="#5ccf8a",
    canvas="#131518",
    dots="#2b3036",
    node="#24282d",
    header="#2e3339",
    node_line="#3d434b",
    field="#181b1f",
    field_hover="#1f2328",
    fill="#2c4467",
    shadow="#0a0b0d",
)

LIGHT = Colors(
    dark=False,
    window="#eceef1",
    panel="#f7f8fa",
    raised="#ffffff",
    line="#d3d8df",
    text="#1b1f24",
    text_muted="#59616c",
    accent="#1f6feb",
    on_accent="#ffffff",
    error="#c4302b",
    warning="#8f5a00",
    success="#1a7f43",
    canvas="#e6e9ed",
    dots="#c9cfd7",
    node="#fcfcfd",
    header="#f0f2f5",
    node_line="#c3cad3",
    field="#eef0f3",
    field_hover="#e4e8ed",
    fill="#cbdffc",
    shadow="#c8cdd4",
)
