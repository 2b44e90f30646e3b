"""Two people act at the same moment: one wins, the other is told and loses no words."""

from __future__ import annotations

import threading
from collections import Counter


def at_once(*acts):
    """Run acts together, each in its own thread; their answers in the order of the acts."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        gate.wait()
        answers[position] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _at_the_clinic(town, words):
    assert town.api(text=words, category="kesehatan", region="52.06.03").status_code == 201
    town.work_off()
    return town.ticket_of(words)


def test_of_two_officers_one_wins_and_the_other_keeps_the_words(town):
    ticket = _at_the_clinic(town, "Puskesmas Woha tutup siang hari")
    version = town.case(ticket)["version"]
    desks = [town.desk("halim"), town.desk("halim")]
    words = ["Sudah kami tegur kepala puskesmas.", "Besok kami periksa ke sana."]

    def answer(desk, said):
        return desk.post(f"/meja/{ticket}/answer", data={"version": version, "words": said})

    answers = at_once(*[lambda d=desk, w=said: answer(d, w) for desk, said in zip(desks, words, strict=True)])
    assert Counter(a.status_code for a in answers) == {303: 1, 409: 1}
    loser = next(n for n, a in enumerate(answers) if a.status_code == 409)
    assert words[loser] in answers[loser].text
    told = [row[0] for row in town.sql("SELECT body FROM journal WHERE tag = 'case:answer' AND case_id = :id", id=town.case(ticket)["id"])]
    assert len(told) == 1 and words[1 - loser] in told[0]


def test_two_taps_on_the_poll_are_one_rating(town):
    number = "+6281234560777"
    town.sms(number, "Obat di puskesmas Woha Kabupaten Bima habis")
    town.work_off()
    ticket = town.ticket_of("Obat di puskesmas Woha Kab")
    assert town.act(town.desk("halim"), ticket, "respond", words="Sudah dikirim.").status_code == 303
    town.work_off()
    town.sms(number, "YA")
    town.work_off()
    answers = at_once(lambda: town.sms(number, "5"), lambda: town.sms(number, "1"), lambda: town.sms(number, "5"))
    assert [a.status_code for a in answers] == [200, 200, 200]
    town.work_off()
    scores = town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"])
    rated = town.sql("SELECT count(*) FROM journal WHERE tag = 'poll:rated' AND case_id = :id", id=town.case(ticket)["id"])
    assert len(scores) == 1 and scores[0][0] in (1, 5) and rated == [(1,)]


def test_a_case_is_triaged_once_by_however_many_workers(town):
    for number in range(6):
        town.api(text=f"Got mampet di gang {number}", category="drainase_irigasi", region="52.71.02")
    from workers import boot, errands

    boot.use(town.app)
    at_once(*[lambda: errands.run("work") for _ in range(3)])
    town.work_off()
    doubled = town.sql("SELECT case_id FROM journal WHERE tag = 'case:triaged' GROUP BY case_id HAVING count(*) > 1")
    missing = town.sql("SELECT count(*) FROM cases WHERE triaged_at IS NULL")
    assert doubled == [] and missing == [(0,)]
