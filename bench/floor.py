"""The floor under W1: an empty Flask route, and the same four rows by prepared statements in one commit. Nothing of the house."""

from __future__ import annotations

import os
import secrets
import threading
from datetime import UTC, datetime, timedelta

import psycopg
from flask import Flask, request

app = Flask("floor")
_held = threading.local()

CASE = """
    INSERT INTO cases (ticket, pin_salt, kind, classification, state, channel, text, region, urgency, anonymous, confidential,
                       received_at, due_at, due_clock, desk_id)
    VALUES (%s, %s, 'complaint', 'tidak_berkadar', 'received', 'api', %s, %s, 'biasa', false, false, %s, %s, 'first_response', %s)
    RETURNING id
"""
MESSAGE = """
    INSERT INTO messages (channel, external_id, case_id, meaning, text, digest, received_at)
    VALUES ('api', %s, %s, 'new', %s, %s, %s)
"""
ERRAND = """
    INSERT INTO errands (kind, lane, subject_id, key, not_before, created_at) VALUES ('triage', 'floor', %s, %s, %s, %s)
"""
JOURNAL = """
    INSERT INTO journal (strand, seq, case_id, at, tag, actor, salt, body, body_hash, hash)
    VALUES (%s, 0, %s, %s, 'case:submit', 'citizen', %s, %s, '', '')
"""


def _connection() -> psycopg.Connection:
    if not hasattr(_held, "connection"):
        _held.connection = psycopg.connect(os.environ["FLOOR_DATABASE"], prepare_threshold=0)
        _held.desk = _held.connection.execute("SELECT min(id) FROM units WHERE kind = 'coordinator'").fetchone()[0]
    return _held.connection


@app.get("/")
def nothing() -> str:
    """What the server itself costs."""
    return "ok"


@app.post("/floor")
def rows() -> dict[str, str]:
    """What the rows cost."""
    connection = _connection()
    body = request.get_json()
    now = datetime.now(UTC)
    ticket = secrets.token_hex(6)
    run = connection.execute
    case = run(CASE, (ticket, b"12345678", body["text"], body["region"], now, now + timedelta(days=2), _held.desk)).fetchone()[0]
    run(MESSAGE, (ticket, case, body["text"], ticket, now))
    run(ERRAND, (case, f"triage:{case}", now, now))
    run(JOURNAL, (case % 16, case, now, b"12345678", '{"after":"received","words":"' + body["text"] + '"}'))
    connection.commit()
    return {"ticket": ticket}
