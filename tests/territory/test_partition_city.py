"""The shipped city: real divisions, the exact partition, zones and the reorganisation of 2025."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml

from chengyun.territory import partition as door
from chengyun.territory.geometry import METRES, STRETCH, data_text, district_outlines, doubled_area
from chengyun.territory.names import display_name, grid_name, is_community, town_kind
from chengyun.territory.partition import DraftRegion, Partition
from chengyun.territory.plans import towns, villages
from chengyun.territory.zones import zones


@pytest.fixture(scope="module")
def city() -> Partition:
    return door.generate()


@pytest.fixture(scope="module")
def regions(city: Partition) -> dict[str, DraftRegion]:
    return {region.key: region for region in city.regions}


def test_the_whole_city_is_exact(city: Partition) -> None:
    report = door.check(city)
    assert report.problems == ()
    assert {level: count for level, count in report.counts.items() if level != "grid"} == {
        "city": 1,
        "district": 38,
        "town": 1031,
        "village": 11270,
    }
    assert abs(report.counts["grid"] - 65_000) <= 500
    square_km = report.doubled_area / 2 * STRETCH * METRES**2 / 1e6
    assert square_km == pytest.approx(82_400, rel=0.01)


def test_districts_keep_their_real_outlines(city: Partition) -> None:
    """Vertices that cells put on an outline are rounded, so each district stays within a step of its outline."""
    by_district: dict[str, list[door.Polygon]] = {}
    for key, polygons in city.rings.items():
        by_district.setdefault(key[:6], []).extend(polygons)
    for code, outline in district_outlines().items():
        ((ring,),) = door.dissolve(by_district[code])
        area = doubled_area(outline)
        assert abs(doubled_area(ring) - area) <= area * 1e-5
        assert shapely.hausdorff_distance(shapely.LineString(ring), shapely.LineString(outline)) < 1


def test_outlines_fit_together_without_gap_or_overlap() -> None:
    outlines = district_outlines()
    assert len(outlines) == 38
    union = door.dissolve([[ring] for ring in outlines.values()])
    assert [len(polygon) for polygon in union] == [1], "Chongqing is one area without holes"
    assert doubled_area(union[0][0]) == sum(doubled_area(ring) for ring in outlines.values())
    assert all(shapely.Polygon(ring).is_valid for ring in outlines.values())


def test_shapes_are_compact_and_subdistricts_small(city: Partition, regions: dict[str, DraftRegion]) -> None:
    scale = np.array([STRETCH * METRES, METRES]) / 1000.0
    shapes = np.array(
        [shapely.Polygon(polygons[0][0] * scale) for polygons in city.rings.values()], dtype=object
    )
    areas = shapely.area(shapes)
    convexity = areas / shapely.area(shapely.convex_hull(shapes))
    assert np.quantile(convexity, 0.01) > 0.6
    assert areas.min() > 0.002
    towns_area: Counter[str] = Counter()
    for key, area in zip(city.rings, areas.tolist(), strict=True):
        towns_area[key[:9]] += area
    of_kind = {
        kind: np.median([area for key, area in towns_area.items() if town_kind(regions[key].name) == kind])
        for kind in ("subdistrict", "town", "township")
    }
    assert of_kind["subdistrict"] < of_kind["town"] / 2
    assert of_kind["subdistrict"] < of_kind["township"] / 2


def test_regions_name_what_the_stories_need(regions: dict[str, DraftRegion]) -> None:
    def only(name: str, level: str) -> DraftRegion:
        (found,) = [r for r in regions.values() if r.name == name and r.level == level]
        return found

    assert regions[only("石桥铺街道", "town").parent or ""].name == "九龙坡区"
    assert only("石桥铺街道", "town").governs == "500107"
    community = only("寨子坪社区", "village")
    assert community.official == "寨子坪社区居民委员会"
    assert regions[community.parent or ""].name == "云枫街道"
    assert regions[regions[community.parent or ""].parent or ""].name == "开州区"
    flower = [r for r in regions.values() if r.name == "花溪街道"]
    assert "巴南区" in {regions[r.parent or ""].name for r in flower}
    assert regions[f"{community.key}-001"].name == "001 网格"


def test_every_town_has_one_parent_and_one_governing_centre(regions: dict[str, DraftRegion]) -> None:
    centres = {r.key for r in regions.values() if r.level == "district"}
    assert len(centres) == 41
    governed = Counter(r.governs for r in regions.values() if r.level == "town")
    assert set(governed) == centres
    assert governed["zone-wansheng"] == governed["zone-gaoxin"] == 10


def test_zones_name_whole_towns_as_the_statistics_do() -> None:
    official = {town.code: town.name for town in towns()}
    listed = [(code, name) for zone in zones() for code, name in zone.towns.items()]
    assert [official[code] for code, _ in listed] == [name for _, name in listed]
    assert len({code for code, _ in listed}) == len(listed)


def test_the_reorganisation_of_2025_adds_up(regions: dict[str, DraftRegion]) -> None:
    plan = yaml.safe_load(data_text("reorganisation-2025-11.yaml"))
    governs = {r.key: r.governs for r in regions.values() if r.level == "town"}
    for merge in plan["merge"]:
        for key, centre in list(governs.items()):
            if key[:6] in merge["from"] or centre in merge["from"]:
                governs[key] = merge["into"]
    for move in plan["move"]:
        for town in move["towns"]:
            assert regions[town["code"]].name == town["name"]
            governs[town["code"]] = move["to"]
    counts = Counter(governs.values())
    for expected in plan["expect"]:
        assert counts[expected["region"]] == expected["towns"]
    kinds = Counter(
        town_kind(regions[key].name) for key, centre in governs.items() if centre == "liangjiang-district"
    )
    assert kinds == {"subdistrict": 31, "town": 11}
    assert not {"500105", "500112", "zone-liangjiang"} & set(counts)


def test_saved_and_loaded_is_the_same(city: Partition, tmp_path: Path) -> None:
    few = {r.key for r in city.regions if r.key.startswith("500103")}
    part = Partition(
        [r for r in city.regions if r.key in few], {key: p for key, p in city.rings.items() if key in few}
    )
    door.save(part, tmp_path / "part")
    back = door.load(tmp_path / "part")
    assert back.regions == part.regions
    assert list(back.rings) == list(part.rings)
    assert all(np.array_equal(back.rings[key][0][0], part.rings[key][0][0]) for key in part.rings)


@pytest.mark.nightly
def test_computing_the_city_anew_gives_what_ships(city: Partition) -> None:
    fresh = door.generate(fresh=True)
    assert fresh.regions == city.regions
    assert all(np.array_equal(fresh.rings[key][0][0], city.rings[key][0][0]) for key in city.rings)


def test_names() -> None:
    assert display_name("寨子坪社区居民委员会") == "寨子坪社区"
    assert display_name("青龙村村民委员会") == "青龙村"
    assert display_name("东风居委会") == "东风社区"
    assert display_name("化龙桥社区工作站") == "化龙桥社区工作站"
    assert grid_name(7) == "007 网格"
    assert is_community("东风居委会")
    assert not is_community("青龙村村民委员会")
    assert all(1 < len(display_name(village.name)) < 20 for village in villages())
