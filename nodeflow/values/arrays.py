"""The one array type of the wires: float32, read-only so that values can be shared between nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # listing nodes or checking a workflow needs no arrays, hence no numpy
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]
else:
    FloatArray = Any


def frozen(array: Any, *, ndim: int, what: str) -> FloatArray:
    """Return `array` as read-only float32 with `ndim` dimensions, without a copy where possible.

    Raises:
        ValueError: If the number of dimensions differs.
    """
    import numpy as np

    result = np.ascontiguousarray(array, dtype=np.float32)
    if result.ndim != ndim:
        raise ValueError(f"{what} needs {ndim} dimensions, not shape {result.shape}")
    if result.flags.writeable:
        result = result.view()
        result.flags.writeable = False
    return result
