"""Where each kind of file lives among the blobs. The second part is always the tenant."""


def import_source(tenant: str, job_id: str, file_id: str) -> str:
    """The file as it was sent; gone when the import has ended."""
    return f"{import_folder(tenant, job_id)}{file_id}/source"


def streamed_source(tenant: str, name: str) -> str:
    """The same of a file that went into the store while it arrived, before its import was known."""
    return f"imports/{tenant}/streamed/{name}"


def import_folder(tenant: str, job_id: str) -> str:
    return f"imports/{tenant}/{job_id}/"


def import_of(key: str) -> tuple[str, str] | None:
    """(tenant, import job id) of an import's source, or None for any other key."""
    match key.split("/"):
        case ["imports", tenant, job_id, _, "source"]:
            return tenant, job_id
    return None


def media_folder(tenant: str, media_id: str) -> str:
    """What belongs to one medium alone."""
    return f"media/{tenant}/{media_id}/"


def content_folder(tenant: str, content_hash: str) -> str:
    """What was learnt from the playable bytes: shared by all media that have the same ones."""
    return f"content/{tenant}/{content_hash}/"


def owner(key: str) -> tuple[str, str] | None:
    """(tenant, media id or content hash) of a media or content key, or None for any other."""
    kind, _, rest = key.partition("/")
    tenant, _, rest = rest.partition("/")
    identifier, separator, _ = rest.partition("/")
    return (tenant, identifier) if kind in ("media", "content") and separator else None
