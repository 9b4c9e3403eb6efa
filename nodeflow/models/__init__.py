"""Which models there are and what they are, from names and file headers alone. Nothing here loads weights."""

from nodeflow.models.catalogue import Catalogue
from nodeflow.models.diffusers_folder import DiffusersFolder, is_diffusers_folder
from nodeflow.models.entry import ModelEntry, known_model_digest, model_digest, model_files
from nodeflow.models.exported import ExportedModel, is_exported
from nodeflow.models.kinds import Architecture, ModelKind
from nodeflow.models.mark import mark_of

__all__ = [
    "Architecture",
    "Catalogue",
    "DiffusersFolder",
    "ExportedModel",
    "ModelEntry",
    "ModelKind",
    "is_diffusers_folder",
    "is_exported",
    "known_model_digest",
    "mark_of",
    "model_digest",
    "model_files",
]
