"""Found by reading it with other eyes: an edited comment, a mail without a sender, a machine that proves nobody."""

from __future__ import annotations

from ntbcare.casework import listening
from ntbcare.contract import IncomingMessage, Scene
from tests.corridor.looking import CLINIC, count

HOLE_TEXT = "lapor: jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima"


def take(town, **told) -> None:
    with town.app.app_context():
        listening.take(town.house, "meta", IncomingMessage(**told))


def test_an_edited_mention_stays_one_case_and_its_desk_sees_the_new_words(town):
    said = {"channel": "facebook", "sender": "9", "scene": Scene.ADDRESSED, "thread": "c1", "external_id": "c1"}
    take(town, text=HOLE_TEXT, **said)
    town.work_off()
    take(town, text=HOLE_TEXT + ", sudah tiga bulan", **{**said, "external_id": "c1:edit", "edits": "c1"})
    town.work_off()
    assert count(town, "cases", "channel = 'facebook'") == 1
    assert count(town, "candidates") == 1
    assert count(town, "notices", "template = 'public_receipt'") == 1
    assert town.sql("SELECT attention FROM cases WHERE channel = 'facebook'") == [("words",)]


def test_mails_without_a_sender_are_reports_of_nobody_and_never_join_each_other(town):
    for number, text in enumerate((CLINIC.format("surat pertama"), CLINIC.format("surat kedua"))):
        take(town, channel="email", external_id=f"tanpa-{number}", text=text)
    town.work_off()
    assert town.sql("SELECT contact_id FROM cases WHERE channel = 'email' ORDER BY id") == [(None,), (None,)]
    assert count(town, "contacts", "address = ''") == 0
    assert town.sent("") == []


def test_an_automatic_answer_does_not_prove_that_a_person_is_there(town):
    town.api(text=CLINIC.format("nomor orang lain"), phone="+6281177788801")
    town.work_off()
    take(town, channel="sms", external_id="auto-1", text="Saya sedang cuti", sender="+6281177788801", automatic=True)
    assert town.sql("SELECT heard_at FROM contacts WHERE address = '+6281177788801'") == [(None,)]
