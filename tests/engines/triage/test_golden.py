"""Thirty calls in words of their own, with the matter that a desk officer would choose.

None of them is a sentence of the demonstration's generator: they show what the model does with
what it has not read. The shares are bars for the whole, not for each text.
"""

import pytest

from qiying.engines.triage import Example, KeywordBaseline, Matter, Model, evaluate

GOLDEN = [
    Example("昨晚厂区突然停电两个小时，设备全停了，什么时候能恢复供电", "M026"),
    Example("我们想增容变压器，供电公司说要排到明年", "M026"),
    Example("去年申报的技改补贴到现在没有拨下来", "M009"),
    Example("专精特新中小企业怎么申报，要准备哪些材料", "M008"),
    Example("车间缺二十个普工，能不能帮忙招工", "M011"),
    Example("厂门口的路坑坑洼洼，货车颠得厉害", "M069"),
    Example("窨井盖破了，差点有人掉下去", "M069"),
    Example("集卡排队把我们大门堵住了，没地方停车", "M071"),
    Example("园区路灯坏了一排，下夜班很黑", "M078"),
    Example("员工孩子今年上小学，没有本地户口怎么入学", "M104"),
    Example("员工宿舍不够，想申请蓝领公寓", "M103"),
    Example("蒸汽压力一直上不去，烘干跟不上", "M044"),
    Example("中水停了半天，生产线用不上水", "M037"),
    Example("危废暂存间快满了，找不到处置单位", "M041"),
    Example("雨水井里冒污水，臭得不行", "M038"),
    Example("隔壁工厂排出来的废气很刺鼻", "M034"),
    Example("工人在车间受伤了，工伤认定怎么办", "M099"),
    Example("包工头拖欠农民工工资，工人在门口讨薪", "M068"),
    Example("员工被辞退要求赔偿，双方谈不拢", "M067"),
    Example("对方公司欠我们货款半年不给，想请人调解", "M046"),
    Example("营业执照变更法人需要什么资料", "M080"),
    Example("有人仿冒我们的商标，专利也被侵权", "M084"),
    Example("锅炉年检到期，联系不上检验的人", "M022"),
    Example("消防通道被隔壁堆满了货，存在火灾隐患", "M020"),
    Example("这个月来了四拨人检查，能不能合到一次", "M060"),
    Example("厂区手机信号很差，宽带也经常掉线", "M012"),
    Example("食堂吃坏了肚子，食品安全谁来管", "M082"),
    Example("绿化带里的树枯死了，杂草长到人高", "M077"),
    Example("统计联网直报系统报不上去，催得紧", "M136"),
    Example("The power went out and the voltage is unstable", "M026"),
]


OBLIQUE = [  # what is meant is said without any word of the register
    Example("机器一开灯就暗下来，晚上干脆全黑了", "M026"),
    Example("答应给我们的钱，跑了三趟都没到账", "M009"),
    Example("招不到人，开的价钱不低了还是没人来", "M011"),
    Example("大挂车进来压出好深的坑，轮胎都爆了", "M069"),
    Example("老板跑了，我们干了半年一分没拿到", "M068"),
    Example("小孩带在身边，到了年纪没地方念书", "M104"),
    Example("隔壁半夜飘过来臭鸡蛋的味道，头都晕", "M034"),
    Example("上个月刚来看过，这个月又来一拨，停下来陪了半天", "M060"),
    Example("网一断，订单就下不来", "M012"),
    Example("别人的包装跟我们一模一样，连牌子都抄", "M084"),
]


def test_thirty_calls_find_the_officers_matter(
    zone_model: Model, register: tuple[Matter, ...]
) -> None:
    ours = evaluate(zone_model, GOLDEN)

    assert len(GOLDEN) == 30
    assert ours.top_3 >= 0.9
    assert ours.top_1 >= 0.8
    assert ours.top_1 >= evaluate(KeywordBaseline(register), GOLDEN).top_1


def test_calls_without_any_word_of_the_register_often_find_theirs(
    zone_model: Model, register: tuple[Matter, ...]
) -> None:
    ours = evaluate(zone_model, OBLIQUE)

    assert ours.top_3 >= 0.5
    assert ours.top_1 > evaluate(KeywordBaseline(register), OBLIQUE).top_1


def test_later_calls_of_the_demonstration_are_ranked_far_better_than_by_keywords(
    zone_model: Model, register: tuple[Matter, ...], stories: list[Example]
) -> None:
    ours = evaluate(zone_model, stories[1800:])
    plain = evaluate(KeywordBaseline(register), stories[1800:])

    assert ours.top_1 >= 0.97
    assert ours.top_3 >= ours.top_1
    assert ours.calibration_error <= 0.05
    assert plain.top_1 < ours.top_1 / 2


@pytest.mark.parametrize(
    ("text", "word"),
    [("厂区突然停电", "停电"), ("拖欠农民工工资", "农民工工资"), ("锅炉年检", "锅炉")],
)
def test_the_reasons_name_the_word_that_a_person_would(
    zone_model: Model, text: str, word: str
) -> None:
    assert word in {term.word for term in zone_model.rank(text)[0].speaks_for}
