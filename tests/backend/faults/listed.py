"""The faults of a system, as operators see them."""

from shared.models.fault import Fault
from tests.system import System


async def faults(system: System) -> dict[str, Fault]:
    """Return the faults by their object, such as `task 7`."""
    answer = (await system.http.get("/api/system/faults")).json()
    found = [Fault.model_validate(one) for one in answer["data"]]
    return {f"{one.object_type} {one.object_id}": one for one in found}
