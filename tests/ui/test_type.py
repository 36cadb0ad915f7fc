"""Type larger than usual: what holds it grows, the scale of the paper does not, and at 160 % nothing is squeezed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.paint import fonts
from cineviewer.paint.tokens import SPACE, TYPE, set_type_factor
from cineviewer.session import Look, Selection, Session, Shown
from cineviewer.ui import theme
from cineviewer.ui.arrangement import compose
from cineviewer.ui.panes.traces import TracesPane


@pytest.fixture
def largest(qapp: object) -> Iterator[None]:
    """Type at 160 %."""
    set_type_factor(1.6)
    theme.apply(qapp, Look(theme="light"))  # type: ignore[arg-type]
    yield
    set_type_factor(1.0)
    theme.apply(qapp, Look(theme="light"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("largest")
def test_type_and_the_heights_that_hold_it_grow_together() -> None:
    assert fonts.font(TYPE.body).pixelSize() == 19
    assert SPACE.row == 30
    assert SPACE.head == 58
    assert SPACE.padding == 8


def test_the_size_is_the_users_or_else_the_systems_between_100_and_160_percent() -> None:
    assert 1.0 <= theme.system_type_factor() <= 1.6
    try:
        theme.take_type_size(Look(type_factor=1.3))
        assert pytest.approx(15.6) == TYPE.body
        theme.take_type_size(Look())
        assert pytest.approx(12.0 * theme.system_type_factor()) == TYPE.body
    finally:
        set_type_factor(1.0)


@pytest.mark.usefixtures("largest")
def test_a_space_is_shared_as_a_smaller_one_with_usual_type() -> None:
    cases, centre, right = compose(1280, 734).columns
    assert cases == 64
    assert right == round(1.6 * 332)
    assert centre >= 0.5 * 1280


@pytest.mark.usefixtures("largest")
def test_no_word_of_the_traces_head_is_squeezed_and_the_paper_keeps_its_scale(qtbot: QtBot, lbbb: Case) -> None:
    session = Session()
    session.restore([Look(theme="light"), Selection(view="median")])
    session.show(Shown(lbbb))
    pane = TracesPane(session)
    qtbot.addWidget(pane)
    pane.resize(684, 480)
    pane.show()
    qtbot.waitExposed(pane)

    segments = [b for b in pane.findChildren(QToolButton) if b.property("role") == "segment" and b.isVisible()]
    assert len(segments) == 3
    for button in segments:
        assert button.width() >= QFontMetrics(button.font()).horizontalAdvance(button.text())
    assert pane._tools.geometry().right() <= pane.width()
    assert pane._beat.plan is not None
    assert pane._beat.plan.px_per_mm == 4.25
