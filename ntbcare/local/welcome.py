"""The first thing a newcomer reads once the house is open."""

from collections.abc import Mapping
from pathlib import Path


def welcome(environment: Mapping[str, str]) -> str:
    """Addresses, demo sign-ins (in development) and one thing to try. `environment` is that of the running house."""
    data_dir = Path(environment["DATA_DIR"])
    url = (environment.get("PUBLIC_URL") or f"http://127.0.0.1:{environment['PORT']}").rstrip("/")
    lines = ["", f"  The house is open: {url}", f"  report: {url}/lapor   officers: {url}/masuk   health: {url}/health", ""]
    if environment.get("NTBCARE_ENV") == "development":
        lines += _demo(data_dir)
    body = '{"text": "Jalan berlubang dekat Pasar Tente", "category": "jalan_jembatan", "region": "52.06.03"}'
    lines += [
        "",
        "  Try it:",
        f"    curl -s {url}/api/v1/cases -H 'Content-Type: application/json' -H 'Idempotency-Key: coba-1' -d '{body}'",
        "",
    ]
    return "\n".join(lines)


def _demo(data_dir: Path) -> list[str]:
    try:
        rows = [line.split("\t") for line in (data_dir / "demo.txt").read_text(encoding="utf-8").splitlines() if line]
    except OSError:
        rows = []
    lines = []
    if rows:
        lines += [f"  Demo sign-ins (password for all: {rows[0][2]})", *(f"    {role:42} {email}" for role, email, _ in rows)]
    where = data_dir.name
    return [
        *lines,
        "",
        f"  Messages that would leave are written to {where}/outbox.jsonl; secrets for signing webhooks to {where}/house.env",
    ]
