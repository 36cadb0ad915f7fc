"""The made-up case of gaussians.py, for every test of what is drawn."""

import importlib.util
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter


@pytest.fixture(scope="session")
def gaussians():
    path = Path(__file__).with_name("gaussians.py")
    spec = importlib.util.spec_from_file_location("gaussians", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Canvas:
    """An image to draw on, and to read colours from."""

    def __init__(self, width, height, ratio=1.0):
        self.ratio = ratio
        self.image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(QColor("#808080"))

    def draw(self, deed, *arguments):
        painter = QPainter(self.image)
        deed(painter, *arguments)
        painter.end()
        return self

    def rgb(self, x, y):
        colour = self.image.pixelColor(int(x * self.ratio), int(y * self.ratio))
        return colour.red(), colour.green(), colour.blue()

    def light(self, x, y):
        return sum(self.rgb(x, y))


@pytest.fixture
def canvas(qapp):
    return Canvas
