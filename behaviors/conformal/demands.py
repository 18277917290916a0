"""What is promised of sets of classes: what a rule may set under ``within``."""

from dataclasses import dataclass


def check_level(level: object) -> None:
    """Refuse what is no share of images."""
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise ValueError(f"coverage is how often the right class shall be in the set, in (0, 1) (found {level!r:.60})")


@dataclass(frozen=True)
class Level:
    """``coverage``: how often the right class shall be in the set, in (0, 1)."""

    coverage: float = 0.9

    def __post_init__(self) -> None:
        check_level(self.coverage)


@dataclass(frozen=True)
class OfGroups(Level):
    """``by``: columns of annotations, or ``class``, whose combinations of values are the groups; by itself classes.

    ``fewest``: images that a group needs to be judged.
    """

    by: tuple[str, ...] = ("class",)
    fewest: int = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        given: object = self.by
        names = (given,) if isinstance(given, str) else given
        if not isinstance(names, list | tuple) or not names or not all(isinstance(one, str) and one for one in names):
            raise ValueError(f"by names the columns that make groups, a text or a list of texts (found {given!r:.60})")
        object.__setattr__(self, "by", tuple(names))
        if isinstance(self.fewest, bool) or not isinstance(self.fewest, int) or self.fewest < 1:
            raise ValueError(
                f"fewest is how many images make a group, a whole number from 1 (found {self.fewest!r:.60})"
            )
