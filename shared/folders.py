"""Folders of tasks, such as finance/daily."""


def normal_folder(text: str) -> str:
    """Return a folder as it is saved: without blanks and slashes around it."""
    before = None
    while before != text:
        before, text = text, text.strip().strip("/")
    return text
