"""The smallest scenario that passes the checker, as text that tests change one thing in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "scenarios"

SMALL: dict[str, str] = {
    "scenario.yaml": """\
id: small
name: { zh: 小场景, en: Small scenario }
version: 1.0.0
origin: { zh: 某区, en: Some district }
family: society
summary: { zh: 一个小场景, en: A small scenario }
""",
    "categories.yaml": """\
evidence:
  after: { zh: 处置后照片, en: Photo after }
groups:
  - code: s
    name: { zh: 小类, en: Small ones }
    categories:
      - code: s.bin
        name: { zh: 垃圾桶, en: Bin }
        level: blue
        hints: [垃圾桶]
        evidence: [after]
      - code: s.lamp
        name: { zh: 路灯, en: Lamp }
        level: yellow
        hints: [路灯]
        evidence: [after]
""",
    "limits.yaml": """\
limits:
  - { id: handle-lamp, category: s.lamp, stage: handle, limit: 2 工作日 }
  - { id: handle, stage: handle, limit: 1 工作日 }
"""
    + "".join(
        f"  - {{ id: {stage.replace('_', '-')}, stage: {stage}, limit: 4 工作时 }}\n"
        for stage in [
            "accept",
            "verify",
            "file",
            "dispatch",
            "take_over",
            "arbitrate",
            "acknowledge",
            "check",
            "close",
            "supervision",
        ]
    ),
    "duties.yaml": """\
duties:
  - category: s.bin
    clause: S-1
    task: { zh: 清空, en: empty it }
    town: { lead: sanitation }
    district: { lead: city-management, assign_down: [sanitation] }
    city: { lead: city-management }
  - category: s.lamp
    clause: S-2
    task: { zh: 修灯, en: repair it }
    town: { lead: construction-office, assist: [safety-office] }
    district: { lead: city-management }
    city: { lead: city-management }
""",
    "routing.yaml": """\
- id: night-lamp
  why: { zh: 夜里没有灯危险, en: Dark streets are dangerous }
  when: { category: s.lamp, hours: "20:00-06:00", owner: town }
  lead: { unit: safety-office, level: town }
- id: bin-first
  why: { zh: 社区最近, en: The community is nearest }
  when: { category: s.bin, event: reported, owner: town, returns: "< 2" }
  lead: { unit: community, level: village }
  auto: true
""",
    "messages.yaml": """\
messages:
  - { step: accept, audience: reporter, zh: "{number} 已受理", en: "{number} has been accepted" }
""",
    "README.md": "# 小场景\n",
}


def write(folder: Path, files: Mapping[str, str] = SMALL, **changes: str | None) -> Path:
    """Write a folder; `changes` replace a file by its stem (None leaves it out)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        changed = changes.get(name.split(".")[0], text)
        if changed is not None:
            (folder / name).write_text(changed, encoding="utf-8")
    return folder
