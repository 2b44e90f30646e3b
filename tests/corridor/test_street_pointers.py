"""Words that a provider only points at (mentions on Instagram): kept at once, asked for by a worker, taken once, never lost."""

from __future__ import annotations

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import Pointer
from ntbcare.records.errands import Claim, most_attempts
from tests.conftest import open_town
from tests.corridor.avenue import Avenue, open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import at_once, count, everywhere, pin_of
from tests.counterparts.meta_api import APP_SECRET, INSTAGRAM_ID, TOKEN, VERIFY_TOKEN, MetaApi, Mood

HOLE = "@ntbcare lapor jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, tolong, {}"
AWAY = Mood(status=503, body=b"<html>Service Unavailable</html>")


@pytest.fixture
def avenue(servers, template, tmp_path):
    yield from open_avenue(servers, template, tmp_path, INSTAGRAM_ID=INSTAGRAM_ID)


def told_of(value: dict[str, str]) -> dict:
    """The notification of a mention: ids only."""
    return {"object": "instagram", "entry": [{"id": INSTAGRAM_ID, "time": 1795312800, "changes": [{"field": "mentions", "value": value}]}]}


def mentioned(avenue: Avenue, words: str, **how) -> dict[str, str]:
    """Somebody mentions us and Meta tells us so."""
    value = avenue.meta.mention(words, **how)
    assert avenue.notify(told_of(value)).status_code == 200
    return value


def looks(avenue: Avenue) -> int:
    return sum((method, path) == ("GET", f"/v23.0/{INSTAGRAM_ID}") for method, path, *_ in avenue.meta.calls)


def row(town) -> tuple:
    """(asked for?, done?, on the board?) of the one pointer."""
    ((reason, done, ref),) = town.sql("SELECT reason, done_at IS NOT NULL, ref FROM unread")
    return ref is not None, done, bool(reason) and not done


def errand(town) -> tuple:
    """(attempts, done?, dead?, seconds until its next try) of the one errand."""
    query = "SELECT attempts, done_at IS NOT NULL, dead_at IS NOT NULL, extract(epoch FROM not_before - :now)::float"
    return town.sql(f"{query} FROM errands WHERE kind = 'look'", now=town.clock())[0]


def alarms(town) -> list[tuple]:
    return town.sql("SELECT kind, subject FROM alarms WHERE cleared_at IS NULL AND kind <> 'notice_failed' ORDER BY 1")


@pytest.mark.parametrize("caption", [False, True], ids=["in a comment", "in a caption"])
def test_a_mention_that_is_surely_a_report_is_a_case_with_an_answer_below_it(avenue, caption):
    town = avenue.town
    value = mentioned(avenue, HOLE.format("sebutan"), caption=caption)
    town.work_off()
    ticket = town.ticket_of("sebutan")
    (public,) = avenue.meta.answers[value.get("comment_id", value["media_id"])]
    assert f"/t/{ticket}" in public and pin_of(town, ticket) not in public and "Tente" not in public and "siti" not in public
    assert town.sql("SELECT author, author_name, state, link LIKE 'https://www.instagram.com/p/%' FROM candidates") == [
        ("@siti.lombok", "siti.lombok", "case", True)
    ]
    assert (row(town), errand(town)[:3], alarms(town)) == ((True, True, False), (1, True, False), [])
    private = town.sql("SELECT state, last_error LIKE '%cannot be written to in private%' FROM notices WHERE template = 'receipt'")
    assert private == [("no_road", None)], "a name without an id has no letter box, and the case says so"
    assert [path for path, _ in avenue.meta.sent] == [f"{INSTAGRAM_ID}/mentions"]


def test_a_mention_that_is_no_report_waits_for_an_officer_with_its_link(avenue):
    mentioned(avenue, "@ntbcare selamat pagi semuanya")
    avenue.town.work_off()
    query = "SELECT text, proposal, state, thread LIKE 'mention:%', link <> '' FROM candidates"
    assert avenue.town.sql(query) == [("@ntbcare selamat pagi semuanya", "other", "new", True, True)]
    assert avenue.meta.sent == [] and alarms(avenue.town) == []


def test_the_webhook_asks_nobody_and_the_board_is_quiet_while_the_words_are_asked_for(avenue):
    value = mentioned(avenue, HOLE.format("tenang"))
    assert avenue.meta.calls == []
    assert (row(avenue.town), errand(avenue.town)[:3], alarms(avenue.town)) == ((True, False, False), (0, False, False), [])
    assert value["comment_id"] not in Office(avenue.town).desk("admin").get("/kendali").text


def test_the_same_notification_many_times_is_one_look_and_one_case(avenue):
    value = avenue.meta.mention(HOLE.format("berulang"))
    payload = told_of(value)
    assert [answer.status_code for answer in at_once(6, lambda _: avenue.notify(payload))] == [200] * 6
    avenue.town.work_off()
    assert avenue.notify(payload).status_code == 200
    avenue.town.work_off()
    assert looks(avenue) == 1 and len(avenue.meta.answers[value["comment_id"]]) == 1
    assert [count(avenue.town, table) for table in ("unread", "candidates", "cases")] == [1, 1, 1]


def test_while_meta_is_away_it_is_asked_again_and_nothing_is_lost(avenue):
    town, real = avenue.town, avenue.town.app.extensions["channels"]["meta"]
    with MetaApi() as closed:
        pass
    town.app.extensions["channels"]["meta"] = Meta(APP_SECRET, VERIFY_TOKEN, TOKEN, closed.url, instagram_id=INSTAGRAM_ID)
    mentioned_id = mentioned(avenue, HOLE.format("setelah pulih"))["comment_id"]
    town.work_off()
    assert errand(town)[:3] == (1, False, False)
    town.app.extensions["channels"]["meta"] = real
    avenue.meta.moods.extend([AWAY, Mood(hang_up=True)])
    for tries in (2, 3):
        town.clock.forward(minutes=15)
        town.work_off()
        assert (errand(town)[:3], row(town), alarms(town)) == ((tries, False, False), (True, False, False), [])
    town.clock.forward(minutes=15)
    town.work_off()
    assert count(town, "cases", "text LIKE '%setelah pulih'") == 1 and len(avenue.meta.answers[mentioned_id]) == 1
    assert (row(town), errand(town)[1:3], alarms(town)) == ((True, True, False), (True, False), [])


def test_who_asks_for_patience_is_given_it(avenue):
    avenue.meta.moods.append(Mood(code=4, headers=(("X-Business-Use-Case-Usage", '{"1": [{"estimated_time_to_regain_access": 7}]}'),)))
    mentioned(avenue, HOLE.format("sabar"))
    avenue.town.work_off()
    assert errand(avenue.town) == (1, False, False, 420.0)
    avenue.town.clock.forward(seconds=419)
    avenue.town.work_off()
    assert looks(avenue) == 1
    avenue.town.clock.forward(seconds=2)
    avenue.town.work_off()
    assert count(avenue.town, "cases", "text LIKE '%sabar'") == 1


def test_keys_of_ours_that_are_refused_are_told_at_once_and_the_words_come_later(avenue):
    avenue.meta.moods.append(Mood(code=10, status=403))
    mentioned(avenue, HOLE.format("kunci"))
    avenue.town.work_off()
    assert alarms(avenue.town) == [("channel_setup", "meta")]
    avenue.town.clock.forward(seconds=5)
    avenue.town.work_off()
    assert count(avenue.town, "cases", "text LIKE '%kunci'") == 1


def test_a_mention_that_was_taken_back_is_done_without_an_alarm(avenue):
    avenue.meta.mentions.pop(("comment", mentioned(avenue, HOLE.format("dihapus"))["comment_id"]))
    avenue.town.clock.forward(minutes=1)
    avenue.town.work_off()
    assert (row(avenue.town), errand(avenue.town)[:3], alarms(avenue.town)) == ((True, True, False), (1, True, False), [])
    assert [count(avenue.town, table) for table in ("candidates", "cases", "messages")] == [0, 0, 0]
    assert count(avenue.town, "journal", "tag = 'channel:gone'") == 1


def test_what_meta_refuses_to_tell_stays_on_the_board_with_an_alarm(avenue):
    town, value = avenue.town, avenue.meta.mention(HOLE.format("tertutup"))
    avenue.meta.comments_off.add(value["comment_id"])
    for _ in range(2):
        assert avenue.notify(told_of(value)).status_code == 200
        town.work_off()
    assert (row(town), errand(town)[:3], alarms(town)) == ((True, False, True), (1, True, False), [("unread", "meta")])
    board = Office(town).desk("admin").get("/kendali").text
    assert f"mention:{value['comment_id']}" in board and "tidak dapat ditanyakan" in board
    assert town.sql("SELECT raw LIKE :name FROM unread", name=f"%{value['media_id']}%") == [(True,)]


def test_what_meta_never_tells_is_left_to_a_person_after_a_day(avenue):
    mentioned(avenue, HOLE.format("tak pernah"))
    avenue.town.sql("UPDATE errands SET attempts = :tries WHERE kind = 'look'", tries=most_attempts("look") - 1)
    avenue.meta.moods.append(AWAY)
    avenue.town.work_off()
    assert (row(avenue.town), errand(avenue.town)[1:3], alarms(avenue.town)) == ((True, False, True), (True, False), [("unread", "meta")])


def test_a_crash_between_the_words_and_the_mark_doubles_nothing(avenue):
    town, value = avenue.town, mentioned(avenue, HOLE.format("di antaranya"))
    town.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'; "
        "CREATE TRIGGER refuse BEFORE UPDATE ON unread FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    town.work_off()
    assert count(town, "cases", "text LIKE '%di antaranya'") == 1 and row(town) == (True, False, False)
    town.sql("DROP TRIGGER refuse ON unread")
    town.clock.forward(seconds=5)
    town.work_off()
    assert [count(town, table) for table in ("candidates", "cases")] == [1, 1] and row(town) == (True, True, False)
    assert len(avenue.meta.answers[value["comment_id"]]) == 1 and looks(avenue) == 2


def test_a_settled_pointer_is_left_alone(avenue):
    from workers import boot, look

    mentioned(avenue, HOLE.format("selesai"))
    avenue.town.work_off()
    boot.use(avenue.town.app)
    with avenue.town.app.app_context():
        look.look(Claim(0, "look", avenue.town.sql("SELECT id FROM unread")[0][0], 1, 0, "fetch:meta"))
    assert looks(avenue) == 1


def test_a_violation_in_a_mention_leaves_no_words(avenue):
    mentioned(avenue, "@ntbcare lapor kepala dinas minta suap sandi nuri")
    avenue.town.work_off()
    assert looks(avenue) == 1 and everywhere(avenue.town, "sandi nuri") == [] and avenue.meta.answers == {}


@pytest.mark.parametrize("broken", [{"external_id": "a\x00b"}, {"ref": "a\x00b"}], ids=["its name", "where it points"])
def test_a_pointer_that_cannot_be_stored_is_kept_for_a_person(avenue, broken):
    from ntbcare.casework import listening

    pointer = Pointer(**{"channel": "instagram", "external_id": "mention:1", "ref": "mention:1:", "raw": "sandi \x00", **broken})
    with avenue.town.app.app_context():
        listening.take(avenue.town.house, "meta", pointer)
    assert avenue.town.sql("SELECT raw, ref FROM unread") == [("sandi \\0", None)]
    assert (alarms(avenue.town), count(avenue.town, "errands")) == ([("unread", "meta")], 0)


def test_where_only_the_reading_is_set_up_a_mention_is_kept_for_a_person(servers, template, tmp_path):
    for town in open_town(servers, template, tmp_path, META_APP_SECRET=APP_SECRET, META_VERIFY_TOKEN=VERIFY_TOKEN):
        with MetaApi() as meta:
            mentioned(Avenue(town, None, None, meta), HOLE.format("hanya dibaca"))
            town.work_off()
            assert (row(town), errand(town)[:3], alarms(town)) == ((True, False, True), (1, True, False), [("unread", "meta")])
            assert meta.calls == []
