"""The records of one medium that repeat each other, written in one transaction so that they agree.

What a run does with a medium is a ``MediumState``; the medium's card and its line in the index's list
repeat what callers see of it, and the line repeats the medium itself. Each write expects the versions
that were read, so of two writers at the same moment the later one reads again.
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
from shared.services.records.documents import Batch, Documents, put
from shared.services.records.transact import Decision

WRITES_A_NEW_RUN: Final = 4
"""Of a medium that joins a run: its state, the pointer to the run, its card, its line in the list."""

ChangeMedia = Callable[[Media], Media]
ChangeRun = Callable[[MediumState], MediumState]
"""Changes of a medium, and of its state in a run. They are called once an attempt, and have no effects
of their own."""


@dataclass(frozen=True, slots=True)
class MediumAddress:
    """``index_id`` None is the playground. A medium never moves."""

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
    def line(self) -> Key:
        return keys.index_media(self.tenant_id, self.index_id, self.media_id)


def address_of(media: Media) -> MediumAddress:
    return MediumAddress(media.tenant_id, media.media_id, media.index_id)


def new_medium_writes(media: Media) -> list[Put]:
    """A medium that no run has touched."""
    address = address_of(media)
    return [
        put(address.media, media),
        put(address.card, RunCard(), sparse=True),
        put(address.line, ListedMedia(media=media), sparse=True),
    ]


def changed_media_writes(batch: Batch, media: Media) -> list[Write]:
    """``media`` as it is to be from now on; ``batch`` has read its record and its line."""
    return _writes(batch, address_of(media), media=media)


class MediaRecords:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def change_media(self, address: MediumAddress, change: ChangeMedia) -> Media | None:
        """Change a medium and its line in the list. Return None where the medium is gone.

        Raises: VersionConflict: each of 20 attempts met one.
        """

        def decide() -> Decision[Media | None]:
            batch = self._documents.batch([address.media, address.line])
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
    ) -> MediumState | None:
        """Change a medium's state in a run, and in the same transaction the medium itself and the states
        of its segments, unless a newer run has written these.

        Return None, and write nothing, where the run has no such medium: a removed state is not restored.

        Raises:
            VersionConflict: each of 20 attempts met one.
        """
        key = keys.medium_state(address.tenant_id, run_id, address.media_id)
        wanted = [key, address.card, address.line]
        wanted += [address.media] if change_media else []
        wanted += [address.states] if states else []

        def decide() -> Decision[MediumState | None]:
            batch = self._documents.batch(wanted)
            before = batch.get(MediumState, key)
            if before is None:
                return Decision(None)
            changed = change(before.model_copy(deep=True))
            media = _changed_media(batch, address, change_media)
            newer = _newer_states(batch, address, states)
            writes: list[Write] = []
            if changed != before or newer is not None:  # the states need the run to be there still
                writes.append(put(key, changed, expected_version=batch.version(key)))
            card = _changed_card(batch, address, changed)
            writes += _writes(batch, address, media=media, card=card, states=newer)
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
        """The states that ``media`` begin ``run`` with, numbered from ``first_ordinal``, and what is to
        be written for them: ``WRITES_A_NEW_RUN`` each, and one more with ``change_media``.

        Left out are media that are gone or being deleted, and those that have joined already.
        """
        addresses = [address_of(medium) for medium in media]
        batch = self._documents.batch(_joining_keys(run, addresses, with_media=change_media is not None))
        joined: list[MediumState] = []
        writes: list[Write] = []
        for address in addresses:
            line, card = batch.get(ListedMedia, address.line), batch.get(RunCard, address.card)
            key = keys.medium_state(run.tenant_id, run.run_id, address.media_id)
            if line is None or card is None or line.media.deleting or batch.version(key) != ABSENT:
                continue
            medium_state = new_media_run(run, line.media, first_ordinal + len(joined))
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
            address.line,
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
    """What changes, and the line in the list that repeats it. None: as it was."""
    writes: list[Write] = []
    if media is not None:
        writes.append(put(address.media, media, expected_version=batch.version(address.media)))
    if card is not None:
        version = batch.version(address.card)
        writes.append(put(address.card, card, expected_version=version, sparse=True))
    if states is not None:
        version = batch.version(address.states)
        writes.append(put(address.states, states, expected_version=version, sparse=True))
    line = batch.get(ListedMedia, address.line)
    if line is not None and not (media is None and card is None):
        shown = media or line.media
        changed = ListedMedia.of(shown, card) if card else ListedMedia(media=shown, runs=line.runs)
        version = batch.version(address.line)
        writes.append(put(address.line, changed, expected_version=version, sparse=True))
    return writes


def _changed_media(batch: Batch, address: MediumAddress, change: ChangeMedia | None) -> Media | None:
    """None where nothing changes, or the medium is gone."""
    before = batch.get(Media, address.media) if change else None
    if before is None or change is None:
        return None
    changed = change(before.model_copy(deep=True))
    return None if changed == before else changed


def _changed_card(batch: Batch, address: MediumAddress, medium_state: MediumState) -> RunCard | None:
    before = batch.get(RunCard, address.card)
    changed = before.with_run(medium_state) if before else None
    return None if changed == before else changed


def _newer_states(batch: Batch, address: MediumAddress, states: SegmentStates | None) -> SegmentStates | None:
    before = batch.get(SegmentStates, address.states) if states else None
    if before is None or states is None:
        return states
    return None if before.run_id > states.run_id or before == states else states
