"""Names of brands, people and companies, recognised by trademark signs, introductions and capital letters."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from shared.models.builtin.extraction.findings import Findings
from shared.models.builtin.extraction.lexicon import CALENDAR, NUMBER_WORDS
from shared.models.builtin.extraction.words import STOP_WORDS, folded, words_of

_TRADEMARKED: Final = re.compile(r"([\w&'’.-]+(?: [A-Z][\w&'’.-]*){0,3}) ?[®™©]")
_INTRODUCED: Final = re.compile(
    r"\b(?:[Mm]y name is|[Mm]r|[Mm]rs|[Mm]s|[Dd]r|[Mm]ister|[Pp]rofessor)\.? ((?:[A-Z][\w'’-]+ ?){1,3})"
)
_CAPITALISED: Final = re.compile(r"[^\W\d_a-zà-ÿ][\w&'’-]*(?:\.(?=\w)[\w]+)*")
_TITLE: Final = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Mister|Professor)\.? +")
_PERSON: Final = re.compile(r"(?:[A-ZÀ-Ý][a-zà-ÿ'’-]+ ){1,2}[A-ZÀ-Ý][a-zà-ÿ'’-]+")
_MAX_TITLE_WORDS: Final = 4
"""A line of at most this many words, all capitalised, counts as a name."""


def names_in(findings: Findings, *, of_people: bool = False) -> list[str]:
    """Return each name once, the best supported first.

    A person is introduced (``my name is ...``, ``Dr ...``) or has two or three names. An introduced person is
    not returned as a brand.
    """
    people = [name for row in findings.texts for name in _INTRODUCED.findall(row.text)]
    trademarked = [name for row in findings.texts for name in _TRADEMARKED.findall(row.text)]
    written = [*_names_on_screen(findings), *_names_in_speech(findings)]
    if of_people:
        return _distinct([*people, *(name for name in written if _PERSON.fullmatch(name))])
    people_names = {folded(name) for name in _distinct(people)}
    return [name for name in _distinct([*trademarked, *written]) if folded(name) not in people_names]


def _distinct(names: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        clean = _TITLE.sub("", name).strip(" .,;:!?'’-")
        if len(clean) > 1 and not _is_common(clean):
            found.setdefault(folded(clean), clean)
    return list(found.values())


def _names_on_screen(findings: Findings) -> Iterator[str]:
    for row in findings.lines:
        words = words_of(row.text)
        title_case = [word for word in words if word[0].isupper() and not word.isupper()]
        if 1 <= len(words) <= _MAX_TITLE_WORDS and len(title_case) == len(words):
            yield row.text
        elif any(word.islower() for word in words):
            yield from _capitalised_runs(row.text)


def _names_in_speech(findings: Findings) -> Iterator[str]:
    for row in findings.speech:
        yield from _capitalised_runs(row.text)


def _capitalised_runs(text: str) -> Iterator[str]:
    """Yield runs of capitalised words that do not start a sentence."""
    run: list[str] = []
    begins_sentence = True
    for word in text.split():
        core = word.strip(".,;:!?\"'“”()…")
        if _CAPITALISED.fullmatch(core) and not begins_sentence and core != "I":
            run.append(core)
        else:
            if run:
                yield " ".join(run)
            run = []
        begins_sentence = word.endswith((".", "!", "?", ":", "…"))
        if run and word.endswith((".", ",", "!", "?", ";", ":")):
            yield " ".join(run)
            run = []
    if run:
        yield " ".join(run)


def _is_common(name: str) -> bool:
    words = [word.lower() for word in words_of(name)]
    return not words or all(
        word in CALENDAR or word in STOP_WORDS or word in NUMBER_WORDS or word.isdigit() for word in words
    )
