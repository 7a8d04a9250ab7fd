"""The state of the server, with the numbers of the caller's tenant."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends

from functions.api.system.schemas import EmbeddingModel, ModelsInUse, ProcessingModel, SystemState
from shared.domain import clock
from shared.domain.access import LOCAL_TENANT, Scope
from shared.domain.errors import Unavailable
from shared.domain.system.release import VERSION
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.runtime.process.start_time import started_at

if TYPE_CHECKING:
    from shared.runtime import Runtime
    from shared.services.search.spaces import Spaces

router = ApiRouter(tags=["system"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


@router.get("/system")
async def get_system(call: Reader) -> SystemState:
    """Get the version, the models in use, the health of the parts, and the numbers of the tenant.

    Only the tenant ``local`` of a server on one machine also gets the start of the server and the room on
    its disk.

    The cost is bounded: at most 10,000 media of 200 indexes, 1,000 imports, 1,000 runs and 100 deliveries of
    each of 100 webhooks are read. Where more exist, ``at_least`` is true.
    """
    return await call.run_in(Lane.BATCH, _state, call.runtime, call.caller.tenant_id)


def _state(runtime: "Runtime", tenant_id: str) -> SystemState:
    health = runtime.system.health.report()
    # The disk and the process are shared by all tenants, so only the operator's own tenant sees them.
    is_operator = runtime.ports.sole_server and tenant_id == LOCAL_TENANT
    return SystemState.build(
        runtime.system.counts.of_tenant(tenant_id),
        version=VERSION,
        runtime="laptop" if runtime.ports.sole_server else "aws",
        started_at=started_at() if is_operator else None,
        as_of=clock.timestamp(),
        models=_models(runtime),
        disk=runtime.ports.disk_room() if is_operator else None,
        health=health,
    )


def _models(runtime: "Runtime") -> ModelsInUse:
    catalogue = runtime.runs.catalogue
    spaces = _spaces(runtime)
    return ModelsInUse(
        processing=[
            ProcessingModel(
                name=name,
                is_default=name == catalogue.default,
                aliases=list(catalogue.aliases) if name == catalogue.default else [],
            )
            for name in catalogue.names
        ],
        text_embedding=None if spaces is None else EmbeddingModel.of(spaces.text),
        picture_embedding=None if spaces is None else EmbeddingModel.of(spaces.picture),
    )


def _spaces(runtime: "Runtime") -> "Spaces | None":
    """Return the spaces; None also if the models cannot be loaded, which ``health`` tells."""
    try:
        return runtime.ports.embedding_spaces()
    except Unavailable:
        return None
