"""The torch backend, on diffusers, transformers and peft. The only place in the project that imports them."""

from nodeflow.backends.torch.quiet import silence_libraries

silence_libraries()  # before the rest is imported: transformers already logs while diffusers imports it

from nodeflow.backends.torch.backend import TorchBackend  # noqa: E402

__all__ = ["TorchBackend"]
