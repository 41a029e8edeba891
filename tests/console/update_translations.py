"""Brings the translations up to date: `make translations`.

Every text that the console says goes through `tr()`. They are collected from the source, added to the Qt
Linguist files where they are new and dropped where they are gone, and the files are compiled.
"""

import ast
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "taskdeck"
LANGUAGES = ("zh_CN",)


def calls_in_source() -> Iterator[tuple[str, int]]:
    """Yield every text given to `tr()`, in the order of the files, and how many values are given with it."""
    for path in sorted((ROOT / "console").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, len(node.args) - 1


def texts_in_source() -> list[str]:
    """Return every text given to `tr()`, once, in alphabetical order."""
    return sorted({text for text, _ in calls_in_source()})


def read(language: str) -> dict[str, str]:
    """Return the translations of a language that are finished."""
    path = FOLDER / f"taskdeck_{language}.ts"
    if not path.exists():
        return {}
    found = {}
    for message in ET.parse(path).getroot().iter("message"):
        source, translation = message.findtext("source"), message.find("translation")
        if source and translation is not None and translation.text and translation.get("type") != "unfinished":
            found[source] = translation.text
    return found


def write(language: str, translations: dict[str, str]) -> list[str]:
    """Write the file of a language; return the texts that are not translated yet."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    missing = []
    for text in texts_in_source():
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if text in translations:
            translation.text = translations[text]
        else:
            translation.set("type", "unfinished")
            missing.append(text)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    path = FOLDER / f"taskdeck_{language}.ts"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")
    return missing


def release(language: str) -> None:
    """Compile the file of a language."""
    tool = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent))
    if tool is None:
        raise SystemExit("pyside6-lrelease is missing; run make install")
    path = FOLDER / f"taskdeck_{language}.ts"
    subprocess.run([tool, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)


def main() -> None:
    """Update all languages and say what is left to translate."""
    for language in LANGUAGES:
        missing = write(language, read(language))
        release(language)
        for text in missing:
            print(f"{language}: {text!r}")
    raise SystemExit(0)


if __name__ == "__main__":
    main()
