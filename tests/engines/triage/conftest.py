"""A small invented register with its history, the demonstration's model, and strategies."""

import json
from importlib.resources import files

import pytest
from hypothesis import strategies as st

from qiying.demo.stories import build_stories
from qiying.engines.triage import Call, Example, Matter, Model, Rarity, TrainParams, train

MATTERS = (
    Matter("POWER", "企业用电", "Electricity", ("停电", "电压", "变压器"), ("power", "outage")),
    Matter(
        "ROAD", "道路养护", "Road maintenance", ("坑洼", "路面", "窨井盖"), ("road", "pothole")
    ),
    Matter("LORRY", "货车停放", "Lorry parking", ("大车停车", "堵车"), ("lorry", "parking")),
    Matter("WAGE", "欠薪治理", "Wage arrears", ("欠薪", "讨薪", "工资"), ("wages", "unpaid")),
    Matter("SCHOOL", "子女入学", "School enrolment", ("上学", "学位", "小学"), ("school",)),
)
SAID = {
    "POWER": (
        "车间又停电了",
        "电压忽高忽低，设备报警",
        "变压器增容批了没有",
        "跳闸好几次，线路老化",
    ),
    "ROAD": ("门口的路坑坑洼洼", "窨井盖翘起来了", "路面塌了一块没人修", "下雨看不见坑，车胎扎了"),
    "LORRY": ("晚上货车停满一路", "大车没地方停", "集卡排队堵住厂门", "司机睡在路边的车里"),
    "WAGE": ("包工头不发工资", "老板欠薪三个月", "工人来讨薪，怎么处理", "年底工钱没有结清"),
    "SCHOOL": ("员工孩子想上小学", "学位不够怎么办", "外地户口能不能入学", "幼升小要什么材料"),
}
PLACES = ("开源大道", "科创大道", "南环路", "听溪路")
QUICK = TrainParams(folds=2, iterations=40)


def history() -> list[Example]:
    """Eighty calls: each sentence of each matter at each of four places."""
    return [
        Example(f"{place}{text}", matter)
        for matter, texts in SAID.items()
        for text in texts
        for place in PLACES
    ]


@pytest.fixture(scope="session")
def model() -> Model:
    """A model of the small register."""
    return train(MATTERS, history(), seed=1, params=QUICK, register_version="test")


@pytest.fixture(scope="session")
def rarity(model: Model) -> Rarity:
    return Rarity.by(model)


@pytest.fixture(scope="session")
def register() -> tuple[Matter, ...]:
    """The seed register of 139 matters."""
    seed = files("qiying.slices.mandate") / "seeds" / "matters.json"
    rows = json.loads(seed.read_text(encoding="utf-8"))
    return tuple(
        Matter(
            row["code"],
            row["name_zh"],
            row["name_en"],
            tuple(row["keywords"]["zh"]),
            tuple(row["keywords"]["en"]),
            row["note_zh"],
            row["note_en"],
        )
        for row in rows
    )


@pytest.fixture(scope="session")
def stories() -> list[Example]:
    """The demonstration's calls in order of time."""
    return [Example(f"{s.title_zh}。{s.text_zh}", s.matter) for s in build_stories()]


@pytest.fixture(scope="session")
def zone_model(register: tuple[Matter, ...], stories: list[Example]) -> Model:
    """The seed register and the first three quarters of the demonstration's calls."""
    quick = TrainParams(folds=2, iterations=60, sampled=800)
    return train(register, stories[:1800], params=quick, register_version="seed")


WORDS = [text for texts in SAID.values() for text in texts]
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*WORDS, *PLACES, "power outage", "３８０伏", "！", " "])).map(
        "".join
    ),
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    degrees = draw(st.none() | st.tuples(st.integers(0, 40), st.integers(0, 40)))
    return Call(
        key=draw(st.sampled_from("abcdefghijkl")),
        text=draw(st.sampled_from(PLACES)) + draw(st.sampled_from(WORDS) | texts),
        at_day=draw(st.floats(0, 90)),
        longitude=None if degrees is None else 119.2 + degrees[0] / 2000,
        latitude=None if degrees is None else 29.0 + degrees[1] / 2000,
        firm=draw(st.sampled_from(["", "E1", "E2", "E3"])),
        matter=draw(st.sampled_from(["", "POWER", "ROAD"])),
        unit=draw(st.sampled_from(["zone", "town"])),
    )


st.register_type_strategy(Call, calls())
