"""What is said of models, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from nodeflow.models import ModelKind
from nodeflow.models.distilled import distillation
from nodeflow.models.portrait import Portrait
from nodeflow.prompts.syntax import EMBEDDING

SIGNS = {
    ModelKind.CHECKPOINT: "cube",
    ModelKind.REFINER: "sparkle",
    ModelKind.LORA: "magic-wand",
    ModelKind.VAE: "arrows-in-line-horizontal",
    ModelKind.EMBEDDING: "text-aa",
    ModelKind.CONTROLNET: "person",
    ModelKind.UNET: "tree-structure",
    ModelKind.TEXT_ENCODER: "article",
    ModelKind.IP_ADAPTER: "image-square",
    ModelKind.UPSCALER: "arrows-out",
    ModelKind.PREVIEW: "eye",
}


def kind_text(kind: ModelKind) -> str:
    """A kind at the beginning of a line: "LoRA", "Checkpoint"."""
    return kind.label[:1].upper() + kind.label[1:]


def family_text(portrait: Portrait) -> str:
    """The family of models it belongs to; empty: not known."""
    return portrait.entry.architecture.label


def size_text(nbytes: int) -> str:
    """A size, as file managers write it."""
    return QLocale().formattedDataSize(
        nbytes, 0 if nbytes < 10**9 else 1, QLocale.DataSizeFormat.DataSizeSIFormat
    )


def short_text(portrait: Portrait) -> str:
    """Kind, family and size in one line."""
    parts = (kind_text(portrait.entry.kind), family_text(portrait), size_text(portrait.entry.size_bytes))
    return " · ".join(filter(None, parts))


def prompt_words(portrait: Portrait) -> tuple[str, ...]:
    """What to write into a prompt for a model to show: an embedding's name, or trigger words."""
    if portrait.entry.kind is ModelKind.EMBEDDING:
        name = f"embedding:{portrait.entry.name}"
        return (name,) if EMBEDDING.fullmatch(name) else ()
    return portrait.about.trigger_words


def _settings(portrait: Portrait) -> str:
    """The settings that a distilled model was made for; empty: it is none, or it cannot be told."""
    found = distillation(portrait.entry.name, portrait.about)
    if found is None or portrait.entry.kind not in (ModelKind.CHECKPOINT, ModelKind.LORA, ModelKind.UNET):
        return ""
    return _tr("{0}: scheduler {1}, up to {2} steps, guidance up to {3}").format(
        found.name, found.scheduler.value, found.most_steps, f"{found.most_guidance:g}"
    )


def facts(portrait: Portrait) -> dict[str, str]:
    """What is known of a model, line by line."""
    entry, about = portrait.entry, portrait.about
    size = about.resolution.replace("x", " × ")  # noqa: RUF001 - the sign for sizes
    found = {
        _tr("Title"): about.title,
        _tr("Kind"): ", ".join(filter(None, (kind_text(entry.kind), family_text(portrait)))),
        _tr("Size"): size_text(entry.size_bytes),
        _tr("Base model"): about.base_model,
        _tr("Made for"): _settings(portrait),
        _tr("Resolution"): size,
        _tr("Author"): about.author,
        _tr("Licence"): about.licence,
        _tr("SHA-256"): about.digest,
        _tr("File"): _tr("comes with nodeflow") if entry.bundled else str(entry.path),
    }
    return {name: text for name, text in found.items() if text}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)
