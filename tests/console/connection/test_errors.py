"""Errors in three parts."""

import pytest

from console.connection.errors import certificate_trouble, explain
from shared.errors import BackendUnreachableError


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("certificate verify failed: self-signed certificate (_ssl.c:1006)", "Certificate authority"),
        ("certificate verify failed: unable to get local issuer certificate", "Certificate authority"),
        ("certificate verify failed: certificate has expired", "Renew"),
        ("certificate verify failed: Hostname mismatch, certificate is not valid for 'a'", "name"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "address with TLS"),
    ],
)
def test_an_error_of_a_certificate_says_what_to_do(words: str, step: str) -> None:
    trouble = explain(
        BackendUnreachableError(f"The backend at https://a cannot be reached: nothing answers ({words}).")
    )
    assert "identity" in trouble.what
    assert step in trouble.next_step
    assert words in trouble.details
    assert certificate_trouble("nothing answers there") is None
