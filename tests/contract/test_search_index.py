"""Contract of the search index: scope, replacement, deletion, persistence, meaning and words."""

from dataclasses import replace

import numpy as np
import pytest

from shared.domain.query.conditions import Condition
from shared.ports.search_index import (
    Level,
    PicturePassage,
    SearchFilter,
    SearchIndex,
    TextQuery,
)
from tests.contract.search_adapters import Opener, index, opener
from tests.contract.search_documents import DIMENSION, between, direction, document, passage

__all__ = ["index", "opener"]

TENANT = SearchFilter("tenant")
BOAT, TRAIN, CAKE = direction(1), direction(2), direction(3)


def found(index: SearchIndex, scope: SearchFilter, words: str = "", limit: int = 10) -> list[str]:
    return [hit.result_id for hit in index.search_text(TextQuery(BOAT, words, limit=limit), scope)]


def test_empty_index_answers_searches(index: SearchIndex) -> None:
    assert found(index, TENANT, "boat") == []
    assert index.search_picture(BOAT, TENANT, 5) == []
    assert index.match([], TENANT, after=None, limit=5).total == 0
    assert index.delete(TENANT) == 0
    assert index.counts().documents == 0


def test_tenant_sees_only_its_own_documents(index: SearchIndex) -> None:
    for tenant in ("tenant", "other"):
        index.put(
            [
                document(
                    "same-id",
                    tenant=tenant,
                    data={"mood": "calm"},
                    passages=[passage(f"boat of {tenant}", BOAT)],
                    pictures=[PicturePassage(1.0, f"{tenant}.jpg", BOAT)],
                )
            ]
        )

    (hit,) = index.search_text(TextQuery(BOAT, "boat"), TENANT)
    (picture,) = index.search_picture(BOAT, TENANT, 5)

    assert hit.matches[0].text == "boat of tenant"
    assert picture.picture_key == "tenant.jpg"
    assert found(index, SearchFilter("stranger"), "boat") == []
    assert index.counts("tenant").documents == 1
    assert index.delete(TENANT) == 1
    assert found(index, SearchFilter("other")) == ["same-id"]


@pytest.mark.parametrize(
    ("index_ids", "expected"),
    [
        (None, ["mine", "shared"]),
        ({"one"}, ["mine"]),
        ({"sample"}, ["shared"]),
        ({"one", "sample"}, ["mine", "shared"]),
    ],
)
def test_query_covers_shared_tenant_too(
    index: SearchIndex, index_ids: set[str] | None, expected: list[str]
) -> None:
    places = {"tenant": ("mine", "one"), "defaults": ("shared", "sample"), "other": ("theirs", "one")}
    passages, pictures = [passage("boat", BOAT)], [PicturePassage(0.0, "p", BOAT)]
    for tenant, (name, index_id) in places.items():
        bare = document(name, tenant=tenant, index=index_id, data={"mood": "calm"})
        index.put([replace(bare, passages=passages, pictures=pictures)])
    listed = None if index_ids is None else frozenset(index_ids)
    scope = SearchFilter("tenant", index_ids=listed, shared_tenant_ids=frozenset({"defaults"}))

    assert sorted(found(index, scope)) == sorted(found(index, scope, "boat")) == expected
    assert sorted(hit.result_id for hit in index.search_picture(BOAT, scope, 10)) == expected
    calm = Condition("mood", "equals", "string", "calm")
    first = index.match([calm], scope, after=None, limit=1)
    assert (list(first.result_ids), first.total) == (expected[:1], len(expected))
    if first.next_after is not None:
        assert list(index.match([calm], scope, after=first.next_after, limit=5).result_ids) == expected[1:]

    index.delete(scope)
    assert found(index, SearchFilter("defaults")) == ["shared"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (SearchFilter("tenant"), {"a", "b", "c"}),
        (SearchFilter("tenant", index_ids=frozenset({"one"})), {"a", "b"}),
        (SearchFilter("tenant", index_ids=frozenset({""})), {"c"}),
        (SearchFilter("tenant", index_ids=frozenset({"one", "", "unknown"})), {"a", "b", "c"}),
        (SearchFilter("tenant", run_ids=frozenset({"second"})), {"b"}),
        (SearchFilter("tenant", media_ids=frozenset({"film", "song"})), {"a", "c"}),
        (SearchFilter("tenant", level=Level.VIDEO), {"c"}),
        (SearchFilter("tenant", index_ids=frozenset({"one"}), level=Level.VIDEO), set()),
        (SearchFilter("tenant", index_ids=frozenset()), set()),
        (SearchFilter("tenant", media_ids=frozenset({"unknown"})), set()),
    ],
)
def test_every_search_respects_its_filter(
    index: SearchIndex, scope: SearchFilter, expected: set[str]
) -> None:
    bare = [
        document("a", index="one", run="first", media="film"),
        document("b", index="one", run="second", media="clip"),
        document("c", index="", run="first", media="song", level=Level.VIDEO),
    ]
    passages, pictures = [passage("boat", BOAT)], [PicturePassage(0.0, "p", BOAT)]
    index.put([replace(one, passages=passages, pictures=pictures) for one in bare])

    assert set(found(index, scope)) == expected
    assert set(found(index, scope, "boat")) == expected
    assert {hit.result_id for hit in index.search_picture(BOAT, scope, 10)} == expected
    page = index.match([], scope, after=None, limit=10)
    assert (set(page.result_ids), page.total) == (expected, len(expected))
    assert index.delete(scope) == len(expected)
    assert set(found(index, TENANT)) == {"a", "b", "c"} - expected


def test_nearest_is_first_and_names_matching_passages(index: SearchIndex) -> None:
    index.put(
        [
            document("far", passages=[passage("cake", between(BOAT, CAKE, 0.4))]),
            document(
                "near",
                passages=[
                    passage("train", TRAIN, "objects[].name", "objects[0].name"),
                    passage("ship", between(BOAT, CAKE, 0.9), "objects[].name", "objects[1].name"),
                ],
            ),
        ]
    )

    hits = index.search_text(TextQuery(BOAT, ""), TENANT)

    assert [hit.result_id for hit in hits] == ["near", "far"]
    (match,) = hits[0].matches
    assert (match.field_path, match.instance_path, match.text) == (
        "objects[].name",
        "objects[1].name",
        "ship",
    )
    assert hits[0].dense_score == pytest.approx(float(between(BOAT, CAKE, 0.9) @ BOAT), abs=1e-3)
    assert hits[0].lexical_score is None


def test_weight_scales_score_of_passage(index: SearchIndex) -> None:
    index.put(
        [
            document("unsure", passages=[passage("boat", BOAT, weight=0.5)]),
            document("sure", passages=[passage("ship", between(BOAT, CAKE, 0.8))]),
        ]
    )

    hits = index.search_text(TextQuery(BOAT, ""), TENANT)

    assert [hit.result_id for hit in hits] == ["sure", "unsure"]
    assert hits[1].dense_score == pytest.approx(0.5, abs=1e-3)


def test_fields_restrict_dense_and_lexical_search(index: SearchIndex) -> None:
    index.put(
        [
            document(
                "titled", passages=[passage("a boat", BOAT, "title"), passage("cake", CAKE, "people[].name")]
            ),
            document(
                "named", passages=[passage("cake", CAKE, "title"), passage("a boat", BOAT, "people[].name")]
            ),
        ]
    )

    query = TextQuery(BOAT, "boat", frozenset({"people[].name"}), 10)
    best = index.search_text(query, TENANT)

    assert best[0].result_id == "named"
    assert {match.field_path for hit in best for match in hit.matches} == {"people[].name"}
    assert [hit.result_id for hit in best if hit.lexical_score] == ["named"]
    assert index.search_text(TextQuery(BOAT, "boat", frozenset({"unknown"})), TENANT) == []


def test_words_find_documents_that_vectors_miss(index: SearchIndex) -> None:
    index.put([document(f"near-{i}", passages=[passage("ship", between(BOAT, CAKE, 0.9))]) for i in range(5)])
    index.put([document("exact", passages=[passage("Invoice ZX-4711 for Müller", TRAIN)])])

    hits = index.search_text(TextQuery(BOAT, "zx 4711 MULLER", limit=3), TENANT)
    by_words = [hit for hit in hits if hit.lexical_score]

    assert [hit.result_id for hit in by_words] == ["exact"]
    assert 0.3 < (by_words[0].lexical_score or 0) <= 1
    assert by_words[0].matches[0].text == "Invoice ZX-4711 for Müller"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée", "creme BRULEE"),
        ("ПРИВЕТ мир", "привет"),
        ("東京タワーの夜景", "東京タワー"),
        ("서울의 밤", "서울"),
        ("naïve café — “quoted”", 'cafe" OR NEAR(* -'),
        ("C++ and (brackets)", "brackets) AND (c*"),
        ("don't stop", "don't"),
        ("ﬁnal report", "final"),
    ],
)
def test_words_of_any_script_are_matched_literally(index: SearchIndex, text: str, words: str) -> None:
    index.put(
        [document("it", passages=[passage(text, CAKE)]), document("not", passages=[passage("xyz", CAKE)])]
    )

    hits = index.search_text(TextQuery(BOAT, words), TENANT)

    assert [hit.result_id for hit in hits if hit.lexical_score] == ["it"]


@pytest.mark.parametrize(
    "words", ["", "   ", '"', "*", "AND OR NOT", "\x00", "the of a", "'; DROP TABLE leaf; --"]
)
def test_special_characters_in_words_are_harmless(index: SearchIndex, words: str) -> None:
    index.put([document("it", passages=[passage("boat", BOAT)])])

    assert found(index, TENANT, words) == ["it"]


def test_rarer_words_count_more(index: SearchIndex) -> None:
    index.put([document(f"c{i}", passages=[passage("person walking", direction(10 + i))]) for i in range(20)])
    index.put([document("rare", passages=[passage("a volcano", direction(99))])])

    hits = index.search_text(TextQuery(CAKE, "person volcano", limit=30), TENANT)
    lexical = {hit.result_id: hit.lexical_score or 0 for hit in hits}

    assert lexical["rare"] > 2 * max(score for name, score in lexical.items() if name != "rare")


def test_put_replaces_by_result_id(index: SearchIndex) -> None:
    index.put([document("a", data={"mood": "calm"}, passages=[passage("boat", BOAT), passage("x", CAKE)])])
    index.put([document("a", data={"mood": "tense"}, passages=[passage("train", TRAIN)])])
    index.put([document("a", data={"mood": "tense"}, passages=[passage("train", TRAIN)])])

    (hit,) = index.search_text(TextQuery(TRAIN, "boat"), TENANT)

    assert hit.lexical_score is None
    assert [match.text for match in hit.matches] == ["train"]
    assert (index.counts().documents, index.counts().text_vectors) == (1, 1)


def test_last_duplicate_in_one_put_wins(index: SearchIndex) -> None:
    index.put(
        [document("a", passages=[passage("old", BOAT)]), document("a", passages=[passage("new", BOAT)])]
    )

    (hit,) = index.search_text(TextQuery(BOAT, ""), TENANT)

    assert hit.matches[0].text == "new"


def test_picture_hit_names_its_best_frame(index: SearchIndex) -> None:
    frames = [PicturePassage(1.5, "1.jpg", CAKE), PicturePassage(2.5, "2.jpg", between(BOAT, CAKE, 0.8))]
    index.put([document("a", pictures=frames), document("b", pictures=[PicturePassage(0.5, "3.jpg", TRAIN)])])

    hits = index.search_picture(BOAT, TENANT, 1)

    assert [(hit.result_id, hit.timestamp, hit.picture_key) for hit in hits] == [("a", 2.5, "2.jpg")]
    assert hits[0].score == pytest.approx(float(between(BOAT, CAKE, 0.8) @ BOAT), abs=1e-3)


def test_index_persists_after_reopening(opener: Opener) -> None:
    first = opener()
    first.put(
        [
            document(
                "a",
                data={"mood": "calm"},
                passages=[passage("boat", BOAT, weight=0.9)],
                pictures=[PicturePassage(1.0, "a.jpg", CAKE)],
            )
        ]
    )
    first.put([document("b", passages=[passage("boat", BOAT)])])
    first.delete(SearchFilter("tenant", media_ids=frozenset({"nothing"})))
    before = first.search_text(TextQuery(BOAT, "boat"), TENANT)

    again = opener()

    assert again.search_text(TextQuery(BOAT, "boat"), TENANT) == before
    assert again.search_picture(CAKE, TENANT, 5)[0].picture_key == "a.jpg"
    assert again.counts() == first.counts()


def test_vectors_of_another_dimension_are_refused(index: SearchIndex) -> None:
    wrong = direction(1, DIMENSION // 2)

    with pytest.raises(ValueError, match="not of the space text@1/64"):
        index.put([document("good"), document("a", passages=[passage("boat", wrong)])])
    with pytest.raises(ValueError, match="not of the space picture@1/64"):
        index.put([document("a", pictures=[PicturePassage(0.0, "p", wrong)])])
    with pytest.raises(ValueError, match="not of the space"):
        index.search_text(TextQuery(wrong, ""), TENANT)
    with pytest.raises(ValueError, match="not finite"):
        index.put([document("a", passages=[passage("boat", np.full(DIMENSION, np.nan, np.float32))])])
    assert index.counts().documents == 0


def test_counts_contain_vectors_per_space(index: SearchIndex) -> None:
    index.put([document("a", passages=[passage("x", BOAT)] * 3, pictures=[PicturePassage(0.0, "p", CAKE)])])

    assert index.counts().spaces == {"text@1/64": 3, "picture@1/64": 1}
