"""The language of the console."""

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
ENGLISH_NAMES = {"en": "English", "zh_CN": "Chinese"}
"""By which somebody looks for a language that cannot be typed yet."""
"""Each language is named in itself, for a person who reads no other."""


def language() -> str:
    """Return the language in use, `zh` or `en`, as descriptions of schedules name it."""
    return "zh" if QLocale().language() is QLocale.Language.Chinese else "en"


def speak(application: QCoreApplication, language: str | None = None) -> None:
    """Use a language, such as `zh_CN`; None means the system's, or English where there is no translation.

    It may be called again: words that are asked for from then on are in the new language.
    """
    for former in application.findChildren(QTranslator):
        application.removeTranslator(former)
        former.deleteLater()
    locale = QLocale(language) if language else QLocale.system()
    if locale.language() is QLocale.Language.C:
        # Its numbers have no separator between thousands. Its week starts on Monday, as in most countries.
        locale = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    QLocale.setDefault(locale)
    if locale.language() is QLocale.Language.Chinese:
        translator = QTranslator(application)
        if translator.load(str(files("resources.translations").joinpath("taskdeck_zh_CN.qm"))):
            application.installTranslator(translator)
