"""One town of processes for the whole folder: starting one costs ten seconds, and every test leaves it as it found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ntbcare.local.testhouse import Servers
from ntbcare.local.testhouse import servers as start
from tests.faults.town_of_processes import Town, town_of_processes


@pytest.fixture(scope="package")
def _town(servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Servers of our own, durable, because they are killed here; those of the session serve everybody else."""
    folder = tmp_path_factory.mktemp("faults")
    with start(folder / "servers") as own, town_of_processes(own, servers, template, folder) as town:
        yield town


@pytest.fixture
def town(_town: Town) -> Town:
    """The town, every process of it at work."""
    _town.healed()
    return _town
