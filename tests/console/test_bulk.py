"""An action on many things says how many were changed, how many were not, and why."""

import pytest

from console.bulk import CANCELLED, answer_of, bulk_words, change_each
from shared.enums import BulkReason
from shared.errors import BackendUnreachableError, ConflictError, ForbiddenError, NotFoundError
from shared.models.bulk import BulkRefusal, BulkResult


def result(changed: int, **refused: int) -> BulkResult:
    refusals = [BulkRefusal(reason=BulkReason(name), count=count, examples=[]) for name, count in refused.items()]
    return BulkResult(dry_run=False, selected=changed + sum(refused.values()), changed=changed, refused=refusals)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (result(185, already_ended=15), "185 runs cancelled. 15 had already ended."),
        (result(1), "1 run cancelled."),
        (
            result(1200, already_started=1, already_ended=2),
            "1,200 runs cancelled. 2 had already ended. 1 had already started.",
        ),
        (
            result(2, gone=1, not_permitted=3),
            "2 runs cancelled. 1 no longer exists. 3 were not permitted by your role.",
        ),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_was_done_and_what_was_not_is_counted(answer: BulkResult, words: str) -> None:
    assert bulk_words(CANCELLED, answer_of(answer)) == words


@pytest.mark.parametrize("reason", BulkReason)
@pytest.mark.usefixtures("in_english")
def test_every_reason_is_said_of_one_and_of_several(reason: BulkReason) -> None:
    one, several = (bulk_words(CANCELLED, answer_of(result(2, **{reason: count}))) for count in (1, 17))
    assert one.startswith("2 runs cancelled. ")
    assert " 1 " in f" {one.removeprefix('2 runs cancelled.')} "
    assert " 17 " in f" {several.removeprefix('2 runs cancelled.')} "


def test_an_action_that_changed_nothing_is_an_error() -> None:
    with pytest.raises(ConflictError, match=r"Nothing was changed\. 2 had already ended\."):
        bulk_words(CANCELLED, answer_of(result(0, already_ended=2)))


async def test_one_that_is_refused_stops_no_other() -> None:
    errors = {2: NotFoundError("gone"), 3: ForbiddenError("no"), 4: ConflictError("Its name is in use.")}
    seen: list[int] = []

    async def change(item: int) -> None:
        seen.append(item)
        if item in errors:
            raise errors[item]

    answer = await change_each(range(1, 7), change)
    assert sorted(seen) == [1, 2, 3, 4, 5, 6]
    words = bulk_words(CANCELLED, answer)
    assert words.startswith("3 runs cancelled. 1 no longer exists. 1 was not permitted by your role. 1 failed.")
    assert "Its name is in use." in words


async def test_a_backend_that_is_gone_is_asked_for_nothing_more() -> None:
    seen: list[int] = []

    async def change(item: int) -> None:
        seen.append(item)
        raise BackendUnreachableError("gone")

    with pytest.raises(BackendUnreachableError):
        await change_each(range(100), change)
    assert len(seen) < 10
