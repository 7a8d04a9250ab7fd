"""The operations guide describes every alarm, and only existing alarms."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import pytest

from tests.infra.conftest import SynthesiseAll, Template
from tests.infra.templates import properties

_GUIDE: Final = Path(__file__).parents[2] / "docs" / "aws-operations.md"


@pytest.fixture(scope="module")
def alarms(stacks: Mapping[str, Template], synthesise_all: SynthesiseAll) -> set[str]:
    """Names of all alarms without prefix, from deployments that together have every alarm."""
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
        for templates in (stacks, edge, collection)
        for template in templates.values()
        for each in properties(template, "AWS::CloudWatch::Alarm")
    }


def _documented_alarms() -> list[str]:
    section = _GUIDE.read_text(encoding="utf-8").partition("## Every alarm")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([\w*-]+)` \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)


def test_every_alarm_has_one_row_in_guide(alarms: set[str]) -> None:
    lines = _documented_alarms()
    found = {alarm: [line for line in lines if fnmatchcase(alarm, line)] for alarm in alarms}
    assert {alarm: lines for alarm, lines in found.items() if len(lines) != 1} == {}


def test_every_row_in_guide_describes_existing_alarm(alarms: set[str]) -> None:
    assert [
        line for line in _documented_alarms() if not any(fnmatchcase(alarm, line) for alarm in alarms)
    ] == []
