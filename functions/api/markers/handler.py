"""The Lambda function of this resource."""

from functions.api.gateway.entry import api_handler

handler = api_handler("markers")
