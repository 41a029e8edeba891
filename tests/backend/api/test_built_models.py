"""No request waits until a model is built."""

from collections.abc import Iterator

from pydantic import BaseModel

import backend.api.application  # noqa: F401 - declares all routes
from shared.models.base import Input, Output


def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield base
    for derived in base.__subclasses__():
        yield from models(derived)


def test_a_backend_has_built_every_model_that_it_has_loaded() -> None:
    found = [*models(Input), *models(Output)]
    assert len(found) > 100
    assert [model.__name__ for model in found if not model.__pydantic_complete__] == []
    assert not any(model.model_config.get("defer_build") for model in found), "adapters of them would be deferred"
