"""Selection of the objects of a store that an import job imports."""

from pydantic import BaseModel

from shared.domain.connectors.connector import ImportMode


class ConnectorSelection(BaseModel):
    """The objects whose key starts with ``source_prefix`` and whose name matches ``file_pattern``.

    ``recursive`` includes the objects in folders below the prefix.
    """

    source_prefix: str = ""
    file_pattern: str = "*"
    recursive: bool = True
    import_mode: ImportMode = ImportMode.ALL
