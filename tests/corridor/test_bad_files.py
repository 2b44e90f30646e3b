"""Bad files over every door that has files: refused with a sentence, never read beyond the limit, and the report stands."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator

import pytest

from ntbcare.casework.attachments import GONE, LARGEST
from ntbcare.washing.outcome import EMPTY, TOO_LARGE, UNKNOWN
from tests.corridor.knocks import Bring, direct_on_x, letter, meta, private, telegram, twilio, whatsapp
from tests.corridor.streets import Street, open_street
from tests.counterparts.telegram_people import Shelved
from tests.counterparts.twilio_cdn import Manner

HUGE = 100_000_000
_numbers = itertools.count(900_001)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200 + b"This program cannot be run in DOS mode."
PAGE = b"<!doctype html><script>alert(document.cookie)</script>"
WORDS = "Jalan rusak parah di depan pasar kami"


class Counted(bytes):
    """A file that counts how many of its bytes were handed out in pieces."""

    out = 0

    def __getitem__(self, piece):
        found = super().__getitem__(piece)
        self.out += len(found) if isinstance(found, bytes) else 1
        return found


@pytest.fixture(scope="module")
def street(servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with open_street(servers, template, tmp_path_factory.mktemp("street"), "gammu_bad_files") as opened:
        yield opened


def on_twilio(street: Street, content: bytes) -> Bring:
    sid = f"ME{len(street.twilio.media):032x}"
    street.twilio.media[sid] = ("image/jpeg", content)
    return twilio(Body=WORDS, NumMedia="1", MediaUrl0=street.twilio.media_url(sid), MediaContentType0="image/jpeg")


def on_telegram(street: Street, content: bytes) -> Bring:
    key = f"BQACf{len(street.telegram.shelf)}"
    street.telegram.shelf[key] = Shelved(content, f"documents/{key}.jpg", len(content))
    document = {"file_id": key, "file_unique_id": f"{key}u", "file_name": "foto.jpg", "mime_type": "image/jpeg", "file_size": len(content)}
    return telegram({"caption": WORDS, "document": document})


def on_whatsapp(street: Street, content: bytes) -> Bring:
    media = f"10033{len(street.meta.files)}"
    street.meta.files[media] = (content, "image/jpeg")
    return meta(whatsapp({"type": "image", "image": {"id": media, "mime_type": "image/jpeg", "caption": WORDS}}))


def on_messenger(street: Street, content: bytes) -> Bring:
    name = f"lubang{len(street.meta.files)}.jpg"
    street.meta.files[name] = (content, "image/jpeg")
    picture = {"type": "image", "payload": {"url": f"{street.meta.url}/files/{name}"}}
    return meta(private("page", message={"mid": "m_{n}", "text": WORDS, "attachments": [picture]}))


def on_x(street: Street, content: bytes) -> Bring:
    key = f"3_{len(street.x.files)}"
    path = f"/1.1/ton/{key}.jpg"
    street.x.files[path] = ("image/jpeg", content)
    street.x.media[key] = {"media_key": key, "type": "photo", "url": f"{street.x.url}{path}"}
    return direct_on_x(WORDS, attachments={"media_keys": [key]})


def by_mail(street: Street, content: bytes) -> Bring:
    import base64

    number = next(_numbers)
    head = [
        f"From: Warga <foto{number}@desa.example>", f"Message-ID: <foto{number}@desa.example>", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="x"', "", "--x", "Content-Type: text/plain; charset=utf-8", "", WORDS, "",
    ]  # fmt: skip
    file = [
        "--x",
        'Content-Type: image/jpeg; name="foto.jpg"',
        "Content-Disposition: attachment; filename=foto.jpg",
        "Content-Transfer-Encoding: base64",
        "",
        "",
    ]
    whole = "\r\n".join(head + file).encode() + base64.encodebytes(content) + b"\r\n--x--\r\n"
    return letter(whole=whole)


DOORS: dict[str, Callable[[Street, bytes], Bring]] = {
    "twilio": on_twilio, "telegram": on_telegram, "whatsapp": on_whatsapp, "messenger": on_messenger, "x": on_x, "mail": by_mail,
}  # fmt: skip
BAD = {"nothing in it": (b"", EMPTY), "a program named .jpg": (PROGRAM, UNKNOWN), "a web page named .jpg": (PAGE, UNKNOWN)}


def settled(street: Street, bring: Bring) -> tuple[str, str, str]:
    """Bring it, let the workers fetch it → (state, note, text of the case)."""
    knock = bring(street, next(_numbers))
    assert knock() == 200
    street.town.work_off()
    before = street.town.sql("SELECT count(*), max(id) FROM files")
    assert knock() == 200
    street.town.work_off()
    assert street.town.sql("SELECT count(*), max(id) FROM files") == before, "the same thing twice changes nothing"
    return street.town.sql("SELECT f.state, f.note, c.text FROM files f JOIN cases c ON c.id = f.case_id ORDER BY f.id DESC LIMIT 1")[0]


def told(street: Street) -> list[tuple[str, str]]:
    """(template, words) of what the newest file's sender was told about files."""
    return street.town.sql(
        "SELECT n.template, n.body FROM notices n WHERE n.template = 'file_refused' AND n.contact_id = "
        "(SELECT contact_id FROM files ORDER BY id DESC LIMIT 1)"
    )


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("door", DOORS)
def test_a_bad_file_is_refused_with_a_sentence_and_the_report_stands(street: Street, door: str, bad: str) -> None:
    content, sentence = BAD[bad]
    assert settled(street, DOORS[door](street, content)) == ("refused", sentence, WORDS)
    ((_, words),) = told(street)
    assert sentence.split("(")[0].strip(" .") in words


@pytest.mark.parametrize("door", ["twilio", "telegram", "whatsapp", "messenger", "x"])
def test_a_file_that_says_it_has_a_hundred_megabytes_is_refused(street: Street, door: str) -> None:
    before = street.twilio.cdn.sent
    assert settled(street, DOORS[door](street, bytes(HUGE))) == ("refused", TOO_LARGE, WORDS)
    assert street.twilio.cdn.sent - before < LARGEST, "its length was told, so nothing of it had to travel (but what lay in the pipe)"
    assert len(told(street)) == 1


def test_a_hundred_megabytes_that_do_not_say_so_are_read_to_the_limit_only(street: Street) -> None:
    street.twilio.cdn.manner = Manner(length=False)
    before = street.twilio.cdn.sent
    assert settled(street, on_twilio(street, bytes(HUGE)))[:2] == ("refused", TOO_LARGE)
    assert street.twilio.cdn.sent - before < 2 * LARGEST
    street.twilio.cdn.manner = Manner()
    content = Counted(HUGE)
    street.telegram.shelf["lies"] = Shelved(content, "documents/lies.jpg", 1000, told=-1)
    document = {"file_id": "lies", "file_unique_id": "l", "mime_type": "image/jpeg", "file_size": 1000}
    assert settled(street, telegram({"caption": WORDS, "document": document}))[:2] == ("refused", TOO_LARGE)
    assert LARGEST < content.out < 2 * LARGEST


def test_what_telegram_itself_does_not_hand_out_is_told_as_too_large(street: Street) -> None:
    street.telegram.shelf["film"] = Shelved(b"x", "videos/film.mp4", HUGE)
    film = {"file_id": "film", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1, "mime_type": "video/mp4"}
    assert settled(street, telegram({"caption": WORDS, "video": film}))[:2] == ("refused", TOO_LARGE)


def test_files_that_lie_elsewhere_are_never_asked_for(street: Street) -> None:
    asked = len(street.meta.calls)
    for elsewhere in ("http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "https://scontent.fbcdn.net@127.0.0.1/x.jpg"):
        picture = {"type": "image", "payload": {"url": elsewhere}}
        brought = meta(private("page", message={"mid": "m_{n}", "text": WORDS, "attachments": [picture]}))
        assert settled(street, brought)[:2] == ("refused", GONE)
        assert settled(street, twilio(Body=WORDS, MediaUrl0=elsewhere))[:2] == ("refused", GONE)
    assert [call for call in street.meta.calls[asked:] if call[1].startswith("/files/")] == []
    assert "169.254" not in json.dumps(
        street.town.sql("SELECT reason, code FROM (SELECT last_error AS reason, kind AS code FROM errands) e")
    )
