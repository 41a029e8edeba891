"""Calls that tests make beside the client's."""

import httpx


def make_user(url: str, token: str, username: str, password: str, *, role: str) -> None:
    """Create a person; one that is there already stays."""
    answer = httpx.post(
        f"{url}/api/users",
        json={"username": username, "password": password, "role": role},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in (201, 409), answer.text
