"""What operators are told about alarms is about those that there are, and about all of them."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import pytest

from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties

_PAGE: Final = Path(__file__).parents[2] / "docs" / "aws-operations.md"


@pytest.fixture(scope="module")
def alarms(stacks: Mapping[str, Template], synthesise_all: SynthesiseAll) -> set[str]:
    """Without the deployment's name; of choices that have every alarm between them."""
    edge = synthesise_all(
        size="standard",
        streaming_ingress="true",
        ingress_image="registry.example/ingress:1",
        domain_name="archive.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/one",
    )
    collection = synthesise_all(search_engine="serverless")
    return {
        each["AlarmName"].removeprefix("videovector-server-")
        for made in (stacks, edge, collection)
        for template in made.values()
        for each in properties(template, "AWS::CloudWatch::Alarm")
    }


def _told() -> list[str]:
    section = _PAGE.read_text(encoding="utf-8").partition("## Every alarm")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([\w*-]+)` \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)


def test_every_alarm_is_in_one_line(alarms: set[str]) -> None:
    lines = _told()
    found = {alarm: [line for line in lines if fnmatchcase(alarm, line)] for alarm in alarms}
    assert {alarm: lines for alarm, lines in found.items() if len(lines) != 1} == {}


def test_no_line_is_about_an_alarm_that_there_is_not(alarms: set[str]) -> None:
    assert [line for line in _told() if not any(fnmatchcase(alarm, line) for alarm in alarms)] == []
