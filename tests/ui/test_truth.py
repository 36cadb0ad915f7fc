"""Simulated truth in the window: off until it is asked for, for simulated records alone, in every pane at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.cine import true_window
from cineviewer.ecg import LEADS
from cineviewer.paint.tokens import tokens
from cineviewer.session import Cursor, Look, Reveal, Session, Shown
from cineviewer.ui.findings import truth as truth_words
from cineviewer.ui.panes.findings import FindingsPane
from cineviewer.ui.panes.timeline import TimelinePane
from cineviewer.ui.panes.traces import TracesPane
from cineviewer.ui.panes.ventricles import VentriclesPane
from cineviewer.ui.ventricles import gl

VIOLET = np.array(list(bytes.fromhex(tokens(dark=False).truth.removeprefix("#"))))


@pytest.fixture
def session(lbbb: Case) -> Session:
    session = Session()
    session.restore([Look(theme="light"), Cursor(60.0)])
    session.show(Shown(lbbb))
    return session


@pytest.fixture
def ventricles(
    qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[VentriclesPane]:
    monkeypatch.setattr(gl, "marker_path", lambda: tmp_path / "3d-starting")
    pane = shown(qtbot, VentriclesPane(session), 332, 390)
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    yield pane
    pane.view.close_scene()


def shown(qtbot: QtBot, pane: QWidget, width: int, height: int) -> QWidget:
    qtbot.addWidget(pane)
    pane.resize(width, height)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def violet(widget: QWidget) -> int:
    """Count px of exactly the colour of simulated truth."""
    return int((np.abs(pixels(widget) - VIOLET).max(axis=2) <= 2).sum())


def button(pane: VentriclesPane) -> QWidget:
    return next(w for w in pane.findChildren(QWidget) if w.accessibleName() == "Show what is true")


def test_truth_is_hidden_until_the_button_is_pressed_and_again_after_undo(
    ventricles: VentriclesPane, session: Session, qtbot: QtBot
) -> None:
    before = pixels(ventricles.view)
    QTest.mouseClick(button(ventricles), Qt.MouseButton.LeftButton)
    assert session.get(Reveal).truth
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    assert violet(ventricles.view) > 60
    assert "Simulated truth" in ventricles._words.text()
    assert session.undo()
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    assert np.abs(pixels(ventricles.view) - before).max() <= 2
    assert "Simulated truth" not in ventricles._words.text()


def test_case_without_a_truth_offers_none(ventricles: VentriclesPane, session: Session, lbbb: Case) -> None:
    assert button(ventricles).isVisible()
    session.show(Shown(replace(lbbb, truth=None)))
    assert not button(ventricles).isVisible()


def test_walls_follow_the_cursor(ventricles: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    session.set(Reveal(True))
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    early = pixels(ventricles.view)
    session.set(Cursor(110.0))
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    late = pixels(ventricles.view)
    heart_only = slice(60, -60)
    assert (np.abs(late - early).max(axis=2)[heart_only] > 12).mean() > 0.05
    for k in range(10):  # while it moves no frame is refined
        session.set(Cursor(40.0 + k))
        qtbot.wait(10)
        assert not ventricles.view.is_fine()
    session.set(Cursor(110.0))
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    away = np.abs(pixels(ventricles.view) - late).max(axis=2)
    assert np.percentile(away, 99) <= 3


def test_diamond_stands_where_the_true_front_is(
    ventricles: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot
) -> None:
    session.set(Reveal(True))
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    frame = ventricles.view._frame
    assert frame is not None
    assert lbbb.truth is not None
    assert lbbb.explanation is not None
    found = true_window(lbbb.truth, lbbb.explanation.window)
    assert found is not None
    front = found.front_mm(60.0)
    assert front is not None
    (place,), _ = frame.view.project(
        (front @ frame.heart.axes)[None], ventricles.view.width(), ventricles.view.height()
    )
    x, y = np.rint(place).astype(int)
    assert np.abs(pixels(ventricles.view)[y, x] - VIOLET).max() <= 3
    path = lbbb.explanation.path.points_mm[round(60.0 * lbbb.explanation.window.rate_hz / 1000.0)]
    told = frame.true_front(60.0)
    assert told is not None
    assert told[1] == pytest.approx(np.linalg.norm(path - front), abs=1.5)


def test_truth_of_another_heart_is_not_drawn(
    ventricles: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot
) -> None:
    assert lbbb.truth is not None
    (beat,) = lbbb.truth.kinds
    fewer = replace(beat, activation_ms=beat.activation_ms[:-1], recovery_ms=beat.recovery_ms[:-1])
    other = replace(lbbb.truth, kinds=(fewer,))
    session.set(Reveal(True))
    session.show(Shown(replace(lbbb, truth=other)))
    qtbot.waitUntil(ventricles.view.is_fine, timeout=30_000)
    assert violet(ventricles.view) == 0
    assert "not drawn in this one" in ventricles._words.text()
    assert truth_words.rows(replace(lbbb, truth=other))[-1][0] == "Heart"


def test_flat_picture_shows_the_way_of_the_front(qtbot: QtBot, session: Session) -> None:
    pane = shown(qtbot, VentriclesPane(session, gl="off"), 332, 390)
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert violet(pane.view) == 0
    session.set(Reveal(True))
    qtbot.waitUntil(lambda: pane.view.is_fine() and violet(pane.view) > 60, timeout=30_000)
    pane.view.close_scene()


def test_leads_are_marked_where_they_differ(qtbot: QtBot, session: Session, lbbb: Case) -> None:
    pane = shown(qtbot, TracesPane(session), 762, 500)
    assert violet(pane) == 0
    session.set(Reveal(True))
    QTest.qWait(50)
    marked = np.abs(pixels(pane) - VIOLET).max(axis=2) <= 2
    assert lbbb.truth is not None
    assert lbbb.explanation is not None
    found = true_window(lbbb.truth, lbbb.explanation.window)
    assert found is not None
    sheet = next(w for w in pane.findChildren(QWidget) if "Twelve leads of the chosen beat" in w.accessibleName())
    plan = sheet.plan  # type: ignore[attr-defined]
    top = sheet.mapTo(pane, QPoint(0, 0))
    rate = lbbb.explanation.window.rate_hz
    right: list[bool] = []
    for cell in plan.cells:
        row = round(top.y() + cell.area.bottom - 2.0)
        for sample in range(5, 195, 7):
            x = round(top.x() + plan.x_of(cell, (sample + 0.5) / rate))
            runs = found.differs[LEADS.index(cell.lead), sample - 2 : sample + 3]
            if runs.all() or not runs.any():
                right.append(marked[row, x] == bool(runs.all()))
    assert len(right) > 200
    assert np.mean(right) > 0.97, "but for where cursor and traces lie over the mark"


def test_timeline_is_marked_while_any_lead_differs(qtbot: QtBot, session: Session) -> None:
    pane = shown(qtbot, TimelinePane(session), 762, 206)
    assert violet(pane) == 0
    session.set(Reveal(True))
    QTest.qWait(50)
    sheet = pane._curve.sheet
    assert sheet is not None
    assert sheet.differs is not None
    assert violet(pane) > 300


def test_normal_beat_differs_nowhere(demo: Path) -> None:
    from cineviewer.analysis import read_case

    normal = read_case(demo / "normal.npz")
    rows = dict(truth_words.rows(normal))
    assert rows["Changed"] == "Nothing: this is a beat without disease."
    assert "Evidence" not in rows


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rbbb", "RV free wall; leads differ"),
        ("anterior-mi", "of the muscle is scar"),
        ("lvh", "Less than 1 % of the muscle is activated 10 ms earlier or later; leads differ"),
    ],
)
def test_findings_say_what_was_changed(demo: Path, name: str, told: str) -> None:
    from cineviewer.analysis import read_case

    changed = dict(truth_words.rows(read_case(demo / f"{name}.npz")))["Changed"]
    assert told in changed
    assert ("scar" in changed) == (name == "anterior-mi")


def test_findings_put_the_evidence_beside_the_truth(qtbot: QtBot, session: Session, lbbb: Case) -> None:
    pane = FindingsPane(session)
    qtbot.addWidget(pane)
    QTest.qWait(60)
    said = pane.page.accessibleDescription()
    assert said.index("Simulated truth") > said.index("Where it looked")
    session.set(Reveal(True))
    QTest.qWait(60)
    said = pane.page.accessibleDescription()
    assert said.index("Simulated truth") < said.index("Measurements")
    assert lbbb.truth is not None
    assert lbbb.explanation is not None
    found = true_window(lbbb.truth, lbbb.explanation.window)
    assert found is not None
    size = np.abs(lbbb.explanation.attribution.phi)
    inside = float(size[found.differs].sum() / size.sum())
    ratio = inside / found.differs.mean()
    assert f"{100 * inside:.0f} % of |Phi| fell where a lead differs" in said
    assert f"{ratio:.1f} times chance" in said
    assert "its claim: LV free wall" in said
    assert "no q in I and V6" in said
    session.show(Shown(replace(lbbb, truth=None)))
    QTest.qWait(60)
    assert "Simulated truth" not in pane.page.accessibleDescription()
