"""Services that bring files into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.imports.attachments import Attachments
    from shared.services.imports.connector_imports import ConnectorImports
    from shared.services.imports.control.cancellation import Cancellation
    from shared.services.imports.control.retries import Retries
    from shared.services.imports.dropped_files import DroppedImports
    from shared.services.imports.ingest.cleanup import ImportCleanup
    from shared.services.imports.ingest.ingest import Ingest
    from shared.services.imports.intake import Imports
    from shared.services.imports.leftovers import ImportLeftovers
    from shared.services.imports.listing.listing import ImportListing
    from shared.services.imports.upload_sessions import Uploads
    from shared.services.imports.views import ImportViews


class ImportsRoom(Room):
    @lazy
    def intake(self) -> Imports:
        from shared.services.imports.intake import Imports

        ports = self._ports
        connections = self._runtime.connectors.connections
        return Imports(
            self._documents, ports.blobs, ports.jobs, ports.uri_fetcher, connections, ports.settings
        )

    @lazy
    def from_connector(self) -> ConnectorImports:
        from shared.services.imports.connector_imports import ConnectorImports

        return ConnectorImports(self._documents, self._ports.jobs, self._runtime.connectors.connections)

    @lazy
    def attachments(self) -> Attachments:
        from shared.services.imports.attachments import Attachments

        ports = self._ports
        return Attachments(self._documents, ports.blobs, ports.jobs, ports.uri_fetcher, ports.settings)

    @lazy
    def cancellation(self) -> Cancellation:
        from shared.services.imports.control.cancellation import Cancellation

        return Cancellation(self._documents)

    @lazy
    def retries(self) -> Retries:
        from shared.services.imports.control.retries import Retries

        ports = self._ports
        return Retries(self._documents, ports.jobs, ports.uri_fetcher, ports.settings)

    @lazy
    def listing(self) -> ImportListing:
        from shared.services.imports.listing.listing import ImportListing

        return ImportListing(self._documents, self._ports.jobs, self._runtime.connectors.connections)

    @lazy
    def uploads(self) -> Uploads:
        from shared.services.imports.upload_sessions import Uploads

        ports = self._ports
        return Uploads(self._documents, ports.upload_sessions, ports.blobs, self.intake, ports.settings)

    @lazy
    def dropped_files(self) -> DroppedImports:
        from shared.services.imports.dropped_files import DroppedImports

        return DroppedImports(self._documents, self._ports.dropped_files, self.intake, self._ports.settings)

    @lazy
    def leftovers(self) -> ImportLeftovers:
        from shared.services.imports.leftovers import ImportLeftovers

        return ImportLeftovers(self._documents, self._ports.blobs)

    @lazy
    def views(self) -> ImportViews:
        from shared.services.imports.views import ImportViews

        return ImportViews(self._documents)

    @lazy
    def ingest(self) -> Ingest:
        from shared.services.imports.ingest.ingest import Ingest

        ports = self._ports
        connections = self._runtime.connectors.connections
        return Ingest(self._documents, ports.blobs, ports.uri_fetcher, connections, ports.settings)

    @lazy
    def cleanup(self) -> ImportCleanup:
        from shared.services.imports.ingest.cleanup import ImportCleanup

        return ImportCleanup(self._documents, self._ports.blobs)
