"""The door behind every provider's own: one item, whoever brought it, is taken in one transaction and tried again after a lost race."""

from __future__ import annotations

import hashlib
import random
import time

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from ntbcare import sanitise
from ntbcare.casework import arrival, delivery, pointers, upkeep
from ntbcare.contract import DeliveryReceipt, IncomingMessage, Item, Pointer
from ntbcare.domain.errors import BadInput, DomainError, LostRace
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records.work import House

log = structlog.get_logger()
_BUSY = "Laporan yang dimaksud terus berubah pada saat yang sama; kiriman ini belum dibaca."
_PAUSES = (0.01, 0.05, 0.1, 0.2)  # seconds after a lost race, each half as long or half as long again
_CANNOT = "Isinya tidak dapat disimpan seperti kiriman biasa."
_CHANNEL, _CITIZEN = Actor(Role.CHANNEL), Actor(Role.CITIZEN)


def take(house: House, gateway: str, item: Item) -> None:
    """Store one item and act on it. What cannot be put anywhere is kept raw, with an alarm: it may be a citizen's words, and
    nothing that came behind it may wait for it.

    When an officer or a worker acted on the same case in the same moment, it is taken again on what stands now; what loses every time
    is kept raw, because not every provider brings a message twice. Raises whatever a database that is away raises.
    """
    for pause in (*_PAUSES, None):
        last = pause is None
        try:
            _take(house, gateway, item)
            return
        except LostRace as lost:
            if pause is None:
                _set_apart(house, gateway, item, _BUSY, lost)
            else:
                time.sleep(pause * (0.5 + random.random()))
        except DomainError as refused:  # signed, so it may be a citizen's words: nobody may lose them for our not knowing where to put them
            _set_apart(house, gateway, item, refused.sentence, refused)
            return
        except IntegrityError as clash:  # two that came in the same moment; a clash that stays is this item's own
            if last:
                _set_apart(house, gateway, item, _CANNOT, clash)
        except (DataError, UnicodeError) as unfit:
            _set_apart(house, gateway, item, _CANNOT, unfit)
            return


def _set_apart(house: House, gateway: str, item: Item, reason: str, error: Exception) -> None:
    log.error("listening.set_apart", gateway=gateway, error=type(error).__name__)  # the name only: a message may quote what came
    keep(house, gateway, item.external_id, reason, getattr(item, "raw", "") or repr(item))


def _take(house: House, gateway: str, item: Item) -> None:
    for envelope in (item.external_id, getattr(item, "sender", ""), item.ref if isinstance(item, Pointer) else ""):
        if sanitise.line(envelope, field="envelope") != envelope:
            raise BadInput("envelope", "Amplop kiriman ini memuat huruf yang tidak dapat disimpan.")
    with house.work(_CITIZEN if isinstance(item, IncomingMessage) else _CHANNEL) as work:
        if isinstance(item, DeliveryReceipt):
            delivery.receipt(work, item)
        elif isinstance(item, Pointer):
            pointers.expect(work, gateway, item)
        else:
            arrival.receive(work, item, gateway)
        work.commit()


def keep(house: House, gateway: str, external_id: str, reason: str, raw: str) -> None:
    """Nobody's words are thrown away because a provider added a field. An id that cannot be stored is replaced by the content's hash."""
    key = (external_id if external_id.isprintable() else "")[:200] or hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()
    with house.work(_CHANNEL) as work:
        reason = sanitise.text(reason[:300], field="reason")  # may name what came, in any letters
        upkeep.keep_unread(work, gateway, key, reason, raw.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\0"))
        work.commit()
