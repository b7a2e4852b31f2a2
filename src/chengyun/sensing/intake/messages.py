"""Texts of taking readings in, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import message, register_messages
from chengyun.sensing.contracts import Reason

register_messages(
    {
        "sensing.too_large": (
            "消息有 {size} 字节，超过 {limit} 字节的上限，未读取。",
            "The message has {size} bytes, more than the limit of {limit}; it was not read.",
        ),
        "sensing.too_many": (
            "一条消息最多 {limit} 个读数，收到 {count} 个。",
            "A message holds at most {limit} readings, this one {count}.",
        ),
        "sensing.media": (
            "不支持的内容类型：{media}。支持 {known}。",
            "The content type {media} is not supported; these are: {known}.",
        ),
        "sensing.not_utf8": (
            "第 {byte} 字节起不是 UTF-8 文本。",
            "From byte {byte} on the text is not UTF-8.",
        ),
        "sensing.malformed_json": (
            "第 {line} 行第 {column} 列不是有效的 JSON。",
            "Not valid JSON at line {line}, column {column}.",
        ),
        "sensing.malformed_reading": (
            "第 {index} 条（从 0 起）不是读数，或含有未知的字段。",
            "Item {index} (from 0) is no reading, or has an unknown field.",
        ),
        "sensing.malformed_field": (
            "第 {index} 条（从 0 起）的 {field} 缺失或不可用。",
            "{field} of item {index} (from 0) is missing or cannot be used.",
        ),
        "sensing.malformed_line": (
            "第 {line} 行第 {column} 列起无法读取。",
            "Line {line} cannot be read from column {column} on.",
        ),
        "sensing.malformed_compact": (
            "二进制消息在第 {byte} 字节处有误。",
            "The binary message is wrong at byte {byte}.",
        ),
        "sensing.device_refused": (
            "设备编码或密钥不正确。",
            "The device's code or secret is wrong.",
        ),
        "sensing.reason.unknown_thing": ("没有这个感知设备。", "There is no such thing."),
        "sensing.reason.unknown_stream": ("设备没有这个测点。", "The thing has no such datastream."),
        "sensing.reason.wrong_unit": (
            "计量单位与登记的不一致。",
            "The unit is not the registered one.",
        ),
        "sensing.reason.not_a_number": ("不是数值。", "Not a number."),
        "sensing.reason.infinite": ("数值为无穷大。", "The value is infinite."),
        "sensing.reason.bad_moment": (
            "时间无法读取、没有时区，或早于十年前。",
            "The moment cannot be read, has no time zone, or lies more than ten years back.",
        ),
        "sensing.reason.future": (
            "时间比到达时刻超前 5 分钟以上。",
            "The moment is more than 5 minutes ahead of its arrival.",
        ),
        "sensing.reason.sentinel": (
            "该数值表示“无有效值”。",
            "The value stands for “no value”.",
        ),
        "sensing.reason.out_of_range": (
            "数值超出有效范围。",
            "The value lies outside the valid range.",
        ),
        "sensing.reason.quota": (
            "设备本分钟的上报数量已用完。",
            "The thing's quota of this minute is used up.",
        ),
        "sensing.reason.forbidden": (
            "没有这个感知设备，或不在您的权限范围内。",
            "There is no such thing, or it is not yours to write.",
        ),
        "sensing.not_following": (
            "实时进程已停止，暂不接收读数。",
            "The live process has stopped; no readings are taken in.",
        ),
        "sensing.no_stream": (
            "没有这个测点，或不在您的管辖范围内。",
            "There is no such datastream in your jurisdiction.",
        ),
        "sensing.bad_span": (
            "起止时间不可用：须有时区，且起始早于结束。",
            "The span cannot be used: both ends need a time zone, the first before the last.",
        ),
    }
)


def sentence(reason: Reason, language: str) -> str:
    """A reason in words."""
    return message(f"sensing.reason.{reason.value}", {}, language)
