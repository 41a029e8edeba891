"""Folders of tasks, such as finance/daily."""


def normal_folder(text: str) -> str:
    """Return a folder as it is saved: without blanks and slashes around it."""
    before = None
    while before != text:
        before, text = text, text.strip().strip("/")
    return text


def is_within(folder: str, parent: str) -> bool:
    """Whether a folder is another one or lies below it; every folder lies within the top folder, ""."""
    return not parent or folder == parent or folder.startswith(parent + "/")
