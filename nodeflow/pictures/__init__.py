"""Picture files: reading them safely, naming them, and delivering results without ever overwriting one."""

from nodeflow.pictures.delivery import Delivery
from nodeflow.pictures.reading import read_picture

__all__ = ["Delivery", "read_picture"]
