"""The line to Meta's Graph API: one session per process, bounded answers, and downloads from Meta's own hosts only."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from channels.social.meta.errors import meaning
from ntbcare.contract import ChannelError, Fetched, Refused, TooLarge

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

API, VERSION = "https://graph.facebook.com", "v23.0"
# Where Meta keeps the files it names in webhooks (https, its usual port): nothing else is ever fetched.
FILE_HOSTS = (".fbcdn.net", ".fbsbx.com", ".cdninstagram.com", ".facebook.com", ".whatsapp.net")
# No user, no backslash, no blank: two parsers must not disagree about the host.
ADDRESS = re.compile(r"(https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?:[/?][^\s\\]*)?")
LONGEST_ANSWER = 2_000_000  # bytes of JSON
LONGEST_CALL, LONGEST_DOWNLOAD = 30.0, 120.0  # seconds to the last byte: a read time-out only counts between bytes
REDIRECTS = 3


class Graph:
    """`base` without version (https://graph.facebook.com). `timeouts` = (connect, read) in seconds."""

    def __init__(self, token: str, base: str, timeouts: tuple[float, float]) -> None:
        self._token = token
        self._base = base.rstrip("/") or API
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._pid = 0

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET one of our own objects → JSON. Raises ChannelError; nothing is ever sent to anybody by a GET."""
        return self._call("GET", path, ours=True, params=query)

    def ask(self, path: str, **query: str) -> dict[str, Any]:
        """GET about something of somebody else: its absence is no fault of ours. Raises ChannelError."""
        return self._call("GET", path, ours=False, params=query)

    def post(self, path: str, body: Mapping[str, Any], *, ours: bool, token: str = "") -> dict[str, Any]:
        """POST JSON → JSON. `ours`: the object in `path` is our own. `token`: another one than that of the settings."""
        return self._call("POST", path, ours=ours, token=token, json=body)

    def file(self, ref: str, limit: int) -> Fetched:
        """The file of a Media: «whatsapp:<media id>» or «url:<address at Meta>». Never more than `limit` bytes in memory."""
        kind, _, name = ref.partition(":")
        if kind == "whatsapp" and re.fullmatch(r"[A-Za-z0-9_-]{1,200}", name):
            return self._whatsapp_file(name, limit)
        if kind == "url":
            return self._download(name, limit, with_token=False)
        raise Refused("not a file of Meta")

    def close(self) -> None:
        """Give the connections of this process back."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None and self._pid == os.getpid():
            session.close()

    def is_file_address(self, url: str) -> bool:
        """An address at Meta's file hosts, or at the API we are configured with."""
        match = ADDRESS.fullmatch(url)
        if match is None:
            return False
        parts = urlsplit(match[1])
        if f"{parts.scheme}://{parts.netloc}" == "{0.scheme}://{0.netloc}".format(urlsplit(self._base)):
            return True
        return parts.scheme == "https" and parts.netloc.lower().removesuffix(":443").endswith(FILE_HOSTS)

    def _whatsapp_file(self, media_id: str, limit: int) -> Fetched:
        """The address of a media lives five minutes, so it is asked for each time.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
        """
        try:
            told = self._call("GET", media_id, ours=False)
        except Refused as refused:
            raise Refused(f"gone: {refused.reason}", code=refused.code) from None
        size, url = told.get("file_size"), told.get("url")
        if type(size) is int and size > limit:
            raise TooLarge(f"larger than {limit} bytes")
        if not isinstance(url, str):
            raise ChannelError("Meta named no address of the file")
        found = self._download(url, limit, with_token=True)
        return Fetched(found.content, str(told.get("mime_type") or found.mime)[:100])

    def _download(self, url: str, limit: int, *, with_token: bool) -> Fetched:
        for _ in range(REDIRECTS):
            if not self.is_file_address(url):
                raise Refused("the file does not lie at Meta")
            with closing(self._send("GET", url, self._token if with_token else "")) as answer:
                if answer.status_code in (301, 302, 303, 307, 308):
                    url, with_token = urljoin(url, answer.headers.get("Location", "")), False  # the token stays where it was asked for
                    continue
                if answer.status_code in (400, 403, 404, 410):  # what Meta's file hosts say when a signed address has run out
                    raise Refused(f"the file is gone: HTTP {answer.status_code}", code=str(answer.status_code))
                if answer.status_code != 200:
                    raise meaning(answer.status_code, answer.headers, b"")
                length = answer.headers.get("Content-Length", "")
                if length.isascii() and length.isdigit() and int(length) > limit:
                    raise TooLarge(f"larger than {limit} bytes")
                content = self._body(answer, limit, LONGEST_DOWNLOAD)
                return Fetched(content, answer.headers.get("Content-Type", "").partition(";")[0].strip()[:100])
        raise ChannelError("too many redirects to a file")

    def _call(self, method: str, path: str, *, ours: bool, token: str = "", **given: Any) -> dict[str, Any]:
        with closing(self._send(method, f"{self._base}/{VERSION}/{path}", token or self._token, **given)) as answer:
            try:
                body = self._body(answer, LONGEST_ANSWER, LONGEST_CALL)
            except TooLarge:
                raise ChannelError("Meta's answer does not end", perhaps_sent=method == "POST") from None
            if answer.status_code != 200:
                raise meaning(answer.status_code, answer.headers, body, ours=ours)
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ChannelError("Meta answered something that is no JSON object", perhaps_sent=method == "POST")
        return found

    def _send(self, method: str, url: str, token: str, **given: Any) -> Response:
        def sign(request: PreparedRequest) -> PreparedRequest:  # set here: a .netrc would overrule a header set before
            if token:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        try:
            return self._here().request(
                method, url, auth=sign, timeout=self._timeouts, allow_redirects=False, stream=True, **given
            )  # fmt: skip
        except (OSError, ValueError) as error:  # requests' errors are OSErrors or ValueErrors
            raise ChannelError(
                f"Meta did not answer properly: {type(error).__name__}", perhaps_sent=method == "POST" and not _never_left(error)
            ) from None

    def _body(self, answer: Response, limit: int, seconds: float) -> bytes:
        """At most `limit` bytes within `seconds`, whatever Content-Length said."""
        found, end = bytearray(), time.monotonic() + seconds
        posted = answer.request.method == "POST"
        try:
            for piece in answer.iter_content(65_536):
                found += piece
                if len(found) > limit:
                    raise TooLarge(f"larger than {limit} bytes")
                if time.monotonic() > end:
                    raise ChannelError("Meta's answer took too long", perhaps_sent=posted)
        except (OSError, ValueError) as error:
            raise ChannelError(f"Meta's answer broke off: {type(error).__name__}", perhaps_sent=posted) from None
        return bytes(found)

    def _here(self) -> Session:
        """One session per process: a connection must not be shared across a fork. It keeps no cookies, so threads may share it."""
        with self._lock:
            if self._session is None or self._pid != os.getpid():
                from http.cookiejar import DefaultCookiePolicy

                from requests import Session
                from requests.adapters import HTTPAdapter

                self._session, self._pid = Session(), os.getpid()
                self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
                self._session.mount("https://", HTTPAdapter(pool_maxsize=16))
                self._session.mount("http://", HTTPAdapter(pool_maxsize=16))
            return self._session


def _never_left(error: Exception) -> bool:
    """No line was ever open, so nothing can have gone over it."""
    from requests.exceptions import ConnectTimeout, InvalidURL
    from urllib3.exceptions import NewConnectionError, ProxyError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(cause, ProxyError):
        cause = cause.original_error
    return isinstance(error, ConnectTimeout | InvalidURL) or isinstance(cause, NewConnectionError)
