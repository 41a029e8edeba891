"""The language that the console speaks."""

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator


def language() -> str:
    """Return the language that is spoken, as descriptions of schedules name it: `zh` or `en`."""
    return "zh" if QLocale().language() is QLocale.Language.Chinese else "en"


def speak(application: QCoreApplication, language: str | None = None) -> None:
    """Use a language, such as `zh_CN`; None takes the system's, and English where there is no translation."""
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    if locale.language() is QLocale.Language.Chinese:
        translator = QTranslator(application)
        if translator.load(str(files("resources.translations").joinpath("taskdeck_zh_CN.qm"))):
            application.installTranslator(translator)
