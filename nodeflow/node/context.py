"""What a node gets to work with: the backend, ways to report, and where results go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nodeflow.backends import Backend, Preview, StateFile
from nodeflow.errors import NodeFailed, NodeflowError
from nodeflow.pictures import Delivery
from nodeflow.values import Image, ModelPart


class Context:
    """Passed to a node that has a `context` parameter. The default one makes a node callable in a test.

    Args:
        node: The node's name in the workflow.
        backend: Gives the backend when it is first needed.
        delivery: Where pictures go; None: the current folder.
    """

    def __init__(
        self, node: str = "", backend: Callable[[], Backend] | None = None, delivery: Delivery | None = None
    ) -> None:
        self.node = node
        self._delivery = delivery
        self._backend = backend

    @property
    def delivery(self) -> Delivery:
        """Where pictures go."""
        if self._delivery is None:
            self._delivery = Delivery(Path.cwd())
        return self._delivery

    @property
    def backend(self) -> Backend:
        """What encodes, samples and decodes.

        Raises:
            NodeflowError: If there is none.
        """
        if self._backend is None:
            raise NodeflowError("this node needs a backend", advice="Give its Context one")
        return self._backend()

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        """Report that `step` of `steps` is done; `preview` is called only if somebody watches."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the user cancelled the run; call it at least once per step."""

    def warn(self, message: str) -> None:
        """Tell the user something that does not stop the run."""

    def deviate(self, part: ModelPart, **facts: str) -> None:
        """Say that a part of a model computes otherwise than was arranged."""

    @property
    def state(self) -> StateFile | None:
        """Where a long call keeps its state, to go on after a crash; None: nowhere."""
        return None

    def choose(self, image: Image) -> tuple[int, ...]:
        """Let whoever watches the run choose among pictures, and wait for that.

        Args:
            image: The pictures.

        Returns:
            The places of those that were chosen, from 0.

        Raises:
            NodeFailed: If nobody is there who could be asked.
            Cancelled: If the run is cancelled meanwhile.
        """
        raise NodeFailed(
            f"nobody is here to choose among {len(image)} pictures",
            input="choice",
            advice="Set choice, such as 2 or 1, 3; or run it in the editor or on a terminal",
        )

    def saved(self, path: Path) -> None:
        """Report a file that was written."""
