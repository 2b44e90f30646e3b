"""Who vouches for From: our own mail server, in the header Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re

from channels.mail.heads import VALUE, Head

# One mailbox, with or without a name before it. Anything richer can be read in two ways, and the server may have read the other one.
ADDRESS = r'[^\s<>@"(),:;\\]+@([A-Za-z0-9.-]+)'
PLAIN = re.compile(rf'(?:(?:"(?:[^"\\]|\\.)*"|[^"<>@,;:()\\]*) ?< ?(?P<named>{ADDRESS}) ?>|(?P<bare>{ADDRESS}))')
RESULT = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*[0-9]+)?\s*=\s*([a-z]+)(.*)", re.DOTALL)
PROPERTY = re.compile(r"(?:^|\s)([a-z]+\.[a-z0-9._-]+)\s*=\s*(\S*)")


def vouched(head: Head, authserv_id: str) -> bool:
    """Does the server of that name say that the mail comes from the domain that From names? Without a name nobody is believed.

    Only its topmost header counts: the server puts its own above whatever came in. It should remove strangers' headers
    with its name, as the paper asks in chapter 5. dmarc=pass for this domain, or else dkim=pass or spf=pass of exactly this domain.
    """
    senders = head.every("from")
    found = PLAIN.fullmatch(senders[0]) if len(senders) == 1 and len(senders[0]) <= VALUE else None
    if not found or not authserv_id or head.torn:
        return False
    domain = (found["named"] or found["bare"]).rpartition("@")[2].lower()
    for value in head.every("authentication-results"):
        server, *results = _pieces(value) if len(value) <= VALUE else [""]  # a cut domain could be another one's beginning
        if server.split(" ")[0].strip('"') == authserv_id.strip().lower():
            return _proved(results, domain)
    return False


def _proved(results: list[str], domain: str) -> bool:
    dmarc: list[bool] = []
    aligned = False
    for result in results:
        found = RESULT.fullmatch(result)
        if not found:
            continue
        method, verdict, more = found.groups()
        told = PROPERTY.findall(more)
        properties = dict(told)
        if len(told) != len(properties):
            return False  # said twice: somebody speaks with the server's voice
        if method == "dmarc" and verdict != "none":
            dmarc.append(verdict == "pass" and properties.get("header.from", "") == domain)
        elif verdict == "pass" and method == "dkim":
            signer = properties.get("header.d", "") or properties.get("header.i", "").rpartition("@")[2]
            aligned = aligned or signer == domain
        elif verdict == "pass" and method == "spf":
            aligned = aligned or properties.get("smtp.mailfrom", "").rpartition("@")[2] == domain
    return all(dmarc) if dmarc else aligned


def _pieces(value: str) -> list[str]:
    """Split at «;», in lower case, without comments; what stands in quotes is no syntax. [""] when something is left open."""
    pieces, depth, quoted, bare = [""], 0, False, False
    for letter in value:
        if bare or (letter == "\\" and (depth or quoted)):  # a backslash takes the meaning from the letter behind it
            pieces[-1] += "?" if bare and not depth else ""
            bare = not bare
        elif depth:
            depth += (letter == "(") - (letter == ")")
        elif letter == '"':
            quoted = not quoted
        elif quoted:
            pieces[-1] += "?" if letter in " ;=(),/" else letter
        elif letter == "(":
            depth = 1
            pieces[-1] += " "
        elif letter == ";":
            pieces.append("")
        else:
            pieces[-1] += letter
    return [""] if depth or quoted else [" ".join(piece.split()).lower() for piece in pieces]
