"""The view: shows the scene, chooses how much is drawn, and hands events to gestures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QPainter, QPaintEvent, QRegion, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from ui.canvas.actions import CanvasActions, Port
from ui.canvas.area_editor import AreaEditor
from ui.canvas.area_item import AreaItem, AreaKey
from ui.canvas.detail import Detail, detail_at
from ui.canvas.edit.editor import FieldEditor
from ui.canvas.hit import Hit
from ui.canvas.minimap import Minimap
from ui.canvas.navigation import fit, scroll_by, zoom_in, zoom_to
from ui.canvas.overlay import Overlay
from ui.canvas.paint_scene import rough_steps_of, steps_of
from ui.canvas.picture import SLACK, united
from ui.canvas.scene import CanvasScene
from ui.canvas.view_picture import ViewPicture

REST = 140
"""Milliseconds without motion after which everything is drawn sharply again."""
WORLD = 1_000_000.0


class CanvasView(QGraphicsView):
    """Shows a `CanvasScene`; `ui.canvas.canvas.Canvas` adds mouse and keyboard.

    Attributes:
        canvas: The scene.
        intents: Where gestures lead to.
        overlay: What gestures draw.
    """

    selectionChanged = Signal(object)  # noqa: N815 - signals are named as Qt names them
    hovered = Signal(object)
    statusMessage = Signal(str)  # noqa: N815
    zoomChanged = Signal(float)  # noqa: N815
    visibleChanged = Signal()  # noqa: N815

    def __init__(self, scene: CanvasScene, actions: CanvasActions, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.canvas, self.intents = scene, actions
        self.overlay = Overlay(scene, self._redraw_overlay)
        self._overlaid = QRegion()
        self.snapping = True
        self._picture = ViewPicture(partial(steps_of, scene), partial(rough_steps_of, scene))
        self.hot = Hit()
        self.moving = False
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._settle)
        self.editor = FieldEditor(self)
        self.area_editor = AreaEditor(self)
        self.minimap = Minimap(self)
        self._set_up()
        scene.selection_changed.connect(self._tell_selection)
        scene.changed.connect(self._spoil)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSceneRect(-WORLD, -WORLD, 2 * WORLD, 2 * WORLD)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)  # see `_spoil`
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Canvas"))
        self.setAccessibleDescription(
            self.tr("The graph as a picture; the outline tells the same as a tree.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def zoom(self) -> float:
        """The zoom; 1 is 100 %."""
        return self.transform().m11()

    @property
    def far(self) -> bool:
        """Whether the scene is drawn in one batch, without what nodes hold."""
        return self.canvas.stage.detail is Detail.OVERVIEW

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom, keeping what is under `anchor` (viewport pixels; the middle by default)."""
        self.begin_motion()
        zoom_to(self, zoom, self.viewport().rect().center() if anchor is None else anchor)
        self._zoomed()

    def pan(self, pixels: QPoint) -> None:
        """Move the view over the scene."""
        self.begin_motion()
        scroll_by(self, pixels)

    def fit_all(self) -> None:
        """Show everything."""
        self._fit(self.canvas.bounds())

    def fit_selection(self) -> None:
        """Show the selection, or everything if nothing is selected."""
        names = self.canvas.selected
        self._fit(self.canvas.bounds(names) if names else self.canvas.bounds(), largest=1.5)

    def _fit(self, rect: QRectF, largest: float = 1.0) -> None:
        """Show a rectangle; if a node came to lie under the minimap, then beside or above that."""
        whole = self.viewport().rect()
        fit(self, rect, whole, largest)
        corner = self.minimap.geometry() if self.minimap.isVisible() else QRect()
        if not rect.isEmpty() and self.canvas.has_node_in(self.mapToScene(corner).boundingRect()):
            beside = whole.adjusted(0, 0, corner.left() - whole.right(), 0)
            above = whole.adjusted(0, 0, 0, corner.top() - whole.bottom())
            fit(self, rect, max(beside, above, key=lambda area: zoom_in(area, rect, largest)), largest)
        self._zoomed()

    def reveal(self, name: str) -> None:
        """Bring a node into view, if it is not."""
        body = self.canvas.nodes[name].body
        if not self.visible_rect().contains(body):
            self.centerOn(body.center())
            self.visibleChanged.emit()

    def visible_rect(self) -> QRectF:
        """What part of the scene is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def look_at(self, center: QPointF, zoom: float) -> None:
        """Show a place at a zoom."""
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.centerOn(center)
        self._zoomed()

    def pointer_or_middle(self) -> QPointF:
        """Where the pointer is in the scene, or the middle of the view if it is elsewhere."""
        pixel = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().rect().contains(pixel) and self.viewport().underMouse()
        return self.mapToScene(pixel) if inside else self.visible_rect().center()

    def edit_area(self, area: AreaItem) -> None:
        """Edit the text of a frame or a note."""
        self.area_editor.open(area)

    def point_out(self, name: str, entry: str) -> None:
        """Mark one input of a node, as the keyboard does; a hidden one is shown."""
        item = self.canvas.nodes[name]
        if item.look.geometry.field(entry) is None and item.look.geometry.hidden:
            self.canvas.toggle_seldom(name)
        item.look.hot = entry
        item.update()

    def edit_field(self, name: str, entry: str) -> None:
        """Begin to edit one input of a node, if both are there."""
        if name not in self.canvas.nodes:
            return
        self.point_out(name, entry)
        field = self.canvas.nodes[name].look.geometry.field(entry)
        if field is not None:
            self.editor.open(Port(name, entry), field)

    def begin_motion(self) -> None:
        """Zoom quickly rather than sharply until nothing has moved for a moment."""
        self.moving = True
        self._rest.start()

    def redraw(self) -> None:
        """Draw everything anew."""
        self._picture.forget()
        self.viewport().update()

    def select(self, names: Collection[str], areas: Collection[AreaKey] = ()) -> None:
        """Make these nodes, frames and notes the selection."""
        self.canvas.select(names, areas)

    def _tell_selection(self, names: frozenset[str]) -> None:
        self.intents.select(names)
        self.selectionChanged.emit(names)

    def _settle(self) -> None:
        self.moving = False
        self.viewport().update()

    def _spoil(self, boxes: Sequence[QRectF]) -> None:
        """Something in the scene has changed: draw it anew."""
        self._picture.spoil(boxes)
        place = self.viewportTransform().mapRect(united(boxes)).toAlignedRect()
        self.viewport().update(place.adjusted(-SLACK, -SLACK, SLACK, SLACK))

    def _redraw_overlay(self) -> None:
        """What gestures draw has changed: draw anew where something was and where something is."""
        before, view, self._overlaid = self._overlaid, self.viewportTransform(), QRegion()
        for box in self.overlay.places(self.zoom):
            self._overlaid += view.mapRect(box).toAlignedRect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        self.viewport().update(before + self._overlaid)

    def _zoomed(self) -> None:
        self.canvas.stage.detail = detail_at(self.zoom)
        self.viewport().update()
        self.editor.follow()
        self.area_editor.follow()
        self.zoomChanged.emit(self.zoom)
        self.visibleChanged.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        """Scroll; drawing is ours."""
        super().scrollContentsBy(dx, dy)
        self.viewport().update()
        self.editor.follow()
        self.area_editor.follow()
        self.visibleChanged.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what has changed, and over it what gestures draw."""
        painter = QPainter(self.viewport())
        stage, view = self.canvas.stage, self.viewportTransform()
        self._picture.draw(
            painter,
            view,
            self.viewport().size(),
            (stage.brush.paints, stage.detail),
            moving=self.moving,
            smooth=not self.far,
            places=event.region(),
        )
        painter.setTransform(view)
        self.overlay.paint(painter, self.zoom, self.mapToScene(event.rect()).boundingRect())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the minimap in its corner."""
        super().resizeEvent(event)
        self.minimap.dock()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Give up what is being edited."""
        self.editor.cancel()
        self.area_editor.cancel()
        super().closeEvent(event)

    def say(self, text: str, at: QPointF | None = None, *, good: bool = False) -> None:
        """Tell something in the status bar, and beside the pointer if `at` is given."""
        self.statusMessage.emit(text)
        self.overlay.bubble = (at, text, good) if at is not None and text else None
        self.overlay.area = self.visible_rect()
        self.overlay.changed()
