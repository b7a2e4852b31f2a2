"""Error messages of SensorThings, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "sta.no_path": ("没有这个资源：{path}", "There is no such resource: {path}"),
        "sta.no_entity": (
            "{set} 中没有编号为 {id} 的实体，或不在您的管辖范围内。",
            "There is no {set}({id}), or it lies outside your jurisdiction.",
        ),
        "sta.query": ("查询参数 {option} 不能使用：{why}", "The query option {option} cannot be used: {why}"),
        "sta.syntax": ("在“{at}”处读不懂：{text}", "Cannot be read at “{at}”: {text}"),
        "sta.name": ("{set} 没有名为 {name} 的属性或关联。", "{set} has no property or relation {name}."),
        "sta.types": ("{op} 不能用于这些值。", "{op} does not apply to these values."),
        "sta.function": (
            "没有函数 {name}，或参数不对。",
            "There is no function {name} with these arguments.",
        ),
        "sta.body": (
            "{set} 的内容不能使用：{fields}",
            "The body of {set} cannot be used: {fields}",
        ),
        "sta.inline": (
            "修改时不能同时写入关联实体的内容：{name}",
            "A change cannot carry the content of related entities: {name}",
        ),
        "sta.link": (
            "关联 {name} 须指向存在的实体。",
            "The relation {name} must name an entity that exists.",
        ),
        "sta.no_place": (
            "观测没有给出观测对象，设备也没有位置，无法推定。",
            "The Observation names no FeatureOfInterest, and the Thing has no Location to take one from.",
        ),
        "sta.reading": ("读数未被接受：{reason}", "The reading was not taken in: {reason}"),
        "sta.shipped": (
            "这是随场景配置提供的 {set}，不能在此修改或删除。",
            "This {set} comes with the scenario's kinds and cannot be changed or removed here.",
        ),
        "sta.taken": (
            "这台设备已有该观测量的数据流。",
            "The Thing already has a Datastream of this ObservedProperty.",
        ),
        "sta.unit": (
            "单位须为该观测量登记的单位 {unit}。",
            "The unit must be that of the registered quantity: {unit}.",
        ),
        "sta.used_elsewhere": (
            "管辖范围之外还有数据在使用它，不能删除。",
            "It is in use outside your jurisdiction and cannot be removed.",
        ),
        "sta.raw": (
            "不是经 SensorThings 写入的读数，不能修改或删除。",
            "A reading that did not come by SensorThings cannot be changed or removed.",
        ),
        "sta.outside": (
            "位置不在您的管辖范围内。",
            "The position lies outside your jurisdiction.",
        ),
        "sta.kind": ("没有名为 {kind} 的设备种类。", "There is no kind of thing named {kind}."),
        "sta.code": ("设备编号 {thing} 已被使用。", "The code {thing} is taken by another thing."),
        "sta.alarms": (
            "这台设备有告警记录，不能删除；请在登记中停用。",
            "The Thing is named by alarms and cannot be removed; retire it in the registry.",
        ),
    }
)
