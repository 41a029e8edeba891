"""What the backend refuses is told in the language of the console."""

import re

import pytest
from PySide6.QtWidgets import QApplication

from backend.runs.refusals import run_not_found, why_not_cancelled, why_not_moved, why_not_retried
from console.connection.errors import explain
from console.connection.refusal_words import refusal_words, sign_in_refusal
from shared.enums import RunStatus
from shared.errors import ConflictError, NotFoundError


def refusals() -> list[str]:
    """Return every refusal to change a run."""
    found = {str(run_not_found(7).detail)}
    for status in RunStatus:
        found |= {why_not_cancelled(7, status) or "", why_not_moved(7, status) or ""}
        found |= {why_not_retried(7, status) or ""}
    return sorted(found - {""})


OTHERS = [
    "a b cannot be deleted: c, d depend on it. Remove those dependencies first.",
    "a cannot be deleted: c depends on it. Remove those dependencies first.",
    "Channel 'x' is used by the alert rules c, d. Change those rules first.",
    "Concurrency group 'x' is used by the tasks c, d. Change those tasks first.",
    "Worker w is running. Drain it and stop its process first.",
    "This user is the last administrator. Make another user an administrator first.",
    "a has no schedule, so it has no occurrences to run.",
    "a follows its last run, so it has no occurrences of its own.",
    "The task of run 7 was deleted. The run cannot be retried.",
    "Task 7 does not exist.",
    "The token is not valid. Sign in again.",
    "This session has ended. Sign in again.",
    "The refresh token was used, was revoked or has expired. Sign in again.",
    "The secret a was set by another request. Set it again.",
]


@pytest.mark.parametrize("detail", refusals())
def test_a_refusal_names_the_run_and_the_status_of_the_console(qapp: QApplication, detail: str) -> None:
    wanted = detail.replace("it is dispatched", "it is starting").replace("it is pending", "it is waiting")
    assert refusal_words(detail) == wanted


@pytest.mark.parametrize("detail", refusals() + OTHERS)
def test_a_refusal_is_chinese_in_the_chinese_console(in_chinese: None, detail: str) -> None:
    words = explain(ConflictError(detail)).text
    assert not re.findall("[A-Za-z]{2,}", words)
    assert words.endswith("。")


def test_the_head_of_a_banner_names_the_object(qapp: QApplication) -> None:
    assert explain(NotFoundError("Run 7 does not exist.")).what == "Run 7 does not exist."


def test_an_english_sentence_keeps_its_full_stop(in_chinese: None) -> None:
    assert "it broke." in explain(ConflictError("it broke")).text


def test_a_refused_sign_in_is_one_sentence(in_english: None) -> None:
    assert sign_in_refusal("ann", "Production") == (
        "Production refused the sign-in of ann: check the user name and the password."
    )
    assert sign_in_refusal("ann", "Production", "Example") == (
        "Production refused the sign-in of ann: check the user name and the password, or sign in with Example."
    )


@pytest.mark.parametrize("provider", ["", "示例"])
def test_a_refused_sign_in_is_one_chinese_sentence(in_chinese: None, provider: str) -> None:
    words = sign_in_refusal("安", "生产", provider)
    assert words.startswith("生产 拒绝了 安 的登录")
    assert words.count("。") == 1
    assert not re.findall("[A-Za-z]{2,}", words)
    assert provider in words
