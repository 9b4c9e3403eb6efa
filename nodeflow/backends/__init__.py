"""The narrow seam between nodes and what computes: a protocol, and the backends that implement it."""

from nodeflow.backends.protocol import (
    Backend,
    Monitor,
    Preview,
    PromptRequest,
    SampleRequest,
    StateFile,
)

__all__ = ["Backend", "Monitor", "Preview", "PromptRequest", "SampleRequest", "StateFile"]
