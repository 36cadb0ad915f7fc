"""Normal ranges of adults, with their sources, and whether a measurement lies outside.

Source: heart rate and PR: Surawicz and Knilans, Chou's Electrocardiography in Clinical Practice, 6th ed., ch. 1. QRS:
AHA/ACCF/HRS 2009 part III, doi 10.1161/CIRCULATIONAHA.108.191095 (above 110 ms is prolonged), which also gives the
QRS axis. QTc: part IV, doi 10.1161/CIRCULATIONAHA.108.191096 (prolonged from 450 ms in men, 460 in women). T axis:
Kors et al. 1998, doi 10.1016/S0735-1097(97)00577-0 (abnormal beyond -15 and 105 degrees).
"""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "−"


@dataclass(frozen=True, slots=True)
class Range:
    """A normal range; `low` or `high` None where only one side counts."""

    low: float | None
    high: float | None
    text: str

    def holds(self, value: float) -> bool:
        """Return whether a value is normal."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def normal_range(name: str, sex: str | None = None) -> Range | None:
    """Return the normal range of a field of Measurements, or None where it depends on more than the record says.

    Where the sex is unknown the wider range counts: nothing is called outside that would be normal for a woman.
    """
    if name in ("qtcb_ms", "qtcf_ms"):
        limit = 450.0 if sex and sex[0].upper() == "M" else 460.0
        return Range(None, limit - 1.0, f"< {limit:.0f}")
    return _RANGES.get(name)


_RANGES = {
    "hr_bpm": Range(60.0, 100.0, "60–100"),
    "pr_ms": Range(120.0, 200.0, "120–200"),
    "qrs_ms": Range(None, 110.0, "≤ 110"),
    "qrs_axis_deg": Range(-30.0, 90.0, f"{MINUS}30…90"),
    "t_axis_deg": Range(-15.0, 105.0, f"{MINUS}15…105"),
}
