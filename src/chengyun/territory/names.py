"""Names of divisions as officials write them and as people say them."""

_LONG = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村村民委员会", "村"),
    ("村村委会", "村"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
)


def display_name(official: str) -> str:
    """The everyday name: 寨子坪社区居民委员会 → 寨子坪社区, 青龙村村民委员会 → 青龙村; others stay as they are."""
    for ending, short in _LONG:
        if official.endswith(ending) and len(official) > len(ending):
            return official.removesuffix(ending) + short
    return official


def is_community(official: str) -> bool:
    """Whether the village-level division is an urban community (居委会) and not a village (村委会)."""
    return not official.endswith(("村民委员会", "村委会"))


def town_kind(name: str) -> str:
    """ "subdistrict" for 街道, "town" for 镇, "township" for 乡 and whatever else towns are called."""
    if name.endswith("街道"):
        return "subdistrict"
    return "town" if name.endswith("镇") else "township"


def grid_name(number: int) -> str:
    """Name of the n-th grid of a village, counted from 1."""
    return f"{number:03d} 网格"
