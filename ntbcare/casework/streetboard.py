"""The street as the one who keeps it running sees it: each provider, what is on its way, and sending again what did not arrive."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from ntbcare.casework import notices, upkeep
from ntbcare.casework.desk import short
from ntbcare.domain import permissions
from ntbcare.domain.errors import NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.records import errands, street
from ntbcare.records.errands import Errand
from ntbcare.records.messages import Notice
from ntbcare.records.street import Cursor, Gateway
from ntbcare.records.work import Work
from ntbcare.wording import shorten

Known = tuple[str, str, tuple[str, ...]]  # (gateway, how people call it, the channels it carries)
WITHIN = timedelta(days=1)
STAND_IN = "Tiruan di komputer ini"
_LISTENS = "listen:"


class Here(NamedTuple):
    """A gateway in service: its channels, whether it has to be asked, whether it only stands in for a provider."""

    carries: tuple[str, ...]
    asked: bool = False
    stand_in: bool = False


class Standing(NamedTuple):
    """How one way of a provider does: what it is, how it stands, in which tone."""

    what: str
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One line of the board. `standing` is empty for a provider that is not set up; `failures` = in a row, on either way."""

    name: str
    carries: str
    standing: list[Standing]
    failures: int
    last_error: str
    failed_text: str
    well_text: str
    cursor: str
    looked: str


class Traffic(NamedTuple):
    """What became of the words of one channel: what is on its way now, and the rest of the last 24 hours."""

    channel: str
    waiting: int
    sent: int
    delivered: int
    again: int
    never: int


@dataclass(frozen=True, slots=True)
class StreetBoard:
    """Everything about the street on one page."""

    providers: list[Provider]
    traffic: list[Traffic]


def read(work: Work, known: Sequence[Known], here: Mapping[str, Here]) -> StreetBoard:
    """The street as it stands, in five statements: every gateway in service, and every known provider that is not. Raises NotAllowed."""
    if not permissions.may(work.actor, "board.read"):
        raise NotAllowed(subject="board.read")
    session = work.session
    names = tuple(name for gateway in here for name in (*street.ways(work.house.gateways, gateway).values(), _LISTENS + gateway))
    health = street.health(session, names)
    cursors = {row.name: row for row in session.scalars(select(Cursor).where(Cursor.name.in_(here)))}
    gone, last = _gone(work)
    labels = {gateway: name for gateway, name, _ in known} | {gateway: STAND_IN for gateway, one in here.items() if one.stand_in}
    there = sorted(here, key=lambda gateway: here[gateway].stand_in)
    providers = [_provider(work, gateway, labels.get(gateway, gateway), here[gateway], health, cursors, last) for gateway in there]
    absent = [
        Provider(name, _words(carries), [], 0, "", "", "", "", "")
        for gateway, name, carries in known
        if gateway not in here or here[gateway].stand_in
    ]
    return StreetBoard(providers + absent, _traffic(work, gone))


def _provider(
    work: Work, gateway: str, name: str, here: Here, health: Mapping[str, Gateway], cursors: Mapping[str, Cursor], last: Mapping[str, datetime]
) -> Provider:  # fmt: skip
    sends = {channel: health.get(way) for channel, way in street.ways(work.house.gateways, gateway).items()}
    listens = health.get(_LISTENS + gateway)
    standing = [*_sending(work, sends), *([_standing(work, "Membaca", listens)] if here.asked else [])]
    rows = [row for row in (*sends.values(), listens) if row is not None]
    failed = max((row for row in rows if row.failed_at), key=lambda row: row.failed_at or work.now, default=None)
    well = max([moment for moment in (*(row.well_at for row in rows), last.get(gateway)) if moment], default=None)
    cursor = cursors.get(gateway) if here.asked else None
    return Provider(
        name=name, carries=_words(here.carries), standing=standing, failures=max((row.failures for row in rows), default=0),
        last_error=(failed.last_error or "") if failed else "", failed_text=short(work, failed.failed_at) if failed else "",
        well_text=short(work, well), cursor=shorten(cursor.value, 48) if cursor else "",
        looked=("belum pernah" if cursor is None else ago(work.now - cursor.at)) if here.asked else "",
    )  # fmt: skip


def _sending(work: Work, sends: Mapping[str, Gateway | None]) -> list[Standing]:
    """One word while all its channels are well or it has only one; else a word for each."""
    if len(sends) < 2 or not any(row is not None and row.failures + bool(row.lowered_until) for row in sends.values()):
        return [_standing(work, "Mengirim", next(iter(sends.values()), None))]
    return [_standing(work, f"Mengirim {CHANNEL_LABELS.get(channel, channel)}", row) for channel, row in sends.items()]


def _standing(work: Work, what: str, row: Gateway | None) -> Standing:
    if row is not None and row.lowered_until is not None and row.lowered_until > work.now:
        return Standing(what, f"dilambatkan sampai {short(work, row.lowered_until)}", "late")
    if row is not None and row.failures:
        return Standing(what, "dicoba lagi", "soon")
    return Standing(what, "baik", "on_time")


def _words(carries: tuple[str, ...]) -> str:
    return ", ".join(CHANNEL_LABELS.get(channel, channel) for channel in carries)


def ago(length: timedelta) -> str:
    """A length of time as people say it."""
    seconds = max(0, int(length.total_seconds()))
    for size, word in ((86400, "hari"), (3600, "jam"), (60, "menit")):
        if seconds >= size:
            return f"{seconds // size} {word} lalu"
    return "baru saja"


def _gone(work: Work) -> tuple[dict[tuple[str, str], int], dict[str, datetime]]:
    """((channel, state) → how many left or failed within a day, gateway → when it last took something)."""
    counted: dict[tuple[str, str], int] = {}
    last: dict[str, datetime] = {}
    since = work.now - WITHIN
    dialled = (
        select(Notice.channel, Notice.gateway, Notice.state, func.count(), func.max(Notice.sent_at))
        .where(Notice.dialled_last > since, Notice.state.in_(("sent", "delivered")))
        .group_by(Notice.channel, Notice.gateway, Notice.state)
    )
    for channel, gateway, state, number, moment in work.session.execute(dialled):
        counted[channel, state] = counted.get((channel, state), 0) + number
        if gateway and moment:
            last[gateway] = max(moment, last.get(gateway, moment))
    failed = select(Notice.channel, func.count()).where(Notice.state == "failed").group_by(Notice.channel)
    recently = func.coalesce(Notice.dialled_last, Notice.created_at) > since  # what was never dialled has failed as well
    for channel, number in work.session.execute(failed.where(recently)):
        counted[channel, "failed"] = number
    return counted, last


def _traffic(work: Work, gone: Mapping[tuple[str, str], int]) -> list[Traffic]:
    """One line per channel somebody carries or words wait on, in the order of the labels."""
    open_ = (Errand.kind == "deliver") & Errand.done_at.is_(None) & Errand.dead_at.is_(None)
    tried = Notice.last_error.is_not(None)
    query = select(Notice.channel, tried, func.count()).join(Errand, Errand.subject_id == Notice.id).where(open_, Notice.state == "waiting")
    now = {(channel, again): number for channel, again, number in work.session.execute(query.group_by(Notice.channel, tried))}
    there = {channel for channel, _ in (*gone, *now)} | set(work.house.gateways)
    return [
        Traffic(
            CHANNEL_LABELS[channel], now.get((channel, False), 0), gone.get((channel, "sent"), 0), gone.get((channel, "delivered"), 0),
            now.get((channel, True), 0), gone.get((channel, "failed"), 0),
        )
        for channel in CHANNEL_LABELS if channel in there and channel != "web"  # nothing is dialled to show a page
    ]  # fmt: skip


def send_again(work: Work, notice_id: int) -> None:
    """Somebody asks for words that did not arrive to be sent once more. Raises NotAllowed, NotFound.

    Where they may have left already, that stays counted: the person who asks knows it from the board.
    """
    if not permissions.may(work.actor, "board.act"):
        raise NotAllowed(subject="board.act")
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "failed":
        raise NotFound("Kabar ini sudah terkirim atau sedang dikirim lagi.")
    upkeep.wait_again(notice)
    dead = select(Errand.id).where(Errand.kind == "deliver", Errand.subject_id == notice.id, Errand.dead_at.is_not(None))
    letter = work.session.execute(dead.where(Errand.done_at.is_(None)).order_by(Errand.id.desc()).limit(1)).scalar()
    if letter is None or not errands.revive(work.session, letter, work.now):
        notices.send(work, notice, key=f"deliver:{notice.id}:{secrets.token_hex(6)}")  # each press is an errand of its own
    work.tell("notice:again", notice.case_id, notice=notice.id, template=notice.template, by_name=work.actor.name)
