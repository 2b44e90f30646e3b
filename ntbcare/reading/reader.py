"""Topic, kind and urgency of a text: what must never be left to chance by rule, the rest by the model, and nothing when unsure."""

from __future__ import annotations

from ntbcare.reading.features import heard, tokens
from ntbcare.reading.model import Guess, Model
from ntbcare.reading.plain import split, table
from ntbcare.reading.topics import Lexicon, TopicReading

NOT_A_REPORT = "bukan."
"""Classes of the topic head for what is no report at all: bukan.sapaan, bukan.tes, bukan.iklan, bukan.kasar, bukan.jam_buka, bukan.pujian."""
SEALED_FROM = 0.5
"""Probability from which a topic with few readers is taken: a wrong one is passed on, an open desk cannot unread it."""
OPENING_HOURS = "jam_buka"
LEXICON_VERSION = "lexicon"
_MOST_COURTEOUS = 12
CLEAR = 0.8
"""Probability from which kind and urgency are taken from the model where no word says them."""


GREETING = table("selamat pagi siang sore malam halo hallo hai hi hello assalamualaikum salam permisi punten tabik p misi wr wb")
THANKS = table("terima terimakasih kasih makasih trims thanks matur tampi asih suksma mantap keren")
TEST = table("tes test testing coba uji ping")
POLITE = table(
    "pak bu bapak ibu mas mbak min admin kak yth dong ya banyak atas bantuannya semua gubernur bupati walikota petugas sekali lagi saja "
    "untuk kami saya ini sudah dibantu nggih om bang tuan guru"
)


def _courtesy(text: str) -> str | None:
    """A text of nothing but polite words: pujian, tes or sapaan. No model is needed for "selamat pagi"."""
    words = [word for word in split(text)[0] if not word.isdigit()]
    if not words or len(words) > _MOST_COURTEOUS or not all(w in GREETING or w in THANKS or w in TEST or w in POLITE for w in words):
        return None
    kinds = (("tes", TEST), ("pujian", THANKS), ("sapaan", GREETING))
    return next((sort for sort, known in kinds if any(word in known for word in words)), None)


class Topics:
    """Reads topics with the lexicon alone or together with a model. `model` None: the lexicon answers as it does without one."""

    def __init__(self, lexicon: Lexicon, model: Model | None = None) -> None:
        self.lexicon, self._model = lexicon, model
        self.version = model.version if model else LEXICON_VERSION
        self.sure_from = float(model.card["topic"]["decides_from"]) if model else 0.5

    def read(self, text: str) -> TopicReading:
        """One text; never raises for any text. `category` is None below the probability from which the model was reliable when measured.

        Misconduct and closed topics are found by rule; what the rules say of kind and emergency stands.
        """
        told = self.lexicon.read(text)
        if self._model is None:
            return told
        courtesy = _courtesy(text)
        if courtesy:
            return told._replace(category=None, confidence=0.0, sort=courtesy, version=self.version)
        found = tokens(self.lexicon.plain, self._model.stems, text)
        said = heard(told.scores)
        guesses = self._model.ask("topic", found, said)
        told = self._manner(told, found, said)
        if told.kind == "violation" or not guesses:
            return told._replace(version=self.version)
        if self.lexicon.is_sealed(told.category) and self._model.knows(told.category):
            return told._replace(version=self.version)  # few words of a topic with few readers are enough: its desk can pass a case on
        topics = [guess for guess in guesses if not guess.code.startswith(NOT_A_REPORT) and guess.code in self.lexicon.names]
        sort = guesses[0].code.removeprefix(NOT_A_REPORT) if guesses[0] not in topics and guesses[0].probability >= self.sure_from else None
        if sort == OPENING_HOURS:  # a question is somebody's to answer: of which office, say the topics that remain
            left = sum(guess.probability for guess in topics)
            topics = [guess._replace(probability=guess.probability / left) for guess in topics]
        ranked = tuple((guess.code, round(guess.probability, 3)) for guess in topics)
        if (sort and sort != OPENING_HOURS) or not topics:
            return told._replace(category=None, confidence=0.0, detail=None, ranked=ranked, sort=sort, version=self.version)
        best = topics[0]
        because, words = self._because(told, best, topics[1:])
        sure = best.probability >= (SEALED_FROM if self.lexicon.is_sealed(best.code) else self.sure_from)
        return told._replace(
            category=best.code if sure else None, confidence=round(best.probability, 2), words=words, because=because, ranked=ranked,
            detail=self.lexicon.detail(best.code, told.scores) if sure else None, version=self.version, sort=sort,
        )  # fmt: skip

    def tells_violation(self, text: str) -> bool:
        """Does this text speak of misconduct in clear words?"""
        return self.lexicon.tells_violation(text)

    def _manner(self, told: TopicReading, found: list[str], said: dict[str, float]) -> TopicReading:
        """Kind and urgency, where no word of the rules says them and the model is clear. An emergency is made by words only."""
        assert self._model is not None
        if not told.kind_words and told.kind in (None, "complaint"):
            kinds = self._model.ask("kind", found, said, most=1)
            if kinds and kinds[0].probability >= CLEAR and kinds[0].code != "violation":
                told = told._replace(kind=kinds[0].code)
        if told.urgency == "biasa":
            urgency = self._model.ask("urgency", found, said, most=1)
            if urgency and urgency[0].code != "biasa" and urgency[0].probability >= CLEAR:
                told = told._replace(urgency="penting")
        return told

    def _because(self, told: TopicReading, best: Guess, others: list[Guess]) -> tuple[str, tuple[str, ...]]:
        """A sentence an officer can check, with the reporter's words where the lexicon knows them."""
        names = self.lexicon.names
        words = self.lexicon.rests(best.code, told) or best.words
        quoted = ", ".join(f"“{word}”" for word in words)
        if best.probability >= (SEALED_FROM if self.lexicon.is_sealed(best.code) else self.sure_from):
            return f"{names[best.code]}: {f'kata {quoted}' if quoted else 'dari keseluruhan kalimat'}.", words
        rival = next((f" atau {names[other.code]}" for other in others if other.probability >= best.probability / 3), "")
        return f"Mungkin {names[best.code]}{rival}, tetapi belum cukup yakin{f' ({quoted})' if quoted else ''}.", words
