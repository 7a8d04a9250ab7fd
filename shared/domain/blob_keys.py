"""Keys of blobs, one function for each kind of file. The second part of a key is always the tenant."""


def import_source(tenant: str, job_id: str, file_id: str) -> str:
    """Key of a source file as the client sent it. The blob is deleted when the import ends."""
    return f"{import_folder(tenant, job_id)}{file_id}/source"


def streamed_source(tenant: str, name: str) -> str:
    """Key of a source file that is streamed into the store before its import job exists."""
    return f"imports/{tenant}/streamed/{name}"


def import_folder(tenant: str, job_id: str) -> str:
    """Prefix of all source files of an import job."""
    return f"imports/{tenant}/{job_id}/"


def import_of(key: str) -> tuple[str, str] | None:
    """Return (tenant, import job id) for the key of a source file, and None for any other key."""
    match key.split("/"):
        case ["imports", tenant, job_id, _, "source"]:
            return tenant, job_id
    return None


def media_folder(tenant: str, media_id: str) -> str:
    """Prefix of the files that belong to one medium."""
    return f"media/{tenant}/{media_id}/"


def clip_file(tenant: str, media_id: str, job_id: str, suffix: str = "") -> str:
    """Key of the file that a job makes of a clip. Without ``suffix``: the prefix of its possible keys."""
    return f"{media_folder(tenant, media_id)}clips/{job_id}{suffix}"


def content_folder(tenant: str, content_hash: str) -> str:
    """Prefix of the analysis of playable bytes. All media with the same bytes share it."""
    return f"content/{tenant}/{content_hash}/"


def export_folder(tenant: str, export_id: str) -> str:
    """Prefix of the files of an export."""
    return f"exports/{tenant}/{export_id}/"


def export_file(tenant: str, export_id: str) -> str:
    """Key of the file that an export makes."""
    return f"{export_folder(tenant, export_id)}file"


def export_snapshot(tenant: str, export_id: str) -> str:
    """Key of the list of media that an export holds. The blob lives as long as the file."""
    return f"{export_folder(tenant, export_id)}snapshot"


def run_table(tenant: str, run_id: str) -> str:
    """Key of the results of a run as a SQLite file."""
    return f"run-tables/{tenant}/{run_id}.sqlite"


def owner(key: str) -> tuple[str, str] | None:
    """Return (tenant, media id or content hash) for a media or content key, and None for any other key."""
    kind, _, rest = key.partition("/")
    tenant, _, rest = rest.partition("/")
    identifier, separator, _ = rest.partition("/")
    return (tenant, identifier) if kind in ("media", "content") and separator else None
