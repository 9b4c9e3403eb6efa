"""The artist's pictures: an index of them, the gallery, the viewer and the comparison of two."""
