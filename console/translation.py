"""The language that the console speaks."""

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Each language in its own words, as a person who reads only that one must find it."""


def language() -> str:
    """Return the language that is spoken, as descriptions of schedules name it: `zh` or `en`."""
    return "zh" if QLocale().language() is QLocale.Language.Chinese else "en"


def speak(application: QCoreApplication, language: str | None = None) -> None:
    """Use a language, such as `zh_CN`; None takes the system's, and English where there is no translation.

    It may be called again: words that are asked for from then on are in the new language.
    """
    for former in application.findChildren(QTranslator):
        application.removeTranslator(former)
        former.deleteLater()
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    if locale.language() is QLocale.Language.Chinese:
        translator = QTranslator(application)
        if translator.load(str(files("resources.translations").joinpath("taskdeck_zh_CN.qm"))):
            application.installTranslator(translator)
