"""What the arguments ask for, before Qt is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cineviewer import resources
from cineviewer.analysis.cache import Cache
from cineviewer.ui import app, start


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Cache | None]:
    caches: list[Cache | None] = []
    monkeypatch.setattr(app, "run", lambda _options, cache, _client: caches.append(cache) or 0)
    return caches


def test_answers_are_kept_where_the_state_is_else_in_the_users_cache(asked: list[Cache | None], tmp_path: Path) -> None:
    start.run(["--state", str(tmp_path)])
    start.run([])
    start.run(["--no-cache"])

    assert [cache.folder if cache else None for cache in asked] == [tmp_path / "cache", start.user_folder(), None]


def test_without_the_cache_nothing_of_a_record_is_left_behind(tmp_path: Path) -> None:
    record = resources.folder("demo") / "lbbb"
    command = [
        sys.executable,
        "-m",
        "cineviewer",
        str(record),
        "--state",
        str(tmp_path),
        "--no-cache",
        "--measure",
        "0",
    ]
    subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)

    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == ["session.json", "window.ini"]
