"""Photos, voices and papers of citizens by Telegram: fetched, washed, kept with their case, refused with a reason."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from channels.telegram import Telegram
from ntbcare.casework import attachments
from ntbcare.washing import outcome
from tests.conftest import TELEGRAM_SECRET
from tests.corridor.looking import CLINIC, at_once, count, no_twins, pin_of
from tests.corridor.photographers import arrives, document, heard, reported, rows
from tests.counterparts.telegram_api import TOKEN, Mood
from tests.counterparts.telegram_people import Shelved
from tests.washing.makings import BYTES, jpeg, opus, pdf


@pytest.fixture(scope="module", autouse=True)
def no_two_alike(town):
    """Reports of these tests are alike by their making only: nobody is asked whether theirs is somebody else's."""
    no_twins(town)


def test_a_photo_with_words_is_a_case_with_one_washed_file(town, street, office):
    ticket = reported(town, street, 6001, "dengan foto")
    ((number, state, mime, path, note),) = rows(town, ticket)
    assert (state, mime, note) == ("kept", "image/jpeg", None)
    assert BYTES not in (town.settings.data_path / "files" / path).read_bytes(), "the place where it was taken is gone"
    page = office.page("halim", ticket)
    assert f'src="/meja/berkas/{number}" alt="Foto 1 dari pelapor" width="320" height="240" loading="lazy"' in page
    assert page.count("1 foto atau rekaman disimpan") == 1, "the story tells of it"
    answer = office.desk("halim").get(f"/meja/berkas/{number}")
    assert Image.open(io.BytesIO(answer.data)).size == (320, 240)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_voice_is_played_and_a_paper_is_taken_along(town, street, office):
    voice = {"file_id": "AwAC1", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg", "file_size": len(opus())}
    street.shelf["AwAC1"] = Shelved(opus(), "voice/file_1.oga", len(opus()))
    arrives(town, street.says(6002, {"voice": voice, "caption": CLINIC.format("dengan suara")}))
    arrives(town, document(street, 6002, pdf()))
    town.work_off()
    ticket = town.ticket_of("dengan suara")
    (sound, paper) = rows(town, ticket)
    assert (sound[2], paper[2]) == ("audio/ogg", "application/pdf")
    page, desk = office.page("halim", ticket), office.desk("halim")
    assert f'<audio controls preload="none" src="/meja/berkas/{sound[0]}"' in page
    part = desk.get(f"/meja/berkas/{sound[0]}", headers={"Range": "bytes=10-19"})
    whole = desk.get(f"/meja/berkas/{sound[0]}")
    assert (part.status_code, part.data) == (206, whole.data[10:20]), "a player may jump to a place"
    for address in (f"/meja/berkas/{paper[0]}", f"/meja/berkas/{sound[0]}?simpan=1"):
        assert desk.get(address).headers["Content-Disposition"].startswith(f"attachment; filename={ticket}-")


def test_an_album_of_twenty_at_once_is_one_case_with_twenty_files(town, street, office):
    updates = [
        street.photo(6003, jpeg((100 + number, 80)), caption=CLINIC.format("satu album") if number == 7 else "", album="13500")
        for number in range(20)
    ]
    at_once(20, lambda number: arrives(town, updates[number]))
    town.work_off()
    assert count(town, "cases", "text LIKE '%satu album%'") == 1
    ticket = town.ticket_of("satu album")
    assert [row[1] for row in rows(town, ticket)] == ["kept"] * 20
    assert len({row[3] for row in rows(town, ticket)}) == 20, "twenty photos, twenty files"
    assert count(town, "files", "case_id IS NULL") == 0
    assert not any("Apa yang terjadi" in text for text in heard(street, 6003)), "nobody is asked for words that are there"
    assert office.page("halim", ticket).count("foto atau rekaman disimpan") == 1, "twenty photos are one line of the story"


def test_photos_without_words_are_asked_for_them_once_and_join_them(town, street):
    for number in range(3):
        arrives(town, street.photo(6004, jpeg((90 + number, 80)), album="13501"))
    town.clock.forward(seconds=10)
    town.work_off()
    (asked,) = heard(street, 6004)
    assert "Apa yang terjadi, dan di mana" in asked
    assert count(town, "files", "case_id IS NULL AND state = 'kept'") == 3
    arrives(town, street.text(6004, CLINIC.format("menyusul fotonya")))
    arrives(town, street.photo(6004, jpeg((99, 80)), album="13501"))
    town.work_off()
    ticket = town.ticket_of("menyusul fotonya")
    assert [row[1] for row in rows(town, ticket)] == ["kept"] * 4, "the straggler of the album as well"
    assert not any("Apa yang terjadi" in text for text in heard(street, 6004)[1:])


def test_words_that_follow_at_once_are_not_asked_for(town, street):
    arrives(town, street.photo(6005, jpeg(), album="13502"))
    arrives(town, street.text(6005, CLINIC.format("langsung menyusul")))
    town.clock.forward(seconds=10)
    town.work_off()
    assert len(rows(town, town.ticket_of("langsung menyusul"))) == 1
    assert not any("Apa yang terjadi" in text for text in heard(street, 6005))


def test_photos_after_a_report_join_it(town, street, office):
    arrives(town, street.text(6006, CLINIC.format("foto belakangan")))
    town.work_off()
    town.clock.forward(minutes=30)
    arrives(town, street.photo(6006, jpeg()))
    town.work_off()
    ticket = town.ticket_of("foto belakangan")
    assert [row[1] for row in rows(town, ticket)] == ["kept"]
    assert count(town, "cases", "contact_id = (SELECT id FROM contacts WHERE address = '6006')") == 1
    assert "Foto 1 dari pelapor" in office.page("halim", ticket)


REFUSED = {
    "too large": (b"x", 100_000_000, outcome.TOO_LARGE),
    "no picture": (b"<svg onload='alert(1)'/>", None, outcome.UNKNOWN),
    "a parcel": (b"PK\x03\x04" + bytes(50), None, outcome.ARCHIVE),
    "empty": (b"", None, outcome.EMPTY),
    "broken": (jpeg()[:300], None, outcome.BROKEN),
}


@pytest.mark.parametrize("sort", REFUSED)
def test_what_cannot_be_kept_is_refused_told_once_and_shown(town, street, office, sort):
    content, size, said = REFUSED[sort]
    chat = 6100 + list(REFUSED).index(sort)
    for number in range(3):  # three of one album
        caption = CLINIC.format(f"berkas {sort}") if number == 0 else ""
        arrives(town, document(street, chat, content, caption=caption, size=size, album=f"14{chat}"))
    town.work_off()
    ticket = town.ticket_of(f"berkas {sort}")
    assert [(row[1], row[3], row[4]) for row in rows(town, ticket)] == [("refused", None, said)] * 3
    told = [text for text in heard(street, chat) if "tidak dapat kami simpan" in text and said in text]
    assert len(told) == 1
    assert said in office.page("halim", ticket)
    me = town.browser()
    assert said not in me.get(f"/t/{ticket}").text, "without the PIN nothing is said of files"
    me.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    assert f"3 berkas tidak dapat kami simpan. {said}" in me.get(f"/t/{ticket}").text
    assert office.desk("halim").get(f"/meja/berkas/{rows(town, ticket)[0][0]}").status_code == 404


def test_while_the_provider_is_down_the_file_waits_and_then_comes(town, street, office):
    arrives(town, street.photo(6007, jpeg(), caption=CLINIC.format("penyedia mati")))
    ticket = town.ticket_of("penyedia mati")
    channels = town.app.extensions["channels"]
    there, channels["telegram"] = channels["telegram"], Telegram(TOKEN, TELEGRAM_SECRET, "http://127.0.0.1:9")
    town.work_off()
    assert rows(town, ticket)[0][1] == "waiting"
    assert "Sedang diambil dari Telegram." in office.page("halim", ticket)
    me = town.browser()
    me.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    assert "1 berkas sedang kami ambil" in me.get(f"/t/{ticket}").text
    channels["telegram"].close()
    channels["telegram"] = there
    street.moods.append(Mood(code=500, description="Internal Server Error"))
    for _ in range(4):
        town.clock.forward(seconds=20)
        town.work_off()
    assert rows(town, ticket)[0][1] == "kept"
    assert "1 berkas kami simpan bersama laporan ini" in me.get(f"/t/{ticket}").text


def test_a_key_that_the_provider_refuses_is_an_alarm_and_loses_no_photo(town, street):
    arrives(town, street.photo(6010, jpeg(), caption=CLINIC.format("kunci ditolak")))
    channels = town.app.extensions["channels"]
    there, channels["telegram"] = channels["telegram"], Telegram(TOKEN[:-1] + "x", TELEGRAM_SECRET, street.url)
    town.work_off()
    channels["telegram"].close()
    channels["telegram"] = there
    assert count(town, "alarms", "kind = 'channel_setup' AND subject = 'telegram' AND sentence LIKE '%menolak kunci%'") == 1
    assert rows(town, town.ticket_of("kunci ditolak"))[0][1] == "waiting"
    town.clock.forward(minutes=1)
    town.work_off()
    assert rows(town, town.ticket_of("kunci ditolak"))[0][1] == "kept"


def test_a_provider_that_never_hands_it_over_is_given_up_in_the_end(town, street):
    update = street.photo(6008, jpeg(), caption=CLINIC.format("tidak pernah datang"))
    key = update["message"]["photo"][-1]["file_id"]
    street.shelf[key] = Shelved(b"", "photos/x.jpg", away="Bad Request: file is temporarily unavailable")
    arrives(town, update)
    ticket = town.ticket_of("tidak pernah datang")
    for _ in range(attachments.MOST_TRIES):
        town.work_off()
        town.clock.forward(minutes=16)
    assert [(row[1], row[4]) for row in rows(town, ticket)] == [("refused", attachments.UNREACHED)]
    assert count(town, "errands", "kind = 'fetch' AND done_at IS NULL") == 0


def test_two_runs_of_the_same_errand_are_one_file(town, street):
    ticket = reported(town, street, 6009, "dua kali dijemput")
    before = rows(town, ticket)
    town.sql("UPDATE errands SET done_at = NULL WHERE kind = 'fetch' AND subject_id = :id", id=before[0][0])
    town.sql("UPDATE files SET state = 'waiting', path = NULL WHERE id = :id", id=before[0][0])
    town.work_off()
    assert rows(town, ticket) == before
    stored: Path = (town.settings.data_path / "files" / before[0][3]).parent
    assert len(list(stored.glob(f"{Path(before[0][3]).stem}*"))) == 1
    town.sql("UPDATE errands SET done_at = NULL WHERE kind = 'fetch' AND subject_id = :id", id=before[0][0])
    calls = len(street.calls)
    town.work_off()
    assert len(street.calls) == calls, "what is settled is not fetched again"
