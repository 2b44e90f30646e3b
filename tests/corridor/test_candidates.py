"""What people say in public: a coordinator reads it masked, makes it a report or puts it away, and nothing is decided twice."""

import re

import pytest

from ntbcare.casework import candidates, overheard
from ntbcare.contract import IncomingMessage, Media, Scene
from ntbcare.domain.permissions import Actor, Role
from tests.corridor.looking import at_once, count, everywhere, last, pin_of, statements, story

HOLE = "tolong jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, {}"
LAMP = "mohon lampu jalan mati di Kelurahan Ampenan Kota Mataram, {}"
_count = iter(range(1, 10_000))


def hear(town, text, *, channel="facebook", name="Baiq Nurhayati", scene=Scene.OVERHEARD, link="https://social.example/p/1", **more) -> int:
    """Somebody says this below a post. Returns the candidate's id."""
    named = more.pop("external_id", f"c{next(_count)}")
    message = IncomingMessage(
        channel=channel,
        external_id=named,
        text=text,
        sender=f"user-{named}",
        sender_name=name,
        scene=scene,
        thread="post-1",
        link=link,
        **more,
    )
    with town.app.app_context(), town.house.work(Actor(Role.CITIZEN)) as work:
        candidates.overhear(work, message, "meta")
        work.commit()
    return town.sql("SELECT id FROM candidates WHERE channel = :c AND external_id = :e", c=channel, e=more.get("edits") or named)[0][0]


def entry(page: str, number: int) -> str:
    """What stands on the page about one comment."""
    found = re.search(rf'<li class="card[^"]*" id="k{number}">.*?</li>', page, re.DOTALL)
    return found.group(0) if found else ""


def row(town, number: int) -> tuple:
    return town.sql("SELECT state, case_id FROM candidates WHERE id = :id", id=number)[0]


def accept(desk, number):
    return desk.post("/meja/calon/jadikan", data={"id": number, "tampak": "laporan"})


def test_a_comment_is_shown_with_its_reason_and_without_numbers_or_mailboxes(town, office):
    number = hear(
        town, HOLE.format("hubungi 0812 3456 7890 atau baiq@example.com"), name="Baiq 081234567890", media=(Media("r", "image/jpeg"),)
    )
    said = entry(office.desk("citra").get("/meja/calon").text, number)
    assert "jalan berlubang di Desa Tente" in said and "Facebook" in said and "WITA" in said
    assert "7890" not in said and "baiq@example.com" not in said
    assert "[telepon disamarkan]" in said and "[e-mail disamarkan]" in said
    assert "Tampak seperti laporan: topik: Infrastruktur Jalan dan Jembatan" in said
    assert 'href="https://social.example/p/1" target="_blank" rel="noopener noreferrer"' in said
    assert "1 foto atau berkas ikut" in said


def test_made_a_report_it_walks_the_corridor_and_its_author_is_told(town, office):
    number = hear(town, HOLE.format("yang dijadikan"))
    desk = office.desk("citra")
    answer = accept(desk, number)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/calon?tampak=laporan")
    case_id, (author, region) = row(town, number)[1], town.sql("SELECT author, region FROM candidates WHERE id = :id", id=number)[0]
    ticket = town.sql("SELECT ticket FROM cases WHERE id = :id", id=case_id)[0][0]
    page = desk.get("/meja/calon?tampak=laporan").text
    assert f'href="/meja/{ticket}"' in page and "Menjadi laporan" in page
    assert entry(page, number) == ""
    assert f"/meja/{ticket}" not in desk.get("/meja/calon").text, "said once"
    town.work_off()
    book = dict(story(town, ticket))
    assert book["case:submit"] == "citizen"
    assert book["candidate:taken"].startswith("coordinator:")
    assert (town.case(ticket)["channel"], town.case(ticket)["region"]) == ("facebook", region)
    (public,) = [line for line in town.sent(author) if line["public"]]
    assert ticket in public["text"].replace("-", "") and pin_of(town, ticket) not in public["text"]
    assert pin_of(town, ticket) in last(town, author)
    assert "Facebook" in office.page("citra", ticket)


def test_pressing_twice_makes_one_report(town, office):
    number = hear(town, HOLE.format("dua kali tekan"))
    desk = office.desk("citra")
    assert [accept(desk, number).status_code for _ in range(2)] == [303, 303]
    assert count(town, "cases", "text LIKE '%dua kali tekan'") == 1
    assert "Buka laporannya" in desk.get("/meja/calon").text


def test_who_comes_second_is_told_who_was_first_and_where_the_report_is(town, office):
    taken, put_away = hear(town, HOLE.format("rebutan satu")), hear(town, HOLE.format("rebutan dua"))
    accept(office.desk("citra"), taken)
    office.desk("citra").post("/meja/calon/bukan", data={"id": put_away})
    imran = office.desk("imran")
    answer = accept(imran, taken)
    ticket = town.ticket_of("rebutan satu")
    assert answer.status_code == 409
    assert "Kiriman ini sudah lebih dulu dijadikan laporan oleh Citra Contoh." in answer.text and f'href="/meja/{ticket}"' in answer.text
    answer = accept(imran, put_away)
    assert answer.status_code == 409 and "disisihkan oleh Citra Contoh" in answer.text
    imran.post("/meja/calon/bukan", data={"id": [taken, put_away]})
    assert "2 sudah diputuskan rekan Anda." in imran.get("/meja/calon").text
    assert count(town, "cases", "text LIKE '%rebutan%'") == 1
    assert row(town, taken)[0] == "case"


def test_of_four_at_once_one_makes_the_report(town, office):
    number = hear(town, HOLE.format("empat sekaligus"))
    desks = [office.desk(who) for who in ("citra", "imran")] * 2
    assert {answer.status_code for answer in at_once(4, lambda i: accept(desks[i], number))} <= {303, 409}
    assert count(town, "cases", "text LIKE '%empat sekaligus'") == 1


def test_many_are_put_away_at_once_and_can_be_taken_back(town, office):
    numbers = [hear(town, f"semangat terus pak nomor {n}") for n in range(3)]
    desk = office.desk("citra")
    desk.post("/meja/calon/bukan", data={"id": numbers, "tampak": "lainnya"})
    page = desk.get("/meja/calon?tampak=lainnya").text
    assert "3 kiriman disisihkan." in page and not any(entry(page, number) for number in numbers)
    desk.post("/meja/calon/batal", data={"id": numbers[:2], "tampak": "lainnya"})
    page = desk.get("/meja/calon?tampak=lainnya").text
    assert "2 kiriman kembali ke daftar." in page
    assert [bool(entry(page, number)) for number in numbers] == [True, True, False]
    imran = office.desk("imran")
    imran.post("/meja/calon/batal", data={"id": numbers[2]})
    assert row(town, numbers[2])[0] == "dismissed", "only who put it away takes it back"
    assert count(town, "journal", "tag IN ('candidate:dismissed', 'candidate:restored') AND actor LIKE 'coordinator:%'") >= 2


def test_ticking_nothing_is_said_and_changes_nothing(office):
    desk = office.desk("citra")
    desk.post("/meja/calon/bukan", data={})
    assert "Belum ada yang dicentang." in desk.get("/meja/calon").text


@pytest.mark.parametrize("given", ["", "0", "-1", "abc", "9" * 30, "2147483648", "½", "٣"])
def test_an_id_that_is_none_is_no_candidate(office, given):
    desk = office.desk("citra")
    assert accept(desk, given).status_code == 404
    assert desk.post("/meja/calon/bukan", data={"id": given}).status_code == 303
    assert desk.get(f"/meja/calon?sebelum={given}&tampak={given}").status_code == 200


def test_the_filters_show_what_they_say(town, office):
    report, other = hear(town, HOLE.format("saringan")), hear(town, "mantap sekali acaranya")
    sealed = hear(town, "kepala dinas minta suap sandi elang")
    desk = office.desk("citra")
    shown = {
        tab: [bool(entry(desk.get(f"/meja/calon?tampak={tab}").text, number)) for number in (report, other, sealed)]
        for tab in ("laporan", "lainnya", "semua")
    }
    assert shown == {"laporan": [True, False, True], "lainnya": [False, True, False], "semua": [True, True, True]}
    assert 'aria-current="page">Lainnya' in desk.get("/meja/calon?tampak=lainnya").text


def test_misconduct_shows_no_words_only_the_link_and_that_an_inspector_must_look(town, office):
    number = hear(town, "bupati terima suap sandi garuda", name="Sandi Rajawali")
    desk = office.desk("citra")
    said = entry(desk.get("/meja/calon").text, number)
    assert "Inspektorat yang harus melihatnya" in said and 'href="https://social.example/p/1"' in said
    assert "Jadikan laporan" not in said and "Rajawali" not in said
    assert everywhere(town, "sandi garuda") == everywhere(town, "Sandi Rajawali") == []
    answer = accept(desk, number)
    assert answer.status_code == 422 and row(town, number) == ("new", None)


def test_misconduct_that_comes_with_an_edit_is_taken_off_the_table(town, office):
    number = hear(town, HOLE.format("sebelum diubah"), external_id="edit-1")
    assert hear(town, "kepala dinas minta suap sandi kakaktua", name="Sandi Merak", external_id="edit-2", edits="edit-1") == number
    assert everywhere(town, "sandi kakaktua") == everywhere(town, "Sandi Merak") == everywhere(town, "sebelum diubah") == []
    assert "Inspektorat yang harus melihatnya" in entry(office.desk("citra").get("/meja/calon").text, number)


def test_words_that_only_now_count_as_misconduct_leave_the_table_when_somebody_wants_a_report(town, office):
    number = hear(town, HOLE.format("aturan lama"))
    town.sql("UPDATE candidates SET text = 'kepala dinas minta suap sandi cendrawasih' WHERE id = :id", id=number)
    answer = accept(office.desk("citra"), number)
    assert answer.status_code == 422 and "Inspektorat" in answer.text
    assert everywhere(town, "sandi cendrawasih") == []
    assert row(town, number) == ("new", None)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "", "//evil.example"])
def test_only_a_link_of_the_web_becomes_a_link(town, office, link):
    number = hear(town, HOLE.format("tautan aneh"), link=link)
    said = entry(office.desk("citra").get("/meja/calon").text, number)
    assert said and "Lihat kirimannya" not in said


def test_markup_in_a_comment_is_words(town, office):
    number = hear(town, HOLE.format("<script>alert(1)</script>"), name='"><img src=x>')
    said = entry(office.desk("citra").get("/meja/calon").text, number)
    assert "<script>" not in said and "<img" not in said and "&lt;script&gt;" in said


def test_a_coordinator_decides_in_the_own_region_and_the_province_on_the_rest(town, office):
    bima, mataram, nowhere = (
        hear(town, HOLE.format("wilayah")),
        hear(town, LAMP.format("wilayah")),
        hear(town, "lapor jalan rusak sekali, wilayah?"),
    )
    seen = {
        who: [bool(entry(office.desk(who).get("/meja/calon?tampak=semua").text, number)) for number in (bima, mataram, nowhere)]
        for who in ("imran", "sari", "citra")
    }
    assert seen == {"imran": [True, False, False], "sari": [False, True, False], "citra": [True, True, True]}
    imran = office.desk("imran")
    assert accept(imran, mataram).status_code == accept(imran, nowhere).status_code == 404
    imran.post("/meja/calon/bukan", data={"id": [mataram, nowhere]})
    assert row(town, mataram)[0] == row(town, nowhere)[0] == "new"
    assert accept(imran, bima).status_code == 303


@pytest.mark.parametrize("who", ["halim", "nurhayati", "gubernur", "admin", "inspektur", ""])
def test_nobody_else_reads_or_decides(town, office, who):
    number = hear(town, HOLE.format(f"bukan untuk {who or 'tamu'}"))
    desk, status = (office.desk(who), 403) if who else (town.browser(), 302)
    assert desk.get("/meja/calon").status_code == status
    for act in ("jadikan", "bukan", "batal"):
        assert desk.post(f"/meja/calon/{act}", data={"id": number}).status_code == status
    assert row(town, number) == ("new", None)
    assert "Dari media sosial" not in desk.get("/meja", follow_redirects=True).text


def test_an_empty_list_says_so_and_the_frame_counts_what_looks_like_a_report(new_town, office_of):
    desk = office_of(new_town).desk("citra")
    assert "Tidak ada kiriman yang tampak seperti laporan." in desk.get("/meja/calon").text
    assert '<span class="n">' not in desk.get("/meja/catat").text
    for number in range(3):
        hear(new_town, HOLE.format(number))
    hear(new_town, "mantap pak")
    assert '<span class="n">3<span class="unseen"> tampak laporan</span></span>' in desk.get("/meja/catat").text
    for number in range(100):
        hear(new_town, HOLE.format(f"banyak {number}"))
    assert '<span class="n">99+<' in desk.get("/meja").text


def test_a_long_list_is_paged_newest_first_and_costs_the_same_on_every_page(new_town, office_of):
    desk = office_of(new_town).desk("citra")
    numbers = [hear(new_town, HOLE.format(n)) for n in range(2 * overheard.PAGE + 3)]
    seen, address, cost = [], "/meja/calon", []
    desk.get(address)
    while address:
        with statements(new_town) as heard:
            page = desk.get(address).text
        cost.append(len(heard))
        seen += [int(each) for each in re.findall(r'id="k(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == sorted(numbers, reverse=True)
    assert len(cost) == 3 and max(cost) <= 6, cost
    answer = desk.post("/meja/calon/bukan", data={"id": seen[30], "tampak": "laporan", "sebelum": str(seen[24])})
    assert answer.headers["Location"] == f"/meja/calon?tampak=laporan&sebelum={seen[24]}", "back to the same place"


def test_a_long_comment_is_cut_on_the_page_and_whole_below(town, office):
    number = hear(town, HOLE.format("dan " * 300 + "ujungnya di sini"))
    said = entry(office.desk("citra").get("/meja/calon").text, number)
    assert (
        "Baca semuanya" in said and "ujungnya di sini" in said.partition("<details")[2] and "ujungnya" not in said.partition("<details")[0]
    )
