"""Lives of the simulated city, written one after the other: from what is reported to what became of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chengyun.cli.demo.courses import Course, Stage
from chengyun.cli.demo.happenings import Happenings
from chengyun.cli.demo.shape import Staged
from chengyun.cli.demo.spots import Spot
from chengyun.cli.demo.stories import TELLINGS
from chengyun.cli.demo.stories import Telling as Told
from chengyun.incidents.history_bulk import Draft, Telling, World
from chengyun.incidents.life import Doer
from chengyun.incidents.rules import REOPEN_DAYS

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
TOLD = timedelta(days=REOPEN_DAYS)
NOBODY = Doer("anonymous", None, "匿名")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time to be written: everything that it takes, in a form that another process can be given."""

    world: World
    stage: Stage
    spots: tuple[Spot, ...]
    happenings: Happenings
    seed: int
    staged: tuple[Staged, ...] = ()

    def lives(self) -> Iterator[Draft]:
        """Every life of the stretch, in the order of the reports; staged ones at the end."""
        happened = self.happenings
        for number in range(len(happened)):
            source = random.Random(self.seed + int(happened.at[number]) * 1_000_003 + number)  # noqa: S311  invented
            spot = self.spots[int(happened.spot[number])]
            at = datetime.fromtimestamp(int(happened.at[number]), UTC)
            told = TELLINGS[int(happened.telling[number])]
            draft = Draft(self.world, self.telling(source, spot, told, at), self.audiences(at))
            slow = self.stage.plan.slow.get(spot.district, 1.0)
            Course(self.stage, draft, source, slow=slow, storm=bool(happened.storm[number])).run()
            yield draft
        for number, one in enumerate(self.staged):
            yield from self.led(one, random.Random(self.seed + number))  # noqa: S311  invented

    def audiences(self, at: datetime) -> tuple[str, ...]:
        """What reporters were told is kept as long as somebody may come back to it."""
        return ("reporter",) if self.stage.end - at < TOLD else ()

    def led(self, one: Staged, source: random.Random) -> Iterator[Draft]:
        """One life led to the state in which it is to be seen; nothing where the city has no such place."""
        where = [
            spot
            for spot in self.spots
            if spot.district == one.district
            and spot.ground.town.startswith(one.town)
            and one.village in spot.ground.label
        ]
        told = [telling for telling in TELLINGS if telling.category == one.category]
        if not where or not told:
            return
        at = self.stage.end - timedelta(hours=one.ago)
        spot = source.choice(where)
        draft = Draft(self.world, self.telling(source, spot, told[0], at.replace(microsecond=0), "resident"))
        to = next((s.ground.levels["district"] for s in self.spots if s.district == one.to), None)
        Course(self.stage, draft, source, turns=dict(one.turns), hold=one.hold, to=to).run()
        yield draft

    def telling(
        self, source: random.Random, spot: Spot, told: Told, at: datetime, channel: str | None = None
    ) -> Telling:
        """Who reports it, and in whose words."""
        channels: Mapping[str, float] = self.stage.plan.channels
        channel = channel or source.choices(list(channels), list(channels.values()))[0]
        named = channel in ("resident", "hotline") and source.random() < 0.7
        return Telling(
            at=at,
            doer=self.reporter(channel, spot),
            ground=spot.ground,
            lon=spot.lon,
            lat=spot.lat,
            text=source.choice(told.texts),
            channel=channel,
            category=told.category,
            address=spot.address,
            occurred_at=at - timedelta(minutes=source.randint(1, 90)),
            masked_name=f"{source.choice(SURNAMES)}**" if named else None,
        )

    def reporter(self, channel: str, spot: Spot) -> Doer:
        """The person who enters it: nobody in particular, the hotline, somebody of the community or the centre."""
        cast, levels = self.stage.cast, spot.ground.levels
        if channel == "hotline":
            return cast.hotline
        if channel == "centre":
            return cast.officers[levels["town"]]
        if channel == "grid":
            unit = self.world.find("community", levels["village"])
            return cast.workers[unit.id] if unit else NOBODY
        return NOBODY


def split(whole: Stretch, worlds: list[World]) -> list[Stretch]:
    """One stretch per world, equally many reports each; staged lives come with the last."""
    count, parts = len(whole.happenings), len(worlds)
    ends = [count * number // parts for number in range(parts + 1)]
    return [
        replace(
            whole,
            world=world,
            happenings=whole.happenings.part(slice(ends[number], ends[number + 1])),
            staged=whole.staged if number == parts - 1 else (),
        )
        for number, world in enumerate(worlds)
    ]
