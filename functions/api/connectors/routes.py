"""Connectors: create, list, get, change, delete, test, and browse their stores."""

from contextlib import closing
from functools import partial
from typing import Annotated, Final

from fastapi import Depends
from fastapi.responses import Response

from functions.api.connectors.gcs_form import GCS_FORM, GcsForm
from functions.api.connectors.requests import (
    CreateAzureConnector,
    CreateS3Connector,
    NewConnector,
    UpdateConnectorRequest,
)
from functions.api.connectors.schemas import BrowseRequest, CloudFile, Connector, TestConnectionResult
from functions.api.wire import DeleteResponse
from shared.domain.access import Scope
from shared.domain.connectors.connector import StoreAddress
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED
from shared.http.streamed_array import Pages, array_in
from shared.services.connectors.given_credentials import GivenCredentials

router = ApiRouter(tags=["connectors"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]
_EVERY_FILE: Final = BrowseRequest()


@router.post(
    "/connectors/gcs",
    summary="Create GCS connector",
    status_code=201,
    response_model=Connector,
    openapi_extra=GCS_FORM,
)
async def create_gcs_connector(call: Writer) -> Response:
    """Create a connector to Google Cloud Storage. The server keeps the required fields of the key file."""
    form = await GcsForm.receive(call.request)

    async def work(seed: str) -> Connector:
        given = await call.run(form.given)
        return await _created(call, form.body, form.body.address(), given, seed)

    return await call.once(form.content, work, status_code=201)


@router.post(
    "/connectors/s3",
    summary="Create S3 connector",
    status_code=201,
    response_model=Connector,
    openapi_extra=KEYED,
)
async def create_s3_connector(body: CreateS3Connector, call: Writer) -> Response:
    """Create a connector to Amazon S3 or to an S3-compatible store. The store is not asked: test it next."""

    async def work(seed: str) -> Connector:
        return await _created(call, body, body.address(), body.given(), seed)

    return await call.once(body.content(), work, status_code=201)


@router.post("/connectors/azure", status_code=201, response_model=Connector, openapi_extra=KEYED)
async def create_azure_connector(body: CreateAzureConnector, call: Writer) -> Response:
    """Create a connector to Azure Blob Storage. The store is not asked: test it next."""

    async def work(seed: str) -> Connector:
        return await _created(call, body, body.address(), body.given(), seed)

    return await call.once(body.content(), work, status_code=201)


@router.get("/connectors")
async def list_connectors(call: Reader) -> list[Connector]:
    """List connectors in order of creation."""
    found = await call.run(call.runtime.connectors.connectors.list, call.caller)
    return [Connector.of(each) for each in found]


@router.get("/connectors/{connector_id}")
async def get_connector(connector_id: str, call: Reader) -> Connector:
    """Get a connector."""
    return Connector.of(await call.run(call.runtime.connectors.connectors.get, call.caller, connector_id))


@router.patch("/connectors/{connector_id}", response_model=Connector, openapi_extra=KEYED)
async def update_connector(connector_id: str, body: UpdateConnectorRequest, call: Writer) -> Response:
    """Change a connector or rotate its credentials. Transfers under way go on with the old credentials."""

    async def work(_seed: str) -> Connector:
        changed = await call.run(
            call.runtime.connectors.connectors.update,
            call.caller,
            connector_id,
            body.changes(),
            body.given(),
        )
        return Connector.of(changed)

    return await call.once(body.content(), work)


@router.delete("/connectors/{connector_id}", response_model=DeleteResponse, openapi_extra=KEYED)
async def delete_connector(connector_id: str, call: Admin) -> Response:
    """Delete a connector and its credentials. Imported media stay; imports that have not begun fail."""

    async def work(_seed: str) -> DeleteResponse:
        await call.run(call.runtime.connectors.connectors.delete, call.caller, connector_id)
        return DeleteResponse(message=f"The connector {connector_id} is deleted.")

    return await call.once({}, work)


@router.post("/connectors/{connector_id}/test", response_model=TestConnectionResult, openapi_extra=KEYED)
async def test_connector(connector_id: str, call: Writer) -> Response:
    """Test a connector for each of its scopes. A failed test answers 200 with ``success`` false.

    For ``import`` the test lists the store and reads the header of an object. For ``export`` it writes the
    object ``.videovector-connection-test-...`` below ``export_base_path`` and deletes it.
    """

    async def work(_seed: str) -> TestConnectionResult:
        tested = call.runtime.connectors.connection_test.test
        outcome = await call.run_in(Lane.STORE, tested, call.caller, connector_id)
        return TestConnectionResult.of(outcome)

    return await call.once({}, work)


@router.post("/connectors/{connector_id}/browse", response_model=list[CloudFile])
async def browse_connector(connector_id: str, call: Reader, body: BrowseRequest = _EVERY_FILE) -> Response:
    """List the files of a store whose scopes include ``import``, in the order of the store.

    The answer has the first ``limit`` files that match, or all. A store that refuses is an error 409, and one
    that does not answer 502; the message says why in one sentence. A long answer is sent while the store is
    listed: if the store fails then, the array does not end, and the error follows.
    """
    return await array_in(call, Lane.STORE, partial(_files, call, connector_id, body))


def _files(call: Call, connector_id: str, body: BrowseRequest) -> Pages:
    """Check the request, and return the pages. Raises: as ``Browsing.browse``."""
    pages = call.runtime.connectors.browsing.browse(call.caller, connector_id, body.to_query())

    def converted() -> Pages:
        with closing(pages):
            for page in pages:
                yield [CloudFile.of(each) for each in page]

    return converted()


async def _created(
    call: Call, body: NewConnector, address: StoreAddress, given: GivenCredentials, seed: str
) -> Connector:
    created = await call.run(
        call.runtime.connectors.connectors.create,
        call.caller,
        body.options(),
        address,
        given,
        seed=seed,
    )
    return Connector.of(created)
