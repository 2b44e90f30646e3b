"""What lets somebody in: passwords that are long and nobody's first guess, rows that say how long things live, coarse names of browsers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ntbcare.domain import keys
from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import Role

OWN = ("bagus.contoh@ntbprov.go.id", "Bagus Contoh", "NTB Care")
KEYS = keys.Keys(common=("rahasia", "bismillah", "diskominfotik"))


def refused(password: str, again: str | None = None) -> str | None:
    try:
        keys.check_password(password, password if again is None else again, KEYS, own=OWN)
    except BadInput as refusal:
        return refusal.field
    return None


@pytest.mark.parametrize(
    "password", ["kuda laut makan rumput", "9 ekor sapi di Woha", "Bagus sekali sungai ini mengalir", "rahasia dapur nenek sumbawa"]
)
def test_a_few_words_of_ones_own_are_enough(password):
    assert refused(password) is None


@pytest.mark.parametrize(
    "password",
    ["sebelasbuah", "Bismillah 2026", "rahasiarahasia", "000000000000", "qwertyuiopas", "abcdefghijkl", "ababababababab", "bagus.contoh@ntbprov.go.id",
     "Bagus Contoh 99", "ntb care 1234567", "Diskominfotik1"],
)  # fmt: skip
def test_what_others_would_try_first_is_refused(password):
    assert refused(password) == "password"


def test_twice_the_same_and_not_without_end():
    assert refused("kuda laut makan rumput", "kuda laut makan rumpun") == "again"
    assert refused("kuda laut " * 30) == "password"


def test_what_a_deployment_says_counts_and_what_it_leaves_out_is_usual():
    read = keys.read({"idle_hours": 2, "second_factor": ["admin"], "common": ["Kuda Laut!"]})
    assert (read.idle, read.invitation, read.longest) == (timedelta(hours=2), timedelta(hours=72), timedelta(days=7))
    assert read.second_factor == {Role.ADMIN} and read.common == ("kudalaut",)
    assert keys.read({"second_factor": []}).second_factor == frozenset()
    assert keys.read({}).second_factor == {Role.ADMIN, Role.INSPECTOR, Role.LEADER, Role.COORDINATOR}


@pytest.mark.parametrize("facts", [{"idle_hours": 0}, {"second_factor": ["raja"]}, {"common": "kata"}, {"longest_days": -1}, {"idle": 3}])
def test_a_row_that_says_nonsense_is_named(facts):
    with pytest.raises((ValueError, TypeError), match=r"accounts|raja"):
        keys.read(facts)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
            "Chrome di Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari di iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge di Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox di Linux"),
        ("", "Peramban"),
        ("<script>", "Peramban"),
    ],
)
def test_a_browser_has_a_coarse_name(agent, name):
    assert keys.browser(agent) == name
