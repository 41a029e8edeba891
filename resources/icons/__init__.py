"""The console's icons."""
