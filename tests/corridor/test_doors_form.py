"""The form: one report, one case, one receipt; what cannot be taken is said beside its field and leaves no trace."""

import re

import pytest

from ntbcare.domain import tickets
from tests.corridor.looking import at_once, by_form, count, everywhere, form_token, pin_of


def filed(answer) -> str:
    assert answer.status_code == 303, answer.text
    return re.fullmatch(r"/t/(\d{9})", answer.headers["Location"]).group(1)


def test_a_report_is_taken_with_303_and_the_receipt_shows_ticket_and_pin_for_ten_minutes(town):
    browser = town.browser()
    ticket = filed(by_form(town, "Lampu jalan mati di gang kami sejak Senin", browser))
    receipt = browser.get(f"/t/{ticket}").text
    assert tickets.valid(ticket)
    assert tickets.pretty(ticket) in receipt
    assert pin_of(town, ticket) in receipt
    assert pin_of(town, ticket) in browser.get(f"/t/{ticket}").text, "a page loaded again must not lose it"
    assert pin_of(town, ticket) not in town.browser().get(f"/t/{ticket}").text
    town.clock.forward(minutes=11)
    assert pin_of(town, ticket) not in browser.get(f"/t/{ticket}").text
    assert count(town, "messages", "channel = 'web' AND text = 'Lampu jalan mati di gang kami sejak Senin'") == 1


def test_the_same_form_sent_twice_is_one_case_and_the_same_receipt(town):
    browser = town.browser()
    sent = {"token": form_token(browser.get("/lapor").text), "text": "Air PDAM keruh di Narmada, dikirim dua kali"}
    first, second = browser.post("/lapor", data=sent), browser.post("/lapor", data=sent)
    assert filed(first) == filed(second)
    assert pin_of(town, filed(first)) in browser.get(first.headers["Location"]).text
    assert count(town, "cases", "text LIKE '%dikirim dua kali'") == 1
    assert count(town, "messages", "text LIKE '%dikirim dua kali'") == 1
    assert count(town, "errands", "kind = 'triage' AND subject_id IN (SELECT id FROM cases WHERE text LIKE '%dikirim dua kali')") == 1


def test_a_double_tap_over_a_bad_line_is_one_case_for_every_tap(town):
    sent = {"token": form_token(town.browser().get("/lapor").text), "text": "Selokan mampet di Ampenan, ketukan ganda"}
    answers = at_once(6, lambda _: town.browser().post("/lapor", data=sent))
    assert len({filed(answer) for answer in answers}) == 1
    assert count(town, "cases", "text LIKE '%ketukan ganda'") == 1


def test_the_same_words_from_two_forms_are_two_cases(town):
    tokens = {filed(by_form(town, "Parkir liar di depan pasar, dua orang melapor")) for _ in range(2)}
    assert len(tokens) == 2


def test_the_token_of_somebody_elses_form_with_other_words_opens_nothing(town):
    browser = town.browser()
    token = form_token(browser.get("/lapor").text)
    filed(browser.post("/lapor", data={"token": token, "text": "Milik pelapor pertama"}))
    stranger = town.browser()
    answer = stranger.post("/lapor", data={"token": token, "text": "Tebakan orang lain"})
    assert answer.status_code == 422
    assert "Tebakan orang lain" in answer.text
    assert everywhere(town, "Tebakan orang lain") == []


def test_a_form_without_words_is_refused_in_a_sentence(town):
    before = count(town, "cases")
    answer = by_form(town, "  \r\n ")
    assert answer.status_code == 422
    assert "Tulis dulu apa yang terjadi" in answer.text
    assert count(town, "cases") == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "nol delapan", "Nomor HP-nya belum benar"),
        ("phone", "12", "Nomor HP-nya belum benar"),
        ("category", "tidak_ada", "Topik ini tidak ada dalam daftar."),
        ("region", "99.99.99", "Kode wilayah ini tidak ada dalam daftar."),
        ("kind", "gosip", "Pilih keluhan, usulan, atau informasi."),
        ("lat", "nan", "Titik lokasi"),
        ("text", "x" * 5001, "Tulisannya terlalu panjang: 5001 huruf"),
        ("name", "n" * 201, "terlalu panjang"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_every_word_is_kept(town, field, value, sentence):
    words = f"Jembatan goyang, isian {field} {len(value)} salah"
    given = {"place": "dekat masjid Al Ikhlas", "name": "Aminah", "phone": "0812 3456 7890", field: value}
    text = given.pop("text", words)
    if field == "lat":
        given["lon"] = "116.1"
    answer = by_form(town, text, **given)
    assert answer.status_code == 422
    page = answer.text
    assert sentence in page
    if field not in ("lat", "kind"):
        assert f'id="f-{field}-salah"' in page, "the sentence stands beside the field"
        assert re.search(rf'id="f-{field}"[^>]*aria-invalid="true"', page)
    assert (text if len(text) < 300 else text[:100]) in page
    for kept in ("dekat masjid Al Ikhlas", "Aminah" if field != "name" else value, "0812 3456 7890" if field != "phone" else value):
        assert kept in page
    assert everywhere(town, words) == []


def test_a_place_on_earth_needs_both_numbers(town):
    for lat, lon in (("-8.5", ""), ("", "116.1"), ("91", "0"), ("0", "181"), ("inf", "0"), ("delapan", "116")):
        answer = by_form(town, "Titik lokasi yang pincang", lat=lat, lon=lon)
        assert answer.status_code == 422, (lat, lon)
    assert everywhere(town, "Titik lokasi yang pincang") == []


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "violation", "text": "Sandi merpati: kejadian di kantor itu"},
        {"category": "korupsi_pungli", "text": "Sandi merpati: kejadian di kantor itu"},
        {"text": "Sandi merpati: bendahara minta uang pelicin lima juta untuk urus izin"},
        {"text": "Sandi merpati: ada PUNGLI di loket", "name": "Pelapor Takut", "phone": "081299990000"},
    ],
    ids=["kind", "category", "words", "capitals, with a name"],
)
def test_a_violation_is_refused_with_the_safe_way_and_nothing_of_it_is_stored_anywhere(town, sent):
    answer = by_form(town, **sent)
    assert answer.status_code == 422
    assert "Sampaikan langsung ke Inspektorat Provinsi NTB" in answer.text
    for words in ("Sandi merpati", "Pelapor Takut", "81299990000"):
        assert everywhere(town, words) == []


def test_preventing_corruption_is_no_violation(town):
    filed(by_form(town, "Mohon diadakan sosialisasi anti korupsi di sekolah kami"))


@pytest.mark.parametrize(
    "token",
    ["", "\x00", "a\x00b", "x" * 5000, "\u202e'; DROP TABLE cases; --"],
    ids=["none", "only a NUL", "with a NUL", "very long", "hostile"],
)
def test_a_broken_token_never_loses_a_report(town, token):
    words = f"Token rusak sepanjang {len(token)} huruf"
    ticket = filed(town.browser().post("/lapor", data={"token": token, "text": words}))
    assert town.case(ticket)["text"] == words


def test_control_letters_and_turned_around_text_are_cleaned_but_words_are_kept(town):
    ticket = filed(by_form(town, "Jalan\x00 rusak\u202e di\x07 Tente\r\nsudah lama 🙏"))
    assert town.case(ticket)["text"] == "Jalan rusak di Tente\nsudah lama 🙏"


def test_broken_utf8_is_refused_and_not_guessed_at(town):
    answer = town.browser().post(
        "/lapor", data=b"token=abc&text=jalan+%FF%FE+berlubang+sekali", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert everywhere(town, "berlubang sekali") == []


def test_a_body_of_ten_megabytes_is_refused_in_words(town):
    answer = town.browser().post("/lapor", data={"token": "besar", "text": "y" * (10 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "terlalu besar" in answer.text
    assert count(town, "messages", "external_id = 'besar'") == 0


def test_five_thousand_letters_are_taken_whole(town):
    text = ("Jalan rusak sekali. " * 250)[:4999] + "!"
    assert town.case(filed(by_form(town, text)))["text"] == text


def test_a_phone_number_in_any_spelling_becomes_one_contact(town):
    for spelling in ("0812-7777-0001", "+62 812 7777 0001", "62812 77770001", "(0812) 77770001"):
        filed(by_form(town, f"Pohon tumbang menutup gang, nomor {spelling}", phone=spelling))
    assert town.sql("SELECT address FROM contacts WHERE address LIKE '%81277770001'") == [("+6281277770001",)]
    town.work_off()
    assert len(town.sent("+6281277770001")) == 3, "receipts leave by SMS, but only so many to a number that never wrote to us"
