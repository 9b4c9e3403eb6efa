"""The app panel: the inputs that the author exposes, as a plain form."""
