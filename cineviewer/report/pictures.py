"""Pictures of a case for files: the page as PNG, SVG or PDF, and the ventricles by themselves."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from cineviewer.analysis import Case
from cineviewer.analysis.hearts import heart_of
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY, provenance
from cineviewer.errors import InputError
from cineviewer.paint.scene_picture import picture
from cineviewer.report import page

DPI: Final = 150
_MM_PER_INCH: Final = 25.4
_HEART_PX: Final = (450, 500)
SUFFIXES: Final = (".png", ".svg", ".pdf")


def render(case: Case, suffix: str) -> bytes:
    """Return the page of a case as the content of a .png, .svg or .pdf file.

    Raises
    ------
    InputError
        For any other suffix.
    """
    _application()
    match suffix:
        case ".png":
            return png(page_picture(case))
        case ".svg":
            return _svg(case)
        case ".pdf":
            return _pdf(case)
    raise InputError(
        "no-format",
        f"pictures are not written as {suffix or 'a file without suffix'}",
        repair=f"choose {', '.join(SUFFIXES)}",
    )


def page_picture(case: Case) -> QImage:
    """Return the page as an image of 150 dpi, true to scale in print."""
    _application()
    px_per_mm = DPI / _MM_PER_INCH
    image = QImage(round(page.WIDTH_MM * px_per_mm), round(page.HEIGHT_MM * px_per_mm), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(1000 * px_per_mm))
    image.setDotsPerMeterY(round(1000 * px_per_mm))
    painter = QPainter(image)
    painter.scale(px_per_mm / page.PX_PER_MM, px_per_mm / page.PX_PER_MM)
    page.draw(painter, case, _heart(case, px_per_mm / page.PX_PER_MM))
    painter.end()
    return image


def ventricles_picture(case: Case) -> QImage:
    """Return the ventricles with the path; the case must have an explanation."""
    _application()
    assert case.explanation is not None
    width, height = _HEART_PX
    return picture(heart_of(case), case.explanation, width, height, provenance=provenance(case), ratio=2.0)


def png(image: QImage) -> bytes:
    """Return an image as PNG."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def _svg(case: Case) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    width, height = round(page.WIDTH_MM * page.PX_PER_MM), round(page.HEIGHT_MM * page.PX_PER_MM)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    generator.setResolution(round(page.PX_PER_MM * _MM_PER_INCH))
    generator.setTitle(f"{case.record.name}: {RESEARCH_USE_ONLY}")
    generator.setDescription(provenance(case))
    painter = QPainter(generator)
    page.draw(painter, case, _heart(case, 2.0))
    painter.end()
    return bytes(content.data())


def _pdf(case: Case) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(f"{case.record.name}: {RESEARCH_USE_ONLY}")
    writer.setPageSize(QPageSize(QSizeF(page.WIDTH_MM, page.HEIGHT_MM), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(1200)
    painter = QPainter(writer)
    scale = 1200 / _MM_PER_INCH / page.PX_PER_MM
    painter.scale(scale, scale)
    page.draw(painter, case, _heart(case, 3.0))
    painter.end()
    return bytes(content.data())


def _heart(case: Case, px_per_unit: float) -> QImage | None:
    """Return the ventricles as they stand on the page, None where there is no path."""
    if case.explanation is None:
        return None
    width, height = round(page.HEART.width), round(page.HEART.height)
    return picture(heart_of(case), case.explanation, width, height, ratio=px_per_unit)


@lru_cache(maxsize=1)
def _application() -> QGuiApplication | None:
    """Make the application object that text needs, off-screen, unless a window has made one."""
    if QGuiApplication.instance() is not None:
        return None
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication([sys.argv[0]])
