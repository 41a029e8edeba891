"""Signing in under a name that does not exist costs what it costs under one that does."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from backend.accounts.passwords import decoy_hash


def test_a_decoy_is_verified_as_a_true_hash_is_and_never_right() -> None:
    hasher = PasswordHasher()
    decoy = decoy_hash(hasher)
    assert extract_parameters(decoy) == extract_parameters(hasher.hash("secret"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(decoy, "secret")
