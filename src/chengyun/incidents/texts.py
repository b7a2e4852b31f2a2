"""Sentences for what goes wrong with reports and moves, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "incidents.none": ("没有这个事件，或者不在你的管辖范围内。", "There is no such incident within your jurisdiction."),
        "incidents.no_order": ("没有这张工单，或者不在你的管辖范围内。", "There is no such work order within your jurisdiction."),
        "incidents.changed": ("{number} 已被他人更新，请刷新后再办。", "{number} has been changed by somebody else; reload it first."),
        "incidents.not_now": ("当前状态下不能“{zh}”。", "“{en}” is not possible in the present state."),
        "incidents.not_yours": ("“{move}”应由其他人办理。", "“{move}” is for somebody else to do."),
        "incidents.no_such_move": ("没有“{move}”这个动作。", "There is no move “{move}”."),
        "incidents.needed": ("必须填写。", "Required."),
        "incidents.no_such_category": ("没有编码为 {category} 的类别。", "There is no category {category}."),
        "incidents.category_needed": ("受理前要确定类别。", "Decide on a category before accepting."),
        "incidents.no_unit_for_it": (
            "类别 {category} 在此处没有规则可用，请人工指定单位。",
            "No rule leads to a unit for category {category} here; choose one yourself.",
        ),
        "incidents.lead_needed": ("必须指定一个主办单位。", "One unit has to lead: name it."),
        "incidents.no_such_unit": ("没有编号为 {unit} 的单位。", "There is no unit {unit}."),
        "incidents.unit_out_of_reach": ("{unit} 不在本中心可分拨的范围内。", "{unit} is beyond this centre's reach."),
        "incidents.units_have_it_already": ("所选单位已有此件工单。", "The chosen units have a work order already."),
        "incidents.no_such_centre": ("请选择另一个市、区县或镇街中心。", "Choose another city, district or town centre."),
        "incidents.transfer_is_sideways": (
            "移送只能给平行的中心；上级请用“上报上级”，下级请用“交办下级”。",
            "Transfers go sideways; escalate to a centre above, assign down to one below.",
        ),
        "incidents.nobody_above": ("上面没有中心了。", "There is no centre above."),
        "incidents.not_below": ("该中心不在下级范围内。", "That centre is not below."),
        "incidents.decide_for_somebody": ("裁定要指定单位或中心。", "A decision names units or a centre."),
        "incidents.until_lies_ahead": ("时间要在现在之后。", "The time must lie ahead."),
        "incidents.asked_already": ("已有申请等待审批。", "A request is waiting for approval already."),
        "incidents.nothing_was_asked": ("没有等待审批的申请。", "Nothing waits for approval."),
        "incidents.nothing_to_answer": ("没有待回复的督办。", "No supervision waits for an answer."),
        "incidents.nothing_was_answered": ("没有待认可的督办答复。", "No answer waits for a verdict."),
        "incidents.no_alert": ("没有需要确认的提醒。", "There is no alert to acknowledge."),
        "incidents.not_of_the_unit": ("此人不是该单位人员或辖区网格员。", "Neither of the unit nor a grid worker of its area."),
        "incidents.binding": ("经裁定的工单不能再退。", "A decision by arbitration cannot be sent back."),
        "incidents.lead_has_not_reported": (
            "主办单位还没有反馈，不能核查。",
            "The lead has not reported back yet; there is nothing to check.",
        ),
        "incidents.lead_is_not_released": ("主办单位不能免除，只能撤回。", "The lead cannot be released, only withdrawn."),
        "incidents.too_late_to_reopen": ("结案已超过 {days} 天，不能重开。", "It was closed more than {days} days ago."),
        "incidents.too_late_to_rate": (
            "评价已超过 {days} 天，不能修改。",
            "It was rated more than {days} days ago and cannot be changed.",
        ),
        "incidents.urged_already": (
            "已经催办过，{hours} 小时后可以再催。",
            "It has been urged already; again after {hours} hours.",
        ),
        "incidents.stars_needed": ("接通后要记录满意度和是否解决。", "When reached, record stars and whether it is solved."),
        "incidents.not_to_call": ("{number} 现在不需要回访。", "{number} is not to be called back now."),
        "incidents.one_to_five_stars": ("请给 1 到 5 颗星。", "Give one to five stars."),
        "incidents.no_rulebook": ("还没有安装情景规则。", "No scenario rules are installed yet."),
        "incidents.no_such_rulebook": ("没有编号为 {id} 的规则版本。", "There is no version {id} of the rules."),
        "incidents.channel_not_yours": ("你不能用这个渠道上报。", "You cannot report through this channel."),
        "incidents.ended": ("{number} 已经办结，请另行上报。", "{number} has ended; please report again."),
        "incidents.no_report": ("没有这条上报，或者不在你的管辖范围内。", "There is no such report within your jurisdiction."),
        "incidents.no_tracking": ("没有找到这条记录，请检查链接是否完整。", "Nothing found; check that the link is complete."),
        "incidents.blocked": ("暂时不能上报，至 {until}：{reason}", "You cannot report until {until}: {reason}"),
        "incidents.too_many_reports": (
            "上报太频繁（每个时段最多 {limit} 条），请 {retry_after} 秒后再试。紧急情况请拨打 110、119 或 12345。",
            "Too many reports (at most {limit} at a time); try again in {retry_after} s. In an emergency call 110, 119.",
        ),
        "incidents.spam_already": ("已是这个状态，无需再标记。", "It is marked so already."),
        "incidents.nobody_to_block": ("这条上报没有可以限制的来源。", "This report has no source that could be blocked."),
        "incidents.outside_calendar": ("这个时间在日历之外。", "That moment lies outside the calendar."),
        "incidents.follows_its_master": (
            "{number} 已合并到另一事件，请在那里办理，或先撤销合并。",
            "{number} was merged into another incident: act there, or undo the merge first.",
        ),
        "incidents.merge_with_itself": ("不能合并到自身。", "An incident cannot be merged into itself."),
        "incidents.master_has_ended": (
            "{number} 已经办结，不能再并入；如需继续，请先重开。",
            "{number} has ended, nothing can join it; reopen it first.",
        ),
        "incidents.merge_beyond_owner": (
            "{number} 不归本中心及下级办理，请由共同上级合并。",
            "{number} is not owned by this centre or one below; a centre above both has to do it.",
        ),
        "incidents.reports_of_another": ("所选上报不属于此事件。", "These reports are not all of this incident."),
        "incidents.split_leaves_nothing": ("至少要留下一条上报。", "At least one report has to stay."),
        "incidents.split_out_of_reach": (
            "新事件的位置要在本中心辖区内；在别处的请先拆分再移送。",
            "The new incident has to lie within this centre's area; for elsewhere split first, then transfer.",
        ),
        "incidents.no_offer": ("这条关注邀请无效，请重新提交。", "This offer is not valid; please send again."),
        "incidents.future": ("发生时间不能在将来。", "It cannot have happened in the future."),
        "incidents.long_ago": (
            "发生时间早于十年前：请检查设备的时钟，或者不填。",
            "More than ten years ago: check the clock of the device, or leave it out.",
        ),
    }
)  # fmt: skip
