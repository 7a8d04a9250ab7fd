"""The ``keys`` command: create, list and revoke API keys, also while a server runs."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from shared.cli.aws import require_packages
from shared.cli.configuration import configured
from shared.domain.access import ApiKey, Scope
from shared.domain.errors import DomainError
from shared.runtime import Runtime
from shared.runtime.aws_archive import mark_new
from shared.runtime.from_settings import configured_runtime
from shared.runtime.local_archive import make_current_beside_server

LOCAL_TENANT: Final = "local"
LOCAL_USER: Final = "usr_local"

keys = typer.Typer(no_args_is_help=True, help="Create, list and revoke API keys.")

DataFolder = Annotated[Path | None, typer.Option("--data", help="The server's data folder.")]
Tenant = Annotated[str, typer.Option(help="The key's tenant. Tenants are isolated from each other.")]


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="Describes the purpose of the key.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="Each scope includes the previous ones. Without it: read.")
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(help="Without it the key never expires.")] = None,
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """Create a key and print it. It cannot be shown again."""
    try:
        key, secret = _runtime(data).access.api_keys.create(
            tenant, LOCAL_USER, name, scope or [Scope.READ], expires_in_days
        )
    except DomainError as error:
        raise typer.BadParameter(error.message) from error
    print(f"# {key.key_id}: {', '.join(key.scopes)}. Shown once.")
    print(secret)


@keys.command("list")
def list_keys(tenant: Tenant = LOCAL_TENANT, data: DataFolder = None) -> None:
    """List all keys, without their secrets."""
    for key in _runtime(data).access.api_keys.list(tenant):
        print("\t".join((key.key_id, f"{key.key_prefix}...", ",".join(key.scopes), _state(key), key.name)))


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that ``keys list`` shows.")],
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """Revoke a key. A running server refuses it within seconds."""
    try:
        key = _runtime(data).access.api_keys.revoke(tenant, key_id)
    except DomainError as error:
        print(error.message)
        raise typer.Exit(1) from error
    print(f"{key.key_id} is revoked.")


def _runtime(data: Path | None) -> Runtime:
    """Open the archive. End the command if that fails."""
    settings = configured(data_folder=data)
    if settings.records_table:
        require_packages()
    runtime = configured_runtime(settings)
    try:
        if settings.records_table:
            mark_new(settings)
        else:
            make_current_beside_server(runtime)
    except DomainError as error:
        print(error.message, file=sys.stderr)
        raise typer.Exit(1) from error
    return runtime


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at}"
    return f"expires {key.expires_at}" if key.expires_at else "active"
