"""However hostile a file is, it takes little time and memory; and what is not its fault is not held against it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from ntbcare.washing import LARGEST, Unwelcome, kinds, outcome, tub, wash
from tests.washing.makings import jpeg, opus, picture, saved

ROOT = Path(__file__).resolve().parents[2]


def with_scans(more: int, between: bytes = b"") -> bytes:
    """A progressive JPEG whose last pass over the dots is repeated."""
    whole = saved(picture((64, 64), "L"), "JPEG", progressive=True, quality=30)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + (between + last) * more + whole[-2:]


def long_work() -> bytes:
    """Some seconds of honest work: an hour of voices, one after the other, each with a large comment."""
    voice = opus(b"x" * 60_000)
    return voice * (10_000_000 // len(voice))


LONG = long_work()


def sentence(content: bytes, **limits: float) -> str:
    with pytest.raises(Unwelcome) as refused:
        tub.washed(content, **limits)
    return refused.value.sentence


# ── pictures ──


def test_a_jpeg_of_a_hundred_passes_is_refused_before_it_is_decoded():
    assert wash(with_scans(12)).mime == "image/jpeg"
    assert sentence(with_scans(120)) == outcome.BROKEN


@pytest.mark.parametrize(
    "between", [b"\xff\xfe\0\x06\xff\xd9\xff\xd9", b"\xff\xff\xff", b"\xff\xe1\0\x04\xff\xd9"], ids=["a comment", "filling", "a part"]
)
def test_passes_do_not_hide_behind_a_false_end(between):
    assert sentence(with_scans(120, between)) == outcome.BROKEN


def test_a_film_behind_a_photo_is_no_pass():
    film = random.Random(7).randbytes(4096) + b"\xff\xda" * 300
    assert wash(jpeg() + film).content == wash(jpeg()).content, "telephones hang a short film on"
    assert wash(jpeg(progressive=True) + film).mime == "image/jpeg"


# ── papers: the time of a processor is measured, and the bound is ten times what is needed ──


def seconds_of(content: bytes) -> float:
    begun = time.thread_time()
    try:
        kinds.washed(content)
    except Unwelcome as refused:
        assert refused.sentence == outcome.BROKEN
    return time.thread_time() - begun


PRESSED = zlib.compress(b"1 0 << >>")
PAPERS = {
    "streams without an end": b"stream\n" * 1500 + b"\n%d",
    "streams with one end, far away": b"stream\n" * 1500 + b"%d endstream\n",
    "packed objects without an end": (b"<< /Type /ObjStm >>\nstream\n" + PRESSED) * 300 + b"%d",
    "packed objects in each other": (b"<< /Type /ObjStm >>\nstream\n" + PRESSED) * 20_000 + b"%d endstream\n",
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_read_a_fixed_number_of_times(name):
    body = PAPERS[name].replace(b"%d", b"x" * (LARGEST - len(PAPERS[name]) - 100))
    assert seconds_of(b"%PDF-1.4\n" + body + b" /ObjStm\n%%EOF") < 4


def test_a_film_is_walked_through_with_one_budget():
    head = b"\x1aE\xdf\xa3\x87\x42\x82\x84webm"
    inside = b"\xec\x80" * 99_000
    segment = b"\x18\x53\x80\x67" + (0x10000000 | len(inside)).to_bytes(4, "big") + inside
    assert seconds_of(head + segment * 100) < 4


# ── the process of its own ──


def test_too_much_time_or_memory_is_the_files_fault():
    assert sentence(LONG, seconds=1) == outcome.BROKEN
    assert sentence(LONG, patience=0.5) == outcome.BROKEN
    assert sentence(saved(Image.new("L", (4800, 4800)), "PNG"), memory=80 * 1024 * 1024) == outcome.BROKEN


def test_no_memory_for_the_process_itself_is_not_the_files_fault():
    with pytest.raises(OSError):
        tub.washed(jpeg(), memory=1024 * 1024)


def others(words: str, folder: Path) -> str:
    """What a fresh interpreter elsewhere says."""
    words = (
        f"import sys; sys.path.append({str(ROOT)!r})\nfrom ntbcare.washing import wash\nfrom tests.washing.makings import jpeg\n" + words
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr


def test_no_process_at_all_is_again_later(tmp_path):
    words = "import resource\nphoto = jpeg()\nresource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))\ntry: wash(photo)\n"
    assert others(words + "except OSError as broken: print('later', broken.errno)", tmp_path) == "later 24"


def test_it_works_from_any_folder_and_imports_nothing_from_there(tmp_path):
    for name in ("ntbcare", "PIL", "resource", "kinds"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    words = f"import os\nos.chdir({str(tmp_path)!r})\nprint(wash(jpeg()).mime)"
    (elsewhere := tmp_path / "empty").mkdir()
    assert others(words, elsewhere) == "image/jpeg"


def child() -> int:
    """The washing process of this one, once it is what it is to be."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for task in Path("/proc/self/task").iterdir():
            for number in (task / "children").read_text().split():
                if b"ntbcare.washing" in Path(f"/proc/{number}/cmdline").read_bytes():
                    return int(number)
        time.sleep(0.01)
    raise AssertionError("no child")


@pytest.mark.parametrize(("blow", "fault"), [(signal.SIGTERM, OSError), (signal.SIGKILL, OSError), (signal.SIGSEGV, Unwelcome)])
def test_who_is_told_to_end_tries_again_and_a_decoder_that_falls_is_a_refusal(blow, fault):
    ended: list[BaseException] = []

    def work() -> None:
        try:
            wash(LONG)
        except (OSError, Unwelcome) as broken:
            ended.append(broken)

    hand = threading.Thread(target=work)
    hand.start()
    number = child()
    names = {each.partition(b"=")[0] for each in Path(f"/proc/{number}/environ").read_bytes().split(b"\0") if each}
    assert names <= {b"PYTHONPATH", b"LD_LIBRARY_PATH"}, "no key of ours is within its reach"
    os.kill(number, blow)
    hand.join(20)
    assert [type(broken) for broken in ended] == [fault]
