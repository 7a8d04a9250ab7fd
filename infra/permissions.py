"""What each capability of a function allows, as IAM statements on exactly the resources it is for.

A function is given capabilities (``infra.functions``); nothing else grants anything to it but its own
log group and X-Ray, which ``infra.constructs.function`` adds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

Statement = dict[str, Any]


class Capability(StrEnum):
    """The value is the statement's id."""

    READ_RECORDS = "ReadRecords"
    MARK_KEYS_USED = "MarkKeysUsed"
    WRITE_RECORDS = "WriteRecords"
    SIGN_CURSORS = "SignCursors"
    NAME_LANGUAGE_MODEL = "NameLanguageModel"
    """Is told which there is, and may not ask it: nothing is allowed by it."""
    ASK_LANGUAGE_MODEL = "AskLanguageModel"
    LINK_MEDIA = "LinkMedia"
    READ_MEDIA = "ReadMedia"
    STORE_IMPORTS = "StoreImports"
    SIGN_UPLOADS = "SignUploads"
    TAKE_IN_DROPS = "TakeInDrops"
    REMOVE_LEFT_OVERS = "RemoveLeftOvers"
    ERASE_MEDIA = "EraseMedia"
    WORK_ON_MEDIA = "WorkOnMedia"
    SEARCH = "Search"
    EMBED_QUERIES = "EmbedQueries"
    FORGET_DOCUMENTS = "ForgetDocuments"
    INDEX_DOCUMENTS = "IndexDocuments"
    START_INGEST = "StartIngest"
    START_PROMPT_RUN = "StartPromptRun"
    START_SEGMENT_RETRY = "StartSegmentRetry"
    START_DELETION = "StartDeletion"
    RESUME_JOBS = "ResumeJobs"


WORKFLOWS: Final = {
    Capability.START_INGEST: "ingest",
    Capability.START_PROMPT_RUN: "prompt_run",
    Capability.START_SEGMENT_RETRY: "segment_retry",
    Capability.START_DELETION: "deletion",
}


@dataclass(frozen=True, slots=True)
class Targets:
    """ARNs. ``search`` None is a search engine that asks for no AWS credentials."""

    region: str
    table: str
    bucket: str
    key: str
    secrets: str
    """Of every secret, up to its name."""
    state_machines: dict[str, str]
    """By workflow."""
    executions: dict[str, str]
    """By workflow: all of its executions."""
    query_embedding: str
    llm_key: str | None
    """Of the secret with the language model's key; None: there is no model, or it asks for none."""
    search: str | None
    search_service: str
    search_indexes: str
    """What every index name begins with."""


@dataclass(slots=True)
class _KeyUse:
    """What the key is needed for, by the service that uses it on the function's behalf."""

    actions: dict[str, set[str]] = field(default_factory=dict)

    def add(self, service: str, *actions: str) -> None:
        self.actions.setdefault(service, set()).update(actions)


def statements(capabilities: Iterable[Capability], targets: Targets) -> list[Statement]:
    """One for each capability, or for each kind of resource in it; then those for the key."""
    given = set(capabilities)
    wanted = sorted(given - {Capability.NAME_LANGUAGE_MODEL, Capability.ASK_LANGUAGE_MODEL})
    found = [statement for capability in wanted for statement in _of(capability, targets)]
    if Capability.ASK_LANGUAGE_MODEL in given and targets.llm_key is not None:
        found.append(_allow("ReadLanguageModelKey", ["secretsmanager:GetSecretValue"], [targets.llm_key]))
    use = _KeyUse()
    for capability in wanted:
        _add_key_use(capability, use)
    return [*found, *_key_statements(use, targets)]


def weights_statements(location: str, partition: str) -> list[Statement]:
    """``location`` is the S3 address of a folder with weights."""
    bucket, _, folder = location.removeprefix("s3://").partition("/")
    arn = f"arn:{partition}:s3:::{bucket}"
    listing = _allow("ListWeights", ["s3:ListBucket"], [arn])
    if folder:
        listing["Condition"] = {"StringLike": {"s3:prefix": [f"{folder}/*"]}}
    objects = "/".join((arn, *filter(None, (folder, "*"))))
    return [_allow("ReadWeights", ["s3:GetObject"], [objects]), listing]


def _of(capability: Capability, targets: Targets) -> list[Statement]:
    if capability in WORKFLOWS:
        machine = targets.state_machines[WORKFLOWS[capability]]
        return [_allow(capability, ["states:StartExecution"], [machine])]
    if capability is Capability.RESUME_JOBS:
        machines, executions = targets.state_machines.values(), targets.executions.values()
        return [
            _allow(capability, ["states:StartExecution"], list(machines)),
            _allow("LookAtJobs", ["states:DescribeExecution"], list(executions)),
        ]
    if capability in _RECORDS:
        return [_records(capability, targets)]
    if capability in _OBJECTS:
        return _objects(capability, targets)
    if capability in _SINGLE:
        actions, resource = _SINGLE[capability]
        return [_allow(capability, list(actions), [resource(targets)])]
    return _search(capability, targets)


_SINGLE: Final[dict[Capability, tuple[tuple[str, ...], Callable[[Targets], str]]]] = {
    Capability.SIGN_CURSORS: (
        ("secretsmanager:GetSecretValue", "secretsmanager:CreateSecret"),
        lambda targets: f"{targets.secrets}cursor-signing-key*",
    ),
    Capability.EMBED_QUERIES: (("lambda:InvokeFunction",), lambda targets: targets.query_embedding),
}
"""What is allowed on one resource."""


_RECORDS: Final = {
    Capability.READ_RECORDS: ("GetItem", "BatchGetItem", "Query"),
    Capability.MARK_KEYS_USED: ("UpdateItem",),
    Capability.WRITE_RECORDS: ("UpdateItem", "DeleteItem"),
}
"""A transaction needs what the writes in it need."""


def _records(capability: Capability, targets: Targets) -> Statement:
    statement = _allow(capability, [f"dynamodb:{action}" for action in _RECORDS[capability]], [targets.table])
    if capability is Capability.MARK_KEYS_USED:
        statement["Condition"] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [KEY_PARTITIONS]}}
    return statement


KEY_PARTITIONS: Final = "api-key#*"
"""The partitions of API keys, as ``shared.domain.keys`` names them."""

_READ: Final = ("GetObject",)
_WRITE: Final = ("PutObject", "AbortMultipartUpload")

_OBJECTS: Final[dict[Capability, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]] = {
    Capability.LINK_MEDIA: ((_READ, ("media", "content")),),
    Capability.READ_MEDIA: ((_READ, ("media", "content")),),
    Capability.STORE_IMPORTS: (((*_WRITE, "DeleteObject"), ("imports",)),),
    Capability.SIGN_UPLOADS: (((*_READ, *_WRITE, "ListMultipartUploadParts", "DeleteObject"), ("imports",)),),
    Capability.TAKE_IN_DROPS: (
        ((*_READ, "GetObjectTagging", "PutObjectTagging", "DeleteObject"), ("drop",)),
        ((*_READ, *_WRITE, "PutObjectTagging", "ListMultipartUploadParts"), ("imports",)),
    ),
    Capability.REMOVE_LEFT_OVERS: ((("DeleteObject",), ("imports", "media")),),
    Capability.ERASE_MEDIA: ((("DeleteObject",), ("media", "content")),),
    Capability.WORK_ON_MEDIA: (
        ((*_READ, *_WRITE, "ListMultipartUploadParts", "DeleteObject"), ("imports", "media", "content")),
    ),
}
"""By capability: actions and the folders they are allowed in."""

_LISTED: Final = {
    Capability.REMOVE_LEFT_OVERS: ("imports/*", "media/*"),
    Capability.ERASE_MEDIA: ("media/*", "content/*"),
}
"""Folders that are listed."""

_ASKS_FOR_THE_ABSENT: Final = (
    Capability.READ_MEDIA,
    Capability.SIGN_UPLOADS,
    Capability.TAKE_IN_DROPS,
    Capability.WORK_ON_MEDIA,
)
"""Without the right to list, S3 answers 403 instead of 404; and no prefix comes with such a request."""


def _objects(capability: Capability, targets: Targets) -> list[Statement]:
    found = []
    for number, (actions, folders) in enumerate(_OBJECTS[capability]):
        resources = [f"{targets.bucket}/{folder}/*" for folder in folders]
        sid = capability if number == 0 else f"{capability}{number + 1}"
        found.append(_allow(sid, [f"s3:{action}" for action in actions], resources))
    if capability in _LISTED or capability in _ASKS_FOR_THE_ABSENT:
        listing = _allow(f"{capability}List", ["s3:ListBucket"], [targets.bucket])
        if prefixes := _LISTED.get(capability):
            listing["Condition"] = {"StringLike": {"s3:prefix": list(prefixes)}}
        found.append(listing)
    return found


_REQUESTS: Final[dict[Capability, dict[str, tuple[str, ...]]]] = {
    Capability.SEARCH: {"Post": ("{indexes}*/_search", "_msearch")},
    Capability.FORGET_DOCUMENTS: {
        "Get": ("_alias/{indexes}*",),
        "Post": ("{indexes}*/_refresh", "{indexes}*/_delete_by_query"),
    },
    Capability.INDEX_DOCUMENTS: {
        "Get": ("_alias/{indexes}*",),
        "Put": ("{indexes}*",),
        "Delete": ("{indexes}*",),
        "Post": (
            "{indexes}*/_bulk",
            "{indexes}*/_refresh",
            "{indexes}*/_delete_by_query",
            "{indexes}*/_search",
            "_msearch",
            "_aliases",
        ),
    },
}
"""Method and path of each request that is made."""


def _search(capability: Capability, targets: Targets) -> list[Statement]:
    if targets.search is None:
        return []
    if targets.search_service == "aoss":  # what may be asked is in the collection's own access policy
        return [_allow(capability, ["aoss:APIAccessAll"], [targets.search])]
    return [
        _allow(
            f"{capability}{method}",
            [f"es:ESHttp{method}"],
            [f"{targets.search}/{path.format(indexes=targets.search_indexes)}" for path in paths],
        )
        for method, paths in _REQUESTS[capability].items()
    ]


def _add_key_use(capability: Capability, use: _KeyUse) -> None:
    """Sources: AWS's guides to DynamoDB, S3 and Secrets Manager with a customer managed key."""
    if capability in _RECORDS:
        use.add("dynamodb", "Decrypt", "DescribeKey")
    if capability in (Capability.WRITE_RECORDS, Capability.MARK_KEYS_USED):
        use.add("dynamodb", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
    for actions, _ in _OBJECTS.get(capability, ()):
        if "GetObject" in actions or "PutObject" in actions:
            use.add("s3", "Decrypt")  # a part after the first is encrypted with a key that is decrypted
        if "PutObject" in actions:
            use.add("s3", "GenerateDataKey")
    if capability is Capability.SIGN_CURSORS:
        use.add("secretsmanager", "Decrypt", "GenerateDataKey")


def _key_statements(use: _KeyUse, targets: Targets) -> list[Statement]:
    found = []
    for service, actions in sorted(use.actions.items()):
        sid = f"UseKeyThrough{service.capitalize()}"
        statement = _allow(sid, sorted(f"kms:{action}" for action in actions), [targets.key])
        through = f"{service}.{targets.region}.amazonaws.com"
        statement["Condition"] = {"StringEquals": {"kms:ViaService": through}}
        found.append(statement)
    return found


def _allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    return {"Sid": str(sid), "Effect": "Allow", "Action": actions, "Resource": resources}
