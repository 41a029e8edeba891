"""The console's texts in other languages; `make translations` collects and compiles them."""
