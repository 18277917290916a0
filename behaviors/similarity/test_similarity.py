"""Similarity: do two models see the same in the same images?  (Claim, source and unit: see the package.)"""

import numpy as np
import pytest

from behaviors.contract.features import Featured
from behaviors.contract.gate import Gate
from behaviors.similarity.metrics import FEWEST, cka

pytestmark = [pytest.mark.needs("features")]


@pytest.mark.predictions("val", pairs=True)
def test_cka(features: Featured, gate: Gate) -> None:
    """What two models of a run make of the images is alike; before and after, where they are two checkpoints of one."""
    one, other = (features(model=name) for name in features.models)
    shared, rows, theirs = np.intersect1d(one.ids, other.ids, assume_unique=True, return_indices=True)
    if shared.size < FEWEST:
        gate.inconclusive("cka", f"{shared.size:,} images, and it takes {FEWEST}", images=shared.size)
        return
    gate.check("cka", cka(one.values[rows], other.values[theirs], alpha=gate.alpha, ids=shared))
