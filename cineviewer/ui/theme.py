"""The theme: look.md's tokens as Qt palette and style sheet, light, dark or as the system says."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from cineviewer.paint import fonts
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, set_type_factor, tokens, with_type
from cineviewer.session import TYPE_FACTORS, Look, Session

STYLE = ("-style", "Fusion")
"""For the arguments of QApplication: asking for the style object instead would take 25 ms to wrap its many enums."""


def is_dark(look: Look) -> bool:
    """Return whether this look is dark now; "system" asks the system."""
    if look.theme == "system":
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return look.theme == "dark"


def system_type_factor() -> float:
    """Return how much larger the system's type is than usual, 1.0-1.6: what people set who need larger type."""
    usual_pt = {"darwin": 13.0, "win32": 9.0}.get(sys.platform, 10.0)
    size_pt = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    return min(max(size_pt / usual_pt, TYPE_FACTORS[0]), TYPE_FACTORS[-1]) if size_pt > 0.0 else 1.0


def take_type_size(look: Look) -> None:
    """Take the size of type that the user chose, or the system's; once, before the window is made."""
    set_type_factor(look.type_factor or system_type_factor())


def tokens_of(session: Session) -> Tokens:
    """Return the tokens of the session's look."""
    return tokens(is_dark(session.get(Look)))


def apply(app: QApplication, look: Look) -> None:
    """Give the whole application the look; native dialogs follow. The style under the style sheet is `STYLE`."""
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(look.theme, Qt.ColorScheme.Unknown)
    QGuiApplication.styleHints().setColorScheme(scheme)
    colours = tokens(is_dark(look))
    app.setFont(fonts.font(TYPE.body))
    app.setPalette(palette(colours))
    app.setStyleSheet(style_sheet(colours))


def palette(colours: Tokens) -> QPalette:
    """Return the palette for what a style sheet does not reach."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.panel,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.panel,
        QPalette.ColorRole.AlternateBase: colours.fill,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.text_third,
        QPalette.ColorRole.Button: colours.panel,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.text,
        QPalette.ColorRole.ToolTipText: colours.panel,
        QPalette.ColorRole.Highlight: colours.teal,
        QPalette.ColorRole.HighlightedText: colours.on_teal,
        QPalette.ColorRole.Link: colours.teal,
        QPalette.ColorRole.Accent: colours.teal,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.line,
        QPalette.ColorRole.Light: colours.fill,
        QPalette.ColorRole.Shadow: colours.line,
    }
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.text_third))
    return result


def style_sheet(c: Tokens) -> str:
    """Return the style sheet.

    Widgets say what they are by a property: `role` of a button is "primary", "icon", "chip" or "segment", of a frame
    "segments"; a label's `voice` is "title", "second", "third" or "strong".
    """
    r = SPACE.radius_control

    def high(px: float) -> int:
        return round(with_type(px))

    return f"""
QMainWindow, QSplitter, QWidget#ground {{ background: {c.ground}; }}
QSplitter::handle {{ background: {c.line}; }}
QSplitter::handle:hover {{ background: {c.teal}; }}
QWidget#pane, QWidget#bar, QDialog, QMessageBox {{ background: {c.panel}; color: {c.text}; }}
QWidget#bar {{ border-bottom: 1px solid {c.line}; }}
QWidget#status {{ background: {c.panel}; border-top: 1px solid {c.line}; }}
QMenuBar {{ background: transparent; color: {c.text}; font-weight: 500; font-size: {TYPE.title:.0f}px; padding: 0; }}
QMenuBar::item {{ padding: 6px 9px; border-radius: {r}px; background: transparent; }}
QMenuBar::item:selected {{ background: {c.fill}; }}
QMenu {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 24px; border-radius: {SPACE.radius_badge}px; }}
QMenu::item:selected {{ background: {c.teal_wash}; color: {c.text}; }}
QMenu::item:disabled {{ color: {c.text_third}; }}
QMenu::separator {{ height: 1px; background: {c.hairline}; margin: 4px 8px; }}
QLabel[voice="title"] {{ font-size: {TYPE.title:.0f}px; font-weight: 600; }}
QLabel[voice="state"] {{ font-size: {TYPE.state:.0f}px; font-weight: 600; }}
QLabel[voice="second"] {{ color: {c.text_second}; }}
QLabel[voice="third"] {{ color: {c.text_third}; }}
QLabel[voice="strong"] {{ font-weight: 600; }}
QLabel#research {{ background: {c.trace}; color: {c.panel}; border-radius: {SPACE.radius_badge}px; padding: 3px 8px;
    font-weight: 600; }}
QLineEdit, QPlainTextEdit, QSpinBox {{ background: {c.fill}; color: {c.text}; border: 1px solid {c.line};
    border-radius: {r}px; padding: 4px 6px; selection-background-color: {c.teal}; selection-color: {c.on_teal}; }}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus {{ border: 2px solid {c.teal}; padding: 3px 5px; }}
QSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
QComboBox {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; border-radius: {r}px;
    padding: 3px 22px 3px 9px; font-weight: 500; min-height: {high(18)}px; }}
QComboBox:hover {{ background: {c.fill}; }}
QComboBox:focus {{ border: 2px solid {c.teal}; padding: 2px 21px 2px 8px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; padding: 4px;
    selection-background-color: {c.teal_wash}; selection-color: {c.text}; outline: none; }}
QPushButton {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; border-radius: {r}px;
    padding: 4px 14px; min-height: {high(18)}px; font-weight: 500; }}
QPushButton:hover {{ background: {c.fill}; }}
QPushButton:focus {{ border: 2px solid {c.teal}; padding: 3px 13px; }}
QPushButton:disabled {{ color: {c.text_third}; }}
QPushButton[role="primary"] {{ background: {c.teal}; color: {c.on_teal}; border: 1px solid {c.teal}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {c.text}; }}
QPushButton[role="link"] {{ background: transparent; border: none; color: {c.teal}; font-weight: 600;
    padding: 4px 6px; }}
QPushButton[role="link"]:hover {{ text-decoration: underline; background: transparent; }}
QPushButton[role="link"]:focus {{ border: 2px solid {c.teal}; padding: 2px 4px; }}
QToolButton {{ background: transparent; color: {c.text}; border: 2px solid transparent; border-radius: {r}px; }}
QToolButton:hover {{ background: {c.fill}; }}
QToolButton:focus {{ border: 2px solid {c.teal}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton[role="icon"]:checked {{ background: {c.teal_wash}; }}
QToolButton[role="primary"] {{ background: {c.teal}; color: {c.on_teal}; }}
QToolButton[role="chip"] {{ border: 1px solid {c.line}; border-radius: {high(10)}px; padding: 0 3px;
    min-height: {high(19)}px; max-height: {high(19)}px; font-weight: 500; font-size: {TYPE.caption:.0f}px; }}
QToolButton[role="chip"]:checked {{ background: {c.teal_wash}; border: 1px solid {c.teal}; color: {c.teal};
    font-weight: 600; }}
QToolButton[role="chip"]:focus {{ border: 2px solid {c.teal}; padding: 0 2px;
    min-height: {high(17)}px; max-height: {high(17)}px; }}
QFrame[role="segments"] {{ background: {c.fill}; border: 1px solid {c.line}; border-radius: {r + 1}px; }}
QToolButton[role="segment"] {{ border: 1px solid transparent; border-radius: {r}px; padding: 0 6px;
    min-height: {high(20)}px; max-height: {high(20)}px; font-weight: 500; color: {c.text_second}; }}
QToolButton[role="segment"]:checked {{ background: {c.panel}; border: 1px solid {c.line}; color: {c.text};
    font-weight: 600; }}
QToolButton[role="segment"]:focus {{ border: 2px solid {c.teal}; padding: 0 5px;
    min-height: {high(18)}px; max-height: {high(18)}px; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {c.text_third}; border-radius: 3px;
    background: {c.fill}; }}
QCheckBox::indicator:checked {{ background: {c.teal}; border: 1px solid {c.teal}; }}
QCheckBox:focus {{ color: {c.teal}; }}
QSlider:horizontal {{ min-height: 22px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {c.line}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {c.teal}; }}
QSlider::handle:horizontal {{ width: 16px; height: 16px; margin: -7px 0; border-radius: 8px; background: {c.panel};
    border: 2px solid {c.teal}; }}
QSlider::handle:horizontal:focus {{ background: {c.teal}; }}
QAbstractItemView {{ background: {c.panel}; border: none; outline: none; }}
QScrollArea {{ background: {c.panel}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {c.line}; border-radius: 3px; margin: 1px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {c.text_third}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {c.trace}; color: {c.panel}; border: none; padding: 4px 7px; }}
QFrame#notice {{ background: {c.fill}; border: 1px solid {c.line}; border-radius: {r}px; }}
"""
