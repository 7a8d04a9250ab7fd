"""Denormalised records of one medium, written in one transaction so that they agree.

A ``MediumState`` is the state of a medium in one run. The medium's run card (``RunCard``) and its entry
in the index's media list (``ListedMedia``) repeat what callers see of that state, and the list entry also
repeats the medium. Each write expects the versions that were read, so the later of two concurrent writers
meets a VersionConflict and reads again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.card import ListedMedia, RunCard
from shared.domain.runs.counts import new_media_run
from shared.domain.runs.prompt_run import MediumState, PromptRun
from shared.domain.runs.segment_states import SegmentStates
from shared.ports.records import ABSENT, Put, Write
from shared.services.library.media_events import media_changed
from shared.services.records.documents import Batch, Documents, put
from shared.services.records.event_log import event_writes
from shared.services.records.transact import Decision

WRITES_PER_JOINED_MEDIUM: Final = 4
"""Writes for a medium that joins a run: its state, the pointer to the run, its run card, its list entry."""

ChangeMedia = Callable[[Media], Media]
ChangeRun = Callable[[MediumState], MediumState]
"""A change of a medium, and of its state in a run. It is called once per attempt and must not have side
effects."""


@dataclass(frozen=True, slots=True)
class MediumAddress:
    """Record keys of one medium. ``index_id`` None is the playground. A medium never changes its index."""

    tenant_id: str
    media_id: str
    index_id: str | None

    @property
    def media(self) -> Key:
        return keys.media(self.tenant_id, self.media_id)

    @property
    def card(self) -> Key:
        return keys.run_card(self.tenant_id, self.media_id)

    @property
    def states(self) -> Key:
        return keys.segment_states(self.tenant_id, self.media_id)

    @property
    def list_entry(self) -> Key:
        return keys.index_media(self.tenant_id, self.index_id, self.media_id)


def address_of(media: Media) -> MediumAddress:
    return MediumAddress(media.tenant_id, media.media_id, media.index_id)


def new_medium_writes(media: Media) -> list[Put]:
    """Build the writes of a new medium, which no run has processed. They expect that it does not exist."""
    address = address_of(media)
    return [
        put(address.media, media, expected_version=ABSENT),
        put(address.card, RunCard(), sparse=True),
        put(address.list_entry, ListedMedia(media=media), sparse=True),
    ]


def changed_media_writes(batch: Batch, media: Media) -> list[Write]:
    """Build the writes that replace a medium by ``media``. ``batch`` holds its record and its list entry."""
    return _writes(batch, address_of(media), media=media)


class MediaRecords:
    """Consistent changes of a medium and of its states in runs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def change_media(self, address: MediumAddress, change: ChangeMedia) -> Media | None:
        """Change a medium and its list entry. Return None if the medium does not exist.

        Raises: VersionConflict: each of 20 attempts failed with one.
        """

        def decide() -> Decision[Media | None]:
            batch = self._documents.batch([address.media, address.list_entry])
            before = batch.get(Media, address.media)
            if before is None:
                return Decision(None)
            changed = change(before.model_copy(deep=True))
            if changed == before:
                return Decision(changed)
            return Decision(changed, _writes(batch, address, media=changed))

        return self._documents.transact(decide)

    def change_run(
        self,
        address: MediumAddress,
        run_id: str,
        change: ChangeRun,
        *,
        change_media: ChangeMedia | None = None,
        states: SegmentStates | None = None,
        user_id: str | None = None,
    ) -> MediumState | None:
        """Change a medium's state in a run. ``user_id`` is the user of the run.

        The same transaction applies ``change_media`` to the medium and stores the segments' ``states``,
        unless a newer run has written theirs. It appends the event of the change, if there is one. Return
        None, and write nothing, if the run has no state of the medium: a removed state is not restored. A
        medium that has ended in the run stays ended: a late second worker does not reopen it.

        Raises:
            VersionConflict: each of 20 attempts failed with one.
        """
        key = keys.medium_state(address.tenant_id, run_id, address.media_id)
        read = [key, address.card, address.list_entry]
        read += [address.media] if change_media else []
        read += [address.states] if states else []

        def decide() -> Decision[MediumState | None]:
            batch = self._documents.batch(read)
            before = batch.get(MediumState, key)
            if before is None:
                return Decision(None)
            changed = change(before.model_copy(deep=True))
            if before.status.is_terminal and not changed.status.is_terminal:
                return Decision(before)
            media = _changed_media(batch, address, change_media)
            newer = _newer_states(batch, address, states)
            writes: list[Write] = []
            if changed != before or newer is not None:  # makes the write fail if the run lost the medium
                writes.append(put(key, changed, expected_version=batch.version(key)))
            card = _changed_card(batch, address, changed)
            writes += _writes(batch, address, media=media, card=card, states=newer)
            if entry := batch.get(ListedMedia, address.list_entry):
                event = media_changed(before, changed, entry.media, media or entry.media, user_id)
                writes += event_writes(event)
            return Decision(changed, writes)

        return self._documents.transact(decide)

    def join(
        self,
        run: PromptRun,
        media: Sequence[Media],
        first_ordinal: int,
        *,
        change_media: ChangeMedia | None = None,
    ) -> tuple[list[MediumState], list[Write]]:
        """Build the initial states of ``media`` in ``run``, and their writes.

        The states are numbered from ``first_ordinal``. Each takes ``WRITES_PER_JOINED_MEDIUM`` writes, and
        one more with ``change_media``. Media that are deleted, being deleted, or in the run already are
        left out.
        """
        addresses = [address_of(medium) for medium in media]
        batch = self._documents.batch(_joining_keys(run, addresses, with_media=change_media is not None))
        joined: list[MediumState] = []
        writes: list[Write] = []
        for address in addresses:
            entry, card = batch.get(ListedMedia, address.list_entry), batch.get(RunCard, address.card)
            key = keys.medium_state(run.tenant_id, run.run_id, address.media_id)
            if entry is None or card is None or entry.media.deleting or batch.version(key) != ABSENT:
                continue
            medium_state = new_media_run(run, entry.media, first_ordinal + len(joined))
            joined.append(medium_state)
            writes.append(put(key, medium_state, expected_version=ABSENT))
            writes.append(Put(keys.run_of_media(run.tenant_id, address.media_id, run.run_id), {}))
            changed = _changed_media(batch, address, change_media)
            writes += _writes(batch, address, media=changed, card=card.with_run(medium_state))
        return joined, writes


def _joining_keys(run: PromptRun, addresses: Iterable[MediumAddress], *, with_media: bool) -> list[Key]:
    return [
        key
        for address in addresses
        for key in (
            address.list_entry,
            address.card,
            keys.medium_state(run.tenant_id, run.run_id, address.media_id),
            *([address.media] if with_media else []),
        )
    ]


def _writes(
    batch: Batch,
    address: MediumAddress,
    *,
    media: Media | None = None,
    card: RunCard | None = None,
    states: SegmentStates | None = None,
) -> list[Write]:
    """Build the writes of what changes, and of the list entry that repeats it. None means unchanged."""
    writes: list[Write] = []
    if media is not None:
        writes.append(put(address.media, media, expected_version=batch.version(address.media)))
    if card is not None:
        version = batch.version(address.card)
        writes.append(put(address.card, card, expected_version=version, sparse=True))
    if states is not None:
        version = batch.version(address.states)
        writes.append(put(address.states, states, expected_version=version, sparse=True))
    entry = batch.get(ListedMedia, address.list_entry)
    if entry is not None and not (media is None and card is None):
        shown = media or entry.media
        changed = ListedMedia.of(shown, card) if card else ListedMedia(media=shown, runs=entry.runs)
        version = batch.version(address.list_entry)
        writes.append(put(address.list_entry, changed, expected_version=version, sparse=True))
    return writes


def _changed_media(batch: Batch, address: MediumAddress, change: ChangeMedia | None) -> Media | None:
    """Return the changed medium; None if nothing changes or the medium does not exist."""
    before = batch.get(Media, address.media) if change else None
    if before is None or change is None:
        return None
    changed = change(before.model_copy(deep=True))
    return None if changed == before else changed


def _changed_card(batch: Batch, address: MediumAddress, medium_state: MediumState) -> RunCard | None:
    """Return the run card with ``medium_state``; None if nothing changes or there is no card."""
    before = batch.get(RunCard, address.card)
    changed = before.with_run(medium_state) if before else None
    return None if changed == before else changed


def _newer_states(batch: Batch, address: MediumAddress, states: SegmentStates | None) -> SegmentStates | None:
    """Return ``states``, or None if they are stored already or a newer run has stored its own."""
    before = batch.get(SegmentStates, address.states) if states else None
    if before is None or states is None:
        return states
    return None if before.run_id > states.run_id or before == states else states
