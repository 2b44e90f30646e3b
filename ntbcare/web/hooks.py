"""The generic provider door: every channel's hooks are mounted here; a 2xx leaves only after the commit."""

from __future__ import annotations

import hashlib
from functools import partial, update_wrapper
from urllib.parse import unquote_plus, urlsplit

import structlog
from apiflask import APIBlueprint
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client import Counter

from ntbcare.casework import listening
from ntbcare.contract import BadSignature, Channel, RawRequest, UnknownShape
from ntbcare.web import errors, guards
from ntbcare.web.limits import limiter

LARGEST = 4 * 1024 * 1024  # bytes of one request: Meta's batches may have 3 MB, and what is refused too often it throws away
_SECRETS = ("secret", "hub.verify_token")  # names of a query whose values open our doors: they are kept nowhere

log = structlog.get_logger()
_TAKEN = Counter("ntbcare_hook_requests", "Requests of providers", ["channel", "result"])


def mount(app: Flask, channels: dict[str, Channel], public_url: str) -> None:
    """One route per hook of every channel that is configured; the others answer 404."""
    room = APIBlueprint("hooks", __name__, enable_openapi=False)
    room.url_value_preprocessor(_allow_batches)  # of all that runs before a view only this comes before the sign-in, which reads the body
    for name, channel in channels.items():
        for hook in channel.hooks():
            endpoint = hook.path.replace("/", "_")
            view = update_wrapper(partial(take, name, channel, public_url), take)  # with a name: the limiter asks every view for one
            room.add_url_rule(f"/hooks/{hook.path}", endpoint, view, methods=list(hook.methods))
    limiter.exempt(room)  # a provider brings everybody's words from few addresses
    app.register_blueprint(room)


def _allow_batches(endpoint: str | None, values: dict[str, object] | None) -> None:
    request.max_content_length = LARGEST


def take(name: str, channel: Channel, public_url: str) -> ResponseReturnValue:
    """Verify, translate, store, commit, answer."""
    raw = raw_request(public_url)
    try:
        found = channel.read(raw)
    except BadSignature as bad:
        _TAKEN.labels(name, "bad_signature").inc()
        log.warning("hook.bad_signature", channel=name, reason=bad.reason)
        return errors.answer(403, "Tanda tangan kiriman ini tidak cocok.")
    except UnknownShape as unknown:
        _TAKEN.labels(name, "unknown_shape").inc()
        for item in unknown.items:  # of a batch, what could be read is taken; the whole is kept for a person
            listening.take(guards.house(), name, item)
        _keep(name, raw, unknown.external_id, unknown.reason)
        return _answer(channel, raw)
    for item in found:
        listening.take(guards.house(), name, item)
    _TAKEN.labels(name, "taken").inc()
    return _answer(channel, raw)


def _keep(name: str, raw: RawRequest, external_id: str, reason: str) -> None:
    """The whole request for a person to read: its body, or of one without a body (a GET) the query, without the secrets in it."""
    key = external_id or hashlib.sha256(raw.body + raw.url.encode()).hexdigest()
    listening.keep(guards.house(), name, key, reason, raw.body.decode("utf-8", "backslashreplace") or _query(raw))


def _query(raw: RawRequest) -> str:
    """As it came, percent-signs and all: only who knows the letters' alphabet may decode them."""
    pairs = urlsplit(raw.url).query.split("&")
    return "&".join(pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in _SECRETS)


def raw_request(public_url: str) -> RawRequest:
    """The request as it came. The address is the public one, because that is what providers sign."""
    query = request.query_string.decode("utf-8", "replace")
    body = request.get_data(cache=True)
    return RawRequest(
        method=request.method, url=f"{public_url}{request.path}" + (f"?{query}" if query else ""),
        headers={key.lower(): value for key, value in request.headers.items()}, body=body,
        form={key: request.form.getlist(key) for key in request.form}, query={key: request.args.getlist(key) for key in request.args},
    )  # fmt: skip


def _answer(channel: Channel, raw: RawRequest) -> Response:
    said = channel.answer(raw)
    if said.status >= 500:
        abort(said.status)
    return Response(said.body, said.status, content_type=said.content_type)
