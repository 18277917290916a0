"""By what score strange images are told from known ones: what a rule may set under ``within``."""

from dataclasses import dataclass

SCORES = ("msp", "max_logit", "energy", "mcm", "gen")


@dataclass(frozen=True)
class OfScore:
    """``score``: one of those that ``behaviors.contract.scores`` tells of; by itself the largest probability."""

    score: str = "msp"

    def __post_init__(self) -> None:
        if self.score not in SCORES:
            raise ValueError(f"score is one of {', '.join(SCORES)} (found {self.score!r:.60})")


@dataclass(frozen=True)
class OfNeighbours:
    """``k``: the distance to the k-th nearest image counts."""

    k: int = 10

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int) or self.k < 1:
            raise ValueError(f"k counts neighbours, a whole number from 1 (found {self.k!r:.60})")
