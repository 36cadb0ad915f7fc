"""The worker answers, gives up what nobody waits for, and comes back when it dies."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cineviewer import resources
from cineviewer.analysis import Settings
from cineviewer.analysis.worker import Client, Failed, Message, Progress, Refused, Restarted

PATIENCE_S = 120.0


class Heard:
    def __init__(self) -> None:
        self.messages: queue.Queue[Message] = queue.Queue()
        self.client = Client().listen(self.messages.put)

    def until_done(self, number: int) -> Message:
        while True:
            message = self.messages.get(timeout=PATIENCE_S)
            if message.number == number and (not isinstance(message, Progress) or message.final):
                return message


@pytest.fixture(scope="module")
def heard() -> Iterator[Heard]:
    heard = Heard()
    yield heard
    heard.client.close()


def demo(name: str) -> Path:
    return resources.folder("demo") / name


def test_a_record_comes_back_better_and_better_until_it_is_finished(heard: Heard) -> None:
    number = heard.client.open(demo("lbbb"), Settings())

    steps: list[Progress] = []
    while not steps or not steps[-1].final:
        message = heard.messages.get(timeout=PATIENCE_S)
        assert isinstance(message, Progress)
        steps.append(message)

    assert {step.number for step in steps} == {number}
    assert steps[0].case.delineation is None
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    explanation = steps[-1].case.explanation
    assert explanation is not None
    assert explanation.attribution.final
    assert steps[-1].case.record.simulated


def test_a_record_that_is_not_there_is_a_sentence(heard: Heard, tmp_path: Path) -> None:
    message = heard.until_done(heard.client.open(tmp_path / "gone", Settings()))

    assert isinstance(message, Failed)
    assert "gone" in message.sentence


def test_the_newest_request_is_the_one_that_is_finished(heard: Heard) -> None:
    first = heard.client.open(demo("normal"), Settings())
    second = heard.client.open(demo("rbbb"), Settings(beat=2))

    last = heard.until_done(second)

    assert isinstance(last, Progress)
    assert last.case.record.name == "rbbb"
    assert last.case.explanation is not None
    assert last.case.explanation.window.beat == 2
    assert first < second


def test_what_is_sent_once_is_there_again_for_the_next_beat(heard: Heard) -> None:
    heard.until_done(heard.client.open(demo("normal"), Settings()))

    again = heard.until_done(heard.client.open(demo("normal"), Settings(beat=3)))

    assert isinstance(again, Progress)
    assert again.case.record.name == "normal"
    assert again.case.filtered_mv is not None
    assert again.case.explanation is not None
    assert again.case.explanation.window.beat == 3


def test_a_record_that_no_network_is_asked_about_is_finished_with_the_reason(heard: Heard, tmp_path: Path) -> None:
    lines = demo("normal").with_suffix(".hea").read_text().replace("V6", "X9").splitlines()
    (tmp_path / "normal.hea").write_text("\n".join(lines) + "\n")
    (tmp_path / "normal.dat").write_bytes(demo("normal").with_suffix(".dat").read_bytes())

    message = heard.until_done(heard.client.open(tmp_path / "normal", Settings()))

    assert isinstance(message, Progress)
    assert message.case.verdict is None
    assert message.case.delineation is not None
    assert any("V6 is missing" in notice for notice in message.case.notices)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
@pytest.mark.parametrize("which", [0, 1])
def test_a_killed_process_is_started_again_and_says_so(heard: Heard, which: int) -> None:
    before = heard.client.pids
    os.kill(before[which], signal.SIGKILL)

    message = heard.messages.get(timeout=PATIENCE_S)
    while not isinstance(message, Restarted):
        message = heard.messages.get(timeout=PATIENCE_S)
    again = heard.until_done(heard.client.open(demo("normal"), Settings()))

    assert heard.client.pids[which] != before[which]
    assert isinstance(again, Progress)
    assert again.case.verdict is not None


def test_left_alone_it_warms_up_and_still_answers() -> None:
    heard = Heard()
    try:
        time.sleep(8.0)
        assert heard.messages.empty()
        answer = heard.until_done(heard.client.open(demo("normal"), Settings()))
    finally:
        heard.client.close()

    assert isinstance(answer, Progress)
    assert answer.case.verdict is not None


def test_the_case_brings_the_heart_that_was_given(heard: Heard, heart_folder: Path) -> None:
    message = heard.until_done(heard.client.open(demo("lbbb"), Settings(heart=heart_folder)))

    assert isinstance(message, Progress)
    assert message.case.heart is not None
    assert message.case.heart.name == heart_folder.name
    assert message.case.explanation is not None
    assert message.case.explanation.path.heart_sha256 == message.case.heart.sha256
    after = heard.until_done(heard.client.open(demo("lbbb"), Settings()))
    assert isinstance(after, Progress)
    assert after.case.heart is None


def test_a_folder_that_is_no_heart_is_refused_in_a_sentence(heard: Heard, tmp_path: Path) -> None:
    message = heard.until_done(heard.client.open(demo("lbbb"), Settings(heart=tmp_path)))

    assert isinstance(message, Refused)
    assert "neither epi" in message.sentence
