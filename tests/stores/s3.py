"""An S3 store that checks signatures and permissions: the AWS emulator with authentication."""

import atexit
import functools
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from pydantic import SecretStr

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import S3Keys
from tests.aws.emulator import ACCESS_KEY, REGION, Emulator

ALL_ACTIONS: Final = ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject")
ROOT_SECRET: Final = "the-secret-key-of-the-account-itself"
_RUNS: Final = Path(__file__).resolve().parents[2] / ".tools" / "stores" / "s3"


@dataclass(frozen=True)
class S3Store:
    """A running S3 store. ``url`` is its endpoint, which the server's operator must permit."""

    url: str
    secret: str = ROOT_SECRET
    """The secret key of the account itself."""

    def client(self, service: str = "s3") -> Any:
        """Return a client of the account itself, which has every permission."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}),
        )

    def new_bucket(self) -> str:
        """Create an empty bucket in the emulator's region, and return its name."""
        name = f"archive-{secrets.token_hex(6)}"
        self.client().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self.client().put_object(Bucket=bucket, Key=key, Body=content)

    def new_user(self, bucket: str, actions: Sequence[str] = ALL_ACTIONS) -> S3Keys:
        """Create a user who may do only ``actions`` in one bucket, and return the user's access key."""
        iam, name = self.client("iam"), f"user-{secrets.token_hex(6)}"
        iam.create_user(UserName=name)
        arn = f"arn:aws:s3:::{bucket}"
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": [arn, f"{arn}/*"]}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="store", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return S3Keys(access_key_id=key["AccessKeyId"], secret_access_key=SecretStr(key["SecretAccessKey"]))

    def address(self, bucket: str, region: str = REGION) -> StoreAddress:
        return StoreAddress(
            provider=ConnectorProvider.S3, bucket=bucket, region=region, endpoint_url=self.url
        )


@functools.cache
def running_s3() -> S3Store:
    """Return the store that all tests of this process share; it ends with the process."""
    folder = _RUNS / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    emulator = Emulator(folder, {"AUTH": "true", "AWS_SECRET_ACCESS_KEY": ROOT_SECRET}).__enter__()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(emulator.stop)
    return S3Store(emulator.url)
