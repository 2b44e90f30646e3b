"""Which words may become the name of a place: what is refused whoever asks, and what is asked about once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ntbcare.casework import learning
from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import Role
from ntbcare.reading import everyday, features, reader, roles
from ntbcare.reading.names import bare, compact
from ntbcare.reading.phrases import stem
from ntbcare.reading.places import LONGEST, RegionRow
from ntbcare.reading.plain import FILLERS, split
from ntbcare.records.cases import Case
from ntbcare.records.reference import Reference
from ntbcare.records.work import Work

SHORTEST = 3  # letters of a name
SAMPLE = timedelta(days=30)
_MOST_CASES = 500
_COMMON_FROM = 3  # a phrase of more texts than this is no name of one place
_ORDINARY = frozenset(everyday.MARKS).union(
    everyday.HARD, everyday.SOFT, everyday.NEVER_GUESS, everyday.NOT_PLACES, everyday.STREETS, everyday.STREET_FILL, everyday.OFFICES,
    everyday.STATES, everyday.VERY, everyday.CLAUSE, FILLERS, features.EMPTY, roles.GOING, roles.AROUND, roles.LINKS,
    reader.GREETING, reader.THANKS, reader.TEST, reader.POLITE,
)  # fmt: skip
_AROUND_A_NAME = frozenset(everyday.MARKS).union(roles.HERE, roles.AWAY, roles.LIVING, roles.LINKS)


def within(work: Work, region: str) -> bool:
    """Does a place lie where this actor may name places? A coordinator's own region, everywhere for an admin."""
    own = work.actor.region
    return work.actor.role is Role.ADMIN or (own is not None and (region == own or region.startswith(f"{own}.")))


def ordinary(word: str) -> bool:
    """Is this folded word one of the everyday words that place reading knows?"""
    return word in _ORDINARY or roles.place_follows(word, "")


def refuse(work: Work, name: str, region: str) -> None:
    """Raises BadInput for words that would bend the reading of other people's reports: everyday words, the name of another region, a
    phrase that many texts hold. `name`: folded words with single spaces."""
    words = name.split()
    taken = _taken(work, name, region)
    if taken:
        raise BadInput("words", f"“{name}” sudah nama {work.ref.region_name(taken)}, jadi tidak dapat dipakai untuk tempat lain.")
    if all(_says_no_place(work.ref, word, len(words) == 1) for word in words) or _run_together(work.ref, compact(name)):
        raise BadInput("words", f"“{name}” kata sehari-hari, jadi laporan lain akan salah terbaca. Tulis nama tempatnya saja.")
    count = _texts_with(work, compact(name), region)
    if count > _COMMON_FROM:
        raise BadInput(
            "words",
            f"“{name}” juga ada dalam {count} tulisan lain, jadi laporan seperti itu akan salah terbaca. Tulis nama yang lebih khusus.",
        )


def doubt(work: Work, name: str, region: str) -> str:
    """Why words that are not refused need a second look: another place is called so, too; "" when none is."""
    others = [code for code in work.ref.gazetteer.named(name) if code != region]
    return f"“{name}” juga nama {work.ref.region_name(others[0])}. Centang “Saya yakin” bila tetap mau." if others else ""


def _says_no_place(ref: Reference, word: str, alone: bool) -> bool:
    """Is this a word of every day, of a topic or of danger? Names that need a little evidence ('sila') are one only when they stand alone."""
    if len(word) < SHORTEST or not word.isalpha() or ref.plain.expansion(word):
        return True
    if word in everyday.SOFT and not alone:
        return False
    emergency = {piece for call in ref.emergency for phrase in call.words for piece in split(phrase)[0]}
    return any(ordinary(one) or one in ref.lexicon.words or one in emergency for one in (word, stem(word)))


def _run_together(ref: Reference, key: str) -> bool:
    """Can `key` be taken apart into words of topics and dangers ('airmati')? The reader sees no gaps between words."""
    apart = [True] + [False] * len(key)
    for end in range(SHORTEST, len(key) + 1):
        starts = range(end - SHORTEST + 1)
        apart[end] = any(apart[start] and key[start:end] in ref.lexicon.words and key[start:end] not in everyday.SOFT for start in starts)
    return apart[-1]


def _taken(work: Work, name: str, region: str) -> str | None:
    """Another region that bears this name, also behind a title ('kecamatan woha') or a preposition, or a regency of this nickname. Villages
    of one name in the actor's own region are only asked about, and so is the nickname of another village or district."""
    ref, words = work.ref, name.split()
    while len(words) > 1 and words[0] in _AROUND_A_NAME:
        words = words[1:]
    while len(words) > 1 and words[-1] in everyday.MARKS:
        words = words[:-1]
    province = ref.regions.get(ref.province)
    if province is not None and compact(name) == compact(province.name):
        return province.code
    for said in (name, " ".join(words)):
        called = ref.gazetteer.named(said)
        bearers = [code for code in called if _own_name(ref, code) in ref.gazetteer.keys(said)]
        ambiguous = len(bearers) > 1 and all(ref.regions[code].level == "village" and within(work, code) for code in bearers)
        for code in called:
            if code != region and (ref.regions[code].level == "regency" or (code in bearers and not ambiguous)):
                return code
    return None


def _own_name(ref: Reference, code: str) -> str:
    row = ref.regions[code]
    return compact(bare(RegionRow(row.code, row.name, row.level, row.parent, row.type)))


def _texts_with(work: Work, key: str, region: str) -> int:
    """In how many texts words stand that are read as `key`: examples of the seed, and cases of the last month that nobody protects.

    Cases that lie in the place taught, or of which only a larger place around it is known, speak for the name and are not counted.
    """
    columns = (Case.text, Case.region)
    query = select(*columns).where(Case.received_at >= work.now - SAMPLE, learning.unguarded(work.ref))
    rows = work.session.execute(query.order_by(Case.id.desc()).limit(_MOST_CASES))
    texts = [" ".join(split(row.text)[0]) for row in rows if not _near(work.ref, row.region, region)]
    carried = learning.carried_words(work.house.seed) if work.house.seed else ()
    return sum(_holds(text, key) for text in (*carried, *texts))


def _near(ref: Reference, one: str | None, other: str) -> bool:
    """Does one place lie in the other? The whole province says nothing."""
    return one is not None and one != ref.province and (f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."))


def _holds(text: str, key: str) -> bool:
    """Do neighbouring words of a text spell `key`, however they are divided? So the reader finds names: 'mati lampu' is 'matilampu'."""
    if key not in text.replace(" ", ""):
        return False
    words = text.split()
    return any("".join(words[i : i + size]) == key for i in range(len(words)) for size in range(1, LONGEST + 1))
