"""The shipped typeface."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from cineviewer.paint import fonts


@pytest.mark.parametrize("weight", [fonts.REGULAR, fonts.MEDIUM, fonts.SEMIBOLD])
def test_inter_is_loaded_from_our_own_files_in_three_weights(qapp, weight):
    assert fonts.load()
    info = QFontInfo(fonts.font(12, weight))
    assert info.family() == "Inter"
    assert info.weight() == weight


def test_figures_are_tabular_so_that_readings_do_not_jump(qapp):
    widths = {round(QFontMetricsF(fonts.font(12)).horizontalAdvance(figure), 3) for figure in "0123456789"}
    assert len(widths) == 1


def test_type_is_never_smaller_than_ten_px_and_never_hinted(qapp):
    face = fonts.font(7)
    assert face.pixelSize() == 10
    assert face.hintingPreference() == QFont.HintingPreference.PreferNoHinting


def test_minus_is_a_minus():
    assert fonts.number(-0.06, 2) == "−0.06"
