"""The XML API of Google Cloud Storage over the JSON API of ``gcp-storage-emulator``.

obstore lists, deletes and uploads in parts by the XML API, which the emulator has for single objects only.
Requests carry tokens that a service account signs itself. The emulator ignores them; this module checks them.
"""

import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from enum import Flag, auto
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import jwt


class Permission(Flag):
    LIST = auto()
    READ = auto()
    WRITE = auto()

    @staticmethod
    def all() -> "Permission":
        return Permission.LIST | Permission.READ | Permission.WRITE


@dataclass(frozen=True)
class Account:
    """A service account: its address, its public key in PEM, and what it may do in every bucket."""

    email: str
    public_key: bytes
    permissions: Permission


@dataclass
class _Upload:
    """An upload in parts, by their numbers."""

    content_type: str
    parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return b"".join(self.parts[number] for number in sorted(self.parts))


@dataclass
class XmlApi:
    """State of the API over the emulator at ``emulator``. ``accounts`` are named by the id of their key."""

    emulator: str
    accounts: dict[str, Account] = field(default_factory=dict)
    uploads: dict[str, _Upload] = field(default_factory=dict)

    def request(self, method: str, path: str, content: bytes | None = None, kind: str = "") -> bytes:
        """Send a request to the emulator, and return the body of the answer."""
        headers = {"Content-Type": kind or "application/octet-stream"}
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.emulator + path, content, headers, method=method
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            body: bytes = answer.read()
        return body

    def put(self, bucket: str, key: str, content: bytes, content_type: str) -> None:
        """Store an object. The emulator's own XML API refuses empty objects."""
        about = json.dumps({"name": key, "contentType": content_type}).encode()
        parts = (
            (b"application/json", about),
            (content_type.encode() or b"application/octet-stream", content),
        )
        body = b"".join(
            b"--part\r\nContent-Type: " + kind + b"\r\n\r\n" + part + b"\r\n" for kind, part in parts
        )
        path = f"/upload/storage/v1/b/{bucket}/o?uploadType=multipart"
        self.request("POST", path, body + b"--part--\r\n", "multipart/related; boundary=part")

    def objects(self, bucket: str, prefix: str) -> list[dict[str, Any]]:
        body = self.request("GET", f"/storage/v1/b/{bucket}/o?prefix={quote(prefix)}")
        found: list[dict[str, Any]] = json.loads(body)["items"]
        return sorted(found, key=lambda each: str(each["name"]).encode())


class XmlApiHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def __init__(self, api: XmlApi, *args: Any) -> None:
        self._api = api
        super().__init__(*args)

    def do_GET(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(url.path).removeprefix("/").partition("/")
        needed = self._needed(key)
        account = self._account()
        if account is None:
            self._refuse(401, "AuthenticationRequired")
        elif not account.permissions & needed:
            self._refuse(403, "AccessDenied")
        else:
            try:
                self._perform(bucket, key, query, content)
            except urllib.error.HTTPError as error:
                self._refuse(error.code, "NoSuchKey" if key and self.command != "PUT" else "NoSuchBucket")

    def _needed(self, key: str) -> Permission:
        if not key:
            return Permission.LIST
        return Permission.READ if self.command in ("GET", "HEAD") else Permission.WRITE

    def _account(self) -> Account | None:
        """Return the account that signed the token, if the signature, the times and the scope are valid."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            account = self._api.accounts[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token, account.public_key, ["RS256"], options={"require": ["exp", "iat", "iss"]}
            )
        except (jwt.InvalidTokenError, KeyError):
            return None
        has_scope = "cloud-platform" in claims.get("scope", "")
        return account if claims["iss"] == account.email and has_scope else None

    def _perform(self, bucket: str, key: str, query: dict[str, str], content: bytes) -> None:
        match self.command:
            case "GET" if not key:
                self._list(bucket, query)
            case "GET" | "HEAD":
                self._read(bucket, key)
            case "DELETE":
                self._api.request("DELETE", f"/storage/v1/b/{bucket}/o/{quote(key, safe='')}")
                self._answer(204)
            case "POST" if "uploads" in query:
                number = secrets.token_hex(8)
                self._api.uploads[number] = _Upload(self.headers.get("Content-Type", ""))
                self._answer(200, _element("InitiateMultipartUploadResult", UploadId=number))
            case "PUT" if "uploadId" in query:
                self._api.uploads[query["uploadId"]].parts[int(query["partNumber"])] = content
                self._answer(200, headers={"ETag": f'"{query["partNumber"]}"'})
            case "POST" if "uploadId" in query:
                upload = self._api.uploads[query["uploadId"]]
                self._api.put(bucket, key, upload.content, upload.content_type)
                self._answer(200, _element("CompleteMultipartUploadResult", ETag='"whole"'))
            case "PUT":
                self._api.put(bucket, key, content, self.headers.get("Content-Type", ""))
                self._answer(200, headers={"ETag": '"whole"'})
            case _:
                self._refuse(405, "MethodNotAllowed")

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        after = unquote(query.get("continuation-token", "")) or query.get("start-after", "")
        found = [each for each in self._api.objects(bucket, query.get("prefix", "")) if each["name"] > after]
        page = found[:1000]
        is_encoded = query.get("encoding-type") == "url"
        entries = "".join(
            _element(
                "Contents",
                Key=quote(each["name"]) if is_encoded else each["name"],
                LastModified=each["updated"],
                Size=each["size"],
                ETag=f'"{each["etag"]}"',
            )
            for each in page
        )
        more = _element("NextContinuationToken", quote(page[-1]["name"])) if len(found) > len(page) else ""
        encoding = _element("EncodingType", "url") if is_encoded else ""
        self._answer(200, f"<ListBucketResult>{encoding}{entries}{more}</ListBucketResult>")

    def _read(self, bucket: str, key: str) -> None:
        about = json.loads(self._api.request("GET", f"/storage/v1/b/{bucket}/o/{quote(key, safe='')}"))
        content = self._api.request("GET", f"/{bucket}/{quote(key)}") if self.command == "GET" else b""
        size, status = int(about["size"]), 200
        headers = {
            "ETag": f'"{about["etag"]}"',
            "Last-Modified": "Sat, 28 Nov 2026 12:00:00 GMT",
            "Content-Type": about["contentType"],
        }
        if wanted := self.headers.get("Range"):
            start, _, end = wanted.removeprefix("bytes=").partition("-")
            content, status = content[int(start) : int(end) + 1], 206
            headers["Content-Range"] = f"bytes {start}-{int(start) + len(content) - 1}/{size}"
        self._answer(status, content, headers, size if self.command == "HEAD" else None)

    def _refuse(self, status: int, code: str) -> None:
        self._answer(
            status, _element("Error", Code=code, Message="Refused.") if self.command != "HEAD" else ""
        )

    def _answer(
        self,
        status: int,
        body: str | bytes = b"",
        headers: dict[str, str] | None = None,
        size: int | None = None,
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if size is None else size))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


def _element(name: str, text: str = "", **children: object) -> str:
    inner = "".join(f"<{child}>{escape(str(value))}</{child}>" for child, value in children.items())
    return f"<{name}>{escape(text)}{inner}</{name}>"
