"""What a drag inside the program carries besides files: a node type by its name."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

NODE_TYPE = "application/x-nodeflow-node-type"


def carried_type(type_id: str) -> QMimeData:
    """What a drag of a node type carries."""
    data = QMimeData()
    data.setData(NODE_TYPE, type_id.encode())
    return data


def type_in(data: QMimeData) -> str | None:
    """The node type that a drag carries; None if it carries none."""
    return data.data(NODE_TYPE).toStdString() if data.hasFormat(NODE_TYPE) else None
