"""Error messages of attachments, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

MESSAGES: dict[str, tuple[str, str]] = {
    "attachments.unsupported": (
        "不支持这种文件。请上传 JPEG、PNG、WebP 照片，或 MP4、WebM 视频。",
        "This kind of file is not supported. Upload a JPEG, PNG or WebP photo, or an MP4 or WebM clip.",
    ),
    "attachments.heic": (
        "暂不支持 HEIC/AVIF 照片。请在手机相机设置中选择“兼容性最佳”，或转换为 JPEG 后上传。",
        "HEIC/AVIF photos are not supported. Choose “most compatible” in the camera's settings, or convert to JPEG.",
    ),
    "attachments.empty": ("文件是空的。", "The file is empty."),
    "attachments.damaged": (
        "文件不完整或已损坏，请重新拍摄或上传。",
        "The file is truncated or damaged. Take or upload it again.",
    ),
    "attachments.too_many_pixels": (
        "照片尺寸 {width}×{height} 过大，最多 {most} 万像素。",
        "The photo's {width}×{height} pixels are too many; the limit is {most}0,000.",
    ),
    "attachments.too_large": ("文件超过 {most} MB 上限。", "The file exceeds the limit of {most} MB."),
    "attachments.position": (
        "经度须在 −180 至 180、纬度须在 −90 至 90 之间，且须同时填写。",
        "Longitude lies in −180…180 and latitude in −90…90, and both are given together.",
    ),
    "attachments.not_found": (
        "没有这个附件，或您无权查看。",
        "There is no such attachment, or you may not see it.",
    ),
    "attachments.taken": (
        "附件 {id} 已用于另一事件。",
        "Attachment {id} already belongs to another incident.",
    ),
    "attachments.unknown": (
        "附件 {id} 不存在、已过期，或不是您上传的。",
        "Attachment {id} does not exist, has expired, or is not yours.",
    ),
    "attachments.photos_only": ("只有照片可以打码公开。", "Only photos can be blurred for the public."),
    "attachments.box": (
        "打码框须为 [x, y, 宽, 高]，单位像素，并与照片相交。",
        "A box is [x, y, width, height] in pixels and meets the photo.",
    ),
    "attachments.boxes": ("打码框最多 {most} 个。", "At most {most} boxes."),
    "attachments.disk_full": (
        "存储空间不足，文件未保存，请稍后重试或联系管理员。",
        "Storage is full; the file was not kept. Try again later or tell an administrator.",
    ),
    "attachments.storage_away": (
        "附件存储暂时不可用，请稍后重试。",
        "The attachment storage cannot be reached. Try again later.",
    ),
    "attachments.lost": (
        "附件内容不在存储中，请联系管理员。",
        "The attachment's content is missing from storage. Please tell an administrator.",
    ),
    "attachments.changed": (
        "附件内容与其摘要不符：{file}。",
        "A content is not what its hash says: {file}.",
    ),
    "attachments.too_fast": (
        "上传过于频繁，请 {retry_after} 秒后再试。",
        "Too many uploads. Try again in {retry_after} seconds.",
    ),
}

register_messages(MESSAGES)
