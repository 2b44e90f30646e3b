"""The table and the JSON: found beside must and aim, ratios to the floor, growth from the smallest to the largest house."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench.measure import Figure

# work → (must, aim) in processor milliseconds, design.md section 7
BUDGETS = {
    "W1": (8.0, 3.5),
    "W1b": (4.0, 2.5),
    "W1c": (15.0, 8.0),
    "W2": (15.0, 6.0),
    "W2 filtered": (15.0, 6.0),
    "W3": (40.0, 18.0),
    "W3 province": (40.0, 18.0),
    "W4": (4.0, 2.0),
}
WORDS = {
    "empty": "empty Flask route", "floor": "the same rows by raw SQL behind an empty route", "W1": "file a case by the API",
    "W1b": "signed SMS webhook, new sender", "W1c": "triage one case, notices written", "W2": "queue, 50 rows", "W2 filtered": "queue, one state",
    "W3": "search on one desk, first page and count", "W3 province": "search in everything", "W4": "tracking page by ticket", "case page": "an officer's case page", "deliver": "send one notice",
}  # fmt: skip
REFERENCE_FLOOR = 1.05  # milliseconds: the floor on the machine the budgets were written on
PARTS = ("web", "floor", "postgres", "valkey", "work", "post", "rounds")


def facts(figures: dict[str, Figure]) -> dict[str, dict[str, Any]]:
    """Medians over the rounds, ready for JSON."""
    found = {}
    for name, figure in figures.items():
        ranked = sorted(figure.times)
        at = {f"p{share}": round(ranked[min(len(ranked) * share // 100, len(ranked) - 1)], 2) for share in (50, 95, 99)} if ranked else {}
        found[name] = {
            "cpu_ms": round(median(figure.cpu), 3), "rounds": [round(x, 3) for x in figure.cpu], "per_second": round(median(figure.rate), 1),
            **at, "others": round(median(figure.others), 2), "wrong": figure.wrong, "last_wrong": figure.last_wrong,
            "parts": {part: round(median(values), 3) for part, values in figure.parts.items() if median(values) > 0.005},
        }  # fmt: skip
    floor = found.get("floor", {}).get("cpu_ms")
    for row in found.values():
        if floor:
            row["times_floor"] = round(row["cpu_ms"] / floor, 2)
            row["cpu_ms_at_reference"] = round(row["cpu_ms"] / floor * REFERENCE_FLOOR, 2)
    return found


def table(sizes: dict[int, dict[str, dict[str, Any]]], statements: dict[str, int]) -> str:
    """The table for people. "at 1.05": what it would be where the floor costs what it did when the budgets were written."""
    smallest, largest = min(sizes), max(sizes)
    lines = []
    for size, found in sizes.items():
        lines += ["", f"{size:,} cases stored", ""]
        lines.append(
            f"{'':12} {'CPU-ms':>7} {'must':>5} {'aim':>5} {'at 1.05':>7} {'×floor':>7} {'SQL':>4} {'per s':>7} {'p50':>7} {'p95':>7} {'p99':>7} {'others':>6}  where"
        )
        for name, row in found.items():
            must, aim = BUDGETS.get(name, ("", ""))
            where = " ".join(f"{part} {row['parts'][part]:.2f}" for part in PARTS if part in row["parts"])
            times = " ".join(f"{row[p]:7.1f}" if p in row else " " * 7 for p in ("p50", "p95", "p99"))
            bad = f"  {row['wrong']} WRONG: {row['last_wrong']}" if row["wrong"] else ""
            lines.append(
                f"{name:12} {row['cpu_ms']:7.2f} {must:>5} {aim:>5} {row.get('cpu_ms_at_reference', ''):>7} {row.get('times_floor', ''):>7} {statements.get(name, ''):>4} {row['per_second']:7.0f} "
                f"{times} {row['others']:6.2f}  {where}   ({WORDS[name]}){bad}"
            )
    if smallest != largest:
        # the empty route touches no row: what it costs more now than before is the weather, not the cases
        weather = sizes[largest]["empty"]["cpu_ms"] / sizes[smallest]["empty"]["cpu_ms"]
        lines += ["", f"growth from {smallest:,} to {largest:,} cases (budget 1.2, W4 1.1): as measured, and without the weather", ""]
        for name, row in sizes[largest].items():
            grown = row["cpu_ms"] / sizes[smallest][name]["cpu_ms"]
            lines.append(f"{name:12} {grown:7.2f} {grown / weather:7.2f}")
    return "\n".join(lines)
