"""Picture files: reading them safely, naming them, and delivering results without ever overwriting one."""

from nodeflow.pictures.delivery import Delivery
from nodeflow.pictures.masks import read_mask
from nodeflow.pictures.reading import picture_size, read_picture

__all__ = ["Delivery", "picture_size", "read_mask", "read_picture"]
