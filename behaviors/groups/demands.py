"""Which groups are looked at, and how: what a rule may set under ``within``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FEWEST = 20
"""Of fewer images no bound says much: 20 right ones of 20 leave it open whether one in seven is wrong."""


@dataclass(frozen=True)
class WorstClass:
    """``fewest``: images that a class needs to be judged."""

    fewest: int = FEWEST

    def __post_init__(self) -> None:
        _check_count("fewest", self.fewest, "how many images make a group that is judged")


@dataclass(frozen=True)
class WorstClasses(WorstClass):
    """``classes``: k, of how many classes the mean is taken."""

    classes: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_count("classes", self.classes, "how many of the worst classes are averaged")


@dataclass(frozen=True)
class ByGroup:
    """``by``: columns of annotations, or ``class``, whose combinations of values are the groups.

    Without it every value of every annotation is a group: an image is in several.
    ``fewest``: images that a group needs to be judged.
    """

    by: tuple[str, ...] = ()
    fewest: int = FEWEST

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", _names("by", self.by, "the columns that make groups"))
        _check_count("fewest", self.fewest, "how many images make a group that is judged")


@dataclass(frozen=True)
class Gap(ByGroup):
    """``between``: two groups by name; without it the best and the worst."""

    between: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "between", _names("between", self.between, "two groups"))
        if self.between and len(set(self.between)) != 2:
            raise ValueError(f"between names two groups (found {list(self.between)})")


@dataclass(frozen=True)
class Shares:
    """``shares``: the group's name -> its share of all, or a count; without them each counts by its images.

    ``by``: as in ``ByGroup``; without it, classes.
    """

    by: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", _names("by", self.by, "the columns that make groups"))
        if not isinstance(self.shares, Mapping):
            raise ValueError(f"shares are a number for each group, GROUP: NUMBER (found {self.shares!r:.60})")
        for name, share in self.shares.items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < float("inf"):
                raise ValueError(f"shares: {name!r} has a share of at least 0 (found {share!r:.60})")
        if self.shares and not (self.by and sum(self.shares.values())):
            raise ValueError("shares are of the groups that 'by' makes, and not all of them 0; say by which columns")


def _names(key: str, value: object, what: str) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not all(isinstance(name, str) and name for name in found):
        raise ValueError(f"{key} names {what}, a text or a list of texts (found {value!r:.60})")
    if len(set(found)) < len(found):
        raise ValueError(f"{key} names {what}, each once (found {value!r:.60})")
    return tuple(found)


def _check_count(key: str, value: object, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{key} is {what}, a whole number from 1 (found {value!r:.60})")
