"""The page behind the link that a new backend prints."""

from tests.system import System


async def test_the_printed_link_opens_a_page(system: System) -> None:
    answer = await system.http.get("/setup?token=abc", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    assert (await system.http.get("/setup")).status_code == 200


async def test_a_parameter_that_the_page_does_not_know_is_refused(system: System) -> None:
    assert (await system.http.get("/setup?tokn=abc")).status_code == 422
