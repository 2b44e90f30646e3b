"""When a case closes, everybody whose report was joined to it or who follows it is told and asked, once, and rates only for themselves."""

from __future__ import annotations

from ntbcare.domain import tickets
from tests.corridor.looking import CLINIC, by_form, by_sms, last, pin_of, story

ALIKE = "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong, {}"


def pretty(ticket: str) -> str:
    return tickets.pretty(ticket)


def same(town, ticket: str, text: str, phone: str) -> None:
    """Follow a case by the form, leaving a number."""
    answer = town.browser().post("/lapor", data={"token": f"ikut-{phone}", "text": text, "same": ticket, "phone": phone})
    assert answer.status_code == 303, answer.text


def morning(town) -> None:
    """Ten o'clock of the next day: whoever did not write a moment ago is written to by day only."""
    town.clock.forward(days=1)
    town.clock.moment = town.clock.moment.replace(hour=2, minute=0)


def family(town, office, prefix: str, children: int = 1) -> list[str]:
    """A report by SMS from …1 and others from …2, …3 that a coordinator joined to it, on a morning."""
    morning(town)
    parent, *rest = [by_sms(town, f"+62811000{prefix}{n}", CLINIC.format(f"{n} {prefix} keluarga")) for n in range(1, children + 2)]
    for child in rest:
        office.act("imran", child, "merge", parent=parent)
    return [parent, *rest]


def close(town, office, parent: str, reporter: str) -> None:
    office.act("halim", parent, "respond", words="Obat sudah datang.")
    town.sms(reporter, "YA")
    town.work_off()
    assert town.case(parent)["state"] == "closed"


def a_day_later(town) -> None:
    town.clock.forward(days=1, minutes=1)
    town.round()


def rows(town, *found: str) -> list[tuple]:
    """(ticket, follower, score) of every poll about these cases."""
    query = "SELECT c.ticket, p.follower, p.score FROM polls p JOIN cases c ON c.id = p.case_id WHERE c.ticket = ANY(:t) ORDER BY p.id"
    return town.sql(query, t=list(found))


def asked(town, phone: str) -> list[str]:
    return [one["text"] for one in town.sent(phone) if "Puaskah Anda" in one["text"]]


def test_a_joined_reporter_is_told_at_once_and_asked_a_day_later_by_their_own_number(town, office):
    parent, child = family(town, office, "9501")
    reporter, other = "+6281100095011", "+6281100095012"
    close(town, office, parent, reporter)
    assert len(asked(town, reporter)) == 1, "who said yes has the telephone in hand"
    assert "Selesai menurut pelapornya" in last(town, other) and asked(town, other) == []
    a_day_later(town)
    (question,) = asked(town, other)
    assert pretty(child) in question and "digabung dengan laporan lain" in question and pretty(parent) not in question
    assert rows(town, parent, child) == [(parent, False, None), (child, True, None)]
    town.sms(other, "2")
    town.work_off()
    assert rows(town, parent, child) == [(parent, False, None), (child, True, 2)], "their digit is theirs alone"
    assert f"balas BELUM {pretty(child)}" in last(town, other)
    town.sms(reporter, "5")
    town.work_off()
    assert rows(town, parent, child) == [(parent, False, 5), (child, True, 2)]
    a_day_later(town)
    assert len(asked(town, reporter)) == len(asked(town, other)) == 1, "asked once, reminded never"


def test_an_unhappy_one_is_the_coordinators_matter_and_opens_nothing(town, office):
    parent, child = family(town, office, "9502")
    close(town, office, parent, "+6281100095021")
    town.sql("UPDATE cases SET attention = NULL WHERE ticket = :t", t=parent)
    a_day_later(town)
    town.sms("+6281100095022", "1")
    town.work_off()
    assert (town.case(parent)["state"], town.case(parent)["attention"]) == ("closed", "others")
    page = office.page("imran", parent)
    assert f"Pelapor {pretty(child)}: memberi nilai 1 dari 5" in page
    reader = town.browser()
    reader.post(f"/t/{parent}/pin", data={"pin": pin_of(town, parent)})
    assert pretty(child) not in reader.get(f"/t/{parent}").text, "whose rating it is, is nothing for the other reporter"


def test_a_content_one_asks_for_nobodys_attention(town, office):
    parent, child = family(town, office, "9503")
    close(town, office, parent, "+6281100095031")
    town.sql("UPDATE cases SET attention = NULL WHERE ticket = :t", t=parent)
    a_day_later(town)
    town.sms("+6281100095032", f"{child} 5")
    town.work_off()
    assert rows(town, child) == [(child, True, 5)] and town.case(parent)["attention"] is None


def test_who_follows_by_the_form_is_asked_only_when_the_owner_of_the_number_has_written(town, office):
    morning(town)
    parent = by_sms(town, "+6281100095041", CLINIC.format("diikuti 9504"))
    heard, typed = "+6281100095042", "+6281100095043"
    town.sms(heard, "halo")
    town.work_off()
    town.clock.forward(hours=1)
    for phone in (heard, typed):
        same(town, parent, ALIKE.format("kami juga 9504"), phone)
    close(town, office, parent, "+6281100095041")
    a_day_later(town)
    assert f"Laporan {pretty(parent)} yang Anda ikuti sudah ditutup" in asked(town, heard)[0]
    assert town.sent(typed) == []
    assert rows(town, parent) == [(parent, False, None), (parent, True, None)]
    town.sms(heard, "1")
    town.work_off()
    assert rows(town, parent) == [(parent, False, None), (parent, True, 1)]
    assert "Seorang yang mengikuti laporan ini: memberi nilai 1" in office.page("imran", parent)
    town.sms(heard, f"BELUM {parent} obatnya cuma satu macam")
    town.work_off()
    assert "milik orang lain" in last(town, heard)
    assert "obatnya cuma satu macam" in office.page("imran", parent) and town.case(parent)["state"] == "closed"
    assert heard not in office.page("imran", parent)


def test_somebody_elses_case_is_not_rated_by_its_number(town, office):
    parent, child = family(town, office, "9505")
    close(town, office, parent, "+6281100095051")
    a_day_later(town)
    town.sms("+6281100095059", "halo")
    town.sms("+6281100095059", f"{parent} 1")
    town.sms("+6281100095052", f"{parent} 1")
    town.work_off()
    assert rows(town, parent, child) == [(parent, False, None), (child, True, None)]
    assert "YA atau BELUM" not in last(town, "+6281100095059")


def test_nobody_is_asked_twice_and_who_said_stop_is_not_asked(town, office):
    parent, one, two = family(town, office, "9506", children=2)
    town.clock.forward(hours=1)  # so long after the first it is a report of its own, no piece of that
    twice = by_sms(town, "+6281100095062", CLINIC.format("sekali lagi 9506 keluarga"))
    own = by_sms(town, "+6281100095061", CLINIC.format("pelapor lagi 9506 keluarga"))
    for again in (twice, own):
        office.act("imran", again, "merge", parent=parent)
    town.sms("+6281100095063", "STOP")
    town.work_off()
    close(town, office, parent, "+6281100095061")
    a_day_later(town)
    assert len(asked(town, "+6281100095062")) == len(asked(town, "+6281100095061")) == 1 and asked(town, "+6281100095063") == []
    assert rows(town, parent, one, two, twice, own) == [(parent, False, None), (one, True, None)]


def test_the_question_keeps_the_quiet_hours(new_town, office_of):
    town, office = new_town, office_of(new_town)
    parent, _ = family(town, office, "9507")
    town.clock.moment = town.clock.moment.replace(hour=14)  # 22.00 here
    close(town, office, parent, "+6281100095071")
    assert len(asked(town, "+6281100095071")) == 1, "who said yes is awake"
    a_day_later(town)
    assert asked(town, "+6281100095072") == []
    town.clock.forward(hours=9)
    town.round()
    assert len(asked(town, "+6281100095072")) == 1


def test_after_a_second_closing_everybody_is_asked_again(town, office):
    parent, child = family(town, office, "9508")
    close(town, office, parent, "+6281100095081")
    a_day_later(town)
    office.act("imran", parent, "reopen", words="Ternyata belum.")
    assert "Dibuka kembali" in last(town, "+6281100095082")
    town.sms("+6281100095082", "4")
    town.work_off()
    assert rows(town, child) == [(child, True, None)], "what is open again is not rated"
    town.clock.forward(minutes=5)
    close(town, office, parent, "+6281100095081")
    a_day_later(town)
    assert len(asked(town, "+6281100095082")) == 2
    assert [row[:2] for row in rows(town, parent, child)] == [(parent, False), (child, True), (parent, False), (child, True)]


def test_parted_again_and_closed_on_its_own_it_is_asked_about_as_any_other(town, office):
    parent, child = family(town, office, "9509")
    close(town, office, parent, "+6281100095091")
    a_day_later(town)
    office.act("imran", child, "unmerge")
    town.clock.forward(minutes=5)
    close(town, office, child, "+6281100095092")
    assert len(asked(town, "+6281100095092")) == 2
    town.sms("+6281100095092", "3")
    town.work_off()
    assert rows(town, child) == [(child, True, None), (child, False, 3)]


def test_the_page_of_a_joined_report_tells_the_end_and_takes_a_rating_with_its_own_pin(town, office):
    morning(town)
    sent = by_form(town, CLINIC.format("tanpa nomor 9510"), category="kesehatan", region="52.06.03")
    town.work_off()
    child = sent.headers["Location"][3:]
    parent = by_sms(town, "+6281100095101", CLINIC.format("induk 9510"))
    office.act("imran", child, "merge", parent=parent)
    me = town.browser()
    me.post(f"/t/{child}/pin", data={"pin": pin_of(town, child)})
    assert "Kirim penilaian" not in me.get(f"/t/{child}").text
    close(town, office, parent, "+6281100095101")
    a_day_later(town)
    page = me.get(f"/t/{child}").text
    assert "Laporan itu sudah selesai." in page and "Kirim penilaian" in page
    assert "Laporan itu sudah selesai." not in town.browser().get(f"/t/{child}").text
    assert me.post(f"/t/{child}/nilai", data={"score": "2", "words": "Antre panjang."}).status_code == 303
    assert me.post(f"/t/{child}/nilai", data={"score": "5"}).status_code == 409, "once"
    assert "Anda memberi nilai <b>2 dari 5</b>" in me.get(f"/t/{child}").text
    assert rows(town, parent, child) == [(parent, False, None), (child, True, 2)]
    reporter = town.browser()
    reporter.post(f"/t/{parent}/pin", data={"pin": pin_of(town, parent)})
    assert "Kirim penilaian" in reporter.get(f"/t/{parent}").text, "the page of the other shows its own reporter's poll"
    assert "Antre panjang." in office.page("imran", parent)


def test_not_yet_from_a_joined_reporter_reaches_the_coordinator_with_their_words(town, office):
    parent, child = family(town, office, "9511")
    other = "+6281100095112"
    office.act("halim", parent, "respond", words="Obat sudah datang.")
    town.sms(other, "BELUM, obat gula tidak ada, hubungi 081234567890")
    town.work_off()
    case = town.case(parent)
    assert (case["state"], case["objections"], case["attention"]) == ("responded", 0, "others")
    assert parent in office.queue("imran", "attention")
    page = office.page("imran", parent)
    assert f"Pelapor {pretty(child)}: obat gula tidak ada" in page and "081234567890" not in page
    said = last(town, other)
    assert pretty(child) in said and "koordinator meninjau dulu" in said and "Terima kasih kembali" not in said
    assert "case:words_added" in [tag for tag, _ in story(town, child)], "and stands in the book of their own report"
    town.sms(other, "sudah")
    town.work_off()
    assert town.case(parent)["state"] == "responded", "nor does their yes close what is another's"
    assert "sudah kami teruskan ke petugas" in last(town, other)


def test_those_beside_hear_where_a_case_goes_in_one_sentence_and_no_colleagues_reasons(town, office):
    parent, _ = family(town, office, "9512")
    other = "+6281100095122"
    office.act("halim", parent, "hand_back", words="Rahasia dapur kami.", unit=office.unit("52.06.pupr"))
    assert "Dicarikan petugas lain." in last(town, other) and "dapur" not in last(town, other)
    office.act("imran", parent, "dispose", unit=office.unit("52.06.pupr"), words="Kerjakan segera, Pak Kabid.")
    assert "Dipindahkan ke" in last(town, other) and "PUPR" in last(town, other) and "Kabid" not in last(town, other)
