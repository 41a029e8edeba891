"""The documentation site: what of it is generated, and that all of it is right."""
