"""The generic provider door: every channel's hooks are mounted here; a 2xx leaves only after the commit."""

from __future__ import annotations

import hashlib
from functools import partial

import structlog
from apiflask import APIBlueprint
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client import Counter

from ntbcare import sanitise
from ntbcare.casework import arrival, delivery, upkeep
from ntbcare.contract import BadSignature, Channel, DeliveryReceipt, IncomingMessage, RawRequest, UnknownShape
from ntbcare.domain.errors import BadInput, LostRace
from ntbcare.domain.permissions import Actor, Role
from ntbcare.web import errors, guards

log = structlog.get_logger()
_TAKEN = Counter("ntbcare_hook_requests", "Requests of providers", ["channel", "result"])


def mount(app: Flask, channels: dict[str, Channel], public_url: str) -> None:
    """One route per hook of every channel that is configured; the others answer 404."""
    room = APIBlueprint("hooks", __name__, enable_openapi=False)
    for name, channel in channels.items():
        for hook in channel.hooks():
            endpoint = hook.path.replace("/", "_")
            room.add_url_rule(f"/hooks/{hook.path}", endpoint, partial(take, name, channel, public_url), methods=list(hook.methods))
    app.register_blueprint(room)


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
        _keep(name, raw, unknown.external_id, unknown.reason)
        return _answer(channel, raw)
    for item in found:
        try:
            _one(name, item)
        except BadInput as refused:  # signed, so it may be a citizen's words: nobody may lose them for our not knowing where to put them
            _keep(name, raw, item.external_id, refused.sentence)
    _TAKEN.labels(name, "taken").inc()
    return _answer(channel, raw)


def _one(name: str, item: IncomingMessage | DeliveryReceipt) -> None:
    """Take one item; when an officer acted on the same case in the same moment, take it again on what stands now."""
    for last in (False, False, True):
        try:
            _take(name, item)
            return
        except LostRace:
            if last:
                raise


def _take(name: str, item: IncomingMessage | DeliveryReceipt) -> None:
    for envelope in (item.external_id, getattr(item, "sender", "")):
        if sanitise.line(envelope, field="envelope") != envelope:
            raise BadInput("envelope", "Amplop kiriman ini memuat huruf yang tidak dapat disimpan.")
    with guards.work(Actor(Role.CHANNEL) if isinstance(item, DeliveryReceipt) else guards.CITIZEN) as work:
        if isinstance(item, DeliveryReceipt):
            delivery.receipt(work, item)
        else:
            arrival.receive(work, item)
        work.commit()


def _keep(name: str, raw: RawRequest, external_id: str, reason: str) -> None:
    """Nobody's words are thrown away because a provider added a field."""
    with guards.work(Actor(Role.CHANNEL)) as work:
        key = external_id if external_id.isprintable() else ""  # the provider's own name for it, when that can be stored
        key = key[:200] or hashlib.sha256(raw.body + raw.url.encode()).hexdigest()
        reason = sanitise.text(reason[:300], field="reason")  # may name what came, in any letters
        upkeep.keep_unread(work, name, key, reason, raw.body.decode("utf-8", "backslashreplace").replace("\x00", "\\0"))
        work.commit()


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
