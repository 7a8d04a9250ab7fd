"""Validity of a caller whose request lasts: keys are revoked and tokens expire meanwhile."""

from shared.domain import clock
from shared.domain.access import Caller
from shared.domain.errors import NotAuthenticated
from shared.services.access.api_keys import ApiKeys


class CallerValidity:
    def __init__(self, api_keys: ApiKeys) -> None:
        self._api_keys = api_keys

    def check(self, caller: Caller) -> None:
        """Require that the credential of a caller is valid still. It needs no secret.

        Raises:
            NotAuthenticated: the API key is revoked, expired or deleted, or the bearer token has expired.
        """
        if caller.key_id is not None:
            self._api_keys.check(caller.tenant_id, caller.key_id)
        if caller.expires_at is not None and caller.expires_at <= clock.timestamp():
            raise NotAuthenticated("The bearer token has expired.", code="authentication_invalid_token")
