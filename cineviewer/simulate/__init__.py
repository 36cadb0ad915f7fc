"""A scenario becomes a Record whose truth is known.

`record(scenario, seed)` gives the record, `simulate` its truth as well, `write` puts both into files.
The heart is a sum of vector loops today (`loops`); nothing else in the room knows that.
"""

from cineviewer.simulate.files import write
from cineviewer.simulate.recording import GENERATOR, Simulated, Truth, record, simulate
from cineviewer.simulate.scenarios import SCENARIOS, Scenario

__all__ = ["GENERATOR", "SCENARIOS", "Scenario", "Simulated", "Truth", "record", "simulate", "write"]
