"""A local endpoint that answers the prerequisites' requests in the shapes that AWS documents.

The emulator has no Service Quotas.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

ACCOUNT: Final = "111122223333"

_EC2: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"


class Zone(NamedTuple):
    """An availability zone of the region, or another kind of zone, which ``kind`` names."""

    name: str
    zone_id: str
    kind: str = "availability-zone"
    state: str = "available"
    opt_in: str = "opt-in-not-required"


class Subnet(NamedTuple):
    """A subnet of the stack ``stack``."""

    zone: str
    cidr: str
    stack: str = "videovector-server-compute"


class AwsEndpoint:
    """A context manager that runs the endpoint. Every account is bootstrapped.

    ``quotas`` has the account's own values by code, ``defaults`` those of AWS. Operations in ``denied`` are
    refused. ``received`` collects the names of all operations.
    """

    def __init__(
        self,
        *,
        quotas: Mapping[str, float] | None = None,
        defaults: Mapping[str, float] | None = None,
        zones: Sequence[Zone] = (),
        subnets: Sequence[Subnet] = (),
        denied: Sequence[str] = (),
    ) -> None:
        self._quotas, self._defaults = quotas or {}, defaults or {}
        self._zones, self._subnets, self._denied = zones, subnets, denied
        self.received: list[str] = []
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, content = answer(self.headers.get("X-Amz-Target", ""), body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_address[1]}",
            "AWS_ACCESS_KEY_ID": "operator",
            "AWS_SECRET_ACCESS_KEY": "operator",
        }

    def __enter__(self) -> "AwsEndpoint":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, target: str, body: str) -> tuple[int, bytes]:
        if target:
            return self._answer_json(target.partition(".")[2], json.loads(body))
        form = {name: values[0] for name, values in parse_qs(body).items()}
        return self._answer_xml(form["Action"], form)

    def _answer_json(self, operation: str, asked: Mapping[str, str]) -> tuple[int, bytes]:
        self.received.append(operation)
        if operation in self._denied:
            return _json(400, {"__type": "AccessDeniedException", "Message": f"no {operation}"})
        if operation == "GetParameter":
            return _json(200, {"Parameter": {"Name": asked["Name"], "Value": "30"}})
        values = {"GetServiceQuota": self._quotas, "GetAWSDefaultServiceQuota": self._defaults}[operation]
        if asked["QuotaCode"] not in values:
            return _json(400, {"__type": "NoSuchResourceException", "Message": "none of that code"})
        quota = {"QuotaCode": asked["QuotaCode"], "ServiceCode": asked["ServiceCode"]}
        return _json(200, {"Quota": {**quota, "Value": values[asked["QuotaCode"]], "Adjustable": True}})

    def _answer_xml(self, operation: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        self.received.append(operation)
        if operation in self._denied:
            error = f"<Error><Code>UnauthorizedOperation</Code><Message>no {operation}</Message></Error>"
            return 403, f"<Response><Errors>{error}</Errors></Response>".encode()
        match operation:
            case "GetCallerIdentity":
                return 200, (
                    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
                    f"<GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
                    "</GetCallerIdentityResponse>"
                ).encode()
            case "DescribeAvailabilityZones":
                return _ec2(operation, "availabilityZoneInfo", self._matching_zones(form))
            case "DescribeSubnets":
                assert form["Filter.1.Name"] == "tag:aws:cloudformation:stack-name"
                found = [each for each in self._subnets if each.stack == form["Filter.1.Value.1"]]
                return _ec2(
                    operation,
                    "subnetSet",
                    [{"availabilityZone": each.zone, "cidrBlock": each.cidr} for each in found],
                )
        raise AssertionError(operation)

    def _matching_zones(self, form: Mapping[str, str]) -> list[dict[str, str]]:
        filters = {
            form[name]: form[name.replace("Name", "Value.1")] for name in form if name.endswith(".Name")
        }
        described = [
            {
                "zoneName": each.name,
                "zoneId": each.zone_id,
                "zone-type": each.kind,
                "state": each.state,
                "opt-in-status": each.opt_in,
            }
            for each in self._zones
        ]
        return [each for each in described if all(each[name] == value for name, value in filters.items())]


def _json(status: int, answer: Mapping[str, Any]) -> tuple[int, bytes]:
    return status, json.dumps(answer).encode()


def _ec2(operation: str, title: str, items: Sequence[Mapping[str, str]]) -> tuple[int, bytes]:
    listed = "".join(
        "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in each.items()) + "</item>"
        for each in items
    )
    return (
        200,
        f'<{operation}Response xmlns="{_EC2}"><{title}>{listed}</{title}></{operation}Response>'.encode(),
    )
