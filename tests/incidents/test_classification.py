"""Categories learned from officers: what proposes, what may decide, what replaces what, and why."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.incidents import service, tables
from chengyun.incidents.classification import jobs, rules, store, training
from chengyun.incidents.classification import service as classification
from chengyun.incidents.classification.contracts import Comparison, Example, ModelCard
from chengyun.incidents.classification.learning import learn, macro_f1
from chengyun.incidents.classification.model import from_bytes, to_bytes
from chengyun.incidents.classification.words import normal, own_title
from chengyun.incidents.contracts import State
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.incidents.support import SHIQIAOPU, ZHAIZIPING, City, anonymous

TOWN = "九龙坡区/石桥铺街道"
LEARNER = system_actor("incidents.learn")
# What residents say, without the hint words of the rulebook.
SAID = {
    "0102": ("楼下堆满了烂菜叶", "剩饭扔得到处都是", "桶满了没人清运", "臭得很，苍蝇成群", "请环卫来清走"),
    "0404": ("脏水漫到路上", "井盖往外冒水", "管网不通，水排不走", "厕所返水", "请疏通队来通一下"),
    "truck": (
        "运土的大车没盖篷布",
        "工地出来的车一路撒土",
        "车厢装得冒尖",
        "夜里拉土不冲洗轮胎",
        "请查处拉土车",
    ),
}
PLACES = ("菜市场旁", "小学门口", "三号楼后面", "公交站边", "河边步道", "老街口", "停车场里", "医院对面")


def texts(seed: int, each: int) -> list[Example]:
    """Sayings of every category, put together at random."""
    pick = Random(seed)
    return [
        Example("", "，".join([pick.choice(PLACES), *pick.sample(said, 3)]), code)
        for code, said in SAID.items()
        for _ in range(each)
    ]


def confirm(city: City, examples: list[Example], after: float = -5.0, *, simulated: bool = False) -> None:
    """Officers accepted these, minutes apart: copies of one incident that came through the door."""
    receipt = city.report(anonymous(), "这里有点奇怪", SHIQIAOPU)
    city.move(city.officer(TOWN), receipt.incident, "accept", category="0102")
    with city.db.begin(system_actor("seed")) as tx:
        kept, accepted = tables.incident, tables.step
        told_of = [column for column in kept.c if column.computed is None]
        model = dict(tx.execute(sa.select(*told_of).where(kept.c.id == receipt.incident)).one()._mapping)
        step = dict(
            tx.execute(
                sa.select(accepted).where(accepted.c.incident_id == receipt.incident, accepted.c.seq == 2)
            )
            .one()
            ._mapping
        )
        first = int(tx.execute(sa.select(sa.func.max(kept.c.id))).scalar_one()) + 1_000
        incidents: list[dict[str, Any]] = []
        steps: list[dict[str, Any]] = []
        for n, one in enumerate(examples):
            told = {"id": first + n, "number": f"T{first + n}", "text": one.text, "category": one.category}
            incidents.append({**model, **told, "title": one.title or one.text[:24], "simulated": simulated})
            at = tx.now + timedelta(seconds=after + n / 1000)
            steps.append({**step, "incident_id": first + n, "at": at})
        tx.execute(sa.insert(kept), incidents)
        tx.execute(sa.insert(accepted), steps)


def trained(city: City, after: float = 1.0) -> ModelCard:
    with city.db.begin(LEARNER) as tx:
        tx.now += timedelta(seconds=after)
        number = training.train(tx, by_hand=False)
        card = store.card(tx, number)
    assert card is not None
    return card


def guesses(city: City, text: str, actor: Actor | None = None) -> list[Any]:
    with city.at(actor or anonymous()) as tx:
        return classification.guess(tx, text)


def test_a_model_is_learned_proposes_and_decides_only_when_sure(city: City) -> None:
    assert guesses(city, "管网不通，厕所返水") == []
    with pytest.raises(Conflict, match="100"):
        trained(city)
    confirm(city, texts(1, 40))
    card = trained(city)
    assert (card.in_use, card.simulated, card.refused, card.automatic) == (True, False, None, 0.9)
    assert card.figures.examples == 121  # with the one through the door
    assert card.figures.macro_f1 > 0.95
    best = guesses(city, "菜市场旁管网不通，厕所返水，脏水漫到路上")[0]
    assert (best.code, best.model) == ("0404", card.digest[:8])
    assert best.confidence > 0.9
    assert best.group_confidence >= best.confidence
    assert all(word in "菜市场旁管网不通，厕所返水，脏水漫到路上" for word in best.hits)
    receipt = city.report(anonymous(), "小学门口管网不通，厕所返水，脏水漫到路上", ZHAIZIPING)
    life = city.life(receipt.incident)
    assert (life.incident.category, receipt.state) == ("0404", State.DISPATCHED)
    why = life.incident.why["category"]
    assert why["rule"] == f"model {card.digest[:8]}"
    assert why["inputs"]["confidence"] >= why["inputs"]["needed"] == 0.9
    assert why["inputs"]["words"]
    city.check_history(receipt.incident)
    unsure = city.report(anonymous(), "小学门口脏水和烂菜叶，还有拉土车", ZHAIZIPING)
    assert unsure.state is State.REPORTED


def test_words_that_mean_more_urgent_or_unlearned_things_are_never_overruled(city: City) -> None:
    confirm(city, texts(1, 40))
    trained(city)
    text = "管网不通，厕所返水，脏水漫到路上，井盖往外冒水"
    assert city.life(city.report(anonymous(), text, SHIQIAOPU).incident).incident.category == "0404"
    sunk = city.report(anonymous(), f"{text}，路面塌陷", SHIQIAOPU)
    assert city.life(sunk.incident).incident.category == "0401"  # red, by its hint word
    given_by_hand = city.report(anonymous(), text, SHIQIAOPU, category="0102")
    assert city.life(given_by_hand.incident).incident.category == "0102"


def test_an_officer_s_correction_is_what_is_learned_next(city: City) -> None:
    receipt = city.report(anonymous(), "运土的大车没盖篷布，一路撒土，垃圾", SHIQIAOPU)
    officer = city.officer(TOWN)
    city.move(officer, receipt.incident, "accept", category="0102")
    city.move(officer, receipt.incident, "classify", category="0404", reason="看错了")
    confirm(city, texts(1, 40))
    with city.db.begin(LEARNER) as tx:
        found, simulated = training.confirmed(tx)
    mine = [one for one in found if "垃圾" in one.text]
    assert [one.category for one in mine] == ["0404"]
    assert not simulated
    unread = city.report(anonymous(), "下水道", SHIQIAOPU)  # by words alone: nobody has confirmed it
    with city.db.begin(LEARNER) as tx:
        assert not any(one.text == "下水道" for one in training.confirmed(tx)[0])
    assert city.life(unread.incident).incident.category == "0404"


def test_a_worse_model_does_not_replace_a_better_one(city: City) -> None:
    confirm(city, texts(1, 40))
    first = trained(city, after=3_600)
    with pytest.raises(Conflict, match="30"):
        trained(city, after=3_600)
    turned = {"0102": "0404", "0404": "truck", "truck": "0102"}
    muddle = [replace(one, category=turned[one.category]) for one in texts(2, 40)]
    right = texts(3, 40)
    # Every other one is kept for judging: the new one learns the muddle and is judged by what is right.
    confirm(city, [one for pair in zip(right, muddle, strict=True) for one in pair], after=7_200)
    second = trained(city, after=9_000)
    assert second.compared is not None
    assert second.compared.examples == 120
    assert second.compared.new_macro_f1 < second.compared.old_macro_f1
    assert second.refused == "worse"
    with city.db.begin(LEARNER) as tx:
        using = store.in_use(tx)
        content = tx.execute(sa.select(tables.model.c.content).where(tables.model.c.id == second.id)).scalar()
    assert using is not None
    assert (using.id, content) == (first.id, None)


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=40),
    st.sets(st.integers(0, 39), max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_both_are_judged_by_texts_that_neither_has_seen(
    labels: list[str], places: set[int], old: float, new: float
) -> None:
    examples = [Example("", f"{n}", label) for n, label in enumerate(labels)]
    fresh = [n for n in places if n < len(examples)]
    seen, unseen = rules.halves(examples, fresh)
    assert sorted([*seen, *unseen], key=lambda one: int(one.text)) == examples
    assert {int(one.text) for one in unseen} <= set(fresh)
    assert len(unseen) == (len(fresh) + 1) // 2
    assert (rules.refusal(Comparison(len(unseen), old, new)) is None) == (new >= old)


def test_simulated_incidents_teach_to_propose_never_to_decide(city: City) -> None:
    confirm(city, texts(1, 40), simulated=True)
    card = trained(city)
    assert (card.simulated, card.automatic) == (True, None)
    text = "管网不通，厕所返水，脏水漫到路上"
    assert guesses(city, text)[0].code == "0404"
    assert city.life(city.report(anonymous(), text, SHIQIAOPU).incident).incident.category is None
    with city.at(city.officer("", "city-duty")) as tx, pytest.raises(Conflict):
        classification.set_automatic(tx, card.id, 0.95)
    confirm(city, texts(2, 40), after=30.0)
    assert not trained(city, after=60.0).simulated


def test_who_may_train_and_set_what_decides(city: City) -> None:
    confirm(city, texts(1, 40))
    chief = city.officer("", "city-duty")
    with city.at(chief) as tx, city.at(LEARNER) as seen:
        classification.ask_training(tx, seen)
        assert tx.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar() == 1
    with city.db.begin(LEARNER) as tx:
        jobs.learn(tx, by_hand=1)
        [card] = store.cards(tx)
        assert card.by_hand
        jobs.learn(tx)  # nothing new: not an error, and no second attempt
        jobs.learn_when_due(tx)
        assert len(store.cards(tx)) == 1
    for stranger in (anonymous(), city.officer(TOWN, "town-duty")):
        with city.at(stranger) as tx, pytest.raises(Forbidden):
            classification.set_automatic(tx, card.id, None)
    text = "管网不通，厕所返水，脏水漫到路上"
    with city.at(chief) as tx:
        with pytest.raises(Invalid):
            classification.set_automatic(tx, card.id, 0.5)
        with pytest.raises(NotFound):
            classification.set_automatic(tx, 999, 0.9)
        classification.set_automatic(tx, card.id, None)
    assert city.life(city.report(anonymous(), text, SHIQIAOPU).incident).incident.category is None
    with city.at(chief) as tx:
        classification.withdraw(tx, card.id, "误判太多")
    assert guesses(city, text) == []
    with city.at(chief) as tx:
        [shown] = classification.standing(tx).models
        assert (shown.in_use, shown.withdrawn_at is not None) == (False, True)
        actions = {row.action for row in tx.execute(sa.text("SELECT action FROM kernel_audit"))}
    assert {
        f"classification.{done}" for done in ("training_asked", "trained", "automatic", "withdrawn")
    } <= actions


def test_only_present_categories_are_proposed_and_words_fill_the_rest(city: City) -> None:
    confirm(city, texts(1, 40))
    trained(city)
    found = guesses(city, "路面塌陷，路中间管网不通，厕所返水")
    assert {one.code for one in found if one.confidence is None} == {"0401"}
    with city.db.begin(system_actor("seed")) as tx:
        book = service.current_rulebook(tx)[1]
        fewer = tuple(one for one in book.categories if one.code != "0404")
        service.install_rulebook(tx, replace(book, digest="fewer", categories=fewer))
    left = guesses(city, "管网不通，厕所返水，脏水漫到路上")
    assert "0404" not in {one.code for one in left}
    assert sum(one.confidence for one in left if one.confidence) <= 1.0001
    city.report(anonymous(), "管网不通，厕所返水，脏水漫到路上", SHIQIAOPU)


# --- the model itself ----------------------------------------------------------------------------------------


def test_a_stored_model_answers_as_before_and_refuses_to_be_changed() -> None:
    examples = texts(1, 20)
    model, figures = learn(examples)
    again, same = learn(examples)
    content = to_bytes(model)
    assert (to_bytes(again), same) == (content, figures)  # learning has no chance in it
    read = from_bytes(content, model.digest)
    for one in texts(5, 3):
        assert read.probabilities("", one.text) == model.probabilities("", one.text)
    with pytest.raises(ValueError, match="changed"):
        from_bytes(content[:-1] + bytes([content[-1] ^ 1]), model.digest)


def test_confidence_means_what_it_says() -> None:
    """A fifth of the labels is wrong: whoever is calibrated says so, and is right about as often as it says."""
    pick = Random(3)
    noisy = [
        replace(one, category=pick.choice(list(SAID))) if pick.random() < 0.3 else one for one in texts(4, 80)
    ]
    _, figures = learn(noisy)
    assert 0.7 < figures.accuracy < 0.9
    assert figures.calibration < 0.08
    assert not rules.may_decide(figures, 0.95) or rules.right_above(figures, 0.95)[0] >= 0.9


def test_a_category_whose_examples_are_mostly_too_old_is_left_out() -> None:
    told = [Example("", f"{code} {n}", code, None) for code in ("a", "b", "c") for n in range(20)]
    assert {one.category for one in rules.learnable(told, 41)} == {"b", "c"}
    assert learn(rules.learnable(told, 41))[1].examples == 40


def test_the_category_in_a_title_made_by_the_system_is_not_learned() -> None:
    text = "路边有一堆东西没人管已经好几天了"
    assert own_title(f"暴露垃圾：{text[:24]}", text) == text[:24]
    assert own_title("菜市场外没人清扫", text) == "菜市场外没人清扫"
    assert own_title(None, "") == ""


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_probabilities_and_reasons_from_itself(title: str, text: str) -> None:
    model = _small_model()
    shares = model.probabilities(title, text)
    assert abs(sum(shares.values()) - 1) < 1e-6
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    for word in model.reasons(title, text, next(iter(shares))):
        assert word in normal(title) or word in normal(text)


def test_a_macro_f1_known_by_hand() -> None:
    actual, found = np.array(list("aaabbc")), np.array(list("aabbbb"))
    assert macro_f1(actual, found) == pytest.approx((0.8 + 2 / 3 + 0) / 3)


def test_an_answer_costs_little() -> None:
    model, text = _small_model(), "，".join(sum(SAID.values(), ()))
    began = time.process_time()
    for _ in range(300):
        model.probabilities("", text)
    assert (time.process_time() - began) / 300 < 0.001  # 0.1 ms on an idle core


_MODEL: list[Any] = []


def _small_model() -> Any:
    if not _MODEL:
        _MODEL.append(learn(texts(1, 20))[0])
    return _MODEL[0]


def test_a_changed_model_in_the_database_stops_nothing(city: City, caplog: pytest.LogCaptureFixture) -> None:
    confirm(city, texts(1, 40))
    card = trained(city)
    with city.db.begin(LEARNER) as tx, pytest.raises(sa.exc.ProgrammingError):  # the application may not
        tx.execute(sa.update(tables.model).values(content=b"x"))
    with city.db.begin(LEARNER) as tx:
        content, name = to_bytes(_small_model()), tables.model.c
        values = {"digest": card.digest, "trained_at": tx.now, "by_hand": True, "simulated": False}
        row = tx.execute(sa.select(name.figures).where(name.id == card.id)).scalar_one()
        tx.execute(sa.insert(tables.model).values(**values, examples=1, figures=row, content=content))
    assert guesses(city, "垃圾")[0].hits == ["垃圾"]
    assert "cannot be used" in caplog.text
    assert city.report(anonymous(), "路边有垃圾", SHIQIAOPU).state
    with city.at(anonymous()) as tx:
        assert service.report(tx, ReportIn("路边有垃圾", *SHIQIAOPU)).number
