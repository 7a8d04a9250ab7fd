"""Archives for benchmarks of the console. Records are written directly. Models only embed a few texts."""

import random
from io import BytesIO
from typing import Final

from PIL import Image
from ulid import ULID

from shared.cli.demo.sample import SAMPLE
from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.clock import timestamp
from shared.domain.evidence import Shot, Transcript, Utterance, Word
from shared.domain.ids import segment_id
from shared.domain.media import Media, MediaType, ProcessingStatus, Segment
from shared.domain.query.hits import segment_result_id
from shared.domain.query.leaves import leaves
from shared.domain.runs.prompt_run import SegmentResult
from shared.domain.timeline import SeenFrame, SeenPictures
from shared.ports.search_index import Level, SearchDocument, TextPassage
from shared.runtime import Runtime
from shared.services.records.documents import put
from shared.services.runs.analysis import content_keys
from tests.perf.bench_search import Corpus
from tests.perf.segment_texts import SPEECH, segment
from tests.unit.services.run_world import keep_media

OWNER: Final = Caller(tenant_id="local", user_id="usr_local", scopes=frozenset({Scope.WRITE}))
HOURS: Final = 2
WORDS: Final = 20_000
_SECONDS: Final = HOURS * 3600
_POSTERS: Final = 50
_EMBEDDED_TEXTS: Final = 600
_SEGMENTS_OF_MEDIUM: Final = 100
_SEGMENT_SECONDS: Final = 5
_RECIPE: Final = "fixed"
_RUN: Final = f"run_{ULID()}"


def new_index(runtime: Runtime, name: str) -> str:
    return runtime.library.indexes.create(OWNER, name, seed=str(ULID())).index_id


def write_posters(runtime: Runtime) -> None:
    """Write the few pictures that all media share."""
    for number in range(_POSTERS):
        picture = BytesIO()
        Image.effect_noise((640, 360), number + 10).save(picture, "JPEG")
        runtime.ports.blobs.write(_poster(number), picture.getvalue(), "image/jpeg")


def _poster(number: int) -> str:
    return f"media/local/poster{number % _POSTERS}.jpg"


def add_medium(runtime: Runtime, index_id: str | None, number: int, seconds: float) -> Media:
    """Add a processed video without a file. ``number`` gives it its name and its poster."""
    media = Media(
        media_id=f"vid_{ULID()}",
        tenant_id=OWNER.tenant_id,
        user_id=OWNER.user_id,
        index_id=index_id,
        title=f"Film {number} of the archive",
        file_name="film.mp4",
        media_type=MediaType.VIDEO,
        status=ProcessingStatus.PROCESSED,
        content_hash=f"{ULID()!s:0>64}",
        playback_key=f"media/local/{ULID()}.mp4",
        playback_type="video/mp4",
        poster_key=_poster(number),
        duration_seconds=seconds,
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    keep_media(runtime.documents, media)
    return media


def add_long_medium(runtime: Runtime) -> str:
    """Add a video of ``HOURS`` hours with ``WORDS`` spoken words to the playground. Return its id.

    Its file is the sample reel, which is shorter: nothing is played.
    """
    media = add_medium(runtime, None, 0, _SECONDS)
    blobs = runtime.ports.blobs
    blobs.write(media.playback_key, SAMPLE.read_bytes(), media.playback_type)
    transcript = Transcript(language="en", utterances=_utterances(), model="planted")
    blobs.write(
        content_keys.transcript_key(media, "planted"),
        transcript.model_dump_json().encode(),
        content_keys.JSON,
    )
    shots = tuple(Shot(start=second, end=second + 10) for second in range(0, _SECONDS, 10))
    frames = tuple(
        SeenFrame(timestamp=shot.start, shot=number, picture=_poster(number))
        for number, shot in enumerate(shots)
    )
    pictures = SeenPictures(shots=shots, frames=frames)
    key = f"{content_keys.content_folder(media)}pictures-planted.json"
    blobs.write(key, pictures.model_dump_json().encode(), content_keys.JSON)
    return media.media_id


def _utterances() -> tuple[Utterance, ...]:
    source, length = random.Random(4), _SECONDS / WORDS
    spoken = (word for _ in range(WORDS) for word in source.choice(SPEECH).split())
    words = tuple(
        Word(text=text, start=number * length, end=(number + 0.9) * length, confidence=0.9)
        for number, text in zip(range(WORDS), spoken, strict=False)
    )
    return tuple(
        Utterance(text=" ".join(w.text for w in said), start=said[0].start, end=said[-1].end, words=said)
        for said in (words[start : start + 14] for start in range(0, WORDS, 14))
    )


def add_segments(runtime: Runtime, segments: int) -> str:
    """Add an index with the results of one run on ``segments`` segments. Return its id."""
    index_id = new_index(runtime, "Segments")
    corpus = Corpus(runtime.ports.models.text_embedder, _EMBEDDED_TEXTS)
    for start in range(0, segments, _SEGMENTS_OF_MEDIUM):
        seconds = _SEGMENTS_OF_MEDIUM * _SEGMENT_SECONDS
        media = add_medium(runtime, index_id, start // _SEGMENTS_OF_MEDIUM, seconds)
        results = [_result(media, ordinal, start) for ordinal in range(_SEGMENTS_OF_MEDIUM)]
        runtime.documents.write(
            *(put(keys.segment_result("local", _RUN, media.media_id, r.segment_id), r) for r in results)
        )
        runtime.ports.search_index.put([_document(result, corpus, index_id, start) for result in results])
    return index_id


def _result(media: Media, ordinal: int, first: int) -> SegmentResult:
    identifier, begin = segment_id(media.media_id, _RECIPE, ordinal), float(ordinal * _SEGMENT_SECONDS)
    end, now = begin + _SEGMENT_SECONDS, timestamp()
    return SegmentResult(
        run_id=_RUN,
        media_id=media.media_id,
        segment_id=identifier,
        prompt_id="prm_planted",
        ordinal=ordinal,
        start=begin,
        end=end,
        segment=Segment(
            segment_id=identifier,
            media_id=media.media_id,
            recipe=_RECIPE,
            ordinal=ordinal,
            start=begin,
            end=end,
            thumbnail_key=_poster(ordinal),
            created_at=now,
        ),
        metadata=dict(segment(first + ordinal).data),
        indexed=True,
        completed_at=now,
        executed_at=now,
    )


def _document(result: SegmentResult, corpus: Corpus, index_id: str, first: int) -> SearchDocument:
    text = segment(first + result.ordinal)
    passages = zip(text.values, corpus.vectors(text), strict=True)
    return SearchDocument(
        result_id=segment_result_id(result.segment_id, result.run_id),
        tenant_id=OWNER.tenant_id,
        index_id=index_id,
        run_id=result.run_id,
        media_id=result.media_id,
        segment_id=result.segment_id,
        level=Level.SEGMENT,
        start=result.start,
        executed_at=result.executed_at,
        leaves=leaves(text.data),
        passages=[TextPassage(*value, vector) for value, vector in passages],
    )
