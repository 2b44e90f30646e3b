"""Files in: Twilio names an address of its own, asks for our account there, and sends us on to its CDN, which must not see it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from channels.sms.twilio.errors import seconds
from ntbcare.contract import ChannelError, Fetched, Refused, Throttled, TooLarge

if TYPE_CHECKING:
    import requests

PATHS = "/2010-04-01/Accounts/"
OURS = ("twilio.com",)  # may be given our credentials
CDN = ("twiliocdn.com", "s3-external-1.amazonaws.com")  # may be read from, without them
REDIRECTS = 3
LONGEST = 60.0  # seconds for one file, all together: a drip that beats every read time-out still ends
PIECE = 65536


def download(
    ref: str, limit: int, *, account: tuple[str, str], api_url: str, origins: tuple[str, ...], timeouts: tuple[float, float]
) -> Fetched:
    """The file at `ref`, streamed. Raises TooLarge, Refused (gone, or not at Twilio), Throttled, ChannelError (again later).

    A reason never names the address: whoever has it and our token has the picture. With `api_url` every address of Twilio
    is asked for there, as our other calls are.
    """
    import requests
    from urllib3.exceptions import HTTPError

    target, ends = _first(ref, api_url), time.monotonic() + LONGEST
    try:
        with requests.Session() as session:
            for _ in range(REDIRECTS + 1):
                known = _origin(target) == _origin(urlsplit(api_url)) if api_url else _is_at(target, OURS)
                auth = account if known else _nobody
                headers = {"Accept-Encoding": "identity"}
                answer = session.get(target.geturl(), auth=auth, headers=headers, stream=True, allow_redirects=False, timeout=timeouts)
                with answer:
                    if answer.is_redirect:
                        target = _next(target, answer.headers["Location"], api_url, origins)
                        continue
                    _objections(answer, known)
                    return _content(answer, limit, ends)
    except (OSError, HTTPError, ValueError) as error:  # requests' errors are OSErrors; ValueError: an address that is none
        raise ChannelError(f"Twilio's file did not come: {type(error).__name__}") from None
    raise ChannelError("Twilio sends us round in circles for a file")


def _first(ref: str, api_url: str) -> SplitResult:
    """Where to ask for a MediaUrl. It came signed, but a secret may leak: we dial Twilio and nobody else."""
    try:
        asked = urlsplit(ref)
        at_ours = _is_at(asked, OURS) or (bool(api_url) and ref.startswith(f"{api_url}/"))
    except ValueError:
        at_ours = False
    if not at_ours or PATHS not in asked.path:
        raise Refused("a file that does not lie at Twilio")
    if api_url and not ref.startswith(f"{api_url}/"):
        return urlsplit(api_url + asked._replace(scheme="", netloc="", fragment="").geturl())
    return asked


def _next(here: SplitResult, location: str, api_url: str, origins: tuple[str, ...]) -> SplitResult:
    there = urlsplit(urljoin(here.geturl(), location))
    if _is_at(there, OURS + CDN) or _origin(there) in {_origin(urlsplit(each)) for each in (api_url, *origins) if each}:
        return there
    raise Refused("Twilio sends us elsewhere for a file")


def _is_at(address: SplitResult, hosts: tuple[str, ...]) -> bool:
    """https on its usual port at one of these hosts or below it.

    Nothing else may stand there: a user name or a backslash is where two parsers see two different hosts.
    """
    place = re.fullmatch(r"([a-z0-9.-]+)(:443)?", address.netloc.lower())
    return address.scheme == "https" and bool(place) and any(f".{place[1]}".endswith(f".{each}") for each in hosts if place)


def _origin(address: SplitResult) -> tuple[str, str]:
    return address.scheme, address.netloc.lower()


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials, not even those of a .netrc."""
    return request


def _objections(answer: requests.Response, known: bool) -> None:
    """Anything but a 200 with a body. `known`: it was Twilio who said so, not its CDN."""
    status = answer.status_code
    if status == 200:
        return
    if status in (404, 410):
        raise Refused("the file is gone", code=str(status))
    if status == 429:
        raise Throttled("Twilio asks us to slow down", after=seconds(answer.headers), code="429")
    if status in (401, 403) and known:
        raise ChannelError("our Twilio configuration: account SID or auth token not accepted for files", code=str(status))
    raise ChannelError(f"Twilio's file did not come: HTTP {status}")


def _content(answer: requests.Response, limit: int, ends: float) -> Fetched:
    told = answer.headers.get("Content-Length", "")
    size = int(told) if told.isascii() and told.isdigit() else None
    if size is not None and size > limit:
        raise TooLarge(f"more than {limit} bytes")
    content = bytearray()
    while piece := answer.raw.read1(PIECE, decode_content=True):  # what has come, not what was asked for: a drip cannot hold us
        content += piece
        if len(content) > limit:
            raise TooLarge(f"more than {limit} bytes")
        if time.monotonic() > ends:
            raise ChannelError("Twilio's file came too slowly")
    if size is not None and len(content) < size:
        raise ChannelError("Twilio's file broke off")
    return Fetched(bytes(content), mime=answer.headers.get("Content-Type", "").partition(";")[0].strip()[:100])
