"""The files of hand-set landmarks as the window keeps them: written at each move, applied to what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cineviewer.analysis.case import Case, Settings, with_hand_set
from cineviewer.analysis.steps import as_the_reader_set
from cineviewer.ecg import Delineation, HandSet
from cineviewer.session import HandSets, Keeping, Session


class HandSetFiles:
    """What the session says of landmarks, in a folder of the reader's own; `folder` None keeps nothing."""

    def __init__(self, session: Session, folder: Path | None) -> None:
        self._session = session
        self._folder = folder
        self._written: dict[str, tuple[HandSet, ...]] = {}
        self._beside: dict[str, Path] = {}

    def asked_for(self, settings: Settings) -> Settings:
        """Return settings that name the folder in which the worker finds what the reader set."""
        beside = self._folder is not None and self._session.get(Keeping).landmarks_beside
        return replace(settings, landmarks=self._folder, beside_record=beside)

    def of(self, case: Case) -> Case:
        """Return a case with the landmarks of this session, else those that its file holds."""
        mine = self._session.get(HandSets).by_signal.get(case.record.sha256)
        if mine is not None:
            return with_hand_set(case, mine)
        if case.delineation is None or self._folder is None:
            return case
        return as_the_reader_set(case, self.asked_for(Settings()))

    def write(self) -> str | None:
        """Keep what the session says, at once: it is the reader's work. Returns why it could not be, or None."""
        from cineviewer.analysis import landmarks

        case = self._session.shown.case
        if case is not None:
            self._beside[case.record.sha256] = landmarks.file_beside(case.record)
        for sha256, hand_set in self._session.get(HandSets).by_signal.items():
            if self._folder is None or self._written.get(sha256) == hand_set:
                continue
            files = [landmarks.file_of(self._folder, sha256)]
            if self._session.get(Keeping).landmarks_beside and sha256 in self._beside:
                files.append(self._beside[sha256])
            try:
                for file in files:
                    landmarks.write(file, sha256, hand_set)
            except OSError as error:
                return f"The landmark could not be kept in {file}: {error.strerror}."
            self._written[sha256] = hand_set
        return None


def windows_alike(one: Case, other: Case) -> bool:
    """Return whether two cases of a record differ in nothing that the model, the path or their windows depend on."""
    return _after_onset(one.delineation) == _after_onset(other.delineation)


def _after_onset(delineation: Delineation | None) -> list[tuple[int | None, ...]]:
    beats = delineation.beats if delineation else ()
    marks = [beat.landmarks for beat in beats]
    return [(m.qrs_on, m.qrs_off, m.t_peak, m.t_end) for m in marks]
