import gc
import re

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from console.words import span, tr
from tests.console.update_translations import CONTEXT, FOLDER, LANGUAGES, calls_in_source, read, texts_in_source

PLACE = re.compile("%[1-9]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    assert set(read(language)) == set(texts_in_source()), "run make translations"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_kept(language: str) -> None:
    for source, translation in read(language).items():
        assert set(PLACE.findall(source)) == set(PLACE.findall(translation)), source


def test_every_place_gets_a_value() -> None:
    for text, values in calls_in_source():
        if values:
            assert len(set(PLACE.findall(text))) == values, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_is_up_to_date(qapp: QApplication, language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(FOLDER / f"taskdeck_{language}.qm"))
    for source, translation in read(language).items():
        assert translator.translate(CONTEXT, source) == translation, "run make translations"


def test_the_console_speaks_chinese(in_chinese: None) -> None:
    gc.collect()
    assert tr("Overview") == "概览"
    assert span(125) == "2 分钟"


def test_the_console_speaks_english_without_a_translation() -> None:
    assert tr("Overview") == "Overview"
