"""Keeps libraries from printing: what a user should know reaches him through the monitor and the errors."""

from __future__ import annotations

import warnings
from logging import CRITICAL

import diffusers
import transformers


def silence_libraries() -> None:
    """Turn off the progress bars and the messages that diffusers and transformers log on their own.

    And peft's Python warnings: what it could not place, `lora` finds and reports with names.
    """
    for logging in (diffusers.utils.logging, transformers.utils.logging):
        logging.set_verbosity(CRITICAL)  # even their errors: what they then raise is reported by us
        logging.disable_progress_bar()
    warnings.filterwarnings("ignore", module=r"peft\.")
