"""Services of exports."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.exports.content.content import ExportContent
    from shared.services.exports.content.embeddings import SegmentEmbeddings
    from shared.services.exports.downloads import Downloads
    from shared.services.exports.erasure import ExportErasure
    from shared.services.exports.expiry import ExportExpiry
    from shared.services.exports.exports import Exports
    from shared.services.exports.files import ExportFiles
    from shared.services.exports.snapshots import Snapshots
    from shared.services.exports.work import ExportWork


class ExportsRoom(Room):
    """Exports: their requests, their work, and their files."""

    @lazy
    def exports(self) -> Exports:
        from shared.services.exports.exports import Exports

        return Exports(
            self._documents,
            self._ports.jobs,
            self._runtime.connectors.connections,
            max_at_work=self._ports.settings.max_exports_at_work,
        )

    @lazy
    def work(self) -> ExportWork:
        from shared.services.exports.delivery import Delivery
        from shared.services.exports.work import ExportWork

        blobs = self._ports.blobs
        return ExportWork(
            self._documents,
            blobs,
            lambda: self.content,
            self._snapshots,
            self._files,
            Delivery(self._runtime.connectors.connections, blobs),
            keep=timedelta(days=self._ports.settings.export_days),
        )

    @lazy
    def content(self) -> ExportContent:
        from shared.services.exports.content.content import ExportContent

        links, tables = self._runtime.library.file_links, self._runtime.runs.tables
        return ExportContent(self._documents, links, tables, self._embeddings)

    @lazy
    def downloads(self) -> Downloads:
        from shared.runtime import base_url
        from shared.services.exports.downloads import Downloads

        ports = self._ports
        return Downloads(
            self._documents,
            ports.blobs,
            lambda: ports.secrets,
            base_url=base_url(ports.settings),
            link_life=timedelta(seconds=ports.settings.export_link_seconds),
            streaming_origin=ports.settings.streaming_origin,
        )

    @lazy
    def expiry(self) -> ExportExpiry:
        from shared.services.exports.expiry import ExportExpiry

        return ExportExpiry(self._documents, self._files)

    @lazy
    def erasure(self) -> ExportErasure:
        from shared.services.exports.erasure import ExportErasure

        return ExportErasure(self._documents, self._files)

    def _embeddings(self) -> SegmentEmbeddings:
        from shared.services.exports.content.embeddings import SegmentEmbeddings

        return SegmentEmbeddings(self._ports.blobs, lambda: self._ports.models)

    @lazy
    def _snapshots(self) -> Snapshots:
        from shared.services.exports.snapshots import Snapshots

        return Snapshots(self._documents, self._ports.blobs)

    @lazy
    def _files(self) -> ExportFiles:
        from shared.services.exports.files import ExportFiles

        return ExportFiles(self._ports.blobs, self._snapshots)
