"""Content keys: what a node's result depends on, hashed, and the recipe that says so in the open."""

from nodeflow.keys.keyer import Keyer, KnownDigests, ReadDigests, Recipe, key_of

__all__ = ["Keyer", "KnownDigests", "ReadDigests", "Recipe", "key_of"]
