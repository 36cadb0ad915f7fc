"""A scenario becomes a Record whose truth is known.

`record(scenario, seed)` gives the record, `simulate` its truth as well, `write` puts both into files.
Muscle is activated (`activation`), recovers (`recovery`) and is seen through a torso (`leadfield`).
"""

from cineviewer.simulate.files import write
from cineviewer.simulate.person import Person
from cineviewer.simulate.population import draw
from cineviewer.simulate.recording import GENERATOR, Simulated, Truth, record, simulate
from cineviewer.simulate.scenarios import SCENARIOS, Scenario

__all__ = ["GENERATOR", "SCENARIOS", "Person", "Scenario", "Simulated", "Truth", "draw", "record", "simulate", "write"]
