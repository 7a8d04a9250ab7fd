"""Errors of credentials and permissions."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

CREDENTIAL_ERRORS: Final = (
    ErrorEntry(
        "authentication_missing_credentials",
        (401,),
        "The request has no credentials.",
        "Send an API key in the header `X-API-Key`, or as `Authorization: Bearer`.",
    ),
    ErrorEntry(
        "authentication_unsupported_credentials",
        (401,),
        "The server does not accept credentials of this kind, such as a password, or a bearer token where no "
        "issuer is configured.",
        "Send an API key. For bearer tokens, set `oidc_issuer` and `oidc_audience`.",
    ),
    ErrorEntry(
        "authentication_invalid_api_key",
        (401,),
        "The key is unknown, revoked or expired. The answer does not tell these apart. A key belongs to one "
        "data folder.",
        "Create a key with the command `keys create` for the data folder that the server uses.",
    ),
    ErrorEntry(
        "authentication_invalid_token",
        (401,),
        "A bearer token has a wrong signature, issuer or audience, or it has expired.",
        "Get a new token from the issuer. Compare its claims with `oidc_issuer` and `oidc_audience`.",
    ),
    ErrorEntry(
        "authentication_invalid_ticket",
        (401,),
        "A ticket is unknown, was used before, or has expired.",
        "Get a new ticket. A ticket is valid for one request.",
    ),
    ErrorEntry(
        "authorization_insufficient_scope",
        (403,),
        "The key lacks the scope that the route needs. `details.required_scope` names it.",
        "Use a key with that scope, or a higher one.",
    ),
    ErrorEntry(
        "default_index_read_only",
        (403,),
        "The request changes the default index with the sample video, or something in it.",
        "Use an index of your own.",
    ),
    ErrorEntry(
        "prompt_read_only",
        (403,),
        "The request changes a built-in prompt, which all tenants share.",
        "Create a prompt with the same schema, and change that one.",
    ),
    ErrorEntry(
        "media_link_invalid",
        (403,),
        "This server did not sign the media link, or the link was altered.",
        "Get a new link from the route that returned it, such as `POST /videos/signed-url`.",
    ),
    ErrorEntry(
        "media_link_expired",
        (403,),
        "The media link is older than `signed_link_seconds`.",
        "Get a new link from the route that returned it.",
    ),
    ErrorEntry(
        "export_link_invalid",
        (403,),
        "This server did not sign the token of the download, or signed it for another export.",
        "Get a new link with `POST /exports/{export_id}/download-url`.",
    ),
    ErrorEntry(
        "export_link_expired",
        (403,),
        "The link to the export is older than `export_link_seconds`.",
        "Get a new link with `POST /exports/{export_id}/download-url`.",
    ),
    ErrorEntry(
        "upload_link_invalid",
        (403,),
        "This server did not sign the link for the part of an upload, or the link was altered.",
        "Get the links of the upload again with `GET /uploads/{upload_id}`.",
    ),
    ErrorEntry(
        "upload_link_expired",
        (403,),
        "The link for the part of an upload is older than `signed_link_seconds`.",
        "Get new links with `GET /uploads/{upload_id}`, and send the missing parts.",
    ),
    ErrorEntry(
        "cors_origin_refused",
        (400,),
        "A page of an origin that is not permitted calls the API from a browser.",
        "List the origin of the page in the setting `browser_origins`.",
    ),
    ErrorEntry(
        "issuer_unavailable",
        (503,),
        "The issuer of bearer tokens does not answer, so the server cannot check a token.",
        "Repeat the request. Check that the server reaches `oidc_issuer`.",
    ),
)
