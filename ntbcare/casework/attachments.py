"""Photos, sound and papers: expected with their message, fetched by a worker, cleaned, kept with the case or refused with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare import washing
from ntbcare.casework import notices, upkeep
from ntbcare.contract import ChannelError, Fetched, Media, Throttled, TooLarge
from ntbcare.filestore import FileStore
from ntbcare.records import cases, errands, files
from ntbcare.records.errands import Claim
from ntbcare.records.files import KEPT, REFUSED, WAITING, File
from ntbcare.records.messages import Message, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

LARGEST = washing.LARGEST  # bytes; Telegram's bots cannot fetch more either (Bot API, getFile)
MOST = 20  # files of one message
MOST_TRIES = 30  # about five hours
_OUR_KEYS = ("401", "403")  # codes that speak of our own credentials, not of a file
TOO_LARGE = washing.TOO_LARGE
GONE = "Berkasnya sudah tidak ada di penyedia."
UNREACHED = "Berkasnya tidak dapat diambil dari penyedia."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch, and from whom."""

    gateway: str
    ref: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file that was kept (path, hash, mime, size), or the sentence why not."""

    note: str = ""
    path: str | None = None
    sha256: str | None = None
    mime: str | None = None
    size: int | None = None


def expect(work: Work, message_id: int, gateway: str, media: Iterable[Media], case_id: int | None, contact_id: int | None) -> int:
    """Rows and errands for the files of a message; the same file of the same message once. Returns how many are expected."""
    rows = [
        {"message_id": message_id, "case_id": case_id, "contact_id": contact_id, "gateway": gateway, "ref": each.ref, "state": WAITING,
         "mime": each.mime or None, "size": each.size, "created_at": work.now}
        for each in {each.ref: each for each in media}.values()
    ]  # fmt: skip
    if not rows:
        return 0
    if case_id is not None:  # an edited caption brings the same photo again
        known = set(work.session.scalars(select(File.ref).where(File.case_id == case_id)))
        rows = [row for row in rows if row["ref"] not in known]
    if not rows:
        return 0
    made = insert(File).on_conflict_do_nothing(index_elements=[File.message_id, File.ref]).returning(File.id)
    ids = list(work.session.execute(made, rows[:MOST]).scalars())
    for file_id in ids:
        work.errand("fetch", file_id, key=f"fetch:{file_id}", road=f"fetch:{gateway}")
    if len(rows) > MOST:
        work.tell("file:too_many", case_id, message=message_id, count=len(rows))
    return len(ids)


def adopt(work: Work, case_id: int, contact_id: int) -> int:
    """Photos that waited for their words belong to this case now, and so does what is still to come of their albums. Returns how many."""
    since = work.now - work.ref.street.join_media
    mine = (File.contact_id == contact_id) & File.case_id.is_(None) & (File.created_at >= since)
    found = work.session.execute(update(File).where(mine).values(case_id=case_id).returning(File.message_id, File.state)).all()
    if found:  # the words are here: nobody needs to ask for them any more
        theirs = Message.id.in_({row.message_id for row in found}) & Message.case_id.is_(None)
        work.session.execute(update(Message).where(theirs).values(case_id=case_id))
        asked = (Notice.contact_id == contact_id) & (Notice.template == "media_words") & (Notice.state == "waiting")
        work.session.execute(update(Notice).where(asked, Notice.dialled_at.is_(None)).values(state="no_road"))
        work.tell("file:joined", case_id, count=len(found))
    return len(found)


def wanted(work: Work, file_id: int) -> Wanted | None:
    """What there is to fetch for a row; None when it is settled."""
    row = work.session.get(File, file_id)
    return Wanted(row.gateway, row.ref) if row is not None and row.state == WAITING else None


def clean(fetched: Fetched, store: FileStore | None) -> Outcome:
    """Wash a file and put it on the disk. Nothing of the database is touched. Raises OSError when the disk refuses."""
    try:
        washed = washing.wash(fetched.content, fetched.mime)
    except washing.Unwelcome as unwelcome:
        return Outcome(note=unwelcome.sentence, size=len(fetched.content))
    if store is None:
        raise OSError("no folder for files")
    path, sha256 = store.put(washed.content, washed.suffix)
    return Outcome(path=path, sha256=sha256, mime=washed.mime, size=len(washed.content))


def settle(work: Work, file_id: int, outcome: Outcome) -> None:
    """Note what became of a file; a refused one is told to its sender, once per message or album."""
    file = work.session.get(File, file_id)
    if file is not None and file.contact_id and not outcome.path:
        # the sender first, as a message that arrives does: two hands with two refusals of one album tell it once
        work.session.execute(select(Contact.id).where(Contact.id == file.contact_id).with_for_update())
    file = work.session.get(File, file_id, with_for_update=True, populate_existing=True)
    if file is None or file.state != WAITING:
        return
    file.note, file.path, file.sha256, file.size = outcome.note or None, outcome.path, outcome.sha256, outcome.size or file.size
    file.mime = outcome.mime or file.mime
    file.state = KEPT if outcome.path else REFUSED
    work.tell(f"file:{file.state}", file.case_id, file=file.id, size=file.size, sha256=file.sha256, note=file.note)
    if file.state == REFUSED:
        work.session.flush()
        _tell(work, file)


def not_fetched(work: Work, claim: Claim, error: ChannelError) -> None:
    """The provider did not hand it over: again later, or never."""
    if not error.permanent and error.code in _OUR_KEYS:
        gateway = claim.road.removeprefix("fetch:")
        upkeep.alarm(work, "channel_setup", gateway, f"Penyedia {gateway} menolak kunci kita: {error.reason}")
    never = TOO_LARGE if isinstance(error, TooLarge) else GONE if error.permanent else None
    if never is None and claim.attempts < MOST_TRIES:
        again = timedelta(seconds=error.after) if isinstance(error, Throttled) else errands.backoff(claim.attempts)
        errands.fail(work.session, claim, work.now, error.reason, again)
        return
    settle(work, claim.subject_id, Outcome(note=never or UNREACHED))
    errands.finish(work.session, claim, work.now)


def _tell(work: Work, row: File) -> None:
    """One notice per message, and per album, however many of its photos were unwelcome."""
    contact = work.session.get(Contact, row.contact_id) if row.contact_id else None
    if contact is None or _told(work, row):
        return
    case = cases.get(work.session, row.case_id) if row.case_id else None
    notices.say(work, contact, "file_refused", case, words=row.note or "")


def _told(work: Work, row: File) -> bool:
    album = select(Message.album).where(Message.id == row.message_id, Message.album.is_not(None)).scalar_subquery()
    same = (Message.id == row.message_id) | (Message.album == album)
    fellows = select(Message.id).where(Message.contact_id == row.contact_id, same)
    others = select(File.id).where(File.message_id.in_(fellows), File.state == REFUSED, File.id != row.id)
    return work.session.execute(others.limit(1)).first() is not None


def of_case(work: Work, case_id: int) -> list[File]:
    """Every file of a case. Ask domain.privacy before drawing one."""
    return files.of_case(work.session, case_id)
