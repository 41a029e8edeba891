import pytest

from shared.releases.announcement import Announcement, Verdict, judge


@pytest.mark.parametrize(
    ("announced", "own", "seen", "verdict"),
    [
        ("0.2.0", "0.1.0", "", Verdict.NEWER),
        ("0.10.0", "0.9.0", "0.9.0", Verdict.NEWER),
        ("1.0.0", "0.99.99", "1.0.0", Verdict.NEWER),
        ("0.1.0", "0.1.0", "0.1.0", Verdict.CURRENT),
        ("0.1.0", "0.1.0.dev3+g12", "", Verdict.CURRENT),
        ("0.1.0", "0.2.0", "", Verdict.AHEAD),
        ("0.1.0", "0.1.0", "0.2.0", Verdict.REPLAYED),
        ("0.9.0", "0.1.0", "0.10.0", Verdict.REPLAYED),
        ("0.1.0", "unknown", "spoilt", Verdict.NEWER),
    ],
)
def test_what_an_announcement_means(announced: str, own: str, seen: str, verdict: Verdict) -> None:
    assert judge(announced, own=own, seen=seen) is verdict


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "taskdeck",
        "taskdeck 1.0 2026-11-30",
        "taskdeck 1.0.0 2026-13-01",
        "timestamp:1 file:x",
        "taskdeck 1.0.0 2026-11-30 x",
    ],
)
def test_other_comments_announce_nothing(comment: str) -> None:
    with pytest.raises(ValueError, match=r"announces no version|month must be"):
        Announcement.parse(comment)
