"""Deployments in several accounts of the emulator, each reached by a profile of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared.adapters.aws.clients import AwsClients
from shared.domain.lazy import lazy
from shared.runtime import Runtime
from shared.runtime.aws import AwsPorts
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


@dataclass(frozen=True)
class Account:
    """A profile. The emulator takes an access key of twelve digits for the account's number."""

    profile: str
    number: str
    region: str

    def clients(self) -> AwsClients:
        return AwsClients(profile=self.profile, region=self.region)


OLD_ACCOUNT = Account("old", "111111111111", "eu-central-1")
NEW_ACCOUNT = Account("new", "222222222222", "eu-west-1")


@dataclass(frozen=True)
class DeployedStores:
    """A table, a bucket and a key in an account, and the file that describes them to a command."""

    account: Account
    table: str
    bucket: str
    key: str
    file: Path

    @lazy
    def ports(self) -> AwsPorts:
        names = {
            "records_table": self.table,
            "media_bucket": self.bucket,
            "encryption_key_arn": self.key,
        }
        return AwsPorts(Settings().model_copy(update=names), self.account.clients())

    def runtime(self) -> Runtime:
        return Runtime(self.ports)

    def items(self) -> list[dict[str, Any]]:
        """Return all items of the table as they are stored."""
        pages = self.account.clients().get("dynamodb").get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]


@contextmanager
def operator_shell(emulator: Emulator, folder: Path) -> Iterator[dict[str, str]]:
    """Set the variables of a shell that reaches both accounts by their profiles and by nothing else."""
    config, credentials = folder / "config", folder / "credentials"
    config.write_text("".join(f"[profile {each.profile}]\n" for each in (OLD_ACCOUNT, NEW_ACCOUNT)))
    credentials.write_text(
        "".join(
            f"[{each.profile}]\naws_access_key_id = {each.number}\naws_secret_access_key = secret\n"
            for each in (OLD_ACCOUNT, NEW_ACCOUNT)
        )
    )
    own = {
        name: value
        for name, value in emulator.environment.items()
        if name not in (*_CREDENTIALS, "AWS_REGION")
    }
    files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    with patch.dict(os.environ, own | files):
        for name in (*_CREDENTIALS, "AWS_REGION"):
            os.environ.pop(name, None)
        yield own | files


def deploy(account: Account, folder: Path) -> DeployedStores:
    """Create new stores in an account. The table is named as the stack of a deployment names it."""
    clients = account.clients()
    table = f"{stores.new_name()}-data-Records-1ABC"
    deployed = DeployedStores(
        account,
        stores.create_table(clients.get("dynamodb"), table),
        stores.create_bucket(clients.get("s3"), account.region),
        stores.create_encryption_key(clients.get("kms")),
        folder / f"{stores.new_name()}.env",
    )
    lines = {
        "AWS_PROFILE": account.profile,
        "AWS_REGION": account.region,
        "VIDEOVECTOR_SERVER_RECORDS_TABLE": deployed.table,
        "VIDEOVECTOR_SERVER_MEDIA_BUCKET": deployed.bucket,
        "VIDEOVECTOR_SERVER_ENCRYPTION_KEY_ARN": deployed.key,
    }
    deployed.file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return deployed
