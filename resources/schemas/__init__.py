"""The JSON schema of files of definitions."""
