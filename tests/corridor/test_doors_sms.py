"""The SMS door: what Twilio signed is stored once whatever it is, what it did not sign is refused, and no words are lost."""

import secrets

import pytest
from twilio.request_validator import RequestValidator

from tests.conftest import PUBLIC_URL, TWILIO_TOKEN
from tests.corridor.looking import at_once, count, everywhere, last

HOOK = f"{PUBLIC_URL}/hooks/twilio/sms"


def form(body: str, **more: str) -> dict[str, str]:
    return {
        "MessageSid": "SM" + secrets.token_hex(16),
        "From": "+6281100001000",
        "To": "+6281100000000",
        "Body": body,
        "NumMedia": "0",
        **more,
    }


def post(town, given: dict[str, str], signature: str | None, path: str = "/hooks/twilio/sms"):
    return town.browser().post(path, data=given, headers={} if signature is None else {"X-Twilio-Signature": signature})


def signed(given: dict[str, str], url: str = HOOK, token: str = TWILIO_TOKEN) -> str:
    return RequestValidator(token).compute_signature(url, given)


def refused(town, answer, words: str) -> None:
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["detail"] == "Tanda tangan kiriman ini tidak cocok."
    assert everywhere(town, words) == []


def test_a_signed_sms_is_one_message_one_case_and_one_receipt(town):
    answer = town.sms("+6281100001001", "Jalan di Desa Tente Kecamatan Woha rusak, sms pertama")
    assert answer.status_code == 200
    assert "<Response/>" in answer.text
    assert count(town, "cases", "text LIKE '%sms pertama'") == 1
    town.work_off()
    assert len(town.sent("+6281100001001")) == 1


@pytest.mark.parametrize("signature", [None, "", "c2FsYWg=", "\xff", "=" * 5000], ids=["none", "empty", "wrong", "not ascii", "long"])
def test_a_request_without_twilios_signature_is_refused(town, signature):
    refused(town, post(town, form("Sandi kancil"), signature), "Sandi kancil")


def test_a_signature_by_another_token_is_refused(town):
    given = form("Sandi kancil")
    refused(town, post(town, given, signed(given, token="f" * 32)), "Sandi kancil")


@pytest.mark.parametrize(
    "url", ["http://care.example/hooks/twilio/sms", "https://evil.example/hooks/twilio/sms", "https://care.example/hooks/twilio/status"]
)
def test_a_signature_for_another_address_is_refused(town, url):
    given = form("Sandi kancil")
    refused(town, post(town, given, signed(given, url)), "Sandi kancil")


@pytest.mark.parametrize("changed", [{"Body": "Sandi kancil, diubah"}, {"From": "+6281199999999"}, {"NumMedia": "1"}, {"Baru": "isian"}])
def test_a_request_changed_on_the_way_is_refused(town, changed):
    given = form("Sandi kancil")
    refused(town, post(town, given | changed, signed(given)), "Sandi kancil")


def test_a_field_taken_out_on_the_way_is_refused(town):
    given = form("Sandi kancil")
    signature = signed(given)
    del given["NumMedia"]
    refused(town, post(town, given, signature), "Sandi kancil")


def test_the_signature_is_checked_over_the_public_address_whatever_the_proxy_calls_us(town):
    given = form("Lampu mati, lewat proksi dalam")
    answer = town.app.test_client().post(
        "/hooks/twilio/sms", data=given, headers={"X-Twilio-Signature": signed(given)}, base_url="http://10.0.0.7:8000"
    )
    assert answer.status_code == 200
    assert count(town, "cases", "text = 'Lampu mati, lewat proksi dalam'") == 1


def test_two_hundred_resends_at_once_are_one_message(town):
    sid = "SM" + secrets.token_hex(16)
    answers = at_once(8, lambda _: town.sms("+6281100001002", "Dikirim dua ratus kali serentak", sid), times=200)
    assert {answer.status_code for answer in answers} == {200}
    assert count(town, "messages", "external_id = :sid", sid=sid) == 1
    assert count(town, "cases", "text = 'Dikirim dua ratus kali serentak'") == 1
    assert count(town, "contacts", "address = '+6281100001002'") == 1
    assert count(town, "journal", "body LIKE '%Dikirim dua ratus kali serentak%'") == 1
    town.work_off()
    assert len(town.sent("+6281100001002")) == 1


def test_resends_of_what_is_no_report_are_answered_once(town):
    sid = "SM" + secrets.token_hex(16)
    at_once(6, lambda _: town.sms("+6281100001003", "BANTUAN", sid), times=12)
    town.work_off()
    assert len(town.sent("+6281100001003")) == 1


def test_first_messages_of_one_person_at_once_make_one_contact_and_every_case(town):
    answers = at_once(6, lambda number: town.sms("+6281100001004", f"LAPOR Serentak dari satu orang, nomor {number}"))
    assert {answer.status_code for answer in answers} == {200}
    assert count(town, "contacts", "address = '+6281100001004'") == 1
    assert count(town, "cases", "text LIKE 'Serentak dari satu orang%'") == 6


def test_an_unknown_shape_with_a_good_signature_is_kept_whole_with_an_alarm(town):
    given = {"MessageSid": "SM" + "0" * 32, "RcsBody": "Sandi penyu dalam bentuk baru", "Bentuk": "v2"}
    for _ in range(2):
        assert post(town, given, signed(given)).status_code == 200
    assert everywhere(town, "Sandi penyu") == []  # in the raw body as Twilio encoded it
    kept = town.sql("SELECT channel, raw, reason FROM unread WHERE raw LIKE '%Sandi+penyu+dalam+bentuk+baru%'")
    assert len(kept) == 1, "kept whole, and a resend is kept once"
    assert kept[0][0] == "twilio"
    assert count(town, "alarms", "kind = 'unread' AND subject = 'twilio' AND cleared_at IS NULL") == 1
    board = town.desk("admin").get("/kendali").text
    assert "Kiriman yang belum terbaca" in board
    assert "Sandi" not in board, "the board says that something lies there, not what"


def test_an_unknown_status_is_kept_and_answered(town):
    given = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "teleported"}
    answer = post(town, given, signed(given, f"{PUBLIC_URL}/hooks/twilio/status"), "/hooks/twilio/status")
    assert 200 <= answer.status_code < 300
    assert count(town, "unread", "raw LIKE '%teleported%'") == 1


def test_an_over_long_text_is_kept_whole_with_an_alarm_and_answered(town):
    given = form("Sandi panjang " + "x" * 70_001, From="+6281100001005")
    assert post(town, given, signed(given)).status_code == 200
    assert count(town, "unread", "raw LIKE '%Sandi+panjang+xxx%' AND length(raw) > 70000") == 1
    assert count(town, "cases", "text LIKE 'Sandi panjang%'") == 0


def test_a_long_joined_sms_is_one_case_with_every_letter(town):
    text = "Jalan berlubang panjang sekali. " * 48
    town.sms("+6281100001006", text)
    assert town.case(town.ticket_of("berlubang panjang"))["text"] == text.strip()


def test_ten_megabytes_are_refused_in_a_sentence(town):
    answer = post(town, form("z" * (10 * 1024 * 1024)), "x")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


def test_nul_and_control_letters_do_not_lose_a_report(town):
    assert town.sms("+6281100001007", "Jalan\x00 rusak\x1b parah, huruf nol").status_code == 200
    assert town.ticket_of("rusak parah, huruf nol")


@pytest.mark.parametrize("field", ["MessageSid", "From"])
def test_a_nul_in_the_envelope_is_kept_for_a_person_to_read(town, field):
    given = form(f"Amplop rusak pada {field}")
    given[field] += "\x00"
    assert post(town, given, signed(given)).status_code == 200
    kept = f"Amplop rusak pada {field}"
    assert count(town, "cases", "text = :kept", kept=kept) + count(town, "unread", "raw LIKE :raw", raw=f"%pada+{field}%") == 1


def test_an_empty_sms_is_answered_with_help_and_makes_no_case(town):
    town.sms("+6281100001008", "  ")
    town.work_off()
    assert "tulis apa yang terjadi" in last(town, "+6281100001008")
    assert count(town, "cases", "contact_id = (SELECT id FROM contacts WHERE address = '+6281100001008')") == 0


def test_a_violation_by_sms_is_answered_with_the_safe_way_and_its_words_are_kept_nowhere(town):
    assert town.sms("+6281100001009", "Sandi kakap: pak camat minta uang pelicin").status_code == 200
    town.work_off()
    assert "Inspektorat" in last(town, "+6281100001009")
    assert everywhere(town, "Sandi kakap") == []
    assert everywhere(town, "minta uang pelicin") == []


def test_other_methods_are_refused_in_a_sentence(town):
    answer = town.browser().get("/hooks/twilio/sms")
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
