"""Industries by GB/T 4754-2017: 20 sections and their 97 two-digit divisions."""

from dataclasses import dataclass

SECTIONS = (
    ("A", 1, 5, "农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    ("B", 6, 12, "采矿业", "Mining"),
    ("C", 13, 43, "制造业", "Manufacturing"),
    ("D", 44, 46, "电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water"),
    ("E", 47, 50, "建筑业", "Construction"),
    ("F", 51, 52, "批发和零售业", "Wholesale and retail"),
    ("G", 53, 60, "交通运输、仓储和邮政业", "Transport, storage and post"),
    ("H", 61, 62, "住宿和餐饮业", "Accommodation and catering"),
    ("I", 63, 65, "信息传输、软件和信息技术服务业", "Information and software"),
    ("J", 66, 69, "金融业", "Finance"),
    ("K", 70, 70, "房地产业", "Real estate"),
    ("L", 71, 72, "租赁和商务服务业", "Leasing and business services"),
    ("M", 73, 75, "科学研究和技术服务业", "Research and technical services"),
    ("N", 76, 79, "水利、环境和公共设施管理业", "Water, environment and public facilities"),
    ("O", 80, 82, "居民服务、修理和其他服务业", "Resident services, repair and other services"),
    ("P", 83, 83, "教育", "Education"),
    ("Q", 84, 85, "卫生和社会工作", "Health and social work"),
    ("R", 86, 90, "文化、体育和娱乐业", "Culture, sports and entertainment"),
    ("S", 91, 96, "公共管理、社会保障和社会组织", "Public administration and organisations"),
    ("T", 97, 97, "国际组织", "International organisations"),
)

_TABLE = """
01|农业|Agriculture
02|林业|Forestry
03|畜牧业|Animal husbandry
04|渔业|Fishery
05|农、林、牧、渔专业及辅助性活动|Support activities for agriculture
06|煤炭开采和洗选业|Coal mining and washing
07|石油和天然气开采业|Oil and natural gas extraction
08|黑色金属矿采选业|Ferrous ore mining
09|有色金属矿采选业|Non-ferrous ore mining
10|非金属矿采选业|Non-metallic ore mining
11|开采专业及辅助性活动|Support activities for mining
12|其他采矿业|Other mining
13|农副食品加工业|Processing of food from agricultural products
14|食品制造业|Food
15|酒、饮料和精制茶制造业|Liquor, beverages and refined tea
16|烟草制品业|Tobacco
17|纺织业|Textiles
18|纺织服装、服饰业|Apparel and accessories
19|皮革、毛皮、羽毛及其制品和制鞋业|Leather, fur, feather and footwear
20|木材加工和木、竹、藤、棕、草制品业|Wood, bamboo, rattan and straw products
21|家具制造业|Furniture
22|造纸和纸制品业|Paper and paper products
23|印刷和记录媒介复制业|Printing and reproduction of media
24|文教、工美、体育和娱乐用品制造业|Stationery, crafts, sports and toys
25|石油、煤炭及其他燃料加工业|Petroleum, coal and other fuel processing
26|化学原料和化学制品制造业|Chemicals
27|医药制造业|Pharmaceuticals
28|化学纤维制造业|Chemical fibres
29|橡胶和塑料制品业|Rubber and plastics
30|非金属矿物制品业|Non-metallic mineral products
31|黑色金属冶炼和压延加工业|Ferrous metal smelting and rolling
32|有色金属冶炼和压延加工业|Non-ferrous metal smelting and rolling
33|金属制品业|Metal products
34|通用设备制造业|General-purpose machinery
35|专用设备制造业|Special-purpose machinery
36|汽车制造业|Motor vehicles
37|铁路、船舶、航空航天和其他运输设备制造业|Railway, ship, aerospace and other transport equipment
38|电气机械和器材制造业|Electrical machinery and apparatus
39|计算机、通信和其他电子设备制造业|Computers, communication and other electronics
40|仪器仪表制造业|Instruments and meters
41|其他制造业|Other manufacturing
42|废弃资源综合利用业|Recycling of waste resources
43|金属制品、机械和设备修理业|Repair of metal products, machinery and equipment
44|电力、热力生产和供应业|Electricity and heat
45|燃气生产和供应业|Gas
46|水的生产和供应业|Water
47|房屋建筑业|Building construction
48|土木工程建筑业|Civil engineering
49|建筑安装业|Building installation
50|建筑装饰、装修和其他建筑业|Building decoration and other construction
51|批发业|Wholesale
52|零售业|Retail
53|铁路运输业|Railway transport
54|道路运输业|Road transport
55|水上运输业|Water transport
56|航空运输业|Air transport
57|管道运输业|Pipeline transport
58|多式联运和运输代理业|Multimodal transport and forwarding
59|装卸搬运和仓储业|Cargo handling and warehousing
60|邮政业|Post
61|住宿业|Accommodation
62|餐饮业|Catering
63|电信、广播电视和卫星传输服务|Telecommunications, broadcasting and satellite transmission
64|互联网和相关服务|Internet and related services
65|软件和信息技术服务业|Software and information technology
66|货币金融服务|Monetary and financial services
67|资本市场服务|Capital market services
68|保险业|Insurance
69|其他金融业|Other finance
70|房地产业|Real estate
71|租赁业|Leasing
72|商务服务业|Business services
73|研究和试验发展|Research and experimental development
74|专业技术服务业|Professional technical services
75|科技推广和应用服务业|Technology promotion and application
76|水利管理业|Water conservancy
77|生态保护和环境治理业|Ecological protection and environmental treatment
78|公共设施管理业|Public facilities
79|土地管理业|Land administration
80|居民服务业|Resident services
81|机动车、电子产品和日用产品修理业|Repair of vehicles, electronics and household goods
82|其他服务业|Other services
83|教育|Education
84|卫生|Health
85|社会工作|Social work
86|新闻和出版业|News and publishing
87|广播、电视、电影和录音制作业|Broadcasting, television, film and sound recording
88|文化艺术业|Culture and arts
89|体育|Sports
90|娱乐业|Entertainment
91|中国共产党机关|Organs of the Communist Party of China
92|国家机构|State institutions
93|人民政协、民主党派|Political consultative conference and democratic parties
94|社会保障|Social security
95|群众团体、社会团体和其他成员组织|Mass and social organisations
96|基层群众自治组织及其他组织|Grass-roots self-government and other organisations
97|国际组织|International organisations
"""


@dataclass(frozen=True, slots=True)
class Division:
    """A two-digit division with the letter of its section."""

    code: str
    section: str
    name_zh: str
    name_en: str


def _division(line: str) -> Division:
    code, name_zh, name_en = line.split("|")
    section = next(s[0] for s in SECTIONS if s[1] <= int(code) <= s[2])
    return Division(code, section, name_zh, name_en)


DIVISIONS = {d.code: d for d in map(_division, _TABLE.split("\n")[1:-1])}


def normalise(text: str) -> str:
    """``C2221``, ``C 2221`` and ``2221`` are written ``2221``."""
    text = "".join(text.split()).upper()
    return text[1:] if text[:1].isalpha() else text


def fault_of(code: str) -> str | None:
    """The problem's code, or None: two to four digits whose first two are a division."""
    if not code.isascii() or not code.isdigit() or not 2 <= len(code) <= 4:
        return "registry.industry.form"
    return None if code[:2] in DIVISIONS else "registry.industry.unknown"


def division_of(code: str) -> Division | None:
    """The division of a code of two to four digits."""
    return DIVISIONS.get(code[:2])
