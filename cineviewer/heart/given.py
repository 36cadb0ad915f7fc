"""What was found of surfaces that somebody gave: how much they hold and weigh, whose axes they have, what is absent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """What the check of a person's surfaces found.

    Attributes
    ----------
    lv_ml, rv_ml
        What the cavities hold, capped at the base.
    lv_mass_g, rv_mass_g
        Muscle of the left ventricle with the septum, and of the right free wall.
    septum_mm, lateral_mm, rv_wall_mm
        Median thickness of the walls.
    frame_given
        Whether frame.json says how the heart lies; else that was found from the cavities.
    off_deg
        How far the long axis lies from the generic heart's.
    upright
        Whether the file's axes are taken for the body's; else the heart is turned as the generic one lies.
    unlabelled
        The valves whose orifice has no label.
    """

    lv_ml: float
    rv_ml: float
    lv_mass_g: float
    rv_mass_g: float
    septum_mm: float
    lateral_mm: float
    rv_wall_mm: float
    frame_given: bool
    off_deg: float
    upright: bool
    unlabelled: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """Say it in words."""
        axes = "Axes from frame.json" if self.frame_given else "Axes found from the cavities"
        lies = f"long axis {self.off_deg:.0f}° from the generic heart’s"
        turned = "" if self.upright else ": too far to be the body’s, so it is turned as the generic heart lies"
        holds = f"Holds {self.lv_ml:.0f} mL left and {self.rv_ml:.0f} mL right"
        weighs = f"LV with septum {self.lv_mass_g:.0f} g, RV free wall {self.rv_mass_g:.0f} g"
        walls = f"septum {self.septum_mm:.1f} mm, LV free wall {self.lateral_mm:.1f} mm, RV {self.rv_wall_mm:.1f} mm"
        valves = (
            f"Orifices without a label: {', '.join(self.unlabelled)}." if self.unlabelled else "All valves labelled."
        )
        return f"{holds}; {weighs}.", f"Walls (medians): {walls}.", f"{axes}; {lies}{turned}.", valves
