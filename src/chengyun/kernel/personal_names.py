"""Names of people in running Chinese and English text, by what stands beside them. Pure; used by `personal`.

Chinese names have no sign of their own: a surname of the table, one or two more characters, and a cue before
("我叫", "联系人：") or behind ("先生", "师傅"). How long the name is, the character behind it decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The frequent surnames (about 97 % of people), and those of two characters.
_SINGLE = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾萧肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温葛倪柴殷祝樊兰季施詹"
    "翟涂冉牟游骆柯费俞申符翁甘梅庞牛柳耿关童欧盛章岳齐左祁焦包凌颜路冷缪应裴柏霍宁庄鲁苗纪辛屈聂卜简饶谷车项涂娄蒲隆代况敖晏"
)
_DOUBLE = ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"]
# Also everyday words ("应当", "包括", "代表", "班主任"): surnames only behind a strong cue, or nowhere.
_NEVER = "应代包"
_DOUBTFUL = "关向方万于任纪游程车成项辛左金戴祝"
_SURNAME = f"(?:{'|'.join(_DOUBLE)}|[{''.join(one for one in _SINGLE if one not in _NEVER)}])"
_SURE = f"(?:{'|'.join(_DOUBLE)}|[{''.join(one for one in _SINGLE if one not in _NEVER + _DOUBTFUL)}])"
# Characters that no given name has here: a name ends before them.
_NOT_GIVEN = (
    "的了是在有我你您他她它们这那哪和与及跟同到说要不没很都也就被把让给从向为以等后前中上下里外个住家打电话手机号请求来去想"
    "于因已经还再又将会能可应该对并或而但所每次年月日时分点元块多少几一二三四五六七八九十两半某先女士姐师傅老大爷妈叔阿姨"
    "婆伯同志医生书记主任经理板长房楼栋层街路区市县镇乡村社组单位公司物业车店门口反映投诉举报咨询希望联系身份证地址现发做吃"
    "喝看见听问找叫喊带买卖修坏漏堵停占用收交付拿放走跑摔伤死病吗呢吧啊呀哦什么怎哪谁刚正最更比较只仅约共总管开关称讲表示诉述旁边对面隔壁"
)
_GIVEN = f"[^\\W\\da-zA-Z_{_NOT_GIVEN}]"
# In the middle of a name these are names; at its end they begin the next word ("王家里", "周志强").
_TWO = f"(?:[志生家大正月年长平]{_GIVEN}|{_GIVEN}{{1,2}})"
_SAMPLE = "张三|李四|王五|赵六"
_NAME = f"(?:{_SAMPLE}|{_SURNAME}{_TWO})"
_SURE_NAME = f"(?:{_SAMPLE}|{_SURE}{_TWO})"
_PLACE = (  # "我是石桥铺街道的" names a place
    "(?!.{0,2}(?:街道|社区|小区|镇|乡|村|路|街|区|县|市|湾|坝|中学|小学|医院|公司|广场|大道|花园|公寓|大厦|苑|庭|城|桥|站|机|场|业|局|派|委|长|员|人))"
)
_STRONG = "我叫|我的名字叫|名字叫|名叫|姓名|名字|联系人|联络人|投诉人|举报人|反映人|来电人|报警人|报案人|申请人|当事人|经办人|收件人|户主|他叫|她叫|叫做|人叫"
_WEAK = "我是|本人|负责人|业主|住户|租户|房东|村民|居民|市民|网格员|司机|驾驶员|店主|家长|患者|死者|伤者|邻居|老板|队长|组长|院长|校长|签字是"
_IS = r"(?:[:：]|是|为|\s){0,3}"
_CUED = re.compile(f"(?:{_STRONG}){_IS}({_NAME})")
_LOOSELY = re.compile(f"(?:{_WEAK}){_IS}({_SURE_NAME}){_PLACE}")
_BEHIND = "先生|女士|小姐|师傅|老师|阿姨|大爷|大妈|大叔|婆婆|老伯|老人家|同志|医生|同学|太太|夫人|老人|本人"
_TITLED = re.compile(f"({_SURE_NAME})(?=(?:{_BEHIND}))")
_SIGNED = re.compile(
    rf"(?:反映|投诉|举报|联系|此致|落款|署名)[人者]?[:：]\s*({_NAME})\s*(?=[,，。;；\s(（]|$)"
)
_ENGLISH = re.compile(
    r"(?:\b[Mm]y name is|\b[Nn]ame:|\b[Cc]ontact(?: person)?:|\b[Cc]aller:|\b[Rr]eporter:|\b(?:Mr|Mrs|Ms|Miss|Dr)\b\.?)\s+"
    r"([A-Z][a-z]+(?: [A-Z][a-z]+){0,2})\b"
)
_I_AM = re.compile(r"\b(?:I am|I'm|this is)\s+([A-Z][a-z]+ [A-Z][a-z]+)\b")


def names(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and reason of each name; the caller takes the first where two overlap."""
    for pattern, reason in (
        (_CUED, "cue before"),
        (_LOOSELY, "cue before"),
        (_SIGNED, "cue before"),
        (_TITLED, "title behind"),
    ):
        for one in pattern.finditer(text):
            yield *one.span(1), reason
    for pattern in (_ENGLISH, _I_AM):
        for one in pattern.finditer(text):
            yield *one.span(1), "cue before"
