"""The comparison with captum puts each figure where it belongs."""

from __future__ import annotations

import pytest

from cineviewer.benchmark import attribution


def test_ratios_are_of_the_fastest_runs_in_turns(monkeypatch) -> None:
    seconds = {"ours": iter([0.5, 0.25]), "null": iter([1.25, 1.5]), "best": iter([0.75, 0.8])}
    order: list[str] = []

    def answer(*arguments: str) -> dict[str, object]:
        match arguments:
            case ("tune",):
                return {"best": {"nt_samples_batch_size": 4, "internal_batch_size": None}}
            case ("difference",):
                return {"mean-normal": 2e-6, "zeros": 2e-4}
        name = {"ours": "ours", "captum": "best"}[arguments[0]] if arguments[-1] != "null" else "null"
        order.append(name)
        return {"seconds": next(seconds[name]), "peak_mb": {"ours": 50.0, "null": 600.0, "best": 40.0}[name]}

    monkeypatch.setattr(attribution, "_in_fresh_process", answer)
    default, tuned, memory, memory_tuned, same, zeros = attribution.rows()
    assert order == ["ours", "null", "best"] * 2
    assert default.ratio == pytest.approx(5.0)
    assert default.met is True
    assert tuned.ratio == pytest.approx(3.0)
    assert tuned.peer is not None
    assert "4 samples and all rows together" in tuned.peer.name
    assert memory.ratio == pytest.approx(12.0)
    assert memory_tuned.bar is None
    assert (same.met, zeros.met) == (True, False)
