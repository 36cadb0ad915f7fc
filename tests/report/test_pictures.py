"""No picture leaves without saying what it is and where it comes from."""

from __future__ import annotations

import dataclasses
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest

from cineviewer import resources
from cineviewer.analysis import Case, read_case
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY, provenance
from cineviewer.errors import InputError
from cineviewer.heart import person
from cineviewer.report import pictures


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(resources.folder("demo") / "lbbb.npz")


def svg_texts(case: Case) -> str:
    root = ET.fromstring(pictures.render(case, ".svg"))
    return " ".join("".join(element.itertext()) for element in root.iter())


def test_the_page_is_a4_at_its_stated_resolution(case: Case, tmp_path: Path) -> None:
    content = pictures.render(case, ".png")

    width, height = struct.unpack(">II", content[16:24])
    at = content.index(b"pHYs")
    per_metre, _, unit = struct.unpack(">IIB", content[at + 4 : at + 13])
    assert unit == 1
    assert width / per_metre == pytest.approx(0.297, abs=0.0005)
    assert height / per_metre == pytest.approx(0.210, abs=0.0005)


def test_the_printed_page_is_a4(case: Case) -> None:
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pictures.render(case, ".pdf"))

    width, height = (float(side) / 72 * 25.4 for side in boxes[0])
    assert width == pytest.approx(297, abs=0.5)
    assert height == pytest.approx(210, abs=0.5)


def test_research_use_provenance_and_simulated_stand_on_the_page(case: Case) -> None:
    texts = svg_texts(case)

    assert RESEARCH_USE_ONLY in texts
    assert "Simulated" in texts
    for part in ("resnet1d", case.verdict.model.sha256[:12], "Integrated Gradients", "mean normal window"):  # type: ignore[union-attr]
        assert part in texts
    assert "0.5–40 Hz" in texts


def test_what_the_model_could_not_say_stands_in_place_of_a_verdict(case: Case) -> None:
    why = "No verdict: the model needs 12 leads, V3 is missing"
    silent = dataclasses.replace(case, verdict=None, explanation=None, notices=(why,))

    texts = svg_texts(silent)

    assert "V3 is missing" in texts
    assert RESEARCH_USE_ONLY in texts
    assert "probability" not in texts


def test_a_certain_verdict_is_not_written_as_certainty(case: Case) -> None:
    assert case.verdict is not None
    certain = dataclasses.replace(case, verdict=dataclasses.replace(case.verdict, p_abnormal=0.9999))

    assert "> 99 %" in svg_texts(certain)


def test_names_and_folders_of_the_file_system_stay_out_of_provenance(case: Case) -> None:
    moved = dataclasses.replace(case, record=dataclasses.replace(case.record, path=Path("/home/someone/name")))

    assert "someone" not in provenance(moved)


def test_an_unknown_kind_of_picture_is_refused(case: Case) -> None:
    with pytest.raises(InputError, match=r"\.bmp"):
        pictures.render(case, ".bmp")


def test_png_content_is_whole(case: Case) -> None:
    content = pictures.png(pictures.ventricles_picture(case))

    assert content.startswith(b"\x89PNG")
    assert content[-8:-4] == b"IEND"
    assert struct.unpack(">I", content[-4:])[0] == zlib.crc32(b"IEND")


def test_provenance_says_that_surfaces_were_given_and_by_which_hash_but_not_their_folder(
    case: Case, heart_folder: Path
) -> None:
    heart = person.read(heart_folder)
    assert case.explanation is not None
    path = dataclasses.replace(case.explanation.path, heart_sha256=heart.sha256)
    given = dataclasses.replace(case, heart=heart, explanation=dataclasses.replace(case.explanation, path=path))

    assert "generic heart" in provenance(case)
    assert "generic" not in provenance(given)
    for part in ("surfaces as given", heart.sha256[:12], "not verified"):
        assert part in provenance(given)
    assert heart.name not in provenance(given)
    assert "not verified" in svg_texts(given)
    assert pictures.png(pictures.ventricles_picture(given)) != pictures.png(pictures.ventricles_picture(case))
