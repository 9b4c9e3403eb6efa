"""Files as a workflow meets them: which may be read, whether they are whole, and their digests. No torch."""

from nodeflow.files.access import FileAccess
from nodeflow.files.digests import Digests
from nodeflow.files.memory import FileMemory, FileStamp
from nodeflow.files.pickle_header import PICKLES, read_any, read_pickle
from nodeflow.files.safetensors_header import Header, TensorInfo, read_header, read_shapes

__all__ = [
    "PICKLES",
    "Digests",
    "FileAccess",
    "FileMemory",
    "FileStamp",
    "Header",
    "TensorInfo",
    "read_any",
    "read_header",
    "read_pickle",
    "read_shapes",
]
