"""What a step takes the picture to be, from what the UNet was shown and what it said."""

from __future__ import annotations

from typing import Any


def clean_latents(shown: Any, said: Any, alpha: Any, prediction: str) -> Any:
    """The latents without noise, as a step estimates them.

    Every scheduler scales the UNet's input to unit variance, so one formula serves them all (eq. 12 of
    arXiv:2010.02502; for "v_prediction", appendix D of arXiv:2202.00512).

    Args:
        shown: The UNet's input, an array of numpy's or a tensor.
        said: What it predicted, of the same shape.
        alpha: The share of the signal's variance at that timestep, 0…1.
        prediction: What the UNet predicts: "epsilon", "v_prediction" or "sample".
    """
    signal, noise = alpha**0.5, (1 - alpha) ** 0.5
    match prediction:
        case "v_prediction":
            return signal * shown - noise * said
        case "sample":
            return said
        case _:
            return (shown - noise * said) / signal
