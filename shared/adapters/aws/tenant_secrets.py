"""Secrets of users, sealed by KMS in records."""


class SealedTenantSecrets:
    """Implements ``shared.ports.secrets.TenantSecrets``."""

    def put(self, tenant_id: str, name: str, value: bytes) -> str:
        raise NotImplementedError

    def read(self, tenant_id: str, name: str, version: str) -> bytes:
        raise NotImplementedError

    def delete(self, tenant_id: str, name: str, *, keep: frozenset[str] = frozenset()) -> None:
        raise NotImplementedError

    def delete_version(self, tenant_id: str, name: str, version: str) -> None:
        raise NotImplementedError
