"""What ships: its files are those of its card, and its verdicts are what they say they are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cineviewer import models, resources
from cineviewer.ecg import LEADS, Beat
from cineviewer.errors import InputError
from cineviewer.models.card import file_sha256, read_card, write_card

SHIPPED = resources.folder("models") / "resnet1d"


@pytest.fixture(scope="module")
def model() -> models.Model:
    return models.load("resnet1d")


def test_card_names_the_files_that_ship():
    card = read_card(SHIPPED)
    assert len(card.members) == 3
    for member in card.members:
        assert file_sha256(SHIPPED / member.weights) == member.sha256
    assert file_sha256(SHIPPED / card.statistics) == card.statistics_sha256
    assert {path.name for path in SHIPPED.iterdir()} == {
        "card.json",
        card.statistics,
        *(member.weights for member in card.members),
    }


def test_card_says_how_the_model_was_made():
    card = read_card(SHIPPED)
    assert (card.leads, card.rate_hz, card.length) == (LEADS, 500.0, 200)
    assert card.architecture.parameters <= 120_000
    assert len({member.seed for member in card.members}) == 3
    assert card.members[0].validation_loss == min(member.validation_loss for member in card.members)
    assert len(card.training.data_sha256) == 64
    assert card.calibration.brier_after <= card.calibration.brier_before + 0.001
    assert "MI" in card.label_rule
    assert "Not for diagnosis" in card.intended_use


def test_the_mean_normal_window_is_called_normal(model):
    window_logits = model.logits(model.mean_normal_mv[None])
    assert window_logits[0, 0] > window_logits[0, 1]


def test_shipped_components_are_orthonormal_and_ordered(model):
    flat = model.components_mv.reshape(len(model.components_mv), -1)
    assert flat @ flat.T == pytest.approx(np.eye(len(flat)), abs=1e-4)
    assert np.all(np.diff(model.component_sd) <= 0)


def test_batches_and_single_windows_agree(model):
    windows = model.mean_normal_mv + np.random.default_rng(0).normal(0, 0.1, (5, 12, 200))
    assert model.logits(windows) == pytest.approx(
        np.concatenate([model.logits(window[None]) for window in windows]), abs=1e-4
    )


def test_verdict_is_the_mean_over_dominant_beats(model, analytic):
    record, delineation = analytic(500.0)
    beats = tuple(Beat(b.landmarks, cluster=int(k == 3)) for k, b in enumerate(delineation.beats))
    delineation = replace(delineation, beats=beats)
    found = models.windows(record, delineation, model.card)
    verdict = models.verdict(model, found[1:], delineation)
    single = {w.beat: models.predict(model, w)[0] for w in found}
    assert verdict.n_beats == 8
    assert verdict.beat_logits[0] is None
    assert verdict.beat_logits[3] == pytest.approx(single[3], abs=1e-4)
    mean = np.mean([single[beat] for beat in range(1, 10) if beat != 3])
    assert verdict.logit == pytest.approx(mean, abs=1e-4)
    assert verdict.p_abnormal == pytest.approx(1 / (1 + np.exp(-mean / model.card.temperature)), abs=1e-5)
    assert verdict.label == ("abnormal" if verdict.p_abnormal >= model.card.threshold else "normal")
    assert verdict.model == model.identity


def test_without_a_dominant_window_there_is_no_verdict(model, analytic):
    _, delineation = analytic(500.0)
    with pytest.raises(InputError, match="no beat of the dominant kind"):
        models.verdict(model, (), delineation)


def test_an_altered_weight_file_is_refused(tmp_path):
    folder = tmp_path / "resnet1d"
    shutil.copytree(SHIPPED, folder)
    weights = folder / read_card(folder).members[0].weights
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(InputError, match="not the one that the card was written for"):
        models.load(str(folder))


def test_a_missing_weight_file_is_said(tmp_path):
    folder = tmp_path / "resnet1d"
    shutil.copytree(SHIPPED, folder)
    (folder / read_card(folder).statistics).unlink()
    with pytest.raises(InputError, match="not there"):
        models.load(str(folder))


def test_cards_come_back_as_written(tmp_path):
    card = read_card(SHIPPED)
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


def test_a_wrong_card_is_said_in_one_sentence(tmp_path):
    (tmp_path / "card.json").write_text('{"schema": 1, "name": 3}')
    with pytest.raises(InputError, match="the card is wrong at"):
        read_card(tmp_path)


def test_an_unknown_model_names_those_there_are():
    with pytest.raises(InputError, match="resnet1d"):
        models.load("resnet9d")


def test_the_room_is_entered_without_torch():
    code = "import sys, cineviewer.models as m; m.windows; m.read_card; m.available(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
