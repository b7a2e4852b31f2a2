"""The words of every finding, as data: code → what is wrong and what to do, Chinese and English. Pure."""

from __future__ import annotations

from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.findings_signs import SIGN_TEXTS

# code: (zh, en, remedy zh, remedy en); str.format templates
_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "file.missing": (
        "缺少文件 {name}。",
        "The file {name} is missing.",
        "请补上，或从其他场景复制后修改。",
        "Add it, or copy it from another scenario and change it.",
    ),
    "file.unknown": (
        "不认识文件 {name}。",
        "The file {name} is not part of the format.",
        "改名或移走；可用的文件：{known}。",
        "Rename or remove it; the format has {known}.",
    ),
    "yaml.syntax": (
        "YAML 语法错误：{problem}。",
        "This is not valid YAML: {problem}.",
        "检查这一行前后的缩进、冒号和引号。",
        "Check indentation, colons and quotes around this line.",
    ),
    "yaml.duplicate_key": (
        "同一处写了两次 {key}。",
        "{key} is written twice in the same place.",
        "只保留一个。",
        "Keep one of them.",
    ),
    "yaml.alias": (
        "不支持 YAML 锚点和引用（& 与 *）。",
        "YAML anchors and aliases (& and *) are not part of the format.",
        "把内容写全。",
        "Write it out.",
    ),
    "schema.missing": (
        "{where}缺少 {field}。",
        "{where_en}{field} is missing.",
        "补上 {field}：{hint}。",
        "Add {field}: {hint}.",
    ),
    "schema.unknown": (
        "{where}不认识 {field}。",
        "{where_en}{field} is not known here.",
        "这里可以写：{known}。",
        "What can stand here: {known}.",
    ),
    "schema.value": (
        "{where}值 {value} 不合要求。",
        "{where_en}the value {value} does not fit.",
        "应为：{hint}。",
        "Expected: {hint}.",
    ),
    "fact.unknown": (
        "条件里没有叫 {field} 的事实。",
        "There is no fact called {field} in conditions.",
        "可用的事实：{known}。",
        "The facts are: {known}.",
    ),
    "text.untranslated": (
        "{field} 缺少 {language} 文字。",
        "{field} has no {language} text.",
        "写成 {{ zh: …, en: … }}。",
        "Write {{ zh: …, en: … }}.",
    ),
    "duplicate": (
        "{what} {key} 已在 {other} 写过。",
        "{what} {key} already stands in {other}.",
        "改用另一个编码，或删去一处。",
        "Give one of them another code, or remove it.",
    ),
    "hint.shared": (
        "提示词“{hint}”同时指向 {key} 和 {other}。",
        "The hint “{hint}” points to {key} and to {other}.",
        "换成更长、更具体的词。",
        "Use a longer, more particular word.",
    ),
    "category.unknown": (
        "没有分类符合 {value}。",
        "No category matches {value}.",
        "检查编码，或先在 categories.yaml 里加上。{near}",
        "Check the code, or add it to categories.yaml. {near}",
    ),
    "evidence.unknown": (
        "没有名为 {value} 的证据。",
        "There is no evidence called {value}.",
        "先在 categories.yaml 的 evidence 下写上它的名称。",
        "Name it under evidence in categories.yaml.",
    ),
    "unit.unknown": (
        "没有 {value} 这种单位。",
        "There is no kind of unit called {value}.",
        "可用的单位：{known}。",
        "The kinds are: {known}.",
    ),
    "unit.level": (
        "{level} 级没有 {value} 这种单位。",
        "There is no {value} at level {level}.",
        "这种单位在：{known}。",
        "It exists at: {known}.",
    ),
    "unit.twice": (
        "{value} 在同一条里出现两次。",
        "{value} appears twice in the same entry.",
        "主办、协办、交办里只留一处。",
        "Keep it once among lead, assist and assign_down.",
    ),
    "step.unknown": (
        "没有名为 {value} 的动作。",
        "There is no move called {value}.",
        "可用的动作：{known}。",
        "The moves are: {known}.",
    ),
    "message.field": (
        "消息里没有 {{{value}}} 这个字段。",
        "Messages have no field {{{value}}}.",
        "可用的字段：{known}。",
        "The fields are: {known}.",
    ),
    "message.foreign": (
        "消息不能改其他场景的分类 {value} 的用语。",
        "{value} reaches categories of another scenario, whose words are its own.",
        "只写本场景的分类；各类都用的话不写 category。",
        "Name categories of this scenario only; leave category out where all are meant.",
    ),
    "message.braces": (
        "消息里的大括号不成对：{problem}。",
        "The braces of this message do not match: {problem}.",
        "字段写成 {{number}}；要显示大括号本身就写两个。",
        "Write fields as {{number}}; double a brace that shall be shown.",
    ),
    "needs.unknown": (
        "依赖的场景 {value} 不在这里。",
        "The scenario {value} that this one needs is not here.",
        "把它一起检查，或从 needs 里删去。",
        "Check them together, or remove it from needs.",
    ),
    "needs.loop": (
        "场景互相依赖成环：{path}。",
        "Scenarios need each other in a loop: {path}.",
        "去掉其中一个依赖。",
        "Remove one of the needs.",
    ),
    "limit.missing": (
        "分类 {category} 在 {levels} 级的 {stage} 环节没有时限。",
        "Category {category} at level {levels} has no limit for the stage {stage}.",
        "在 limits.yaml 里补一条。",
        "Add a line to limits.yaml.",
    ),
    "limit.unreachable": (
        "这条时限永远用不上：前面的 {other} 已经包括。",
        "This limit never counts: {other} before it covers it.",
        "把它移到前面，或删去。",
        "Move it up, or remove it.",
    ),
    "limit.escalate": (
        "上报的倍数必须递增：{value}。",
        "The shares at which it escalates must increase: {value}.",
        "从小到大排列。",
        "Put them in increasing order.",
    ),
    "rule.unreachable": (
        "规则 {rule} 永远轮不到：前面的 {other} 已经包括它的全部情形。",
        "Rule {rule} is never reached: {other} before it decide all of its cases.",
        "把它移到前面，或收紧前面规则的条件。",
        "Move it up, or narrow the rules before it.",
    ),
    "rule.never": (
        "规则 {rule} 的条件不可能成立，或单位永远不存在。",
        "The conditions of rule {rule} can never hold, or its unit never exists.",
        "检查条件是否矛盾、主办单位在那一级是否存在。",
        "Check for conditions that contradict each other, and whether the lead exists at that level.",
    ),
    "rule.default_bucket": (
        "{rule} 把一切都交给同一个单位：不允许兜底。",
        "{rule} sends everything to the same unit: there is no default bucket.",
        "写清楚是哪些分类；其余的逐类写进 duties.yaml。",
        "Name the categories; give every other one its line in duties.yaml.",
    ),
    "rule.foreign": (
        "{rule} 涉及其他场景的分类 {value}，但没有依赖它。",
        "{rule} speaks of category {value} of another scenario without needing it.",
        "把那个场景写进 needs.scenarios。",
        "Name that scenario in needs.scenarios.",
    ),
    "duty.missing": (
        "分类 {category} 在 {level} 级中心没有权责。",
        "Category {category} has no duty at centres of level {level}.",
        "在 duties.yaml 里为它写上 {level} 一栏。",
        "Give it a cell {level} in duties.yaml.",
    ),
    "route.nobody": (
        "分类 {category} 在 {towns} 个镇街有找不到单位的情形，例如：{example}。",
        "Category {category} has cases that reach no unit in {towns} towns, e.g. {example}.",
        "在 duties.yaml 里写上确实存在的主办单位。",
        "Name a lead that exists in duties.yaml.",
    ),
    "route.loop": (
        "{rule} 会让事件来回转：从{source}级又回到{target}级中心。",
        "{rule} sends incidents round in a loop: from level {source} back to the centre at level {target}.",
        "上报的事件由上级单位办，交办只能往下。",
        "What was escalated is handled above; assigning goes down only.",
    ),
    "overlay.base": (
        "要覆盖的场景 {value} 不在这里。",
        "The scenario {value} that this folder overrides is not here.",
        "把它一起检查。",
        "Check them together.",
    ),
    "overlay.drop": (
        "要删除的 {key} 在原场景里没有。",
        "{key}, which shall be dropped, is not in the scenario.",
        "检查编码。",
        "Check the code.",
    ),
    **SIGN_TEXTS,
}
CODES = frozenset(_TEXTS)


def finding(code: str, file: str, line: int, **params: object) -> Finding:
    """The finding `code` at file:line with its words filled in; KeyError when a parameter is missing."""
    zh, en, remedy, remedy_en = (text.format(**params).strip() for text in _TEXTS[code])
    return Finding(file, line, code, zh, en, remedy, remedy_en)
