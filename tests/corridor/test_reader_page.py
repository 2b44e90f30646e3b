"""The reader's page: what it decided alone, where people disagreed, which model reads; and what a model may never have learned."""

from __future__ import annotations

import pytest

from ntbcare.casework import learning, readerboard
from ntbcare.casework.readerboard import Line, Share
from ntbcare.domain.permissions import Actor, Role
from ntbcare.reading.model import Model
from ntbcare.reading.training import Example
from tests.corridor.looking import CLINIC, RIDDLE, ROAD, at_once, by_form, count, statements

PAGE = "/kendali/pembaca"
LABELLED = [
    Example(words.format(number), topic, kind, urgency)
    for number in range(6)
    for words, topic, kind, urgency in (
        ("jalan rusak dan berlubang di kampung {}", "jalan_jembatan", "complaint", "biasa"),
        ("obat di puskesmas kosong, antre lama {}", "kesehatan", "aspiration", "penting"),
    )
]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A seed folder without examples."""
    return tmp_path_factory.mktemp("seed")


def trained(town, folder, *, activate: bool = False, more: list[Example] | None = None) -> str:
    """Train on a handful of texts and the confirmed cases. Returns the version."""
    with town.app.app_context(), town.work() as work:
        card = learning.train(work, folder, labelled=[*LABELLED, *(more or [])], activate=activate)
        work.commit()
        return card["version"]


def active(town) -> list[str]:
    return [row[0] for row in town.sql("SELECT version FROM models WHERE active")]


def reads_with(town) -> str:
    """The model with which a process of this house reads now."""
    with town.app.app_context():
        return town.house.reference().topics.version


def figures(town) -> readerboard.ReaderBoard:
    with town.app.app_context(), town.work(Actor(Role.ADMIN, 1)) as work:
        return readerboard.read(work)


def ticket(town, **fields: object) -> str:
    answer = town.api(**fields)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["ticket"].replace("-", "")


def test_only_coordinators_and_admins_see_the_page_and_only_admins_choose_a_model(town, office, empty):
    kept = trained(town, empty)
    for who in ("imran", "citra", "admin"):
        page = office.desk(who).get(PAGE)
        assert page.status_code == 200 and kept in page.text and active(town)[0] in page.text
        assert ("Pakai yang ini" in page.text) is (who == "admin")
    for who in ("bagus", "gubernur", "inspektur"):
        assert office.desk(who).get(PAGE).status_code == 403
        assert office.desk(who).post(f"{PAGE}/pakai", data={"version": kept}).status_code == 403
    assert office.desk("imran").post(f"{PAGE}/pakai", data={"version": kept}).status_code == 403
    assert kept not in active(town)
    assert f'href="{PAGE}"' in office.desk("imran").get("/meja").text and f'href="{PAGE}"' in office.desk("admin").get("/kendali").text


def test_the_active_model_is_shown_with_what_was_measured(town, office):
    page = office.desk("admin").get(PAGE).text
    card = town.sql("SELECT card FROM models WHERE active")[0][0]
    assert f"{card['texts']} tulisan" in page
    assert f"mulai yakin {card['topic']['decides_from'] * 100:.0f} %" in page
    told = card["topic"]["classes"]["kesehatan"]
    row = page.partition("Ketepatan model menurut topik")[2].partition("Kesehatan")[2].partition("</tr>")[0]
    assert f">{told['texts']}<" in row and f">{told['found'] * 100:.0f} %<" in row and f">{told['right_when_said'] * 100:.0f} %<" in row


def test_another_model_reads_in_every_process_within_seconds_and_the_book_says_who_chose_it(town, office, empty):
    kept, before = trained(town, empty), active(town)
    assert [reads_with(town)] == before
    admin = office.desk("admin")
    assert admin.post(f"{PAGE}/pakai", data={"version": kept}).status_code == 303
    assert active(town) == [kept]
    town.clock.forward(seconds=4)
    assert reads_with(town) == kept
    body = town.sql("SELECT body, actor FROM journal WHERE tag = 'reader:activated'")
    assert len(body) == 1 and kept in body[0][0] and before[0] in body[0][0] and body[0][1].startswith("admin:")
    assert admin.post(f"{PAGE}/pakai", data={"version": kept}).status_code == 303
    assert count(town, "journal", "tag = 'reader:activated'") == 1, "what is used already is not chosen again"
    assert admin.post(f"{PAGE}/pakai", data={"version": "tidak.ada"}).status_code == 404
    assert active(town) == [kept]
    assert admin.post(f"{PAGE}/pakai", data={"version": before[0]}).status_code == 303
    town.clock.forward(seconds=4)
    assert [reads_with(town)] == active(town) == before


def test_of_two_admins_who_choose_at_once_one_model_is_active(town, office, empty):
    before, versions = active(town), [trained(town, empty, more=[Example(f"lampu jalan mati {n}", "kesehatan")]) for n in (1, 2)]
    desks = [town.desk("admin"), town.desk("admin")]
    for round_ in range(3):
        answers = at_once(2, lambda number: desks[number].post(f"{PAGE}/pakai", data={"version": versions[number]}))
        assert [one.status_code for one in answers] == [303, 303], round_
        assert len(active(town)) == 1
        assert office.desk("admin").post(f"{PAGE}/pakai", data={"version": before[0]}).status_code == 303


def test_a_model_trained_on_the_command_line_reads_within_seconds(new_town, empty):
    before = reads_with(new_town)
    version = trained(new_town, empty, activate=True)
    assert active(new_town) == [version]
    new_town.clock.forward(seconds=4)
    assert reads_with(new_town) == version != before


def test_the_page_costs_at_most_eight_statements(town, office):
    for who in ("admin", "citra"):
        desk = office.desk(who)
        desk.get(PAGE)
        with statements(town) as seen:
            assert desk.get(PAGE).status_code == 200
        assert len(seen) <= 8, seen


def test_a_corrected_case_is_learned_with_its_corrected_topic(town, office):
    sent = ticket(town, text=CLINIC.format("loket nomor tujuh"), anonymous=False)
    town.work_off()
    assert office.desk("halim").post(f"/meja/{sent}/topik", data={"category": "perhubungan"}).status_code == 303
    office.act("halim", sent, "respond", words="Sudah kami tata bersama petugas parkir.")
    with town.app.app_context(), town.work() as work:
        learned = {example.text: example.topic for example in learning.confirmed(work)}
    assert [topic for words, topic in learned.items() if "loket nomor tujuh" in words] == ["perhubungan"]


def test_no_word_of_who_asked_for_protection_and_no_number_of_anybody_is_in_a_model(town, office, empty):
    said = CLINIC.format("saya Zulkarnaenudin, hp 081998877665, tolong {}")
    sent = {
        "anonymous": by_form(town, said.format("anonim"), town.browser(), anonymous="1", name="Zulkarnaenudin"),
        "confidential": by_form(town, said.format("rahasia"), town.browser(), confidential="1", name="Zulkarnaenudin"),
        **{n: by_form(town, CLINIC.format(f"terbuka {n}, hp 081998877665"), town.browser()) for n in ("satu", "dua", "tiga")},
    }
    town.work_off()
    for answer in sent.values():
        case = answer.headers["Location"][-9:]
        desk = "halim" if town.case(case)["state"] == "dispositioned" else "imran"
        assert desk == "halim", "it was sent to the unit"
        office.act("halim", case, "respond", words="Obatnya sudah datang.")
    version = trained(town, empty)
    body, card = town.sql("SELECT body, card FROM models WHERE version = :version", version=version)[0]
    model = Model.load(bytes(body))
    assert card["from_cases"] >= 3 and any("terbuka" in term or "buka" in term for term in model.vocabulary), "the open cases were learned"
    known = [*model.vocabulary, *model.stems.known, *model.stems.known.values()]
    assert not [term for term in known if "zulkarn" in term or "8877665" in term or "081998" in term]


def test_the_figures_count_what_they_say(new_town, office_of):
    town, office = new_town, office_of(new_town)
    roads = [ticket(town, text=ROAD.format(f"angka {n}")) for n in range(12)]
    clinics = [ticket(town, text=CLINIC.format(f"angka {n}")) for n in range(2)]
    riddles = [ticket(town, text=RIDDLE.format(f"angka {n}")) for n in range(2)]
    tip = ticket(town, text=ROAD.format("hanya kabar"), kind="tip")
    town.work_off()
    for one in roads[:3]:
        office.act("bagus", one, "hand_back", words="Bukan ruas kami.", unit="0" if one == roads[0] else office.unit("prov.pupr"))
    for one in roads[3:5]:
        assert office.desk("bagus").post(f"/meja/{one}/topik", data={"category": "kesehatan"}).status_code == 303
    for category in ("kesehatan", town.case(roads[0])["category"]):  # put wrong, and right again
        assert office.desk("bagus").post(f"/meja/{roads[5]}/topik", data={"category": category}).status_code == 303
    told = figures(town)
    assert len(roads + clinics + riddles) == told.alone.of == 16, f"the tip {tip} is not counted"
    assert told.alone.part == 14 and told.corrected == (2, 14)
    (road,) = told.topics.enough
    assert (road.share, road.share.words, road.beside) == ((2, 12), "2 dari 12 (17\u00a0%)", "3 laporan")
    (clinic,) = told.topics.few
    assert (clinic.label, clinic.share.words) == ("Kesehatan", "0 dari 2"), "two reports are no percentage"
    (rule,) = told.rules.enough
    assert rule.share == (3, 12) and len(told.rules.few) == 1
    assert [(line.label, line.share) for line in told.handed_back] == [
        (town.sql("SELECT name FROM units WHERE code = '52.06.pupr'")[0][0], (1, 3))
    ]
    assert told.drift[0].startswith("Belum cukup untuk membandingkan laporan yang tidak dapat dipilah sendiri")
    page = office.desk("admin").get(PAGE).text
    for words in ("2 dari 12 (17\u00a0%)", "3 dari 12 (25\u00a0%)", "14 dari 16 (88\u00a0%)", "3 laporan", "Kurang dari 10 laporan"):
        assert words in page, words
    town.clock.forward(days=31)
    for n in range(8):
        ticket(town, text=RIDDLE.format(f"bulan kedua {n}"))
        ticket(town, text=CLINIC.format(f"bulan kedua {n}"))
    town.work_off()
    told = figures(town)
    assert told.alone == (8, 16), "what is older than 30 days is not in the figures of this month"
    assert told.drift[0] == (
        "Bulan ini 300 % lebih banyak laporan yang tidak dapat dipilah sendiri: 8 dari 16 (50\u00a0%), sebulan sebelumnya 2 dari 16 (12\u00a0%)."
    )
    assert told.drift[2].startswith("Belum cukup laporan untuk membandingkan sebaran topik: bulan ini 8")


def test_a_change_is_told_by_the_share_and_not_by_how_busy_a_month_was():
    what = "laporan yang tidak dapat dipilah sendiri"
    assert readerboard.change(what, Share(28, 100), Share(25, 100)).startswith(f"Bulan ini 12 % lebih banyak {what}: 28 dari 100")
    assert readerboard.change(what, Share(20, 200), Share(10, 100)).startswith(f"Bulan ini sama banyaknya {what}")
    assert readerboard.change(what, Share(5, 100), Share(10, 100)).startswith(f"Bulan ini 50 % lebih sedikit {what}")
    assert readerboard.change(what, Share(0, 50), Share(0, 50)) == f"Bulan ini dan sebulan sebelumnya tidak ada {what}."
    assert readerboard.change(what, Share(3, 50), Share(0, 50)).startswith(f"Bulan ini ada {what}: 3 dari 50")
    assert readerboard.change(what, Share(9, 9), Share(50, 100)).startswith("Belum cukup")


def test_what_chance_alone_does_is_no_change_of_topics():
    same, chance = readerboard.stability({"a": 300, "b": 700}, {"a": 310, "b": 690})
    assert same < 0.01
    other, _ = readerboard.stability({"a": 700, "b": 300}, {"a": 300, "b": 700})
    assert other > readerboard.SHIFTED and other > chance
    few, of_few = readerboard.stability({"a": 6, "b": 4}, {"a": 4, "b": 6})
    assert few < 2 * of_few
    assert readerboard.stability({"a": 10}, {"b": 10})[0] < 10, "a topic that is new is no infinity"


def test_small_numbers_are_listed_and_not_ranked():
    lines = [Line("c", Share(1, 100)), Line("b", Share(9, 9)), Line("a", Share(0, 3)), Line("d", Share(50, 100))]
    found = readerboard.ranked(lines)
    assert [one.label for one in found.enough] == ["d", "c"] and [one.label for one in found.few] == ["a", "b"]
