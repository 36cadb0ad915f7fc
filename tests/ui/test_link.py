from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.analysis.worker import Failed, Progress, Refused, Restarted
from cineviewer.heart import load
from cineviewer.session import Engine, Selection, Session, Shown
from cineviewer.ui.link import Link


class Worker:
    def __init__(self, on_message: object) -> None:
        self.say = on_message
        self.requests: list[object] = []
        self.number = 0
        self.pids = (1, 2)

    def open(self, path: Path, settings: object) -> int:
        self.requests.append((path, settings))
        self.number += 1
        return self.number

    def cancel(self) -> None:
        self.number += 1

    def close(self) -> None:
        pass


@pytest.fixture
def linked(qapp: object) -> tuple[Session, Link, list[Worker]]:
    session, workers = Session(), []
    link = Link(session, lambda say: workers.append(Worker(say)) or workers[-1])  # type: ignore[arg-type,return-value]
    return session, link, workers


def named(case: Case, name: str) -> Case:
    record = replace(case.record, path=Path(name), sha256=name)
    return replace(case, record=record)


def test_what_was_selected_before_the_worker_started_is_asked_when_it_starts(linked: tuple) -> None:
    session, link, workers = linked
    session.set(Selection(path="/a/one"))
    assert session.shown.progress == 0.0
    link.start()
    assert [path for path, _ in workers[0].requests] == [Path("/a/one")]


def test_results_come_in_better_and_better_and_then_progress_ends(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    case = named(lbbb, "/a/one")
    bare = replace(case, explanation=None, verdict=None, delineation=None)
    workers[0].say(Progress(1, bare, 0.05, "Finding beats", False))
    assert session.shown.case is bare
    assert (session.shown.progress, session.shown.activity) == (0.05, "Finding beats")
    workers[0].say(Progress(1, case, 1.0, "", True))
    assert session.shown.case is case
    assert session.shown.progress is None
    assert not session.shown.stale


def test_results_of_an_older_request_are_dropped(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    session.set(Selection(path="/a/two"))
    workers[0].say(Progress(1, named(lbbb, "/a/one"), 1.0, "", True))
    assert session.shown.case is None
    workers[0].say(Progress(2, named(lbbb, "/a/two"), 1.0, "", True))
    assert session.shown.case.record.path == Path("/a/two")


def test_another_setting_leaves_the_old_map_visibly_stale_until_the_new_one_comes(
    linked: tuple, lbbb: Case, qtbot: QtBot
) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    first = named(lbbb, "/a/one")
    workers[0].say(Progress(1, first, 1.0, "", True))
    session.set(Engine(reference="zeros"))
    assert session.shown.stale
    assert session.shown.case is first
    workers[0].say(Progress(2, replace(first, explanation=None), 0.25, "Attributing", False))
    assert session.shown.stale
    assert session.shown.case.explanation is first.explanation
    second = replace(first, seconds={})
    workers[0].say(Progress(2, second, 0.5, "Attributing", False))
    qtbot.waitUntil(lambda: session.shown.case is second)
    assert not session.shown.stale


def test_of_maps_that_come_faster_than_anyone_sees_only_the_newest_is_shown(
    linked: tuple, lbbb: Case, qtbot: QtBot
) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    shown = []
    session.on(Shown, lambda part: shown.append(part.case))
    partial = [replace(named(lbbb, "/a/one"), seconds={"k": k}) for k in range(5)]
    for case in partial:
        workers[0].say(Progress(1, case, 0.5, "Attributing", False))
    qtbot.waitUntil(lambda: shown != [])
    assert shown == [partial[-1]]
    workers[0].say(Progress(1, partial[0], 0.6, "Attributing", False))
    workers[0].say(Progress(1, partial[1], 1.0, "", True))
    qtbot.wait(200)
    assert shown == [partial[-1], partial[1]]


def test_another_record_shows_at_once_without_the_old_map(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    workers[0].say(Progress(1, named(lbbb, "/a/one"), 1.0, "", True))
    session.set(Selection(path="/a/two"))
    assert not session.shown.stale
    bare = replace(named(lbbb, "/a/two"), explanation=None, verdict=None)
    workers[0].say(Progress(2, bare, 0.05, "Finding beats", False))
    assert session.shown.case is bare


def test_a_failure_leaves_the_last_good_case_and_says_the_sentence(linked: tuple, lbbb: Case, qtbot: QtBot) -> None:
    session, link, workers = linked
    tried: list[tuple[str, object]] = []
    link.read.connect(lambda path, sentence: tried.append((path, sentence)))
    link.start()
    session.set(Selection(path="/a/one"))
    good = named(lbbb, "/a/one")
    workers[0].say(Progress(1, good, 1.0, "", True))
    session.set(Selection(path="/a/bad"))
    workers[0].say(Failed(2, "bad.hea: is cut short; fetch it again.", "truncated"))
    assert session.shown.case is good
    assert session.shown.notice == "bad.hea: is cut short; fetch it again."
    assert session.shown.progress is None
    assert tried[-1] == ("/a/bad", "bad.hea: is cut short; fetch it again.")
    link.retry()
    assert [path for path, _ in workers[0].requests][-2:] == [Path("/a/bad")] * 2
    assert session.shown.notice is None


def test_a_worker_that_died_says_so(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    workers[0].say(Restarted(1, "The computing process stopped and was started again."))
    assert session.shown.notice is not None
    assert "Retry" in session.shown.notice


def test_cancel_drops_what_still_arrives(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    link.cancel()
    workers[0].say(Progress(1, named(lbbb, "/a/one"), 1.0, "", True))
    assert session.shown.case is None
    assert session.shown.progress is None


def test_a_stored_case_shows_at_once_and_a_beat_of_it_is_computed_from_its_record(linked: tuple, demo: Path) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path=str(demo / "lbbb.npz")))
    assert session.shown.case.explanation is not None
    assert workers[0].requests == []
    session.set(Selection(path=str(demo / "lbbb.npz"), view="beat", beat=2))
    ((path, settings),) = workers[0].requests
    assert path == demo / "lbbb"
    assert settings.beat == 2
    assert session.shown.stale


def test_choosing_the_record_view_asks_for_nothing_new(linked: tuple, demo: Path) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    session.set(Selection(path="/a/one", view="record"))
    assert len(workers[0].requests) == 1


def test_without_the_store_a_bundled_case_is_computed_anew(qapp: object, demo: Path) -> None:
    session, workers = Session(), []
    link = Link(session, lambda say: workers.append(Worker(say)) or workers[-1], use_stored=False)  # type: ignore[arg-type,return-value]
    link.start()
    session.set(Selection(path=str(demo / "lbbb.npz")))
    assert [path for path, _ in workers[0].requests] == [demo / "lbbb"]


def test_a_heart_that_is_refused_leaves_the_last_good_one_and_says_why(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path="/a/one"))
    workers[0].say(Progress(1, named(lbbb, "/a/one"), 1.0, "", True))
    session.set(Engine(heart="/scans/good"))
    assert session.shown.stale
    good = replace(named(lbbb, "/a/one"), heart=load())
    workers[0].say(Progress(2, good, 1.0, "", True))

    session.set(Engine(heart="/scans/bad"))
    workers[0].say(Refused(3, "/scans/bad: there is no such folder; name another."))

    assert session.get(Engine).heart == "/scans/good"
    assert workers[0].requests[-1][1].heart == Path("/scans/good")
    assert session.shown.case is good
    workers[0].say(Progress(4, good, 1.0, "", True))
    assert "no such folder" in (session.shown.notice or "")
    assert session.shown.about == "The heart"
    assert not session.shown.stale
    session.set(Engine())
    assert session.shown.notice is None


def test_a_missing_heart_of_last_time_shows_the_generic_one(linked: tuple, lbbb: Case) -> None:
    session, link, workers = linked
    session.restore([Engine(heart="/scans/gone")])
    link.start()
    session.set(Selection(path="/a/one"))
    workers[0].say(Refused(1, "/scans/gone: there is no such folder; name another."))
    assert session.get(Engine).heart is None
    assert workers[0].requests[-1][1].heart is None
    workers[0].say(Progress(2, named(lbbb, "/a/one"), 1.0, "", True))
    assert "/scans/gone" in (session.shown.notice or "")


def test_a_bundled_case_is_computed_anew_in_a_heart_that_was_given(linked: tuple, demo: Path) -> None:
    session, link, workers = linked
    link.start()
    session.set(Selection(path=str(demo / "lbbb.npz")))
    assert workers[0].requests == []
    session.set(Engine(heart="/scans/good"))
    assert workers[0].requests[-1][1].heart == Path("/scans/good")
    assert session.shown.stale
    session.undo()
    assert not session.shown.stale
    assert session.shown.case.explanation is not None
