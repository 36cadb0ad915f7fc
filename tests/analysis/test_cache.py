"""Answers kept between sessions: found again for the very same question, for no other, and never by halves."""

from __future__ import annotations

import os
import queue
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.analysis import Settings, cache, landmarks
from cineviewer.analysis.cache import Cache, state_of
from cineviewer.analysis.hearts import in_heart
from cineviewer.analysis.question import Answer, Question, answers, question
from cineviewer.analysis.steps import as_the_reader_set, read, with_beats
from cineviewer.analysis.worker import Client, Progress
from cineviewer.ecg import HandSet, Method

PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def asked() -> Question:
    return ask(Settings())


@pytest.fixture(scope="module")
def answer(asked: Question) -> Answer:
    return list(answers(asked))[-1]


def ask(settings: Settings, name: str = "lbbb") -> Question:
    case = as_the_reader_set(with_beats(read(resources.folder("demo") / name)), settings)
    found = question(in_heart(case, settings), settings)
    assert isinstance(found, Question)
    return found


def test_an_answer_is_found_again_for_the_same_question(asked: Question, answer: Answer, tmp_path: Path) -> None:
    Cache(tmp_path).keep(asked, answer)

    found = Cache(tmp_path).answer(ask(Settings()))

    assert found is not None
    assert found.verdict == answer.verdict
    assert found.fraction == 1.0
    assert found.explanation is not None
    assert answer.explanation is not None
    np.testing.assert_array_equal(found.explanation.attribution.phi, answer.explanation.attribution.phi)
    np.testing.assert_array_equal(found.explanation.profile, answer.explanation.profile)
    np.testing.assert_array_equal(found.explanation.path.points_mm, answer.explanation.path.points_mm)
    assert found.explanation.attribution.completeness_gap == answer.explanation.attribution.completeness_gap
    assert found.explanation.top_leads == answer.explanation.top_leads


@pytest.mark.parametrize(
    "settings",
    [
        Settings(method=Method(seed=1)),
        Settings(method=Method(steps=51)),
        Settings(method=Method(samples=41)),
        Settings(method=Method(sigma=0.1)),
        Settings(method=Method(reference="zeros")),
        Settings(beat=3),
    ],
)
def test_another_setting_finds_nothing(asked: Question, answer: Answer, tmp_path: Path, settings: Settings) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    assert kept.answer(ask(settings)) is None


def test_another_path_is_drawn_of_the_same_answer(asked: Question, answer: Answer, tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)

    found = kept.answer(ask(Settings(path="centred")))

    assert found is not None
    assert found.explanation is not None
    assert found.explanation.path.method == "centred"
    assert set(found.explanation.nearest) == {None}


def test_another_record_finds_nothing(asked: Question, answer: Answer, tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    assert kept.answer(ask(Settings(), "rbbb")) is None


def test_a_signal_that_differs_in_one_sample_finds_nothing(asked: Question, answer: Answer, tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    first, *others = asked.windows
    signal = first.signal_mv.copy()
    signal[4, 100] += 1e-4
    changed = replace(asked, windows=(replace(first, signal_mv=signal), *others))
    assert kept.answer(changed) is None


def test_landmarks_set_by_hand_find_nothing_of_those_that_were_measured(
    asked: Question, answer: Answer, tmp_path: Path
) -> None:
    kept = Cache(tmp_path / "cache")
    kept.keep(asked, answer)
    record = read(resources.folder("demo") / "lbbb").record
    assert asked.delineation.median is not None
    r, onset = asked.delineation.median.landmarks.r, asked.delineation.median.landmarks.qrs_on
    assert onset is not None
    moved = HandSet("qrs_on", None, onset - r, onset - r - 5, "2026-01-02T03:04:05+00:00", "1.0")
    landmarks.write(landmarks.file_of(tmp_path, record.sha256), record.sha256, (moved,))

    assert kept.answer(ask(Settings(landmarks=tmp_path))) is None


def test_another_model_of_the_same_name_finds_nothing(
    asked: Question, answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Cache(tmp_path / "cache")
    kept.keep(asked, answer)
    models = tmp_path / "models"
    shutil.copytree(resources.folder("models") / "resnet1d", models / "resnet1d")
    card = models / "resnet1d" / "card.json"
    monkeypatch.setattr(cache.resources, "folder", lambda _name: models)
    assert kept.answer(asked) is not None

    # Other weights have another hash, and the card names it.
    card.write_text(card.read_text().replace(answer.verdict.model.sha256, "0" * 64))
    assert kept.answer(asked) is None


def test_another_version_finds_nothing(
    asked: Question, answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    monkeypatch.setattr(cache, "_computing", lambda: "another")
    assert kept.answer(asked) is None


def test_what_computes_is_told_by_its_code_and_its_libraries() -> None:
    told = cache._computing()
    assert "torch" in told
    assert "numpy" in told
    assert cache.__version__ in told


def test_an_unfinished_answer_is_not_kept(asked: Question, answer: Answer, tmp_path: Path) -> None:
    assert answer.explanation is not None
    coarse = replace(answer.explanation.attribution, final=False)
    kept = Cache(tmp_path)
    kept.keep(asked, replace(answer, explanation=replace(answer.explanation, attribution=coarse)))
    kept.keep(asked, replace(answer, explanation=None))
    assert kept.answer(asked) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_damaged_file_is_ignored_and_removed(asked: Question, answer: Answer, tmp_path: Path, left: int) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    (file,) = tmp_path.rglob("*.npz")
    content = file.read_bytes()
    middle = len(content) // 2
    damaged = content[:left] if left >= 0 else content[:middle] + bytes(64) + content[middle + 64 :]
    file.write_bytes(damaged)

    assert kept.answer(asked) is None
    assert not file.exists()


def test_a_write_that_is_killed_leaves_nothing_that_is_taken_for_an_answer(
    asked: Question, answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            Cache(tmp_path).keep(asked, answer)

    assert Cache(tmp_path).answer(asked) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_nothing(
    asked: Question, answer: Answer, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    kept = Cache(tmp_path / "taken" / "cache")
    kept.keep(asked, answer)
    assert kept.answer(asked) is None


def test_what_was_not_used_for_longest_goes_first(asked: Question, answer: Answer, tmp_path: Path) -> None:
    Cache(tmp_path).keep(asked, answer)
    one = Cache(tmp_path).n_bytes
    (file,) = tmp_path.rglob("*.npz")
    for k in range(4):
        other = file.with_name(f"{k}.npz")
        other.write_bytes(file.read_bytes())
        os.utime(other, (1000.0 + k, 1000.0 + k))
    bounded = Cache(tmp_path, most_bytes=4 * one)
    assert bounded.answer(asked) is not None

    bounded.keep(asked, answer)

    assert bounded.n_bytes <= 4 * one
    left = {path.name for path in tmp_path.rglob("*.npz")}
    assert file.name in left
    assert "3.npz" in left
    assert "0.npz" not in left


def test_emptied_it_holds_nothing(asked: Question, answer: Answer, tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    kept.keep(asked, answer)
    assert kept.n_bytes > 1000
    kept.empty()
    assert kept.n_bytes == 0
    assert kept.answer(asked) is None


def test_a_files_verdict_is_known_until_the_file_changes(answer: Answer, tmp_path: Path) -> None:
    record = copied(tmp_path)
    kept = Cache(tmp_path / "cache")
    kept.keep_verdict(state_of(record), "resnet1d", answer.verdict)

    expected = {str(record): (answer.verdict.p_abnormal, answer.verdict.model.threshold)}
    assert kept.verdicts([str(record), str(tmp_path / "other")], "resnet1d") == expected
    assert "lbbb" not in " ".join(path.name + path.read_text() for path in (tmp_path / "cache").rglob("*.json"))

    record.with_suffix(".dat").write_bytes(record.with_suffix(".dat").read_bytes()[:-2] + b"\0\0")
    assert kept.verdicts([str(record)], "resnet1d") == {}


def test_a_files_verdict_by_another_version_is_not_shown(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = copied(tmp_path)
    kept = Cache(tmp_path / "cache")
    kept.keep_verdict(state_of(record), "resnet1d", answer.verdict)
    monkeypatch.setattr(cache, "_computing", lambda: "another")
    assert kept.verdicts([str(record)], "resnet1d") == {}


def test_a_record_opened_again_needs_no_network(tmp_path: Path) -> None:
    record = copied(tmp_path)
    first = finished(record, Cache(tmp_path / "cache"))
    again = finished(record, Cache(tmp_path / "cache"))

    assert first.case.explanation is not None
    assert again.case.explanation is not None
    assert "attribution" in first.case.seconds
    assert "attribution" not in again.case.seconds
    assert again.case.verdict == first.case.verdict
    phi = first.case.explanation.attribution.phi
    np.testing.assert_array_equal(again.case.explanation.attribution.phi, phi)
    assert list(Cache(tmp_path / "cache").verdicts([str(record)], "resnet1d")) == [str(record)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "lbbb.dat", "lbbb.hea"]


def copied(folder: Path) -> Path:
    for suffix in (".hea", ".dat"):
        shutil.copy((resources.folder("demo") / "lbbb").with_suffix(suffix), folder)
    return folder / "lbbb"


def finished(path: Path, kept: Cache) -> Progress:
    messages: queue.Queue[object] = queue.Queue()
    client = Client(kept, at_once=True).listen(messages.put)
    try:
        client.open(path, Settings())
        message = messages.get(timeout=PATIENCE_S)
        while not (isinstance(message, Progress) and message.final):
            message = messages.get(timeout=PATIENCE_S)
        # The answer is kept, and the file's verdict after it, when they were sent.
        patience = time.monotonic() + PATIENCE_S
        while not kept.verdicts([str(path)], "resnet1d") and time.monotonic() < patience:
            time.sleep(0.05)
    finally:
        client.close()
    return message


def test_an_answer_holds_in_every_heart_and_the_path_is_that_hearts(
    asked: Question, answer: Answer, tmp_path: Path, heart_folder: Path
) -> None:
    Cache(tmp_path).keep(asked, answer)
    other = ask(Settings(heart=heart_folder))

    found = Cache(tmp_path).answer(other)

    assert found is not None
    assert found.explanation is not None
    assert answer.explanation is not None
    np.testing.assert_array_equal(found.explanation.attribution.phi, answer.explanation.attribution.phi)
    np.testing.assert_array_equal(found.explanation.path.points_mm, other.path.points_mm)
    assert found.explanation.path.heart_sha256 != answer.explanation.path.heart_sha256
    assert found.explanation.nearest == other.nearest
