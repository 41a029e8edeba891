"""Only what the holder of the key wrote is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.releases.minisign import MinisignError, PublicKey, trusted_comment
from tests.release_server import Publisher

KEY_FILE = """untrusted comment: minisign public key 45D8BFDA1FF8AF88
RWSIr/gf2r/YRQ+RGBB1PMqBzYNS770LJXlhEjfWRaJA+R37uKgNMX7V
"""
SIGNATURE = """untrusted comment: signature from minisign secret key
RUSIr/gf2r/YRY3Obq1o+IcaqB6uBSaiGa7xRmPF/DjuwzgUpH8Tz7FN2ugZlal28xsik92kQH5l4Sv6JZ3Wto/iRG3c9iJhcAw=
trusted comment: taskdeck 9.9.9 2026-11-30
khbRnWZO86aydV0ZCIkMcohdaN3q5OUEwbAWbIo/dhSs/DpF7rDquT5g8xYWiUAHaO+AlgNIjBKLAx9Twk2lBQ==
"""
"""Both were written by minisign 0.11."""


@pytest.mark.parametrize("key", [KEY_FILE, KEY_FILE.splitlines()[1]])
def test_what_minisign_wrote_is_read(key: str) -> None:
    assert trusted_comment(SIGNATURE, PublicKey.parse(key)) == "taskdeck 9.9.9 2026-11-30"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("9.9.9", "9.9.8", "not valid"),
        ("9.9.9", "9.9.9 ", "not valid"),
        ("RUSIr", "RUSJr", "another key"),
        ("khbRn", "khbRm", "not valid"),
        ("Y3Obq", "Y3Obp", "not valid"),
        ("RUSIr", "RVSIr", "unknown kind"),
        ("khbRn", "khb!n", "base64"),
        ("khbRnWZO", "", "length"),
        ("trusted comment: taskdeck", "comment: taskdeck", "not a signature"),
        (SIGNATURE, "", "not a signature"),
        (SIGNATURE, "<html>\n\n\n</html>", "not a signature"),
    ],
)
def test_what_was_changed_is_refused(before: str, after: str, says: str) -> None:
    changed = SIGNATURE.replace(before, after, 1)
    assert changed != SIGNATURE
    with pytest.raises(MinisignError, match=says):
        trusted_comment(changed, PublicKey.parse(KEY_FILE))


def test_the_signature_of_another_key_with_the_same_id_is_refused() -> None:
    one, other = Publisher(), Publisher()
    with pytest.raises(MinisignError, match="not valid"):
        trusted_comment(other.announce("1.0.0").decode(), PublicKey.parse(one.public_key))


@pytest.mark.parametrize("key", ["", "RWSI", "not base64!", KEY_FILE.splitlines()[1].replace("RWS", "RWT")[:-4]])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(MinisignError):
        PublicKey.parse(key)


@given(st.text())
def test_any_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MinisignError):
        trusted_comment(text, PublicKey.parse(KEY_FILE))
    with pytest.raises(MinisignError):
        PublicKey.parse(text)
