"""Arithmetic on pictures, masks and latents as arrays: NumPy, Pillow and SciPy, no tensors and no nodes.

Unless something else is said, arrays are *planes*: any shape whose last two axes are height and width.
"""

from nodeflow.raster.planes import from_planes, to_planes
from nodeflow.raster.resample import Resampling, resize

__all__ = ["Resampling", "from_planes", "resize", "to_planes"]
