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


BRIBE = "cek laporan kepala dinas meminta uang suap dari warga desa"


def test_words_of_misconduct_stand_nowhere_whatever_else_they_mean(town):
    from tests.corridor.looking import everywhere

    for number, (text, automatic) in enumerate((("cek " + BRIBE, False), (BRIBE, True), ("BATAL 482173051 " + BRIBE, False))):
        take(town, channel="sms", external_id=f"suap-{number}", text=text, sender="+6281177788802", automatic=automatic)
    town.work_off()
    assert everywhere(town, "meminta uang suap") == []
    assert [line["text"][:21] for line in town.sent("+6281177788802")] == ["Demi keselamatan Anda"] * 2, "a machine is not answered"


def mail(number: int, text: str, **more):
    return {"channel": "email", "external_id": f"surat-{number}", "sender": "korban@example.com", "text": text, "authentic": False, **more}


def test_a_mail_whose_sender_nobody_proved_reports_but_acts_on_no_case(town):
    take(town, **mail(1, CLINIC.format("surat pertama dari korban")))
    town.work_off()
    ticket = town.ticket_of("surat pertama dari korban")
    take(town, **mail(2, f"BATAL {ticket}"))
    take(town, **mail(3, f"{ticket} tambahan palsu dari orang lain yang mengaku"))
    take(town, **mail(4, "STOP"))
    town.work_off()
    assert town.case(ticket)["state"] != "archived"
    assert town.case(ticket)["attention"] is None
    assert town.sql("SELECT opted_out_at, heard_at FROM contacts WHERE address = 'korban@example.com'") == [(None, None)]


def test_whoever_answers_our_own_letter_holds_that_mailbox(town):
    take(town, **mail(11, CLINIC.format("surat dijawab"), sender="asli@example.com"))
    town.work_off()
    ticket = town.ticket_of("surat dijawab")
    name = town.sql("SELECT external_id FROM notices WHERE template = 'receipt' ORDER BY id DESC LIMIT 1")[0][0]
    take(town, **mail(12, "BATAL, sudah selesai", sender="asli@example.com", replies_to=name))
    town.work_off()
    assert town.case(ticket)["state"] == "archived"


def test_asking_about_somebody_elses_ticket_leaves_no_line_in_their_book(town):
    take(town, channel="sms", external_id="milik-1", text=CLINIC.format("milik orang"), sender="+6281177788803")
    town.work_off()
    ticket = town.ticket_of("milik orang")
    before = count(town, "journal", "case_id = :id", id=town.case(ticket)["id"])
    take(town, channel="sms", external_id="milik-2", text=f"CEK {ticket}", sender="+6281177788804")
    town.work_off()
    assert count(town, "journal", "case_id = :id", id=town.case(ticket)["id"]) == before
    assert ticket[:3] in town.sent("+6281177788804")[-1]["text"]


def test_a_far_number_typed_into_a_form_costs_no_sms(town):
    town.api(text=CLINIC.format("nomor satelit"), phone="+882133000001")
    town.work_off()
    assert town.sent("+882133000001") == []
    assert town.sql("SELECT DISTINCT state FROM notices WHERE case_id = :id", id=town.case(town.ticket_of("nomor satelit"))["id"]) == [
        ("failed",)
    ]


def test_words_that_waited_for_a_closed_window_leave_when_the_person_writes_again(town):
    take(town, channel="facebook", external_id="jendela-1", text=CLINIC.format("jendela tertutup"), sender="55")
    town.work_off()
    town.sql("UPDATE notices SET state = 'held' WHERE contact_id = (SELECT id FROM contacts WHERE channel = 'facebook' AND address = '55')")
    before = len(town.sent("55"))
    take(town, channel="facebook", external_id="jendela-2", text="halo", sender="55")
    town.work_off()
    assert len(town.sent("55")) == before + 2, "what was held, and an answer to the greeting"
