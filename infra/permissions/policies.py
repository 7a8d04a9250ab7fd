"""IAM statements of each capability, limited to the resources that it needs.

``infra.functions`` gives capabilities to functions. A function's only other permissions are its own log group
and X-Ray, which ``infra.constructs.function`` adds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from infra.permissions.capabilities import STARTED_WORKFLOWS, Capability, Targets

Statement = dict[str, Any]


@dataclass(slots=True)
class _KeyUse:
    """KMS actions that a principal needs, by the service that uses the key on the principal's behalf."""

    actions: dict[str, set[str]] = field(default_factory=dict)

    def add(self, service: str, *actions: str) -> None:
        self.actions.setdefault(service, set()).update(actions)


_SETTINGS_ONLY: Final = frozenset(
    {
        Capability.NAME_LANGUAGE_MODEL,
        Capability.SEND_WEBHOOKS,
        Capability.OPEN_STORES,
        Capability.WATCH_BUCKETS,
    }
)
"""Capabilities that need settings and no permission."""


def statements(capabilities: Iterable[Capability], targets: Targets) -> list[Statement]:
    """Return the IAM statements of the capabilities, followed by those for the KMS key.

    A capability has one statement for each kind of resource that it uses.
    """
    given = set(capabilities)
    grants = sorted(given - _SETTINGS_ONLY - {Capability.ASK_LANGUAGE_MODEL})
    found = [statement for capability in grants for statement in _capability_statements(capability, targets)]
    if Capability.ASK_LANGUAGE_MODEL in given and targets.llm_key is not None:
        found.append(_allow("ReadLanguageModelKey", ["secretsmanager:GetSecretValue"], [targets.llm_key]))
    use = _KeyUse()
    for capability in grants:
        _add_key_use(capability, use)
    return [*found, *_key_statements(use, targets)]


def weights_statements(location: str, partition: str) -> list[Statement]:
    """Return the statements to read model weights from ``location``, the S3 address of a folder."""
    bucket, _, folder = location.removeprefix("s3://").partition("/")
    arn = f"arn:{partition}:s3:::{bucket}"
    listing = _allow("ListWeights", ["s3:ListBucket"], [arn])
    if folder:
        listing["Condition"] = {"StringLike": {"s3:prefix": [f"{folder}/*"]}}
    objects = "/".join((arn, *filter(None, (folder, "*"))))
    return [_allow("ReadWeights", ["s3:GetObject"], [objects]), listing]


def _capability_statements(capability: Capability, targets: Targets) -> list[Statement]:
    if capability in STARTED_WORKFLOWS:
        machine = targets.state_machines[STARTED_WORKFLOWS[capability]]
        return [_allow(capability, ["states:StartExecution"], [machine]), *_messages(capability, targets)]
    if capability in _OWN_STATEMENTS:
        return _OWN_STATEMENTS[capability](targets)
    if capability in _RECORDS:
        return [_records(capability, targets)]
    if capability in _OBJECTS:
        return _objects(capability, targets)
    if capability in _SINGLE_RESOURCE:
        actions, resource = _SINGLE_RESOURCE[capability]
        return [_allow(capability, list(actions), [resource(targets)])]
    return _search(capability, targets)


_SINGLE_RESOURCE: Final[dict[Capability, tuple[tuple[str, ...], Callable[[Targets], str]]]] = {
    Capability.SIGN_CURSORS: (
        ("secretsmanager:GetSecretValue", "secretsmanager:CreateSecret"),
        lambda targets: f"{targets.secrets}cursor-signing-key*",
    ),
    Capability.SIGN_EXPORT_LINKS: (
        ("secretsmanager:GetSecretValue", "secretsmanager:CreateSecret"),
        lambda targets: f"{targets.secrets}export-link-signing-key*",
    ),
    Capability.EMBED_QUERIES: (("lambda:InvokeFunction",), lambda targets: targets.query_embedding),
    Capability.PUBLISH_EVENTS: (("sns:Publish",), lambda targets: targets.event_topic),
    Capability.ANNOUNCE_WORK: (("sqs:SendMessage",), lambda targets: targets.due_work),
    Capability.COUNT_IMPORTS: (("sqs:GetQueueAttributes",), lambda targets: targets.import_batches),
    Capability.TAKE_IMPORTS: (
        ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
        lambda targets: targets.import_batches,
    ),
}
"""Actions of capabilities that use one resource."""


def _jobs(targets: Targets) -> list[Statement]:
    machines, executions = targets.state_machines.values(), targets.executions.values()
    return [
        _allow(Capability.RESUME_JOBS, ["states:StartExecution"], list(machines)),
        _allow("LookAtJobs", ["states:DescribeExecution"], list(executions)),
        _send_imports(targets),
        _allow("CountImports", ["sqs:GetQueueAttributes"], targets.import_queues),
    ]


def _messages(capability: Capability, targets: Targets) -> list[Statement]:
    """Return the statements to send the jobs that workers take from a queue."""
    if capability is Capability.START_INGEST:
        return [_send_imports(targets)]
    if capability is Capability.SEND_WORK:
        return [_allow("SendWorkMessages", ["sqs:SendMessage"], [targets.import_batches])]
    return []


def _send_imports(targets: Targets) -> Statement:
    return _allow("SendImports", ["sqs:SendMessage"], targets.import_queues)


def _event_feed(targets: Targets) -> list[Statement]:
    """Return the statements with which Lambda reads the table's stream.

    Source: "Process DynamoDB records with Lambda", AWS Lambda developer guide.
    """
    actions = ["DescribeStream", "GetRecords", "GetShardIterator"]
    return [
        _allow(
            Capability.READ_EVENT_FEED, [f"dynamodb:{action}" for action in actions], [targets.event_stream]
        ),
        _allow("ListEventFeeds", ["dynamodb:ListStreams"], ["*"]),
    ]


SECRET_CONTEXT: Final = ("tenant", "secret", "version", "piece")
"""Names in the encryption context of users' secrets, which ``shared.adapters.aws.tenant_secrets`` defines."""


def _secrets(capability: Capability, targets: Targets, *actions: str) -> list[Statement]:
    """Return the statement for the key, with which a principal may only use users' secrets directly.

    Records and objects have other encryption contexts, and are decrypted through their services only.
    """
    statement = _allow(capability, [f"kms:{action}" for action in actions], [targets.key])
    statement["Condition"] = {
        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(SECRET_CONTEXT)},
        "Null": {"kms:EncryptionContext:tenant": "false"},
    }
    return [statement]


def _connector_roles(targets: Targets) -> list[Statement]:
    """Return the statement to assume roles of users, never without an external id."""
    statement = _allow(Capability.ASSUME_ROLES, ["sts:AssumeRole"], [targets.connector_roles])
    statement["Condition"] = {"Null": {"sts:ExternalId": "false"}}
    return [statement]


_OWN_STATEMENTS: Final[dict[Capability, Callable[[Targets], list[Statement]]]] = {
    Capability.RESUME_JOBS: _jobs,
    Capability.READ_EVENT_FEED: _event_feed,
    Capability.SEAL_SECRETS: lambda targets: _secrets(Capability.SEAL_SECRETS, targets, "Decrypt", "Encrypt"),
    Capability.READ_SECRETS: lambda targets: _secrets(Capability.READ_SECRETS, targets, "Decrypt"),
    Capability.ASSUME_ROLES: _connector_roles,
}
"""Statements of capabilities that use several resources, or one under a condition."""


_RECORDS: Final = {
    Capability.READ_RECORDS: ("GetItem", "BatchGetItem", "Query"),
    Capability.MARK_KEYS_USED: ("UpdateItem",),
    Capability.WRITE_RECORDS: ("UpdateItem", "DeleteItem"),
}
"""DynamoDB actions. A transaction needs the permissions of the writes in it."""


def _records(capability: Capability, targets: Targets) -> Statement:
    statement = _allow(capability, [f"dynamodb:{action}" for action in _RECORDS[capability]], [targets.table])
    if capability is Capability.MARK_KEYS_USED:
        statement["Condition"] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [KEY_PARTITIONS]}}
    return statement


KEY_PARTITIONS: Final = "api-key#*"
"""Pattern of the partition keys of API keys, which ``shared.domain.keys`` defines."""

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
    Capability.ERASE_MEDIA: ((("DeleteObject",), ("media", "content", "run-tables")),),
    Capability.WORK_ON_MEDIA: (
        ((*_READ, *_WRITE, "ListMultipartUploadParts", "DeleteObject"), ("imports", "media", "content")),
        ((*_READ, *_WRITE, "DeleteObject"), ("run-tables", "exports")),
    ),
    Capability.KEEP_RUN_TABLES: (((*_READ, *_WRITE, "DeleteObject"), ("run-tables",)),),
    Capability.ERASE_CLIPS: ((("DeleteObject",), ("media/*/clips",)),),
    Capability.READ_EXPORTS: ((_READ, ("exports",)),),
    Capability.ERASE_EXPORTS: (((*_READ, "DeleteObject"), ("exports",)),),
}
"""S3 actions of each capability, and the folders that they are allowed in."""

_LISTED: Final = {
    Capability.REMOVE_LEFT_OVERS: ("imports/*", "media/*"),
    Capability.ERASE_MEDIA: ("media/*", "content/*"),
    Capability.ERASE_CLIPS: ("media/*/clips/*",),
}
"""Key patterns that a capability may list."""

_READS_ABSENT_OBJECTS: Final = (
    Capability.READ_MEDIA,
    Capability.SIGN_UPLOADS,
    Capability.TAKE_IN_DROPS,
    Capability.WORK_ON_MEDIA,
    Capability.READ_EXPORTS,
    Capability.ERASE_EXPORTS,
    Capability.KEEP_RUN_TABLES,
)
"""Capabilities that request objects which may not exist. Without ``s3:ListBucket``, S3 answers 403 instead of
404. Such a request has no prefix, so the permission cannot be limited to one."""


def _objects(capability: Capability, targets: Targets) -> list[Statement]:
    found = []
    for number, (actions, folders) in enumerate(_OBJECTS[capability]):
        resources = [f"{targets.bucket}/{folder}/*" for folder in folders]
        sid = capability if number == 0 else f"{capability}{number + 1}"
        found.append(_allow(sid, [f"s3:{action}" for action in actions], resources))
    if capability in _LISTED or capability in _READS_ABSENT_OBJECTS:
        listing = _allow(f"{capability}List", ["s3:ListBucket"], [targets.bucket])
        if prefixes := _LISTED.get(capability):
            listing["Condition"] = {"StringLike": {"s3:prefix": list(prefixes)}}
        found.append(listing)
    return found


_REQUESTS: Final[dict[Capability, dict[str, tuple[str, ...]]]] = {
    Capability.SEARCH: {"Get": ("{indexes}*/_segments",), "Post": ("{indexes}*/_search", "_msearch")},
    Capability.FORGET_DOCUMENTS: {
        "Get": ("_alias/{indexes}*",),
        "Post": ("{indexes}*/_refresh", "{indexes}*/_delete_by_query"),
    },
    Capability.INDEX_DOCUMENTS: {
        "Get": ("_alias/{indexes}*", "{indexes}*/_stats/store"),
        "Put": ("{indexes}*",),
        "Delete": ("{indexes}*",),
        "Post": (
            "{indexes}*/_bulk",
            "{indexes}*/_refresh",
            "{indexes}*/_delete_by_query",
            "{indexes}*/_search",
            "{indexes}*/_flush",
            "{indexes}*/_forcemerge",
            "_msearch",
            "_aliases",
        ),
    },
}
"""Method and path of every request to OpenSearch that a capability makes."""


def _search(capability: Capability, targets: Targets) -> list[Statement]:
    if targets.search is None:
        return []
    if targets.search_service == "aoss":  # the collection's data access policy limits the requests
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
    """Add the KMS actions that a capability needs.

    Sources: AWS's guides to DynamoDB, S3 and Secrets Manager with a customer managed key.
    """
    if capability in _RECORDS:
        use.add("dynamodb", "Decrypt", "DescribeKey")
    if capability in (Capability.WRITE_RECORDS, Capability.MARK_KEYS_USED):
        use.add("dynamodb", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
    for actions, _ in _OBJECTS.get(capability, ()):
        if "GetObject" in actions or "PutObject" in actions:
            use.add("s3", "Decrypt")  # S3 decrypts the data key to encrypt the second and later parts
        if "PutObject" in actions:
            use.add("s3", "GenerateDataKey")
    if capability is Capability.READ_EVENT_FEED:
        use.add("dynamodb", "Decrypt", "DescribeKey")
    if capability is Capability.PUBLISH_EVENTS:
        use.add("sns", "Decrypt", "GenerateDataKey")
    if capability in (Capability.SIGN_CURSORS, Capability.SIGN_EXPORT_LINKS):
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
