"""Running workflows from the editor: the engine, each document's runs, and what is shown of them."""
