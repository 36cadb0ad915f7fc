"""Work is spread over processes; one bad item costs only itself."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cineviewer.models.spread import in_order, spread


def test_every_item_comes_back_with_its_result_from_several_processes() -> None:
    results = dict(spread(math.sqrt, [float(n * n) for n in range(20)], workers=2))

    assert results == {float(n * n): float(n) for n in range(20)}


def test_an_item_that_raises_is_a_result_and_the_others_go_on() -> None:
    results = dict(spread(math.sqrt, [4.0, -1.0, 9.0], workers=2))

    assert results[4.0] == 2.0
    assert results[9.0] == 3.0
    assert isinstance(results[-1.0], ValueError)


def test_an_item_that_kills_its_process_costs_only_itself() -> None:
    deadly = "import os; os._exit(1)"

    results = dict(spread(exec, ["1", deadly, "2", "3", "4", "5"], workers=2))

    assert isinstance(results.pop(deadly), Exception)
    assert results == {"1": None, "2": None, "3": None, "4": None, "5": None}


def test_one_worker_needs_no_other_process() -> None:
    results = dict(spread(lambda n: n + 1, [1, 2], workers=1))

    assert results == {1: 2, 2: 3}


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_where_that_is_wanted(workers: int) -> None:
    numbers = [float(n * n) for n in range(20)]

    assert list(in_order(math.sqrt, numbers, workers)) == [float(n) for n in range(20)]


@pytest.mark.parametrize("workers", [1, 2])
def test_in_order_one_bad_item_ends_the_work(workers: int) -> None:
    with pytest.raises(ValueError, match="math domain error"):
        list(in_order(math.sqrt, [4.0, -1.0, 9.0, 16.0], workers))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")
def test_processes_end_when_the_one_that_asked_for_them_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "batch.py"
    script.write_text(
        "import os, time\nfrom cineviewer.models.spread import spread\n"
        "def work(n):\n    print(os.getpid(), flush=True)\n    time.sleep(1)\n"
        "if __name__ == '__main__':\n    list(spread(work, range(1000), 2))\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as batch:
        assert batch.stdout is not None
        workers = {int(batch.stdout.readline()) for _ in range(2)}
        batch.kill()
    until = time.monotonic() + 20.0
    while time.monotonic() < until and any(_runs(pid) for pid in workers):
        time.sleep(0.1)
    assert not [pid for pid in workers if _runs(pid)]


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie that nobody has collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
