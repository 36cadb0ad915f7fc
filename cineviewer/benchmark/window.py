"""The window's speed: start-up, cursor, camera, stalls, lists and long records, each in fresh processes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cineviewer.benchmark.rows import Peer, Row

STARTS = 5
LIMIT_S = 600.0
NAPARI = Peer("napari, to its first picture, quoted: two cores, no GPU", 4.4)
MNE = Peer("mne-qt-browser, to its first picture, quoted: two cores, no GPU", 4.2)


def rows() -> list[Row]:
    """Measure the window; figures that need PTB-XL are left out where it is not."""
    data = _ptbxl()
    return [*_start_up(data), *_interaction(), *_records(data)]


def memory_rows() -> list[Row]:
    """Measure memory over 100 explained cases."""
    found = _probe("soak", _ptbxl())
    half, whole = found["mb_after_50"], found["mb_after_100"]
    return [
        Row("window and worker, resident, after 100 cases", whole / 1000.0, "GB", bar=1.2),
        Row("growth of that from 50 to 100 cases", whole - half, "MB"),
    ]


def _start_up(data: Path | None) -> list[Row]:
    _start([])  # the first start fills the file system's cache and writes byte code: "warm" comes after it
    found = [_start([]) for _ in range(STARTS)]
    traces, scene = (statistics.median(one["seconds"][what] for one in found) for what in ("traces", "ventricles"))
    cpu = statistics.median(one["cpu_to_first_paint_s"] for one in found)
    unseen = _unseen_record(data)
    explained = statistics.median(_start([str(unseen)])["seconds"]["explanation"] for _ in range(3))
    return [
        Row("process start to first traces painted", traces, "s", bar=0.45, peer=MNE),
        Row("  of which processor time", cpu, "s"),
        Row("process start to first 3D frame", scene, "s", bar=1.0, peer=NAPARI),
        Row("process start to a finished explanation of an unseen record", explained, "s", bar=3.0),
    ]


def _interaction() -> list[Row]:
    return [
        Row("cursor move, both panes, p95", _probe("cursor")["p95_ms"], "ms", bar=2.0),
        Row("cursor move while explaining, p95", _probe("cursor_busy")["p95_ms"], "ms", bar=8.0),
        Row("camera drag frame, p95", _probe("camera")["p95_ms"], "ms", bar=25.0),
        Row("longest stall while records are explained", _probe("stall")["longest_ms"], "ms", bar=50.0),
    ]


def _records(data: Path | None) -> list[Row]:
    found = [Row("30-minute record to first traces", _probe("long_record")["seconds"], "s", bar=1.0)]
    if data is not None:
        listed = _probe("listing", data)
        found += [
            Row(f"PTB-XL folder ({listed['rows']:.0f} rows) to a table", listed["seconds"], "s", bar=0.8),
            Row("  filtering it", listed["filter_ms"], "ms"),
        ]
    return found


def _start(arguments: Sequence[str]) -> dict[str, Any]:
    """Start the application as a user does and return its milestones, in seconds from before the process began."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-m", "cineviewer", "--state", state, "--size", "1280x800", "--theme", "light"]
        return _answer([*command, *arguments, "--measure", repr(time.monotonic())])


def _probe(name: str, data: Path | None = None) -> dict[str, float]:
    return _answer([sys.executable, "-m", "cineviewer.benchmark.window_probe", name, str(data or "")])


def _answer(command: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False, env=_environment())
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(lines[-1])
    if answer.get("notice"):
        raise RuntimeError(answer["notice"])
    return answer


def _environment() -> dict[str, str]:
    """Return the environment, off-screen where there is no display."""
    has_display = sys.platform != "linux" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return dict(os.environ) if has_display else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def _ptbxl() -> Path | None:
    folder = Path(os.environ.get("CINEVIEWER_DATA", Path.home() / ".cache/cineviewer-data")) / "ptbxl"
    return folder if (folder / "ptbxl_database.csv").is_file() else None


def _unseen_record(data: Path | None) -> Path:
    from cineviewer import resources

    found = sorted((data / "records500").glob("*/*.hea"))[:1] if data else []
    return (found or [resources.folder("demo") / "lbbb.hea"])[0]
