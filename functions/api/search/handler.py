"""The Lambda function of this resource."""

from functions.lambda_entry import api_handler

handler = api_handler("search")
