import pytest

from console.waiting_words import waiting_words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Next in line.", "Next in line."),
        (
            "Waiting for a free slot: 4 of 4 are in use, 2 runs are ahead.",
            "Waiting for a free slot: 4 of 4 are in use.",
        ),
        (
            "Waiting: the concurrency group %2 is at its limit of 2 concurrent runs.",
            "Waiting: the concurrency group %2 is at its limit (2).",
        ),
        ("Waiting for the moon.", "Waiting for the moon."),
    ],
)
def test_a_known_reason_is_translated_and_another_stays(reason: str, words: str) -> None:
    assert waiting_words(reason) == words
