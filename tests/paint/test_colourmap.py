"""The attribution map against colour science: OKLab, WCAG contrast, and Machado's model of colour vision."""

import numpy as np
import pytest

from cineviewer.paint import colourmap
from cineviewer.paint.tokens import tokens

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
MACHADO = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def encoded(rgb):
    rgb = np.clip(rgb, 0, 1)
    return np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)


def contrast(a, b):
    luminance = [linear(np.asarray(c)[:3] / 255.0) @ [0.2126, 0.7152, 0.0722] for c in (a, b)]
    return (max(luminance) + 0.05) / (min(luminance) + 0.05)


def rgb(colour):
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], dtype=float)


def seen(colour, kind):
    return colourmap.oklab(encoded(np.array(MACHADO[kind]) @ linear(np.asarray(colour)[:3] / 255.0)))


def test_oklab_agrees_with_published_values():
    # Pure sRGB red, green, blue and white: B. Ottosson's reference implementation.
    published = [
        [0.62795536, 0.22486306, 0.12584630],
        [0.86643961, -0.23388757, 0.17949848],
        [0.45201372, -0.03245698, -0.31152815],
        [1.0, 0.0, 0.0],
    ]
    colours = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    assert colourmap.oklab(colours) == pytest.approx(np.array(published), abs=2e-6)
    assert colourmap.srgb(colourmap.oklab(colours)) == pytest.approx(colours, abs=1e-6)


@pytest.mark.parametrize("dark", [False, True])
def test_map_has_neutral_centre_and_both_ends_of_equal_lightness(dark):
    lab = colourmap.oklab(colourmap.lut(dark)[:, :3] / 255.0)
    assert np.hypot(*lab[128, 1:]) < 1e-4
    assert lab[0, 0] == pytest.approx(lab[-1, 0], abs=0.025)
    assert lab[:128, 0] == pytest.approx(lab[:128:-1, 0], abs=0.025)


@pytest.mark.parametrize(("dark", "step"), [(False, 0.071), (True, 0.085)])
def test_equal_steps_look_equal_on_both_arms(dark, step):
    lab = colourmap.oklab(colourmap.lut(dark)[::32, :3] / 255.0)
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps[:4].mean() == pytest.approx(steps[4:].mean(), rel=0.03)
    assert steps.mean() == pytest.approx(step, rel=0.05)
    assert steps.max() < 1.12 * steps.min()


@pytest.mark.parametrize(
    ("dark", "kind", "least"),
    [
        (False, "protan", 0.24), (False, "deutan", 0.26), (False, "tritan", 0.28),
        (True, "protan", 0.23), (True, "deutan", 0.25), (True, "tritan", 0.25),
    ],
)  # fmt: skip
def test_signs_stay_apart_for_every_colour_vision(dark, kind, least):
    table = colourmap.lut(dark)
    assert np.linalg.norm(seen(table[0], kind) - seen(table[-1], kind)) > least - 0.01
    assert np.linalg.norm(seen(table[64], kind) - seen(table[192], kind)) > 0.11


@pytest.mark.parametrize(("dark", "full", "bare"), [(False, 7.9, 18.0), (True, 4.3, 16.4)])
def test_trace_stays_readable_on_the_strongest_evidence(dark, full, bare):
    look = tokens(dark)
    ends = colourmap.lut(dark)[[0, -1]]
    assert min(contrast(rgb(look.trace), end) for end in ends) > full - 0.15
    assert contrast(rgb(look.trace), rgb(look.paper)) > bare


@pytest.mark.parametrize("dark", [False, True])
def test_second_and_third_text_are_readable_on_every_frame_colour(dark):
    look = tokens(dark)
    for text in (look.text, look.text_second, look.text_third):
        for ground in (look.panel, look.fill, look.teal_wash):
            assert contrast(rgb(text), rgb(ground)) > 4.35


def test_values_take_the_side_of_their_sign_and_stop_at_the_limit():
    rows = colourmap.index(np.array([-9.0, -0.06, -0.03, 0.0, np.nan, 0.03, 0.06, 9.0]), 0.06)
    assert rows.tolist() == [0, 0, 64, 128, 128, 192, 256, 256]
    assert colourmap.index(np.ones(3), 0.0).tolist() == [128] * 3


def test_light_map_multiplies_the_paper_and_dark_map_fades_in():
    values = np.array([0.0, 0.11, 0.22, 1.0])
    light = colourmap.laid_on(values, 1.0, False, "#fffaf8")
    assert light[-1, :3].tolist() == [0xF2, round(0x94 * 0xFA / 255), round(0x3C * 0xF8 / 255)]
    dark = colourmap.laid_on(values, 1.0, True, "#151515")
    assert dark[0, :3].tolist() == [0x15, 0x15, 0x15]
    assert dark[-1, :3].tolist() == [0xB0, 0x5F, 0x04]
    assert dark[2].tolist() == colourmap.sample(values, 1.0, True)[2].tolist()


def test_stale_map_keeps_a_third_of_its_distance_from_the_paper():
    full, stale = (colourmap.laid_on(np.ones(1), 1.0, False, "#fffaf8", fade)[0, :3].astype(int) for fade in (1, 0.35))
    assert stale == pytest.approx([255, 250, 248] + 0.35 * (full - [255, 250, 248]), abs=1)
