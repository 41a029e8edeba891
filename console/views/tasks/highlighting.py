"""Syntax highlighting of shell, JSON, YAML and diffs."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from console.theme.current import Theme


class Language(StrEnum):
    """The language of a text."""

    SHELL = "shell"
    JSON = "json"
    DIFF = "diff"
    YAML = "yaml"
    PLAIN = "plain"


Rule = tuple[re.Pattern[str], str]
_SHELL_WORDS = "if|then|else|elif|fi|for|while|until|do|done|case|esac|in|function|return|exit|set|export|local|trap"
_RULES: dict[Language, Sequence[Rule]] = {
    # Where rules meet, the later one wins: a word within quotes is quoted.
    Language.SHELL: (
        (re.compile(rf"(?<![\w./-])({_SHELL_WORDS})(?![\w./=-])"), "accent"),
        (re.compile(r"(?<=\s)--?[A-Za-z][\w-]*"), "muted"),
        (re.compile(r"\|\||&&|[|;&<>]+"), "accent"),
        (re.compile(r"\"(?:\\.|[^\"\\])*\"?|'[^']*'?"), "good"),
        (re.compile(r"\$(?:\w+|\{[^}]*\}?|[?#@*$!-])"), "warning"),
        (re.compile(r"(?:^|(?<=\s))#.*$"), "muted"),
    ),
    Language.JSON: (
        (re.compile(r"-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b"), "warning"),
        (re.compile(r"\b(?:true|false|null)\b"), "warning"),
        (re.compile(r"\"(?:\\.|[^\"\\])*\"?"), "good"),
        (re.compile(r"\"(?:\\.|[^\"\\])*\"(?=\s*:)"), "accent"),
    ),
    Language.DIFF: (
        (re.compile(r"^  \+.*$"), "good"),
        (re.compile(r"^  −.*$"), "bad"),
        (re.compile(r"^    .*$"), "muted"),
        (re.compile(r"^\S.*$"), "bold"),
    ),
    Language.YAML: (
        (re.compile(r"(?<=[:\-\[,] )(?:-?\d+(?:\.\d+)?|true|false|null|~)\s*$"), "warning"),
        (re.compile(r"^\s*(?:- )*[\w.-]+(?=:(?:\s|$))"), "accent"),
        (re.compile(r"\"(?:\\.|[^\"\\])*\"?|'[^']*'?"), "good"),
        (re.compile(r"(?:^|(?<=\s))#.*$"), "muted"),
    ),
    Language.PLAIN: (),
}


def language_of(executor: str, command: str) -> Language:
    """Return the language of an executor's command."""
    if executor == "http":
        return Language.JSON
    return Language.SHELL if executor == "shell" or command.startswith("#!") else Language.PLAIN


def spans(text: str, language: Language) -> list[tuple[int, int, str]]:
    """Return where which colour goes, as start, length and the palette's name of it; later ones lie over earlier."""
    return [
        (found.start(), found.end() - found.start(), colour)
        for pattern, colour in _RULES[language]
        for found in pattern.finditer(text)
    ]


class Highlighter(QSyntaxHighlighter):
    """Colours a document, and follows the theme."""

    def __init__(self, document: QTextDocument, theme: Theme, language: Language = Language.PLAIN) -> None:
        super().__init__(document)
        self._theme = theme
        self.language = language
        self._restyle: Callable[[], None] = self.rehighlight
        theme.changed.connect(self._restyle)

    def speak(self, language: Language) -> None:
        """Highlight another language."""
        if language is not self.language:
            self.language = language
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Override QSyntaxHighlighter.highlightBlock: colour one line."""
        for start, length, colour in spans(text, self.language):
            style = QTextCharFormat()
            if colour == "bold":
                style.setFontWeight(QFont.Weight.DemiBold)
            else:
                style.setForeground(QColor(getattr(self._theme.palette, colour)))
            self.setFormat(start, length, style)
