"""What a benchmark prints: bars judged on the right figure, and the JSON contract."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from cineviewer.benchmark import BENCHMARKS, Row, document, measure, table
from cineviewer.benchmark.rows import Peer
from cineviewer.errors import InputError

FASTER = Row("gradients", 0.2, "s", bar=4.0, peer=Peer("another", 0.9), ratio=4.5, at_least=True)
SLOW = Row("cursor move", 3.0, "ms", bar=2.0)


def test_a_bar_is_judged_on_the_ratio_where_there_is_one() -> None:
    assert FASTER.met is True
    assert Row("gradients", 0.2, "s", bar=4.0, peer=Peer("another", 0.7), ratio=3.5, at_least=True).met is False
    assert SLOW.met is False
    assert Row("cursor move", 1.0, "ms", bar=2.0).met is True
    assert Row("cursor move", 1.0, "ms").met is None


def test_the_document_keeps_its_contract() -> None:
    written = json.loads(json.dumps(document([FASTER, SLOW], {"cores": 2})))
    assert written["schema"] == 1
    assert written["machine"] == {"cores": 2}
    assert written["rows"][0] == {
        "what": "gradients",
        "value": 0.2,
        "unit": "s",
        "bar": 4.0,
        "peer": {"name": "another", "value": 0.9},
        "ratio": 4.5,
    }
    assert written["rows"][1]["peer"] is None
    assert written["rows"][1]["ratio"] is None


def test_the_table_says_what_was_missed() -> None:
    first, gradients, cursor = table([FASTER, SLOW]).splitlines()
    assert "ratio" in first
    assert "0.9 (another)" in gradients
    assert gradients.endswith("≥ 4  met")
    assert cursor.endswith("≤ 2  missed")


def test_an_unknown_benchmark_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="attribution"):
        measure(["speed"])


def test_a_benchmark_that_is_not_there_is_refused_by_a_sentence(monkeypatch) -> None:
    monkeypatch.setitem(BENCHMARKS, "absent", "never written")
    with pytest.raises(InputError, match="absent does not exist yet"):
        measure(["absent"])


def test_a_fault_inside_a_benchmark_is_not_taken_for_its_absence(monkeypatch) -> None:
    monkeypatch.setitem(BENCHMARKS, "broken", "needs what is not there")
    broken = ModuleType("cineviewer.benchmark.broken")

    def rows() -> list[Row]:
        raise ModuleNotFoundError("No module named 'elsewhere'", name="elsewhere")

    broken.rows = rows
    monkeypatch.setitem(sys.modules, "cineviewer.benchmark.broken", broken)
    with pytest.raises(ModuleNotFoundError, match="elsewhere"):
        measure(["broken"])
