"""Deep links name a backend and an object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.connection.saved_connections import (
    SavedConnection,
)
from console.deep_link import DeepLink, connection_of, read_deep_link, write_deep_link

PRODUCTION = SavedConnection("Production", "https://prod.example.org:8443", "bad")
STAGING = SavedConnection("", "https://staging.example.org", "warning")
HERE = SavedConnection("", colour="good")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("taskdeck://prod.example.org:8443/tasks/17", DeepLink("prod.example.org:8443", "tasks", "17")),
        ("taskdeck://local/runs/4/", DeepLink("", "runs", "4")),
        ("taskdeck:///runs/4", DeepLink("", "runs", "4")),
        ("TASKDECK://Local/workers/vm%20a", DeepLink("", "workers", "vm a")),
        ("https://prod.example.org/tasks/17", None),
        ("taskdeck://prod.example.org/tasks/seventeen", None),
        ("taskdeck://prod.example.org/users/1", None),
        ("taskdeck://prod.example.org/tasks/1?then=delete", None),
        ("taskdeck://local/tasks/99999999999999999999", None),
    ],
)
def test_links_name_a_backend_and_an_object(text: str, link: DeepLink | None) -> None:
    assert read_deep_link(text) == link


@given(st.sampled_from([PRODUCTION, STAGING, HERE]), st.sampled_from(["tasks", "runs"]), st.integers(1, 2**63 - 1))
def test_a_link_that_was_written_leads_back(connection: SavedConnection, view: str, object_id: int) -> None:
    link = read_deep_link(write_deep_link(connection, view, object_id))
    assert link is not None
    assert link.wanted == {view[:-1]: object_id}
    assert connection_of(link, [HERE, PRODUCTION, STAGING]) == connection


@pytest.mark.parametrize(("view", "page"), [("tasks", "task"), ("runs", "run"), ("workers", "workers")])
def test_a_link_is_shown_on_the_page_of_its_object(view: str, page: str) -> None:
    link = read_deep_link(f"taskdeck://local/{view}/7")
    assert link is not None
    assert link.page == page


def test_a_host_without_a_port_is_found_where_only_one_has_it() -> None:
    link = read_deep_link("taskdeck://prod.example.org/tasks/1")
    assert link is not None
    assert connection_of(link, [HERE, PRODUCTION]) == PRODUCTION
    assert connection_of(link, [PRODUCTION, SavedConnection("b", "https://prod.example.org:9443")]) is None
    assert connection_of(link, [HERE, STAGING]) is None
