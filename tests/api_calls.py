"""Calls of tests to endpoints that the client does not have."""

import httpx


def make_user(url: str, token: str, username: str, password: str, *, role: str) -> None:
    """Create a user, unless it exists."""
    answer = httpx.post(
        f"{url}/api/users",
        json={"username": username, "password": password, "role": role},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code in (201, 409), answer.text
