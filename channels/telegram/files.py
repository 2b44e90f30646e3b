"""Files in: getFile says where one lies, and it is read from there as far as the limit allows."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from channels.telegram.errors import unopened
from channels.telegram.reading import storable
from ntbcare.contract import ChannelError, Fetched, Refused, Throttled, TooLarge

if TYPE_CHECKING:
    import httpx

    from channels.telegram.line import Plug

THROTTLED_DEFAULT = 5.0  # seconds, when a 429 carries no readable Retry-After


async def download(plug: Plug, ref: str, limit: int) -> Fetched:
    """The file `ref`, streamed. Raises TooLarge, Refused (gone), ChannelError (again later); what was read is dropped.

    https://core.telegram.org/bots/api#getfile: the address holds for an hour, so it is asked for each time. It holds the
    token as well, so it stands in no reason.
    """
    import httpx

    path = await _path(plug, ref, limit)
    url = f"{plug.bot.base_file_url}/{quote(path)}"
    try:
        async with plug.files.stream("GET", url) as answer:
            _objections(answer, limit)
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > limit:
                    raise TooLarge(f"more than {limit} bytes")
    except httpx.HTTPError as error:
        kind = type(error).__name__
        raise ChannelError(f"the file did not arrive whole: {kind}", perhaps_sent=not unopened(error)) from None
    mime = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if mime == "application/octet-stream":  # what Telegram says of every file: no claim at all
        mime = ""
    return Fetched(bytes(content), mime=storable(mime), name=storable(PurePosixPath(path).name))


async def _path(plug: Plug, ref: str, limit: int) -> str:
    """Where the file lies below base_file_url."""
    from telegram.error import BadRequest

    try:
        file = await plug.bot.get_file(ref)
    except BadRequest as error:
        said = error.message.lower()
        if "too big" in said:
            raise TooLarge("larger than what Telegram gives to a bot (20 MB)", code="400") from None
        if "temporarily unavailable" in said:  # said of unknown files as well: a few tries in vain cost less than a lost photo
            raise ChannelError("Telegram does not have the file at hand", code="400") from None
        raise Refused("Telegram does not know this file any more", code="400") from None
    if file.file_size is not None and file.file_size > limit:
        raise TooLarge(f"{file.file_size} bytes, more than {limit}")
    path = (file.file_path or "").removeprefix(f"{plug.bot.base_file_url}/")
    if not path:
        raise ChannelError("Telegram did not say where the file lies")
    if path.startswith(("/", "file:")):
        raise ChannelError("our Telegram configuration: a Bot API server with --local gives no files by HTTP", code="403")
    return path


def _objections(answer: httpx.Response, limit: int) -> None:
    status, given = answer.status_code, answer.headers
    if status in (401, 403):
        raise ChannelError(f"our Telegram configuration: HTTP {status} for a file", code=str(status))
    if status == 429:
        after = given.get("Retry-After", "")
        seconds = float(min(max(int(after), 1), 3600)) if re.fullmatch("[0-9]{1,9}", after) else THROTTLED_DEFAULT
        raise Throttled("flood control", after=seconds, code="429")
    if 400 <= status < 500 and status != 408:
        raise Refused(f"the file is gone: HTTP {status}", code=str(status))
    if status != 200:
        raise ChannelError(f"the file was not given: HTTP {status}", code=str(status))
    declared = given.get("Content-Length", "")
    if re.fullmatch("[0-9]{1,18}", declared) and int(declared) > limit:
        raise TooLarge(f"{declared} bytes, more than {limit}")
