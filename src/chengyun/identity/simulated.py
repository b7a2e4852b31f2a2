"""Staff of the simulated city: one duty officer per centre, one worker per other unit, by two statements.

Logins: `sim-c<region id>` at centres, `sim-u<unit id>` elsewhere. Demo mode only, like every demo account.
"""

from __future__ import annotations

import sqlalchemy as sa

from chengyun.identity.demo import PASSWORD
from chengyun.identity.passwords import hash_password
from chengyun.identity.tables import mode
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Tx

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志文辉波斌莉萍健宇浩鹏飞雪梅琳慧晨佳欣怡俊峰凯婷丹颖欢乐川渝嘉陵"

_PEOPLE = sa.text(
    """
    WITH wanted AS (
        SELECT u.*, CASE u.kind WHEN 'centre' THEN 'sim-c' || u.region_id ELSE 'sim-u' || u.id END AS login
        FROM identity_unit u WHERE u.merged_into IS NULL
    ), made AS (
        INSERT INTO identity_person (login, name, demo)
        SELECT login, substr(:surnames, 1 + mod(id * 37, length(:surnames))::int, 1)
                   || substr(:given, 1 + mod(id * 53, length(:given))::int, 1)
                   || CASE WHEN mod(id, 3) = 0 THEN '' ELSE substr(:given, 1 + mod(id * 71, length(:given))::int, 1) END,
               true
        FROM wanted ON CONFLICT (login) DO NOTHING RETURNING id, login
    ), opened AS (
        INSERT INTO identity_password (person_id, hash) SELECT id, :hash FROM made
    )
    SELECT count(*) FROM made
    """
)
# A village's readers are the village and, by governance, all above it; each unit's own id ends the list.
_POSTS = sa.text(
    """
    WITH RECURSIVE up AS (
        SELECT r.id AS region_id, r.id AS reader FROM territory_region r WHERE r.valid_to IS NULL AND r.level <> 'grid'
        UNION ALL
        SELECT up.region_id, coalesce(g.centre_id, r.parent_id)
        FROM up JOIN territory_region r ON r.id = up.reader
        LEFT JOIN territory_governance g ON g.region_id = r.id AND g.valid_to IS NULL
        WHERE coalesce(g.centre_id, r.parent_id) IS NOT NULL
    ), chain AS (
        SELECT region_id, array_agg(reader ORDER BY reader) AS readers FROM up GROUP BY region_id
    ), given AS (
        INSERT INTO identity_post (person_id, unit_id, role, region_id, home_id, readers, valid_from)
        SELECT p.id, u.id,
               CASE WHEN u.kind = 'centre' THEN u.level || '-duty' WHEN u.kind = 'community' THEN 'community'
                    WHEN u.kind = 'enforcement-team' THEN 'enforcement' ELSE 'department' END,
               u.region_id, CASE u.level WHEN 'village' THEN r.parent_id ELSE u.region_id END,
               c.readers || u.id, :now
        FROM identity_unit u JOIN territory_region r ON r.id = u.region_id JOIN chain c ON c.region_id = u.region_id
        JOIN identity_person p
          ON p.login = CASE u.kind WHEN 'centre' THEN 'sim-c' || u.region_id ELSE 'sim-u' || u.id END
        WHERE u.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM identity_post o WHERE o.person_id = p.id)
        RETURNING id, person_id, role, region_id
    )
    INSERT INTO identity_shift (person_id, post_id, name, role, centre_id, since)
    SELECT g.person_id, g.id, p.name, g.role, g.region_id, :now
    FROM given g JOIN identity_person p ON p.id = g.person_id WHERE g.role LIKE '%-duty'
    """
)


def seed_simulated_staff(tx: Tx) -> int:
    """Make the simulated people that are missing, the centres' officers on duty; the number made.

    Raises Conflict("demo.refused") in a database that is not a demo's (`seed_demo_accounts` makes it one).
    """
    if not tx.execute(sa.select(mode.c.demo)).scalar_one():
        raise Conflict("demo.refused")
    names = {"surnames": _SURNAMES, "given": _GIVEN, "hash": hash_password(PASSWORD)}
    made = int(tx.execute(_PEOPLE, names).scalar_one())
    tx.execute(_POSTS, {"now": tx.now})
    return made
