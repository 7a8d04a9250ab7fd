"""Roles of users, assumed with the permission of the deployed functions, on a store that checks policies."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from infra.permissions import Capability, statements
from shared.adapters.aws.assumed_roles import AssumedRoles
from shared.adapters.http.stores.specifications import S3Session
from shared.adapters.http.stores.stores import ObjectStores
from shared.domain.connectors.credentials import ROLE_PREFIX, S3Role
from shared.domain.connectors.store_problem import StoreProblem
from shared.ports.stores import StoreFailed
from shared.settings import Settings
from tests.aws.emulator import REGION, Emulator
from tests.aws.refusing_server import RefusingServer
from tests.stores.s3 import ROOT_SECRET, S3Store

pytestmark = pytest.mark.slow

ACCOUNT = "000000000000"
PROGRAM = Path(__file__).with_name("deployment") / "emulator_with_batch.py"
EXTERNAL_ID = "made-by-the-server"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Store]:
    """A store whose policies see the external id."""
    variables = {"AUTH": "true", "AWS_SECRET_ACCESS_KEY": ROOT_SECRET}
    with Emulator(tmp_path_factory.mktemp("store"), variables, [str(PROGRAM)]) as emulator:
        yield S3Store(emulator.url)


@pytest.fixture
def bucket(s3: S3Store) -> str:
    name = s3.new_bucket()
    s3.put(name, "clip.mp4", b"a clip")
    return name


def statement_of_functions() -> dict[str, Any]:
    """Return the statement with which the functions of a deployment may assume roles."""
    from tests.aws.test_ingress_permissions import targets

    granted = replace(targets(), connector_roles=f"arn:aws:iam::*:role/{ROLE_PREFIX}*")
    (statement,) = statements({Capability.ASSUME_ROLES}, granted)
    return statement


@pytest.fixture
def roles(s3: S3Store) -> AssumedRoles:
    """The adapter, with the credentials of a user who has only that statement."""
    iam, name = s3.client("iam"), f"functions-{secrets.token_hex(4)}"
    iam.create_user(UserName=name)
    policy = {"Version": "2012-10-17", "Statement": [statement_of_functions()]}
    iam.put_user_policy(UserName=name, PolicyName="roles", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    client = boto3.client(
        "sts",
        endpoint_url=s3.url,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    return AssumedRoles(lambda: client)


def new_role(s3: S3Store, bucket: str, prefix: str = ROLE_PREFIX, external_id: str = EXTERNAL_ID) -> str:
    """Create a role as the guide describes it; return its ARN."""
    name = f"{prefix}{secrets.token_hex(4)}"
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    arn = f"arn:aws:s3:::{bucket}"
    access = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [arn, f"{arn}/*"]}
    iam = s3.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy_of(trust))
    iam.put_role_policy(RoleName=name, PolicyName="bucket", PolicyDocument=policy_of(access))
    return str(made["Role"]["Arn"])


def policy_of(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_store_opens_with_role(s3: S3Store, bucket: str, roles: AssumedRoles) -> None:
    stores = ObjectStores(Settings(s3_endpoints=s3.url), lambda role, _region: S3Session(*roles.assume(role)))
    role = S3Role(role_arn=new_role(s3, bucket), external_id=EXTERNAL_ID)
    store = stores.open(s3.address(bucket), role)
    try:
        (page,) = store.list()
        assert [each.path for each in page] == ["clip.mp4"]
    finally:
        store.close()


def test_other_external_id_is_explained(s3: S3Store, bucket: str, roles: AssumedRoles) -> None:
    role = S3Role(role_arn=new_role(s3, bucket), external_id="of-another-connector")
    with pytest.raises(StoreFailed, match="external id") as failed:
        roles.assume(role)
    assert failed.value.problem is StoreProblem.WRONG_CREDENTIALS


@pytest.mark.parametrize("prefix", ["admin-", "my-videovector-connector-"])
def test_role_with_other_name_is_refused(s3: S3Store, bucket: str, roles: AssumedRoles, prefix: str) -> None:
    arn = new_role(s3, bucket, prefix)
    with pytest.raises(StoreFailed, match=f"must start with {ROLE_PREFIX}"):
        roles.assume(S3Role(role_arn=arn, external_id=EXTERNAL_ID))


def test_unknown_role_is_explained(roles: AssumedRoles) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{ROLE_PREFIX}absent"
    with pytest.raises(StoreFailed, match="trust policy"):
        roles.assume(S3Role(role_arn=arn, external_id=EXTERNAL_ID))


def test_role_of_other_partition_is_explained() -> None:
    refused = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
    <Code>ValidationError</Code><Message>The ARN is invalid.</Message></Error></ErrorResponse>"""
    with RefusingServer(400, refused) as server:
        client = boto3.client(
            "sts",
            endpoint_url=server.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        role = S3Role(role_arn=f"arn:aws-cn:iam::{ACCOUNT}:role/{ROLE_PREFIX}films", external_id=EXTERNAL_ID)
        with pytest.raises(StoreFailed, match="partition of AWS"):
            AssumedRoles(lambda: client).assume(role)
