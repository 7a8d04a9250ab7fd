"""``keys``: make, list and revoke API keys, also beside a running server."""

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

keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")

DataFolder = Annotated[Path | None, typer.Option("--data", help="The server's data folder.")]
Tenant = Annotated[str, typer.Option(help="Whose key: tenants see nothing of each other.")]


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="Each includes the ones before it; may be given again.")
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(help="Never, if not given.")] = None,
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """Make a key and print it, once."""
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
    """Show every key, without its secret."""
    for key in _runtime(data).access.api_keys.list(tenant):
        print("\t".join((key.key_id, f"{key.key_prefix}...", ",".join(key.scopes), _state(key), key.name)))


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="As ``keys list`` shows it.")],
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """End a key. A running server notices within seconds."""
    try:
        key = _runtime(data).access.api_keys.revoke(tenant, key_id)
    except DomainError as error:
        print(error.message)
        raise typer.Exit(1) from error
    print(f"{key.key_id} is revoked.")


def _runtime(data: Path | None) -> Runtime:
    """Ends the command where the archive cannot be worked on."""
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
