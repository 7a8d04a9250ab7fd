"""The ``keys`` command: API keys, and links that sign in to the console, also while a server runs."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from shared.cli.aws import require_packages
from shared.cli.configuration import DataFolder, configured, require_records
from shared.domain.access import LOCAL_TENANT, ApiKey, Scope
from shared.domain.errors import DomainError
from shared.runtime import Runtime, base_url
from shared.runtime.aws_archive import mark_new
from shared.runtime.from_settings import configured_runtime
from shared.runtime.local_archive import make_current_beside_server

LOCAL_USER: Final = "usr_local"

keys = typer.Typer(
    no_args_is_help=True, help="Create, list and revoke API keys, and make links for signing in."
)

Tenant = Annotated[str, typer.Option(help="The key's tenant. Tenants are isolated from each other.")]


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="Describes the purpose of the key.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="Each scope includes the previous ones. Without it: read.")
    ] = None,
    expires_in_days: Annotated[
        int | None, typer.Option(help="Without it the key never expires.", min=1, max=36_500)
    ] = None,
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """Create a key and print it. It cannot be shown again."""
    try:
        key, secret = _runtime(data).access.api_keys.create(
            tenant,
            LOCAL_USER,
            name,
            scope or [Scope.READ],
            None if expires_in_days is None else timedelta(days=expires_in_days),
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


@keys.command("sign-in-link")
def print_sign_in_link(
    address: Annotated[
        str | None,
        typer.Option(
            help="Address of the console. Without it: the one of the settings. On AWS it is required."
        ),
    ] = None,
    tenant: Tenant = LOCAL_TENANT,
    data: DataFolder = None,
) -> None:
    """Print a link that signs a browser in to the console once, within ten minutes."""
    if address is None and configured(data_folder=data).records_table:
        print("Name the console's address with --address: the output SiteUrl.", file=sys.stderr)
        raise typer.Exit(1)
    runtime = _runtime(data)
    print(sign_in_link(runtime, (address or base_url(runtime.settings)).rstrip("/"), tenant))


def sign_in_link(runtime: Runtime, origin: str, tenant: str = LOCAL_TENANT) -> str:
    """Make a ticket and return the link with it. Browsers do not send a fragment to servers."""
    return f"{origin}/#ticket={runtime.access.sign_in_tickets.issue(tenant, LOCAL_USER)}"


def _runtime(data: Path | None) -> Runtime:
    """Open the archive. End the command if that fails, or if the data folder holds no archive."""
    settings = configured(data_folder=data)
    if settings.records_table:
        require_packages()
    else:
        require_records(settings)
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
