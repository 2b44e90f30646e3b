"""Gammu SMSD's tables as we ask them, and what its codes mean. https://docs.gammu.org/smsd/tables.html."""

from __future__ import annotations

# StatusError of a delivery report: TP-Status, 3GPP TS 23.040, 9.2.3.15 → (can trying again not help, words). From 0x40 on
# the SMS centre has stopped trying; for most of these the phone was only off, so tomorrow may be better.
TP_STATUS = {
    0x40: (False, "remote procedure error"),
    0x41: (True, "incompatible destination"),
    0x42: (False, "connection rejected by the recipient's side"),
    0x43: (True, "no such number"),
    0x45: (True, "no interworking with that network"),
    0x46: (False, "validity period expired: the phone was off or away"),
    0x47: (False, "deleted by us"),
    0x48: (False, "deleted by the SMS centre"),
    0x49: (False, "the SMS centre does not know it"),
}
# StatusCode of a SendingError: +CMS ERROR, 3GPP TS 24.011 annex E. The rest (no credit, no network) is ours and passes.
CMS_ERRORS = {1: (True, "unassigned number"), 28: (True, "unidentified subscriber"), 30: (True, "unknown subscriber")}
ERRORS = ("SendingError", "DeliveryFailed", "Error")

FIND = """
SELECT "ID" FROM outbox WHERE "CreatorID" = %(creator)s AND "DestinationNumber" = %(to)s
UNION SELECT "ID" FROM sentitems WHERE "CreatorID" = %(creator)s AND "DestinationNumber" = %(to)s
GROUP BY "ID" HAVING NOT bool_or("Status" = ANY(%(errors)s)) ORDER BY 1 DESC LIMIT 1"""
PUT = """
INSERT INTO outbox ("ID", "DestinationNumber", "TextDecoded", "Coding", "UDH", "MultiPart", "RelativeValidity", "SenderID",
                    "DeliveryReport", "CreatorID")
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'yes', %s)"""
PUT_PART = 'INSERT INTO outbox_multipart ("ID", "SequencePosition", "TextDecoded", "Coding", "UDH") VALUES (%s, %s, %s, %s, %s)'
INBOX = """
SELECT "ID", "SenderNumber", "RecipientID", "Coding", "UDH", "Text", "TextDecoded",
       extract(epoch FROM LOCALTIMESTAMP - "UpdatedInDB")::float8, least("ReceivingDateTime", "UpdatedInDB")::timestamptz
FROM inbox
WHERE (NOT "Processed" OR "ID" > %(high)s OR "ID" = ANY(%(wait)s)) AND "Class" <> 127
  AND (%(phone)s = '' OR "RecipientID" = %(phone)s)
ORDER BY "ID" LIMIT %(most)s"""
SENT = """
SELECT "ID", "SequencePosition", "Status", "StatusError", "StatusCode", "UDH", "UpdatedInDB" FROM sentitems
WHERE "ID" IN (SELECT "ID" FROM sentitems WHERE starts_with("CreatorID", %(ours)s) AND "UpdatedInDB" >=
  CASE WHEN %(at)s = '' THEN LOCALTIMESTAMP - %(first)s::interval
       ELSE least(nullif(%(at)s, '')::timestamp, LOCALTIMESTAMP) - %(back)s::interval END)
ORDER BY "ID", "SequencePosition" """
PHONES = """
SELECT "Send", "Receive", "Battery", "Signal", coalesce("NetName", ''), extract(epoch FROM LOCALTIMESTAMP - "TimeOut")::float8
FROM phones WHERE %(phone)s = '' OR "ID" = %(phone)s ORDER BY "TimeOut" DESC LIMIT 1"""
# The daemon writes "TimeOut" anew every few seconds (StatusFrequency, 15) and sets it a little ahead.
ALIVE = """
SELECT EXISTS (SELECT FROM phones WHERE (%(phone)s = '' OR "ID" = %(phone)s) AND "Send"
               AND "TimeOut" >= LOCALTIMESTAMP - %(patience)s::interval)"""
