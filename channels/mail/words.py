"""What somebody wrote in a mail: bytes to text, HTML to text, without the quoted letter below it and the signature."""

from __future__ import annotations

import binascii
import contextlib
import re
from html.parser import HTMLParser

UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates and NUL fit in no database
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
LONGEST, LONGEST_PAGE = 50_000, 200_000  # letters of one mail, of one HTML page
SILENT = frozenset(("script", "style", "head", "title", "template", "noscript", "object", "svg"))
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul")
)  # fmt: skip

# Anything else that Python knows (punycode, idna, hex…) is no charset of letters, and some of it takes a second for a line.
CHARSET = re.compile(
    r"utf-?8|iso-?8859-[0-9]{1,2}|latin-?1|(?:windows|cp)-?125[0-8]|koi8-[rut]|gb2312|gbk|gb18030|big5(?:-hkscs)?|shift-jis|euc-(?:jp|kr)"
)

REPLY = re.compile(r"\s*(?:(?:re|bls|balas|balasan|sv|aw|antw)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
FORWARD = re.compile(r"\s*(?:(?:fwd?|trs|ter|teruskan)\s*:\s*)+", re.IGNORECASE)
# «On Fri, 13 Mar 2026 at 10:00, Somebody <a@b> wrote:» — mail programs break it over up to three lines.
WROTE = re.compile(
    r"^[ \t]*(?:On|Pada)\b[^\n]{4,200}(?:\n(?!>)[^\n]{0,200}){0,2}?(?:\b(?:wrote|menulis)\s*:|\b(?:wrote|menulis):?)[ \t]*$", re.MULTILINE
)
# Outlook's block above the older letter: From and Sent (or Date), each at the beginning of a line, at most three lines apart.
BLOCK = re.compile(
    r"^[ \t*_-]*(?:From|Dari)[ \t]*\*?:[^\n]*(?:\n[^\n]*){0,3}?\n[ \t*]*(?:Sent|Date|Dikirim|Terkirim|Tanggal)[ \t]*\*?:", re.MULTILINE
)
RULER = re.compile(
    r"^[ \t]*-{2,}[ \t]*(?:Original Message|Pesan Asli|Pesan asli|Forwarded message|Pesan diteruskan)[ \t]*-{2,}", re.MULTILINE
)
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)


def storable(text: str) -> str:
    """Without what fits in no database: NUL and lone surrogates."""
    return UNSTORABLE.sub("\ufffd", text)


def unpacked(content: bytes, encoding: str) -> bytes:
    """Content-Transfer-Encoding off; what is broken or cut is read as far as it goes."""
    if encoding == "base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _rest(letters))
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    return content


def _rest(letters: bytes) -> bytes:
    tail = letters[len(letters) // 4 * 4 :]
    return tail + b"=" * (4 - len(tail)) if len(tail) > 1 else b""


def decoded(content: bytes, charset: str) -> str:
    """Bytes → text. Unknown, missing and lying charsets: UTF-8 when it fits, else the letters of Windows-1252."""
    name = charset.strip().lower().replace("_", "-")
    if CHARSET.fullmatch(name):
        with contextlib.suppress(LookupError, ValueError):  # iso-8859-12 was never made
            return storable(content.decode(name, "replace"))
    try:
        return storable(content.decode("utf-8"))
    except ValueError:
        return storable(content.decode("cp1252", "replace"))


def unflowed(text: str) -> str:
    """format=flowed: a line that ends in a space goes on in the next. https://www.rfc-editor.org/rfc/rfc3676"""
    return re.sub(r"(?m)(?<!^--)(?<=[^\n]) \n(?!>|-- ?$|\n)", " ", text.replace("\r\n", "\n"))


class _Page(HTMLParser):
    """Collects what a reader would see; quoted letters get the «> » that plain text has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._silent = self._quoted = self._kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag == "br" or tag in BLOCKS:
            self._break()
        if tag in ("td", "th") and self.lines[-1].strip("> "):
            self.lines[-1] += " "
        if tag == "blockquote":
            self._quoted += 1
            self._break()
        if tag == "li":
            self.lines[-1] += "- "
        self._kept += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag == "pre":
            self._kept = max(0, self._kept - 1)
        if tag in BLOCKS:
            self._break(twice=tag == "p")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._kept:
            first, *more = data.split("\n")
            self.lines[-1] += first
            for line in more:
                self._break(always=True)
                self.lines[-1] += line
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data.replace("\xa0", " "))
        if not self.lines[-1].strip("> "):
            text = text.lstrip(" ")
        self.lines[-1] += text

    def _break(self, *, twice: bool = False, always: bool = False) -> None:
        start = "> " if self._quoted else ""
        if always or self.lines[-1].strip("> "):
            self.lines.append(start)
        else:
            self.lines[-1] = start
        if twice and len(self.lines) > 1 and self.lines[-2]:
            self.lines.insert(-1, start.strip())


def from_html(page: str) -> str:
    """The words of an HTML page, a line per block. Whatever is broken in it, html.parser goes on."""
    reader = _Page()
    reader.feed(_closed(page[:LONGEST_PAGE]))
    reader.close()
    return "\n".join(line.rstrip() for line in reader.lines).strip("\n")


def _closed(page: str) -> str:
    """Without comments and declarations, and with no tag left open: html.parser looks for each missing end down to the last letter,
    which takes minutes for a page made of nothing else."""
    kept, at = [], 0
    while (start := page.find("<!--", at)) >= 0:
        kept.append(page[at:start])
        end = page.find("-->", start + 4)
        at = end + 3 if end >= 0 else len(page)
    text = "".join((*kept, page[at:]))
    last = text.rfind(">") + 1
    return re.sub(r"<[!?][^>]*>", "", text[:last]) + text[last:].replace("<", "&lt;")


def own_words(text: str, *, forwarded: bool = False) -> str:
    """Without the older letter below and the signature. When nothing else is there, or a letter was passed on, all of it."""
    whole = INVISIBLE.sub("", text[: 2 * LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    found = whole if forwarded else _unquoted(whole)
    signed = SIGNATURE.search(found)
    if signed:
        found = found[: signed.start()]
    return (_tidy(found) or _tidy(whole))[:LONGEST]


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _unquoted(text: str) -> str:
    for mark in (BLOCK, RULER):
        cut = mark.search(text)
        if cut:
            text = text[: cut.start()]
    text = re.sub(r"\n[ \t]*_{10,}\s*\Z", "\n", text)  # Outlook's line above the block
    wrote = WROTE.search(text)
    if wrote:
        below = text[wrote.end() :].lstrip()
        # Quoted with «>»: the answer may stand below or in between. Not marked at all: everything below is the old letter.
        text = text[: wrote.start()] + (below if below.startswith(">") else "")
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))


def with_subject(subject: str, body: str) -> str:
    """The subject in front, when it is not that of an answer and says something that the body does not."""
    if REPLY.match(subject):
        return body
    bare = " ".join(FORWARD.sub("", subject).split())[:300]
    if not _letters(bare) or _letters(bare) in _letters(body):
        return body
    return f"{bare}\n\n{body}".strip()


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
