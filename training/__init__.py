"""How the pocket family is trained, from the registries' packages to the bundled files. Not in the wheel."""
