"""What a sign-in decides without asking anybody: addresses, groups, roles, names, settings."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.accounts.oidc.configuration import oidc_configuration
from backend.accounts.oidc.groups import groups_in, role_for
from backend.accounts.oidc.id_token import Expected, IdTokenError, read_keys, verified_claims
from backend.accounts.oidc.metadata import MetadataError, read_metadata
from backend.accounts.oidc.redirect_uri import loopback_port
from backend.accounts.oidc.user_names import user_names
from backend.settings import Settings
from shared.enums import Role
from shared.errors import StartupError, ValidationFailedError
from shared.models.auth import UserCreate
from shared.proof_key import challenge_of, is_verifier_of, new_verifier
from tests.fuzzing import fuzzed
from tests.oidc.backend import oidc_settings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
EXPECTED = Expected(issuer="https://a.example", client_id="c", nonce="n", access_token="t")


@pytest.mark.parametrize("address", ["http://127.0.0.1:80/taskdeck/signed-in", "http://[::1]:65535/taskdeck/signed-in"])
def test_a_program_of_this_machine_gets_codes(address: str) -> None:
    assert loopback_port(address) in (80, 65535)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/taskdeck/signed-in",
        "http://evil.example:80/taskdeck/signed-in",
        "http://127.0.0.1.evil.example:80/taskdeck/signed-in",
        "http://127.0.0.1:80@evil.example/taskdeck/signed-in",
        "http://127.0.0.1:80\\@evil.example/taskdeck/signed-in",
        "http://127.0.0.1:80/elsewhere",
        "http://127.0.0.1:80/taskdeck/signed-in/../../elsewhere",
        "http://127.0.0.1:80/taskdeck/signed-in?next=https://evil.example",
        "http://127.0.0.1:80/taskdeck/signed-in#x",
        "http://127.0.0.1:80/taskdeck/signed-in\n",
        "http://127.0.0.1:99999/taskdeck/signed-in",
        "http://127.0.0.1:0/taskdeck/signed-in",
        "http://127.0.0.1/taskdeck/signed-in",
        "http://localhost:80/taskdeck/signed-in",
        "http://10.0.0.1:80/taskdeck/signed-in",
        "http://0x7f000001:80/taskdeck/signed-in",
        "HTTP://127.0.0.1:80/taskdeck/signed-in",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_else_does(address: str) -> None:
    with pytest.raises(ValidationFailedError, match="redirect_uri"):
        loopback_port(address)


@pytest.mark.parametrize(
    ("claims", "name", "groups"),
    [
        ({"groups": ["b", "a", "a"]}, "groups", ("a", "b")),
        ({"groups": "one"}, "groups", ("one",)),
        ({"groups": []}, "groups", ()),
        ({}, "groups", None),
        ({"groups": None}, "groups", None),
        ({"realm_access": {"roles": ["sre"]}}, "realm_access.roles", ("sre",)),
        ({"realm_access": ["sre"]}, "realm_access.roles", None),
        ({"https://example.org/groups": ["sre"]}, "https://example.org/groups", ("sre",)),
        ({"groups": ["ok", 7, None, {"a": 1}, "", "x" * 256, "line\nbreak", "nul\x00"]}, "groups", ("ok",)),
    ],
)
def test_groups_are_those_of_the_claim(claims: dict[str, Any], name: str, groups: tuple[str, ...] | None) -> None:
    assert groups_in(claims, name) == groups


def test_the_number_of_groups_is_bounded() -> None:
    found = groups_in({"groups": [str(number) for number in range(5000)]}, "groups")
    assert found is not None
    assert len(found) == 1000


ROLES = {"sre": Role.ADMIN, "ops": Role.OPERATOR}


@pytest.mark.parametrize(
    ("groups", "default", "role"),
    [
        (["ops", "sre"], None, Role.ADMIN),
        (["sre", "ops"], Role.VIEWER, Role.ADMIN),
        (["ops"], Role.ADMIN, Role.OPERATOR),
        (["other"], None, None),
        (["other"], Role.VIEWER, Role.VIEWER),
        ([], None, None),
        (["SRE"], None, None),
    ],
)
def test_the_widest_role_of_the_groups_counts(groups: list[str], default: Role | None, role: Role | None) -> None:
    assert role_for(groups, ROLES, default) is role


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ("sre=admin,ops=operator", {"sre": Role.ADMIN, "ops": Role.OPERATOR}),
        (" sre = admin , on call=viewer ", {"sre": Role.ADMIN, "on call": Role.VIEWER}),
        ("cn=sre,ou=groups=admin,ops=viewer", {"cn=sre,ou=groups": Role.ADMIN, "ops": Role.VIEWER}),
        ("", {}),
    ],
)
def test_roles_are_written_as_group_and_role(given: str, roles: dict[str, Role]) -> None:
    assert Settings(oidc_roles=given).role_of_group == roles


@pytest.mark.parametrize("given", ["sre", "sre=", "=admin", "sre=king", "sre=admin,ops", "sre,ops=admin", "sre=Admin"])
def test_roles_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="oidc_roles"):
        Settings(oidc_roles=given)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "ann", "email": "a@example.org"}, "ann"),
        ({"preferred_username": "EXAMPLE\\ann müller"}, "EXAMPLE-ann-m-ller"),
        ({"preferred_username": "王伟", "email": "wei@example.org"}, "wei@example.org"),
        ({"preferred_username": ["ann"], "name": "Ann"}, "Ann"),
        ({"preferred_username": "../../etc"}, "..-..-etc"),
        ({"preferred_username": "x" * 500}, "x" * 90),
        ({}, "user"),
    ],
)
def test_a_user_name_comes_from_the_claims(claims: dict[str, Any], name: str) -> None:
    found = user_names(claims)
    assert [next(found), next(found)] == [name, f"{name}-2"]


@fuzzed(100)
@given(st.dictionaries(st.sampled_from(["preferred_username", "email", "name"]), JSON))
def test_every_user_name_is_one(claims: dict[str, Any]) -> None:
    name = next(user_names(claims))
    assert UserCreate(username=name, password="a long password").username == name


@fuzzed(100)
@given(JSON, st.text(max_size=20))
def test_no_document_of_a_provider_breaks_its_reader(document: Any, token: str) -> None:
    with pytest.raises(MetadataError):
        read_metadata(document, issuer="https://a.example")
    try:
        keys = read_keys({"keys": document})
    except IdTokenError:
        keys = []
    with pytest.raises(IdTokenError):
        verified_claims(token, keys, EXPECTED)


def test_a_verifier_belongs_to_its_challenge_only() -> None:
    verifier = new_verifier()
    assert is_verifier_of(verifier, challenge_of(verifier))
    assert not is_verifier_of(new_verifier(), challenge_of(verifier))
    # The example of RFC 7636, appendix B.
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oidc_issuer": None}, "TASKDECK_OIDC_ISSUER"),
        ({"oidc_client_id": None}, "TASKDECK_OIDC_CLIENT_ID"),
        ({"public_url": None}, "TASKDECK_PUBLIC_URL"),
        ({"public_url": "http://deck.example.org"}, "https://"),
        ({"oidc_roles": ""}, "TASKDECK_OIDC_DEFAULT_ROLE"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StartupError, match=words):
        oidc_configuration(oidc_settings(None, "https://login.example.org", 1, **changes))


@pytest.mark.parametrize(
    "issuer", ["login.example.org", "http://login.example.org", "https://login.example.org/?x=1", "https://", "ftp://a"]
)
def test_an_issuer_has_an_encrypted_address(issuer: str) -> None:
    with pytest.raises(ValidationError, match="oidc_issuer"):
        oidc_settings(None, issuer, 1)


def test_the_secret_is_no_part_of_what_is_printed() -> None:
    settings = oidc_settings(None, "https://login.example.org", 1)
    configuration = oidc_configuration(settings)
    assert configuration is not None
    assert configuration.name == "Example"
    for printed in (repr(settings), repr(configuration)):
        assert "a secret with" not in printed
