"""A curve over the run, such as the guidance scale's: drawn, typed point by point, or begun from a shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from nodeflow.node.annotations import Range
from nodeflow.node.sockets import socket_of
from nodeflow.node.spec import InputSpec
from ui.theme.metrics import SPACE
from ui.values.curve_chart import CurveChart
from ui.values.curve_points import SHAPES, Points, limits_of, literal_of, moved, points_of
from ui.values.editor import ValueEditor
from ui.values.number_field import NumberField
from ui.widgets.parts import IconButton

if TYPE_CHECKING:
    from ui.desk import Desk


class CurveEditor(ValueEditor):
    """Edits a curve.

    Attributes:
        chart: Its graph.
        position: Where the chosen point lies, 0 to 1.
        height_field: The value there.
        shapes: Offers curves to begin with.
    """

    least = (352, 224)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        limits = limits_of(spec)
        self.chart = CurveChart(limits)
        self.chart.hint = self.tr("Click to add a point")
        self.chart.changed.connect(self._draw)
        self.chart.chose.connect(lambda _index: self._show_point())
        self._column.insertWidget(0, self.chart, 1 if compact else 0)
        number = socket_of(float)
        along = Range(0.0, 1.0, step=0.01)
        across = Range(limits.minimum, limits.maximum, step=limits.step, slider=(limits.low, limits.high))
        self.position = NumberField(InputSpec("position", number, False, widget=along))
        self.height_field = NumberField(InputSpec("value", number, False, widget=across))
        for field, name in ((self.position, self.tr("Position")), (self.height_field, self.tr("Value"))):
            field.setAccessibleName(name)
            field.refused.connect(self.complain)
        self.position.slid.connect(lambda x, going: self._put(x, None, going))
        self.position.typed.connect(lambda x: self._put(x, None, False))
        self.height_field.slid.connect(lambda y, going: self._put(None, y, going))
        self.height_field.typed.connect(lambda y: self._put(None, y, False))
        self.shapes = IconButton("trend-down", self.tr("Begin with a shape"), self._offer_shapes)
        at, is_ = QLabel(self.tr("at")), QLabel(self.tr("value"))
        self._hold(self.position, is_, self.height_field, self.shapes)
        self._row.insertWidget(0, at)
        self._row.setStretchFactor(self.height_field, 1)
        for label in (at, is_):
            label.setObjectName("muted")
        self._row.setSpacing(SPACE.half)
        self._column.setSpacing(SPACE.half)
        self.setFocusProxy(self.chart)
        self.menu: QMenu | None = None
        self._show()

    def keeps(self, part: QWidget, event: QKeyEvent) -> bool:
        """Tab goes from point to point; Enter and Escape first end typing, or the drag of a point."""
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return True
        busy = part.typing if isinstance(part, NumberField) else self.chart.dragging
        return busy and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)

    def _points(self) -> Points:
        return points_of(self._value)

    def _show(self) -> None:
        self.chart.hint = self.tr("several values") if self.mixed else self.tr("Click to add a point")
        self.chart.show_points(self._points())
        self._show_point()

    def _show_point(self) -> None:
        points, index = self._points(), self.chart.chosen
        chosen = points[index] if 0 <= index < len(points) else None
        for field, value in zip((self.position, self.height_field), chosen or (None, None), strict=True):
            field.setEnabled(chosen is not None)
            field.show_value(value, "" if value is None else None)

    def _draw(self, points: Points, going: bool) -> None:
        self._tell(literal_of(points), going)

    def _put(self, position: float | None, value: float | None, going: bool) -> None:
        """Put the chosen point to an exact place."""
        points, index = self._points(), self.chart.chosen
        if 0 <= index < len(points):
            x, y = points[index]
            to = (x if position is None else position, y if value is None else value)
            self._draw(moved(points, index, to, self.chart.limits), going)

    def _offer_shapes(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, make in SHAPES.items():
            action = menu.addAction(self.tr(name))
            action.triggered.connect(
                lambda _checked=False, m=make: self._draw(m(self._points(), limits_of(self.spec)), False)
            )
        self.menu = menu
        menu.popup(self.shapes.mapToGlobal(self.shapes.rect().bottomLeft()))
