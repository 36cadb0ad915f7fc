"""Work is spread over processes; one bad item costs only itself."""

from __future__ import annotations

import math

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
