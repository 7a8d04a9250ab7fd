"""Services that authenticate and limit callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.access.api_keys import ApiKeys
    from shared.services.access.bearer_tokens import BearerTokens
    from shared.services.access.caller_validity import CallerValidity
    from shared.services.access.default_index import DefaultIndexAccess
    from shared.services.access.rate_limits import RateLimits
    from shared.services.access.sign_in_tickets import SignInTickets

_SIGN_INS_PER_MINUTE = 60


class AccessRoom(Room):
    @lazy
    def api_keys(self) -> ApiKeys:
        from shared.services.access.api_keys import ApiKeys

        return ApiKeys(self._documents)

    @lazy
    def bearer_tokens(self) -> BearerTokens | None:
        """The verifier of bearer tokens, if an issuer is configured. Raises: ValueError: no audience."""
        settings = self._ports.settings
        if settings.oidc_issuer is None:
            return None
        if not settings.oidc_audience:
            raise ValueError("oidc_issuer needs oidc_audience, to reject tokens for other applications")
        from shared.adapters.http.https_documents import HttpsDocuments
        from shared.services.access.bearer_tokens import BearerTokens
        from shared.services.access.signing_keys import SigningKeys

        keys = SigningKeys(settings.oidc_issuer, HttpsDocuments())
        return BearerTokens(settings.oidc_issuer, settings.oidc_audience, settings.oidc_tenant_claim, keys)

    @lazy
    def caller_validity(self) -> CallerValidity:
        from shared.services.access.caller_validity import CallerValidity

        return CallerValidity(self.api_keys)

    @lazy
    def rate_limits(self) -> RateLimits:
        from shared.services.access.rate_limits import RateLimits

        return RateLimits(self._ports.settings.requests_per_minute)

    @lazy
    def sign_in_limits(self) -> RateLimits:
        """Limits of exchanges of sign-in tickets, by the address of the client."""
        from shared.services.access.rate_limits import RateLimits

        return RateLimits(_SIGN_INS_PER_MINUTE, subject="address")

    @lazy
    def sign_in_tickets(self) -> SignInTickets:
        from shared.services.access.sign_in_tickets import SignInTickets

        return SignInTickets(self._documents)

    @lazy
    def default_index(self) -> DefaultIndexAccess:
        from shared.services.access.default_index import DefaultIndexAccess

        return DefaultIndexAccess()
