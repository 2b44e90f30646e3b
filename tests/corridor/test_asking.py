"""The reader asks one question where the answer would let the rules decide, and nobody waits for it who need not."""

from __future__ import annotations

import pytest

from tests.corridor.avenue import LINES, open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import by_form, count, pin_of, story

WHERE = "Jalan rusak parah di Desa Sukadana, {}"  # three regencies have a village of this name
OPEN = "Jalan berlubang besar di depan masjid, {}"  # no place at all
VAGUE = "Mohon bantuannya sudah lama begini, {}"  # neither place nor topic
BETWEEN = "Anak saya tidak dapat bantuan beasiswa di Desa Tente Kecamatan Woha"  # bansos or pendidikan


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("asking"))


@pytest.fixture(scope="module")
def town(avenue):
    return avenue.town


@pytest.fixture(scope="module")
def desks(town):
    return Office(town)


def tells(avenue, line: str, person: int, words: str) -> list[str]:
    """They write; what they are answered."""
    before = len(avenue.heard(line, person))
    avenue.write(line, person, words)
    avenue.town.work_off()
    return avenue.heard(line, person)[before:]


def unit_of(town, case: dict) -> str:
    """Name of the unit that has the case, "" for none."""
    rows = town.sql("SELECT name FROM units WHERE id = :id", id=case["unit_id"])
    return rows[0][0] if rows else ""


def only(avenue, line: str, person: int) -> dict:
    """The one case of this person."""
    (case,) = avenue.cases(line, person)
    return case


def asked(town, case: dict) -> int:
    """How often the reader asked."""
    return [tag for tag, _ in story(town, case["ticket"])].count("case:reader_asked")


@pytest.mark.parametrize("line", LINES)
def test_of_three_regencies_the_number_says_which(avenue, town, line):
    (receipt,) = tells(avenue, line, 9001, WHERE.format(line))
    assert "1) Kabupaten Lombok Tengah 2) Kabupaten Lombok Timur 3) Kabupaten Lombok Utara" in receipt
    case = only(avenue, line, 9001)
    assert (case["state"], case["unit_id"], asked(town, case)) == ("received", None, 1)
    routed = tells(avenue, line, 9001, "2")
    case = only(avenue, line, 9001)
    assert case["region"] == "52.03.03.2006"
    assert unit_of(town, case).endswith("Kabupaten Lombok Timur")
    assert "Lombok Timur" in routed[0]
    assert "2" not in case["text"].split(), "the number is no part of what they told"
    assert asked(town, case) == 1


@pytest.mark.parametrize("line", LINES)
def test_a_name_instead_of_the_number_is_understood(avenue, town, line):
    tells(avenue, line, 9002, WHERE.format(f"nama {line}"))
    tells(avenue, line, 9002, "lombok utara pak")
    case = only(avenue, line, 9002)
    assert case["region"] == "52.08.04.2004"
    assert unit_of(town, case).endswith("Kabupaten Lombok Utara")


@pytest.mark.parametrize("line", LINES)
def test_an_open_question_is_answered_in_words(avenue, town, line):
    (receipt,) = tells(avenue, line, 9003, OPEN.format(line))
    assert "Di desa dan kecamatan mana kejadiannya?" in receipt
    assert tells(avenue, line, 9003, "Desa Tente kecamatan Woha")
    case = only(avenue, line, 9003)
    assert (case["region"], case["state"], case["question"]) == ("52.06.03.2003", "dispositioned", "")
    assert unit_of(town, case).endswith("Kabupaten Bima")
    assert case["text"].endswith("Desa Tente kecamatan Woha")


def test_between_two_topics_the_number_says_which(avenue, town):
    (receipt,) = tells(avenue, "sms", 9004, BETWEEN)
    assert "Laporan ini tentang apa? 1) " in receipt and "3) lainnya" in receipt
    place = only(avenue, "sms", 9004)["place_because"]
    offered = town.sql("SELECT choices FROM notices WHERE case_id = :id AND template = 'receipt'", id=only(avenue, "sms", 9004)["id"])[0][0]
    tells(avenue, "sms", 9004, "2.")
    case = only(avenue, "sms", 9004)
    assert case["category"].split(".")[0] == offered[1]
    assert case["state"] == "dispositioned"
    assert case["place_because"] == place, "the reporter chose no place, and the case must not say so"


def test_something_else_is_an_answer_too_and_a_person_reads(avenue, town):
    tells(avenue, "sms", 9005, BETWEEN + ", pak")
    (thanks,) = tells(avenue, "sms", 9005, "3")
    case = only(avenue, "sms", 9005)
    assert (case["state"], case["category"], case["question"]) == ("received", None, "")
    assert "sudah kami teruskan ke petugas" in thanks
    told = town.sql("SELECT body FROM journal WHERE case_id = :id AND tag = 'case:told_reader'", id=case["id"])
    assert "lainnya" in told[0][0]


@pytest.mark.parametrize("line", LINES)
def test_an_answer_nobody_can_place_stays_with_the_coordinator_and_is_thanked_once(avenue, town, desks, line):
    tells(avenue, line, 9006, OPEN.format(f"entah {line}"))
    (thanks,) = tells(avenue, line, 9006, "saya kurang paham maksudnya")
    assert "sudah kami teruskan ke petugas" in thanks
    case = only(avenue, line, 9006)
    assert (case["state"], case["unit_id"], case["question"], asked(town, case)) == ("received", None, "", 1)
    assert case["ticket"] in desks.queue("citra")
    before = len(avenue.heard(line, 9006))
    for words in ("maaf pak saya benar benar tidak tahu", "pokoknya tolong segera"):
        avenue.write(line, 9006, words)
        town.work_off()
    assert len(avenue.cases(line, 9006)) == 1
    assert asked(town, only(avenue, line, 9006)) == 1, "never asked again"
    assert not any("mana" in said for said in avenue.heard(line, 9006)[before:])


def test_a_number_that_was_not_offered_is_no_place(avenue, town):
    tells(avenue, "sms", 9007, WHERE.format("angka lain"))
    tells(avenue, "sms", 9007, "7")
    case = only(avenue, "sms", 9007)
    assert (case["state"], case["region"]) == ("received", None)
    assert "\n7" not in case["text"]


def test_lapor_during_an_open_question_is_a_new_report(avenue, town):
    tells(avenue, "sms", 9008, OPEN.format("lapor lagi"))
    first = only(avenue, "sms", 9008)
    tells(avenue, "sms", 9008, "LAPOR Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong")
    cases = avenue.cases("sms", 9008)
    assert len(cases) == 2
    assert cases[0]["question"] == first["question"], "still waits"
    assert cases[1]["state"] == "dispositioned"


@pytest.mark.parametrize("line", LINES)
def test_the_coordinator_need_not_wait_and_a_late_answer_is_words(avenue, town, desks, line):
    tells(avenue, line, 9009, WHERE.format(f"lebih cepat {line}"))
    case = only(avenue, line, 9009)
    assert "Ditanya" in desks.queue("citra")
    desks.act("citra", case["ticket"], "verify", region="52.02.04.2003", category="jalan_jembatan")
    desks.act("citra", case["ticket"], "dispose", unit=town.case(case["ticket"])["suggested_unit_id"])
    town.clock.forward(hours=2)  # long after the minutes in which words join a report by themselves
    tells(avenue, line, 9009, "2")
    after = only(avenue, line, 9009)
    assert (after["region"], after["unit_id"], after["question"]) == ("52.02.04.2003", town.case(case["ticket"])["unit_id"], "")
    assert after["state"] == "dispositioned"
    assert after["attention"] == "words"
    added = town.sql("SELECT body FROM journal WHERE case_id = :id AND tag = 'case:words_added'", id=case["id"])
    assert "Lombok Timur" in added[0][0], "an officer who saw no numbers reads what it stands for"


def test_a_story_told_after_the_coordinator_acted_is_a_report_of_its_own(avenue, town, desks):
    tells(avenue, "sms", 9010, WHERE.format("lain cerita"))
    case = only(avenue, "sms", 9010)
    desks.act("citra", case["ticket"], "verify", region="52.02.04.2003", category="jalan_jembatan")
    town.clock.forward(hours=2)
    tells(avenue, "sms", 9010, "Obat di puskesmas Kecamatan Woha Kabupaten Bima sudah kosong sejak hari Senin")
    assert len(avenue.cases("sms", 9010)) == 2


def test_the_senders_earlier_case_tells_a_namesake_apart(avenue, town):
    avenue.file("sms", 9011, "Lampu jalan mati di Kecamatan Bayan Kabupaten Lombok Utara")
    avenue.file("sms", 9011, WHERE.format("tetangga lama"))
    case = avenue.cases("sms", 9011)[-1]
    assert case["region"] == "52.08.04.2004"
    assert case["question"] is None, "nothing is left to ask"


def test_a_position_answers_the_question(avenue, town):
    avenue.update(avenue.telegram.text(9012, OPEN.format("titik")))
    town.work_off()
    assert only(avenue, "telegram", 9012)["question"]
    avenue.update(avenue.telegram.location(9012, -8.5905, 118.6645))
    town.work_off()
    case = only(avenue, "telegram", 9012)
    assert (case["question"] == "") == (case["state"] != "received")
    assert case["region"] is not None


def test_a_number_typed_into_a_form_is_never_asked(avenue, town):
    ticket = by_form(town, OPEN.format("formulir"), phone="08120009013").headers["Location"][-9:]
    town.work_off()
    case = town.case(ticket)
    assert case["question"], "whoever holds the PIN is asked on the page"
    said = avenue.heard("sms", 9013)
    assert said and not any("kecamatan mana" in words for words in said)
    tells(avenue, "sms", 9013, "Desa Tente kecamatan Woha")
    assert town.case(ticket)["question"], "whoever has that telephone answers for nobody"
    assert town.case(ticket)["region"] is None


def test_whoever_said_stop_is_not_asked(avenue, town):
    avenue.write("sms", 9014, OPEN.format("berhenti"))
    avenue.write("sms", 9014, "STOP")
    town.work_off()
    case = only(avenue, "sms", 9014)
    assert (case["question"], asked(town, case)) == (None, 0)
    assert not any("kecamatan mana" in words for words in avenue.heard("sms", 9014))


def test_the_page_of_a_report_asks_whoever_has_its_pin(avenue, town):
    ticket = by_form(town, WHERE.format("halaman")).headers["Location"][-9:]
    town.work_off()
    stranger = town.browser()
    assert "Kami perlu tahu satu hal" not in stranger.get(f"/t/{ticket}").text
    me = town.browser()
    me.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    page = me.get(f"/t/{ticket}").text
    assert "Kami perlu tahu satu hal" in page and "Di mana kejadiannya?" in page and "Balas angkanya" not in page
    assert page.count('type="radio" name="pilihan"') == 3 and "Kabupaten Lombok Timur" in page
    assert me.post(f"/t/{ticket}/jawab", data={"pilihan": "2", "words": ""}).status_code == 303
    town.work_off()
    case = town.case(ticket)
    assert (case["region"], case["state"]) == ("52.03.03.2006", "dispositioned")
    assert "Kami perlu tahu satu hal" not in me.get(f"/t/{ticket}").text


def test_the_page_that_thanks_asks_at_once_and_takes_words(avenue, town):
    me = town.browser()
    ticket = by_form(town, OPEN.format("sekalian"), me).headers["Location"][-9:]
    assert "Kami perlu tahu" not in me.get(f"/t/{ticket}").text, "nobody has read it yet"
    town.work_off()
    assert "Di desa dan kecamatan mana kejadiannya?" in me.get(f"/t/{ticket}").text
    assert me.post(f"/t/{ticket}/jawab", data={"words": ""}).status_code == 422
    me.post(f"/t/{ticket}/jawab", data={"words": "Desa Tente kecamatan Woha"})
    town.work_off()
    assert town.case(ticket)["region"] == "52.06.03.2003"


def test_a_program_reads_the_question_with_the_pin(avenue, town):
    ticket = by_form(town, WHERE.format("program")).headers["Location"][-9:]
    town.work_off()
    told = town.browser().get(f"/api/v1/cases/{ticket}", headers={"X-Pin": pin_of(town, ticket)}).json
    assert told["question"] == "Di mana kejadiannya?"
    assert len(told["choices"]) == 3 and all(one.startswith("Desa Sukadana, Kecamatan ") for one in told["choices"])
    plain = town.browser().get(f"/api/v1/cases/{ticket}").json
    assert (plain["question"], plain["choices"]) == (None, [])


def test_the_desk_sees_what_was_asked_and_whether_it_was_answered(avenue, town, desks):
    tells(avenue, "sms", 9019, OPEN.format("meja"))
    ticket = only(avenue, "sms", 9019)["ticket"]
    page = desks.page("citra", ticket)
    assert "Kami sudah menanyakan kepada pelapor" in page and "Belum dijawab." in page
    tells(avenue, "sms", 9019, "saya kurang paham maksudnya")
    page = desks.page("citra", ticket)
    assert "Di desa dan kecamatan mana kejadiannya?" in page and "Sudah dijawab" in page and "Belum dijawab." not in page
    assert "Ditanya" not in page


def test_two_questions_of_one_sender_are_told_apart_by_asking(avenue, town):
    tells(avenue, "sms", 9020, OPEN.format("pertama dari dua"))
    tells(avenue, "sms", 9020, "LAPOR " + OPEN.format("kedua dari dua dengan kata lain"))
    assert count(town, "cases", "question <> '' AND contact_id = :id", id=avenue.cases("sms", 9020)[0]["contact_id"]) == 2
    (which,) = tells(avenue, "sms", 9020, "Desa Tente kecamatan Woha")
    assert "1" in which and "2" in which
    tells(avenue, "sms", 9020, "1")
    assert sorted(case["region"] or "" for case in avenue.cases("sms", 9020)) == ["", "52.06.03.2003"]


def test_neither_place_nor_topic_is_one_question_for_both(avenue, town):
    (receipt,) = tells(avenue, "sms", 9021, VAGUE.format("dua dua"))
    assert "Apa yang terjadi, dan di desa atau kecamatan mana?" in receipt
    tells(avenue, "sms", 9021, "jalan berlubang di Desa Tente kecamatan Woha")
    case = only(avenue, "sms", 9021)
    assert (case["state"], case["region"], case["category"].split(".")[0]) == ("dispositioned", "52.06.03.2003", "jalan_jembatan")
