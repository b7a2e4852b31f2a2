"""Error messages of the exchange, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "exchange.no_subscription": (
            "没有这个推送订阅，或不在您的管辖范围内。",
            "There is no such subscription in your jurisdiction.",
        ),
        "exchange.no_delivery": ("没有这条推送记录。", "There is no such delivery."),
        "exchange.no_source": (
            "没有这个接入来源，或不在您的管辖范围内。",
            "There is no such source in your jurisdiction.",
        ),
        "exchange.region_outside": (
            "区划须在您的管辖范围内。",
            "The region must lie in your jurisdiction.",
        ),
        "exchange.people_only": (
            "推送订阅须由有岗位的人员建立：按其管辖范围发送。",
            "A subscription is made by somebody with a post: it sends what their jurisdiction holds.",
        ),
        "exchange.url": (
            "须为 http 或 https 地址，不含账号和 # 部分。",
            "Must be an http or https address without a login or a # part.",
        ),
        "exchange.host_refused": (
            "地址指向内部网络，不允许推送；确有需要时由管理员设置 CHENGYUN_WEBHOOK_NETWORKS。",
            "The address leads into a private network and is refused; CHENGYUN_WEBHOOK_NETWORKS can allow it.",
        ),
        "exchange.name_unknown": ("找不到这个主机名。", "The host name is not known."),
        "exchange.timeout": ("对方 5 秒内没有应答。", "The receiver did not answer within 5 seconds."),
        "exchange.connection": ("无法连接，或连接中断。", "No connection, or it broke off."),
        "exchange.tls": ("对方的证书无法验证。", "The receiver's certificate does not verify."),
        "exchange.plain_http": (
            "http 地址只能用于允许的内部网络，其余请用 https。",
            "Plain http is for permitted private networks only; use https.",
        ),
        "exchange.still_waiting": (
            "这条推送正在等待发送。",
            "This delivery is already waiting to be sent.",
        ),
        "exchange.slug_taken": ("标识“{slug}”已被使用。", "The name “{slug}” is taken."),
        "exchange.mapping": ("映射不正确：{why}", "The mapping cannot be used: {why}"),
        "exchange.signature": ("签名验证未通过。", "The signature does not verify."),
        "exchange.message_differs": (
            "同一个消息编号已用于另一份内容。",
            "This message id was already used with a different body.",
        ),
        "exchange.not_json": ("消息不是 JSON 对象。", "The message is no JSON object."),
        "exchange.absent": ("消息中没有这一项。", "The message does not have it."),
        "exchange.unmapped": (
            "没有对应的类别：{value}。",
            "No category corresponds to {value}.",
        ),
        "exchange.not_a_time": ("不是约定格式的时间。", "Not a time in the agreed format."),
        "exchange.outside_region": (
            "位置不在该来源的区划内。",
            "The position lies outside the region of this source.",
        ),
        "exchange.category_unknown": ("没有类别“{code}”。", "There is no category “{code}”."),
        "open311.jurisdiction": (
            "没有 jurisdiction_id 为“{id}”的区划。",
            "There is no jurisdiction with the jurisdiction_id “{id}”.",
        ),
        "open311.service": (
            "没有 service_code 为“{service}”的服务。",
            "There is no service with the service_code “{service}”.",
        ),
        "open311.request": (
            "没有编号为“{id}”的服务请求。",
            "There is no service request with the id “{id}”.",
        ),
        "open311.token": ("没有这个令牌。", "There is no such token."),
        "open311.format": ("格式须为 json 或 xml。", "The format is json or xml."),
        "open311.key": ("api_key 无效或已过期。", "The api_key is invalid or has expired."),
        "open311.span": ("时间范围最多 {days} 天。", "A period spans at most {days} days."),
        "open311.position": (
            "须提供 lat 和 long，或能唯一确定地点的 address_string。",
            "Give lat and long, or an address_string that names one place.",
        ),
        "open311.address_unclear": (
            "“{address}”不能唯一确定地点，请提供 lat 和 long。",
            "“{address}” does not name one place; give lat and long.",
        ),
        "open311.attribute": ("该服务没有属性“{code}”。", "The service has no attribute “{code}”."),
        "open311.update_status": (
            "status 只能是 open（要求重开）；结案须经核查。",
            "The status can only be open (to reopen); closing follows a check.",
        ),
        "open311.update_who": (
            "补充说明须用 api_key；凭令牌只能要求重开。",
            "Comments need an api_key; a token can only ask to reopen.",
        ),
    }
)
