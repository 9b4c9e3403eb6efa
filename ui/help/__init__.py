"""The help menu: the guide, what is new, about the program, reporting a fault."""
