"""Editors of values, one for each kind of input: the same on nodes, in the inspector and on the app panel."""
