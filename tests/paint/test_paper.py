"""ECG paper: the grid is countable, over heat too, and the same on every device."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator, QSvgRenderer

from cineviewer.paint import paper
from cineviewer.paint.layout import Area, record_plan
from cineviewer.paint.tokens import tokens
from cineviewer.session import Scale

WHOLE = Area(0, 0, 300, 200)


def draw_paper(painter, px_per_mm=4.0, dark=False, area=WHOLE):
    look = tokens(dark)
    paper.draw_ground(painter, area, look)
    paper.draw_grid(painter, area, px_per_mm, (20.0, 20.0), look)


@pytest.mark.parametrize("dark", [False, True])
def test_every_fifth_line_is_thick_and_runs_through_the_anchor(canvas, dark):
    drawn = canvas(300, 200).draw(draw_paper, 6.0, dark)
    contrast = [abs(drawn.light(20 + k * 6, 23) - drawn.light(23, 23)) for k in range(20)]
    thick = [k for k, value in enumerate(contrast) if value > 1.5 * np.median(contrast)]
    assert thick == [0, 5, 10, 15]


def test_grid_repeats_every_millimetre_also_where_px_do_not_divide(canvas):
    drawn = canvas(900, 60).draw(draw_paper, 4.25, False, Area(0, 0, 900, 60))
    row = np.array([drawn.light(x, 22) for x in range(900)], dtype=float)
    spectrum = np.abs(np.fft.rfft(row - row.mean()))
    frequencies = np.fft.rfftfreq(900)
    peak = frequencies[np.argmax(spectrum * (frequencies > 0.2))]
    assert 1 / peak == pytest.approx(4.25, abs=0.02)


def test_one_mm_grid_fades_below_four_px_and_is_gone_at_two(canvas):
    def fine_contrast(px_per_mm):
        drawn = canvas(300, 200).draw(draw_paper, px_per_mm)
        row = [drawn.light(x, 21) for x in range(20, 20 + int(5 * px_per_mm) - 1)]
        inner = row[2:]
        return max(inner) - min(inner)

    full, faded, gone = fine_contrast(4.0), fine_contrast(3.0), fine_contrast(2.0)
    assert full > faded > gone
    assert gone < 3


def test_paper_is_the_same_at_twice_the_resolution(canvas):
    coarse, fine = (canvas(300, 200, ratio).draw(draw_paper, 5.0) for ratio in (1.0, 2.0))
    area = [(x, y) for x in range(40, 65) for y in range(40, 65)]
    means = [np.mean([c.rgb(x, y) for x, y in area], axis=0) for c in (coarse, fine)]
    assert means[0] == pytest.approx(means[1], abs=3)


def heat_under_grid(painter, look):
    paper.draw_ground(painter, WHOLE, look)
    image = paper.heat(np.linspace(-1, 1, 5)[np.newaxis], 1.0, look)
    paper.draw_heat_row(painter, QRectF(0, 0, 300, 200), image, 0)
    paper.draw_grid(painter, WHOLE, 10.0, (20.0, 20.0), look)


@pytest.mark.parametrize("dark", [False, True])
def test_grid_stays_countable_on_the_strongest_evidence_and_never_turns_into_a_mesh(canvas, dark):
    drawn = canvas(300, 200).draw(heat_under_grid, tokens(dark))
    for x in (20, 270):  # thick lines on full "for normal" and full "for abnormal"
        line, beside = drawn.light(x, 35), drawn.light(x + 5, 35)
        if dark:
            assert line > beside + 15
        else:
            assert line < beside - 25


def test_svg_paper_looks_like_the_screens_paper(qapp, canvas):
    look = tokens(False)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(300, 200))
    generator.setViewBox(QRect(0, 0, 300, 200))
    painter = QPainter(generator)
    heat_under_grid(painter, look)
    painter.end()
    from_svg = QImage(300, 200, QImage.Format.Format_RGB32)
    from_svg.fill(QColor("white"))
    painter = QPainter(from_svg)
    QSvgRenderer(buffer.data()).render(painter, QRectF(0, 0, 300, 200))
    painter.end()
    on_screen = canvas(300, 200).draw(heat_under_grid, look).image

    def mean(image, x0, x1):
        return np.mean([image.pixelColor(x, y).getRgb()[:3] for x in range(x0, x1, 3) for y in range(20, 120)], axis=0)

    assert mean(from_svg, 125, 175) == pytest.approx(mean(on_screen, 125, 175), abs=3)  # bare paper
    for x0, x1 in ((20, 55), (245, 295)):  # strongest for normal, for abnormal: SVG cannot multiply
        assert mean(from_svg, x0, x1) == pytest.approx(mean(on_screen, x0, x1), abs=18)


def test_calibration_pulse_is_ten_by_five_millimetres(canvas):
    plan = record_plan(Area(0, 0, 1110, 400), 4.0, Scale())
    look = tokens(False)
    drawn = canvas(1110, 400)
    drawn.image.fill(QColor("white"))
    drawn.draw(paper.draw_pulses, plan, look)
    first_row = [(x, y) for x in range(45) for y in range(100) if drawn.light(x, y) < 300]
    top, bottom = min(y for _, y in first_row), max(y for _, y in first_row)
    assert bottom - top == pytest.approx(10 * 4.0, abs=1)
    at_top = [x for x, y in first_row if y == top]
    assert max(at_top) - min(at_top) == pytest.approx(5 * 4.0, abs=1.5)
