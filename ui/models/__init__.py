"""The model browser: the models at hand, what is told of them, and their way into workflows."""
