"""The pane of the ventricles: cursor, mouse and keys, its states, and an end without OpenGL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.heart import person
from cineviewer.paint import scene
from cineviewer.paint.scene_camera import view_of
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera, Cursor, Cut, Engine, Look, Session, Shown
from cineviewer.ui.panes.ventricles import VentriclesPane
from cineviewer.ui.ventricles import gl, picture
from cineviewer.ui.ventricles.drawer import Drawer

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(lbbb: Case) -> Session:
    session = Session()
    session.set(Look(theme="light"))
    session.set(Cursor(60.0))
    session.show(Shown(lbbb))
    return session


@pytest.fixture
def pane(qtbot: QtBot, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VentriclesPane]:
    monkeypatch.setattr(gl, "marker_path", lambda: tmp_path / "3d-starting")
    made = _shown(qtbot, VentriclesPane(session))
    yield made
    made.view.close_scene()


def _shown(qtbot: QtBot, pane: VentriclesPane) -> VentriclesPane:
    qtbot.addWidget(pane)
    pane.resize(332, 390)
    pane.show()
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    return pane


def pixels(pane: VentriclesPane) -> np.ndarray:
    image = pane.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def on_path(pane: VentriclesPane, t_ms: float) -> QPoint:
    frame = pane.view._frame
    assert frame is not None
    assert frame.shape is not None
    return QPointF(*frame.line[int(np.abs(frame.shape.time_ms - t_ms).argmin())]).toPoint()


def has_teal(pane: VentriclesPane, at: QPoint) -> bool:
    red, green, blue = pixels(pane)[at.y(), at.x()]
    return bool(green > red + 30 and blue > red + 20)


def test_bead_follows_the_cursor_without_a_new_frame(pane: VentriclesPane, session: Session, monkeypatch) -> None:
    monkeypatch.setattr(pane.view, "_order", lambda: pytest.fail("a cursor move asked for a frame"))
    start, end = on_path(pane, 20.0), on_path(pane, 100.0)
    session.set(Cursor(20.0))
    assert has_teal(pane, start)
    assert not has_teal(pane, end)
    session.set(Cursor(100.0))
    assert has_teal(pane, end)


def test_cursor_outside_the_window_has_no_bead_and_no_readout(pane: VentriclesPane, session: Session) -> None:
    before = pixels(pane)
    session.set(Cursor(450.0))
    after = pixels(pane)
    assert pane.view._bead is None
    assert pane.view._chip.isNull()
    assert np.abs(before - after)[8:36, -200:].max() > 60  # the readout was there


def test_dragging_along_the_path_moves_the_time(pane: VentriclesPane, session: Session) -> None:
    QTest.mousePress(pane.view, LEFT, NONE, on_path(pane, 30.0))
    assert session.get(Cursor).t_ms == pytest.approx(30.0, abs=6.0)
    QTest.mouseMove(pane.view, on_path(pane, 90.0))
    assert session.get(Cursor).t_ms == pytest.approx(90.0, abs=6.0)
    QTest.mouseRelease(pane.view, LEFT, NONE, on_path(pane, 90.0))
    assert session.get(Camera) == Camera()


def test_dragging_beside_the_path_turns_the_heart_and_keeps_the_time(
    pane: VentriclesPane, session: Session, qtbot: QtBot
) -> None:
    before = pixels(pane)
    QTest.mousePress(pane.view, LEFT, NONE, QPoint(20, 220))
    QTest.mouseMove(pane.view, QPoint(120, 230))
    QTest.mouseRelease(pane.view, LEFT, NONE, QPoint(120, 230))
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert session.get(Camera).view is None
    assert session.get(Cursor) == Cursor(60.0)
    assert (np.abs(pixels(pane) - before).max(axis=2) > 20).mean() > 0.05
    assert not any(button.isChecked() for button in pane._group.buttons())


def test_default_view_brings_the_first_picture_back(pane: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    before = pixels(pane)
    session.set(Camera("posterior"))
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert (np.abs(pixels(pane) - before).max(axis=2) > 20).mean() > 0.05
    session.set(Camera())
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert np.abs(pixels(pane) - before).max() <= 2


def test_buttons_look_from_where_they_say(pane: VentriclesPane, session: Session) -> None:
    for button in pane._group.buttons():
        button.click()
        assert session.get(Camera) == Camera(button.objectName())
        assert [b for b in pane._group.buttons() if b.isChecked()] == [button]


def test_shift_and_arrows_turn_while_plain_arrows_are_left_to_the_time(pane: VentriclesPane, session: Session) -> None:
    QTest.keyClick(pane.view, Qt.Key.Key_Left, NONE)
    assert session.get(Camera) == Camera()
    QTest.keyClick(pane.view, Qt.Key.Key_Left, SHIFT)
    assert session.get(Camera).view is None


def test_double_click_centres_what_is_under_it_and_beside_the_heart_fits_all(
    pane: VentriclesPane, session: Session
) -> None:
    at = QPoint(pane.view.width() // 2 + 50, pane.view.height() // 2)
    wall = pane.view._wall_at(QPointF(at))
    assert wall is not None
    QTest.mouseDClick(pane.view, LEFT, NONE, at)
    frame, view = pane.view._frame, pane.view._view
    assert frame is not None
    assert view is not None
    heart = frame.heart
    (place,), _ = view.project((heart.walls_mm[wall] @ heart.axes)[None], pane.view.width(), pane.view.height())
    np.testing.assert_allclose(place, [pane.view.width() / 2, pane.view.height() / 2], atol=1.0)
    QTest.mouseDClick(pane.view, LEFT, NONE, QPoint(4, pane.view.height() - 120))
    assert session.get(Camera) == Camera()


def test_hovering_names_the_wall_that_is_seen(pane: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    session.set(Camera("left-lateral"))
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    at = QPointF(pane.view.width() * 0.55, pane.view.height() * 0.5)
    pane.view._hover(at)
    assert pane.view._hovered is not None
    assert "LV" in pane.view._hovered  # the left ventricle is in front
    pane.view._hover(QPointF(2.0, 2.0))
    assert pane.view._hovered is None


def test_stale_explanation_is_faint_and_says_so(
    pane: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot
) -> None:
    session.show(Shown(lbbb, stale=True))
    assert "before" in pane._words.text()
    qtbot.waitUntil(lambda: pane.view._bead is None)
    session.show(Shown(lbbb))
    qtbot.waitUntil(lambda: pane.view._bead is not None)
    assert "before" not in pane._words.text()


def test_words_wait_for_the_final_map(pane: VentriclesPane, session: Session, lbbb: Case) -> None:
    told = lbbb.explanation
    assert told is not None
    assert pane._words.text() == " ".join(_described(lbbb))
    coarse = replace(told, attribution=replace(told.attribution, final=False))
    session.show(Shown(replace(lbbb, explanation=coarse), progress=0.4))
    assert pane._words.text() == "Coarse map, will sharpen."


def _described(case: Case) -> tuple[str, str]:
    from cineviewer.cine import describe

    assert case.explanation is not None
    return describe(case.explanation)


def test_record_without_a_path_says_why(pane: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot) -> None:
    session.show(Shown(replace(lbbb, explanation=None, notices=("V3 is missing.",))))
    assert pane._empty.text() == "No path. V3 is missing."
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert pane.view._frame is not None
    assert pane.view._frame.shape is None
    session.show(Shown())
    assert pane._empty.text() == "No path: no record is open."


def test_theme_changes_ground_and_path(pane: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    assert pixels(pane)[60, 3].min() > 200
    session.set(Look(theme="dark"))
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert pixels(pane)[60, 3].max() < 60
    assert pane.view._look == tokens(dark=True)


def test_flat_picture_says_why_and_still_follows_the_cursor(qtbot: QtBot, session: Session) -> None:
    pane = _shown(qtbot, VentriclesPane(session, gl="off"))
    assert pane.view.flat_reason == "3D is switched off"
    session.set(Cursor(100.0))
    assert has_teal(pane, on_path(pane, 100.0))
    picture = pixels(pane)
    assert np.abs(picture - picture[0, 0]).max() > 60


def test_missing_opengl_is_noticed_before_vtk_is_asked(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scene.sys, "platform", "linux")
    monkeypatch.setattr(scene, "_loads", lambda _name: False)
    assert "not installed" in (gl.fault(tmp_path / "mark") or "")


def test_after_a_start_that_died_the_next_one_tries_in_another_process(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scene, "_loads", lambda _name: True)
    mark = gl.begin(tmp_path / "cache" / "mark")
    monkeypatch.setattr(gl, "_TRIAL", "import os; os.abort()")
    assert gl.fault(mark) == "OpenGL fails on this machine"
    assert mark.exists()
    monkeypatch.setattr(gl, "_TRIAL", "pass")
    assert gl.fault(mark) is None
    assert not mark.exists()


def test_first_frame_leaves_no_mark(pane: VentriclesPane) -> None:
    assert not gl.marker_path().exists()


def test_closed_scene_ends_quietly(pane: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot) -> None:
    pane.view.close_scene()
    session.set(Cursor(33.0))
    session.set(Camera("base"))
    session.show(Shown(lbbb, stale=True))
    pane.resize(400, 400)
    qtbot.wait(50)
    pane.view.close_scene()


def test_importing_the_pane_does_not_import_vtk() -> None:
    code = (
        "import sys, cineviewer.ui.panes.ventricles; "
        "sys.exit(any(name.startswith(('vtk', 'scipy', 'pyvista')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_edges_are_not_smoothed_while_the_cursor_moves(pane: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    session.set(Camera("lao"))
    for k in range(40):
        session.set(Cursor(float(k)))
        qtbot.wait(10)
        assert not pane.view.is_fine()
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)


def test_path_of_another_record_is_faded_until_the_new_one_is_drawn(
    pane: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot
) -> None:
    at = on_path(pane, 70.0)
    before = pixels(pane)
    told = lbbb.explanation
    assert told is not None
    path = replace(told.path, points_mm=told.path.points_mm + np.float32(30.0))
    session.show(Shown(replace(lbbb, explanation=replace(told, path=path))))
    between = pixels(pane)
    assert pane.view._bead is None
    contrast = [np.ptp(image[at.y() - 10 : at.y() + 10, at.x() - 10 : at.x() + 10]) for image in (before, between)]
    assert contrast[1] < 0.5 * contrast[0]
    qtbot.waitUntil(lambda: pane.view._bead is not None)


def test_sharper_evidence_comes_softly_and_the_bead_stays(
    pane: VentriclesPane, session: Session, lbbb: Case, qtbot: QtBot
) -> None:
    told = lbbb.explanation
    assert told is not None
    before = pixels(pane)
    session.show(Shown(replace(lbbb, explanation=replace(told, profile=-told.profile))))
    assert pane.view._bead is not None
    qtbot.waitUntil(lambda: pane.view._fade.before is not None)
    between = pixels(pane)
    qtbot.waitUntil(lambda: pane.view._fade.before is None)
    after = pixels(pane)
    assert np.abs(after - before).sum() > 1.2 * np.abs(between - before).sum()


def test_frames_can_be_drawn_by_the_event_loop(qtbot: QtBot, session: Session, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gl, "marker_path", lambda: tmp_path / "3d-starting")
    monkeypatch.setattr(picture, "Drawer", partial(Drawer, threaded=False))
    pane = _shown(qtbot, VentriclesPane(session))
    assert has_teal(pane, on_path(pane, 60.0))
    session.set(Camera("base"))
    assert not pane.view.is_fine()
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    pane.view.close_scene()


def test_the_heart_on_screen_is_the_cases_and_says_whose_it_is(
    pane: VentriclesPane, session: Session, lbbb: Case, heart_folder: Path, qtbot: QtBot
) -> None:
    remark = next(label for label in pane.findChildren(QLabel) if "generic heart" in label.text())
    generic = pixels(pane)
    heart = person.read(heart_folder)
    given = replace(lbbb, heart=heart, explanation=replace(lbbb.explanation))

    session.show(Shown(given))
    assert pane.view._is_of_another()  # until its frame is there, what is on screen says that it is stale
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)

    assert "not verified" in remark.text()
    assert heart.name in remark.toolTip()
    assert pane.view._frame.heart is heart
    fitted = view_of(Camera(), heart, pane.view.width(), pane.view.height())
    np.testing.assert_allclose(pane.view._frame.view.position, fitted.position)
    assert np.abs(pixels(pane) - generic).mean() > 1.0
    session.show(Shown(lbbb))
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert pane.view._frame.heart.generic
    assert "generic heart" in remark.text()


def test_while_a_given_heart_is_read_the_generic_one_is_not_drawn_for_it(
    qtbot: QtBot, lbbb: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "marker_path", lambda: tmp_path / "3d-starting")
    session = Session()
    session.restore([Engine(heart="/scans/somebody"), Look(theme="light")])
    session.show(Shown(replace(lbbb, explanation=None), progress=0.1))
    pane = VentriclesPane(session)
    qtbot.addWidget(pane)
    pane.resize(332, 390)
    pane.show()
    qtbot.wait(300)
    assert pane.view._frame is None
    session.show(Shown(replace(lbbb, explanation=None)))  # given up: what is there is drawn, and named
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert pane.view._frame.heart.generic
    pane.view.close_scene()


def test_the_heart_is_cut_open_and_closed_by_its_button_and_that_is_undone(
    pane: VentriclesPane, session: Session, qtbot: QtBot
) -> None:
    whole = pixels(pane)
    QTest.mouseClick(pane._cut, LEFT)
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    opened = pixels(pane)
    assert session.get(Cut).on
    assert np.abs(opened - whole).max() > 60
    session.undo()
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    assert not pane._cut.isChecked()
    assert np.abs(pixels(pane) - whole).max() <= 1


def test_the_wheel_with_ctrl_moves_the_cut_away_and_leaves_the_camera(
    pane: VentriclesPane, session: Session, qtbot: QtBot
) -> None:
    session.set(Cut(on=True, normal=(0.0, 1.0, 0.0)))  # one looks at it from before: farther is negative
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    at = QPointF(100.0, 100.0)
    event = QWheelEvent(
        at, pane.view.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    pane.view.wheelEvent(event)
    assert session.get(Cut).depth_mm == -2.0
    assert session.get(Camera) == Camera()


def test_what_was_cut_away_is_not_under_the_mouse(pane: VentriclesPane, session: Session, qtbot: QtBot) -> None:
    middle = QPointF(pane.view.width() / 2.0, pane.view.height() / 2.0)
    before = pane.view._wall_at(middle)
    QTest.mouseClick(pane._cut, LEFT)
    qtbot.waitUntil(pane.view.is_fine, timeout=30_000)
    after = pane.view._wall_at(middle)
    frame = pane.view._frame
    assert before is not None
    assert frame is not None
    assert not frame.kept[before]
    assert after is None or frame.kept[after]


def test_the_mouse_on_the_end_of_qrs_says_what_the_heavy_rim_means(pane: VentriclesPane) -> None:
    frame = pane.view._frame
    assert frame is not None
    assert frame.shape is not None
    j_ms = float(frame.shape.time_ms[frame.shape.n_qrs - 1])
    pane.view._hover(QPointF(on_path(pane, 0.2 * j_ms)))
    assert pane.view._hovered == "path: QRS, before its last quarter"
    assert f"{0.75 * j_ms:.0f}–{j_ms:.0f} ms" in frame.shape.part_at(0.9 * j_ms)
    assert frame.shape.part_at(j_ms + 20.0) == "ST-T: direction only, no place"
