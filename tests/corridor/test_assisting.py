"""At a counter, on the telephone, in a village office: an officer writes it down, and the report is the citizen's own."""

import re

import pytest

from ntbcare.casework import assisting, notices
from ntbcare.domain.kinds import CHANNEL_LABELS
from tests.corridor.looking import count, everywhere, form_token, last, pin_of, statements, story

WORDS = "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin, {}"


def write(desk, text, **fields):
    """Open the form, fill it in, save it."""
    token = form_token(desk.get("/meja/catat").text)
    return desk.post("/meja/catat", data={"token": token, "channel": "counter", "text": text, **fields})


def saved(answer) -> str:
    """The ticket of the receipt that follows."""
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rsplit("/", 1)[1]


def shown_pin(page: str) -> str:
    """The PIN as the receipt shows it, "" when it does not."""
    found = re.search(r"PIN</dt><dd>(\d{3}) (\d{3})</dd>", page)
    return "".join(found.groups()) if found else ""


def test_what_somebody_says_at_the_counter_becomes_their_own_report(town, office):
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("loket"), phone="0812 3400 0001", name="Aminah"))
    page = desk.get(f"/meja/catat/{ticket}").text
    assert shown_pin(page) == pin_of(town, ticket)
    assert f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in page
    assert "berakhir" in page and "001" in page, "the page says to which telephone the receipt goes"
    assert "81234000001" not in page
    town.work_off()
    case = town.case(ticket)
    assert (case["channel"], case["kind"]) == ("counter", "complaint")
    assert pin_of(town, ticket) in last(town, "+6281234000001")
    book = dict(story(town, ticket))
    assert book["case:submit"] == "citizen"
    assert book["case:assisted"].startswith("officer:")
    read = office.page("halim", ticket)
    assert re.search(r"<b>Halim Contoh</b> <span[^>]*>[^<]*</span></p><p>Mencatat laporan ini untuk pelapor", read)
    assert "lewat Loket" in read
    assert "case:" not in read


def test_the_tracking_page_and_the_ticket_belong_to_the_citizen_and_not_to_the_officer(town, office):
    desk, phone = office.desk("halim"), town.browser()
    ticket = saved(write(desk, WORDS.format("milik siapa"), phone="081234000002"))
    town.work_off()
    assert "milik siapa" not in desk.get(f"/t/{ticket}").text
    assert desk.post(f"/t/{ticket}/tarik", data={"words": ""}).status_code == 403
    assert phone.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)}).status_code == 303
    told = phone.get(f"/t/{ticket}").text
    assert "milik siapa" in told and "Halim" not in told
    assert re.search(r"<b>Anda</b>[^<]*<[^>]*>[^<]*</span></p><p>Mengirim laporan", told)
    assert town.sms("+6281234000002", f"{ticket} tambahan dari saya").status_code == 200
    assert ("case:words_added", "citizen") in story(town, ticket)


@pytest.mark.parametrize(("channel", "label"), [("counter", "Loket"), ("phone", "Telepon"), ("village", "Kantor desa")])
def test_the_way_it_came_is_kept_and_offered_again(town, office, channel, label):
    desk = office.desk("ratna")
    ticket = saved(write(desk, WORDS.format(channel), channel=channel))
    assert town.case(ticket)["channel"] == channel
    assert f'value="{channel}" required checked><span><b>{label}' in desk.get("/meja/catat").text


@pytest.mark.parametrize("channel", ["", "web", "sms", "api", "loket"])
def test_no_other_way_can_be_claimed(town, office, channel):
    answer = write(office.desk("ratna"), "Jalan pintas yang tidak ada", channel=channel)
    assert answer.status_code == 422
    assert "Pilih dulu laporan ini disampaikan lewat mana." in answer.text
    assert count(town, "cases", "text LIKE 'Jalan pintas%'") == 0


def test_every_channel_has_a_word_on_the_desks_pages():
    assert set(assisting.CHANNELS) | set(notices.CHANNELS) | {"api", "forum", "lapor"} <= set(CHANNEL_LABELS)


def test_without_a_telephone_the_page_says_that_paper_must_be_handed_over(town, office):
    town.work_off()
    before = len(town.sent())
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("tanpa hp")))
    page = desk.get(f"/meja/catat/{ticket}").text
    assert "serahkan kepada pelapor" in page and shown_pin(page)
    town.work_off()
    assert len(town.sent()) == before
    assert town.sql("SELECT channel, state FROM notices WHERE case_id = :id", id=town.case(ticket)["id"]) == [("web", "waiting")]


def test_a_number_that_said_stop_gets_paper_too(town, office):
    assert town.sms("+6281234000003", "STOP").status_code == 200
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("sudah stop"), phone="+6281234000003"))
    assert "minta berhenti dikirimi SMS" in desk.get(f"/meja/catat/{ticket}").text


def test_the_pin_is_shown_once_and_never_to_anybody_else(town, office):
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("satu kali")))
    assert shown_pin(desk.get(f"/meja/catat/{ticket}").text)
    again = desk.get(f"/meja/catat/{ticket}")
    assert again.status_code == 200 and "PIN sudah ditampilkan satu kali" in again.text
    assert pin_of(town, ticket) not in again.text.replace(" ", "")
    assert office.desk("bagus").get(f"/meja/catat/{ticket}").status_code == 404
    for page in (f"/meja/{ticket}", "/meja", "/meja/catat"):
        assert pin_of(town, ticket) not in desk.get(page).text


def test_pressing_twice_is_one_case_and_one_receipt(town, office):
    desk = office.desk("halim")
    form = {"token": form_token(desk.get("/meja/catat").text), "channel": "phone", "text": WORDS.format("dua kali")}
    first, second = saved(desk.post("/meja/catat", data=form)), saved(desk.post("/meja/catat", data=form))
    assert first == second
    assert count(town, "cases", "text LIKE '%dua kali'") == 1
    assert shown_pin(desk.get(f"/meja/catat/{first}").text) == pin_of(town, first)
    assert [tag for tag, _ in story(town, first)].count("case:assisted") == 1


def test_going_back_and_saving_the_same_again_shows_the_same_numbers_again(town, office):
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("kembali"), name="Baiq"))
    shown = shown_pin(desk.get(f"/meja/catat/{ticket}").text)
    assert saved(write(desk, WORDS.format("kembali"), name="Baiq")) == ticket, "the browser brings the words back, not the token"
    assert shown_pin(desk.get(f"/meja/catat/{ticket}").text) == shown


def test_the_next_person_may_say_the_very_same_words(town, office):
    desk = office.desk("halim")
    first = saved(write(desk, "Listrik padam di Desa Tente"))
    answer = desk.post("/meja/catat/berikutnya")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/catat")
    second = saved(write(desk, "Listrik padam di Desa Tente"))
    assert first != second
    assert count(town, "cases", "text = 'Listrik padam di Desa Tente'") == 2


def test_a_form_that_was_sent_before_makes_no_second_case_unawares(town, office):
    desk = office.desk("halim")
    form = {"token": form_token(desk.get("/meja/catat").text), "channel": "counter", "text": WORDS.format("ternyata telepon")}
    ticket = saved(desk.post("/meja/catat", data=form))
    for changed in ({"channel": "phone"}, {"text": WORDS.format("ternyata telepon, dan dua hal")}):
        answer = desk.post("/meja/catat", data=form | changed)
        assert answer.status_code == 422
        assert f"sudah tersimpan dengan nomor {ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in answer.text
    assert count(town, "cases", "text LIKE '%ternyata telepon%'") == 1
    anew = {"token": form_token(answer.text), "channel": "counter", "text": WORDS.format("ternyata telepon, dan dua hal")}
    assert saved(desk.post("/meja/catat", data=anew)) != ticket, "saved once more on purpose, it is another report"


def test_misconduct_is_refused_with_the_safe_way_and_the_words_stay_in_the_form(town, office):
    words = "Kepala dinas minta suap sandi rajawali"
    answer = write(office.desk("halim"), words, name="Kenari", phone="081234000004", place="Pasar Tente", anonymous="1")
    assert answer.status_code == 422
    assert "Inspektorat" in answer.text and words in answer.text
    assert 'value="Kenari"' in answer.text and 'value="081234000004"' in answer.text
    assert everywhere(town, "sandi rajawali") == [], "nothing of it is kept"


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "bukan nomor"), ("text", ""), ("text", "x" * 5001), ("kind", "violation"), ("region", "99")]
)
def test_an_error_keeps_everything_that_was_typed(office, field, value):
    given = {"text": "Jembatan gantung putus", "name": "Lalu Andi", "place": "Dusun Montong", "phone": "081234000005", "kind": "aspiration",
             "category": "kesehatan", "region": "52.06.03", "confidential": "1", "channel": "village"}  # fmt: skip
    answer = write(office.desk("halim"), **{**given, field: value})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    for name, kept in {**given, field: value}.items():
        if name in ("name", "place", "phone"):
            assert f'value="{kept}"' in answer.text
        elif name == "text":
            assert kept in answer.text
        elif (name, kept) not in (("kind", "violation"), ("region", "99")):
            assert re.search(
                rf'value="{kept}"( required)? (checked|selected)' if name != "confidential" else r'name="confidential" value="1" checked',
                answer.text,
            ), name


def test_an_idea_and_a_tip_can_be_told_and_wishes_about_privacy_are_kept(town, office):
    desk = office.desk("nurhayati")
    idea = town.case(saved(write(desk, "Usul taman baca di Desa Tente Kecamatan Woha", kind="aspiration", anonymous="1", confidential="1")))
    assert (idea["kind"], idea["anonymous"], idea["confidential"]) == ("aspiration", True, True)
    ticket = saved(write(desk, "Ada rencana pasar malam di lapangan Tente", kind="tip"))
    assert "Dijawab paling lambat" not in desk.get(f"/meja/catat/{ticket}").text, "a tip is read, no answer is promised"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("halim", 200),
        ("nurhayati", 200),
        ("citra", 200),
        ("imran", 200),
        ("gubernur", 403),
        ("sekda", 403),
        ("admin", 403),
        ("inspektur", 403),
    ],
)
def test_officers_heads_and_coordinators_may_and_nobody_else(town, office, who, status):
    desk = office.desk(who)
    assert desk.get("/meja/catat").status_code == status
    assert ("Catat laporan" in desk.get("/meja").text) is (status == 200)
    sent = desk.post("/meja/catat", data={"token": f"t-{who}", "channel": "counter", "text": f"Dicatat oleh {who}"})
    assert sent.status_code == (303 if status == 200 else 403)
    assert count(town, "cases", "text = :text", text=f"Dicatat oleh {who}") == (status == 200)


def test_a_stranger_is_asked_to_sign_in(town):
    stranger = town.browser()
    for answer in (stranger.get("/meja/catat"), stranger.post("/meja/catat", data={"text": "x"}), stranger.post("/meja/catat/berikutnya")):
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/masuk")


def test_writing_down_costs_a_bounded_number_of_statements(town, office):
    desk = office.desk("halim")
    ticket = saved(write(desk, WORDS.format("dihitung dulu"), phone="081234000006"))
    desk.get(f"/meja/catat/{ticket}")
    token = form_token(desk.get("/meja/catat").text)
    form = {"token": token, "channel": "counter", "text": WORDS.format("dihitung"), "phone": "081234000007", "name": "Aminah"}
    with statements(town) as heard:
        ticket = saved(desk.post("/meja/catat", data=form))
    assert len(heard) <= 12, heard
    with statements(town) as heard:
        assert desk.get(f"/meja/catat/{ticket}").status_code == 200
    assert len(heard) <= 4, heard


def test_the_receipt_is_gone_after_ten_minutes_however_the_officer_asks(new_town, office_of):
    desk = office_of(new_town).desk("halim")
    form = {"token": form_token(desk.get("/meja/catat").text), "channel": "counter", "text": WORDS.format("lama")}
    ticket = saved(desk.post("/meja/catat", data=form))
    new_town.clock.forward(minutes=11)
    assert desk.get(f"/meja/catat/{ticket}").status_code == 404
    assert saved(desk.post("/meja/catat", data=form)) == ticket, "the form still lies open in the browser"
    answer = desk.get(f"/meja/catat/{ticket}")
    assert answer.status_code == 404 and "Nomor dan PIN-nya ada pada pelapor" in answer.text
