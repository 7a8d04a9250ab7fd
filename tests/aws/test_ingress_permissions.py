"""The streaming ingress with exactly the permissions of its role, in an emulator that enforces policies."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import boto3  # type: ignore[import-untyped]
import httpx
import pytest
import videovector

from functions.api.gateway.events import MAX_FILE_BYTES
from infra.containers import INGRESS_CAPABILITIES
from infra.permissions import Targets, statements
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.aws.secrets import SecretsManagerSecrets
from shared.domain import blob_keys, clock, keys
from shared.domain.access import Scope
from shared.domain.exports.content_scope import ExportType
from shared.domain.exports.download_token import DownloadPermit, make_token
from shared.domain.exports.export import Export, ExportStatus
from shared.domain.exports.export_format import ExportFormat
from shared.services.access.api_keys import ApiKeys
from shared.services.records.documents import Documents, put
from tests.aws.emulator import REGION, Emulator
from tests.aws.harness import WAITING
from tests.aws.ingress_process import IngressProcess, SlowUpload
from tests.aws.test_ingress import padded_film
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

MEBIBYTE: Final = 1024**2
ACCOUNT: Final = "000000000000"
NAME: Final = "archive"
MACHINE: Final = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{NAME}-ingest"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator that enforces policies, unlike the emulator that the other tests share."""
    with Emulator(tmp_path_factory.mktemp("emulator"), {"AUTH": "true"}) as emulator:
        yield emulator


def client_of(emulator: Emulator, service: str) -> Any:
    found = emulator.environment
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=found["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=found["AWS_SECRET_ACCESS_KEY"],
    )


def targets() -> Targets:
    """Return the existing resources as targets of permissions, named as in ``infra.names``."""
    return Targets(
        region=REGION,
        table=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{NAME}",
        bucket=f"arn:aws:s3:::{NAME}",
        key=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/none",
        secrets=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}/",
        state_machines={"ingest": MACHINE},
        executions={},
        search=None,
        search_service="none",
        search_indexes="archive",
        event_stream="",
        event_topic="",
        due_work="",
        import_batches=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}-import-batches",
        import_listings=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}-import-listings",
        connector_roles="",
        query_embedding="",
        llm_key=None,
    )


@pytest.fixture(scope="module")
def variables(strict: Emulator) -> dict[str, str]:
    """Create the resources; return a task's variables, with a user's credentials in place of its role's."""
    client_of(strict, "dynamodb").create_table(
        TableName=NAME,
        KeySchema=[
            {"AttributeName": "partition", "KeyType": "HASH"},
            {"AttributeName": "sort", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("partition", "sort")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client_of(strict, "s3").create_bucket(
        Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    iam = client_of(strict, "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="workflow",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    client_of(strict, "stepfunctions").create_state_machine(
        name=f"{NAME}-ingest", definition=json.dumps(WAITING), roleArn=role
    )
    queues = {
        title: client_of(strict, "sqs").create_queue(QueueName=f"{NAME}-{title}")["QueueUrl"]
        for title in ("import-batches", "import-listings")
    }
    iam.create_user(UserName="ingress")
    policy = {"Version": "2012-10-17", "Statement": statements(INGRESS_CAPABILITIES, targets())}
    iam.put_user_policy(UserName="ingress", PolicyName="ingress", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName="ingress")["AccessKey"]
    return {
        **strict.environment,
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": NAME,
        "VIDEOVECTOR_SERVER_MEDIA_BUCKET": NAME,
        "VIDEOVECTOR_SERVER_SECRETS_PREFIX": NAME,
        "VIDEOVECTOR_SERVER_INGEST_STATE_MACHINE": MACHINE,
        "VIDEOVECTOR_SERVER_IMPORT_BATCHES_QUEUE": queues["import-batches"],
        "VIDEOVECTOR_SERVER_IMPORT_LISTINGS_QUEUE": queues["import-listings"],
    }


@pytest.fixture(scope="module")
def key(strict: Emulator, variables: dict[str, str]) -> str:
    documents = Documents(DynamoRecords(NAME, client_of(strict, "dynamodb")))
    return ApiKeys(documents).create("anna", "usr_anna", "writer", [Scope.WRITE])[1]


@pytest.fixture
def ingress(variables: dict[str, str], tmp_path: Path) -> Iterator[IngressProcess]:
    found = IngressProcess(tmp_path, variables)
    yield found.start()
    found.kill()


def test_policies_are_enforced(strict: Emulator, variables: dict[str, str]) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=strict.url,
        region_name=REGION,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.put_object(Bucket=NAME, Key="media/anna/vid_1/film.mp4", Body=b"x")


def test_large_and_small_file_are_imported(
    strict: Emulator, ingress: IngressProcess, variables: dict[str, str], key: str, tmp_path: Path
) -> None:
    large = padded_film(tmp_path / "large.mp4", 20 * MEBIBYTE)
    small = padded_film(tmp_path / "small.mp4", 6 * MEBIBYTE)
    with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
        jobs = {
            client.videos.upload(file=large, title="L").job_id,
            client.workflow.upload(file=small, index_name="Films").job_id,
        }
    started = client_of(strict, "stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    assert started
    queue = variables["VIDEOVECTOR_SERVER_IMPORT_BATCHES_QUEUE"]
    waiting = client_of(strict, "sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert {each["Body"] for each in waiting} == jobs


def test_broken_and_repeated_uploads_are_removed(
    strict: Emulator, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    s3 = client_of(strict, "s3")

    def uploads() -> list[Any]:
        found: list[Any] = s3.list_multipart_uploads(Bucket=NAME).get("Uploads", [])
        return found

    upload = SlowUpload(ingress.base_url, key, 24 * MEBIBYTE)
    upload.send(bytes(12 * MEBIBYTE))
    wait_until(lambda: len(uploads()) == 1)
    upload.disconnect()
    wait_until(lambda: uploads() == [])
    film = padded_film(tmp_path / "film.mp4", 20 * MEBIBYTE)
    before = s3.list_objects_v2(Bucket=NAME).get("KeyCount", 0)
    with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
        for _ in range(2):
            client.videos.upload(file=film, title="Once", idempotency_key="once")
    assert s3.list_objects_v2(Bucket=NAME)["KeyCount"] == before + 1
    assert uploads() == []


def test_export_beyond_limit_of_functions_is_downloaded(
    strict: Emulator, ingress: IngressProcess, key: str
) -> None:
    content = random.Random(1).randbytes(20 * MEBIBYTE)
    assert len(content) > MAX_FILE_BYTES
    export = finished_export(len(content))
    file = blob_keys.export_file(export.tenant_id, export.export_id)
    client_of(strict, "s3").put_object(Bucket=NAME, Key=file, Body=content)
    documents = Documents(DynamoRecords(NAME, client_of(strict, "dynamodb")))
    documents.write(put(keys.export(export.tenant_id, export.export_id), export))
    secrets = SecretsManagerSecrets(client_of(strict, "secretsmanager"), prefix=f"{NAME}/")
    permit = DownloadPermit(export.tenant_id, export.export_id)
    signing_key = secrets.get_or_create("export-link-signing-key", 32)
    token = make_token(signing_key, permit, clock.now() + timedelta(minutes=1))
    address = f"{ingress.base_url}/exports/{export.export_id}/download"
    for given in ({"headers": {"X-API-Key": key}}, {"params": {"token": token}}):
        answer = httpx.get(address, timeout=HANG_TIMEOUT, **given)  # type: ignore[arg-type]
        assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(len(content)))
        assert answer.content == content
    assert httpx.get(address, params={"token": token[:-2]}, timeout=HANG_TIMEOUT).status_code == 403
    assert token not in ingress.log
    s3 = {"Bucket": NAME, "Key": file}
    client_of(strict, "s3").delete_object(**s3)
    assert httpx.get(address, headers={"X-API-Key": key}, timeout=HANG_TIMEOUT).status_code == 410


def finished_export(size: int) -> Export:
    now = clock.timestamp()
    return Export(
        export_id="exp_01J00000000000000000000001",
        tenant_id="anna",
        user_id="usr_anna",
        export_type=ExportType.PROMPT_RUN,
        target_id="run_1",
        index_id=None,
        status=ExportStatus.COMPLETED,
        format=ExportFormat.SQLITE,
        file_size_bytes=size,
        created_at=now,
        available_at=now,
        updated_at=now,
    )
