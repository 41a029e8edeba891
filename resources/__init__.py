"""Files that are part of the package: documents, examples, icons and translations."""
