"""Words that files use for our codes, folded (half-width, lower case, no blanks)."""

from collections.abc import Iterable

from qiying.kernel.access import Role
from qiying.slices.registry.rules.cells import folded
from qiying.slices.registry.rules.kinds import (
    AreaKind,
    EntityKind,
    FirmStatus,
    Grade,
    SiteKind,
    UnitKind,
)

_ENTITY = {
    EntityKind.ENTERPRISE: "企业 公司 有限公司 company firm",
    EntityKind.BRANCH: "分公司 分支机构 branchoffice",
    EntityKind.COOPERATIVE: "合作社 农民专业合作社 co-operative",
    EntityKind.INDIVIDUAL: "个体 个体户 个体工商户 individual individualbusiness",
}
_STATUS = {
    FirmStatus.ACTIVE: "在营 存续 开业 正常 在业 inoperation",
    FirmStatus.SUSPENDED: "停业 歇业 停产",
    FirmStatus.MOVED: "迁出 迁移 movedaway",
    FirmStatus.DEREGISTERED: "注销 吊销 cancelled",
}
_SITE = {
    SiteKind.PARCEL: "地块 宗地 用地",
    SiteKind.CONSTRUCTION: "工地 建筑工地 在建工地 在建项目 constructionsite",
    SiteKind.WORKSHOP: "车间 厂房",
    SiteKind.DORMITORY: "宿舍 企业宿舍",
    SiteKind.PORT_YARD: "堆场 港口堆场 码头 portyard",
    SiteKind.OTHER: "其他 其它 othersite",
}
_AREA = {
    AreaKind.PLANNED: "规划区 规划范围 规划面积 plannedarea",
    AreaKind.DEVELOPED: "建成区 已开发 开发建成区 developedarea",
    AreaKind.WALL: "围墙 工业围墙 industrialwall",
    AreaKind.TOWNSHIP: "乡镇 街道 乡镇街道 乡镇、街道 乡镇(街道) townshiporsub-district",
    AreaKind.NEIGHBOURHOOD: "小区 居民小区 neighborhood",
    AreaKind.GRID: "网格 企业网格 enterprisegrid",
    AreaKind.VILLAGE: "村 行政村 村庄",
    AreaKind.RIVER: "河 河道 河流",
    AreaKind.ROAD: "道路 公路 路",
}
_UNIT = {
    UnitKind.ZONE: "管委会 园区 开发区 管委会内设机构 园区内设机构 zoneoffice",
    UnitKind.DEPARTMENT: "部门 县级部门 县直部门 countydepartment",
    UnitKind.TOWNSHIP: "乡镇 街道 乡镇街道 乡镇、街道 乡镇(街道) townshiporsub-district",
    UnitKind.UTILITY: "公用事业 公用企业 公用事业单位 水电气",
    UnitKind.COMPANY: "国企 国有企业 国有公司 平台公司 state-ownedcompany",
    UnitKind.COMMUNITY: "社区 居委会",
}


def _table(words: dict[str, str], codes: Iterable[str]) -> dict[str, str]:
    found = {folded(code): str(code) for code in codes}
    for code, text in words.items():
        found.update({word: str(code) for word in text.split()})
    return found


ENTITY_WORDS = _table({str(k): v for k, v in _ENTITY.items()}, EntityKind.values())
STATUS_WORDS = _table({str(k): v for k, v in _STATUS.items()}, FirmStatus.values())
SITE_WORDS = _table({str(k): v for k, v in _SITE.items()}, SiteKind.values())
AREA_WORDS = _table({str(k): v for k, v in _AREA.items()}, AreaKind.values())
UNIT_WORDS = _table({str(k): v for k, v in _UNIT.items()}, UnitKind.values())
GRADE_WORDS = _table({}, Grade.values())
DAY_WORDS = _table(
    {"rest": "休 休息 放假 假日 off holiday", "work": "班 上班 调休 补班 makeup"}, ("rest", "work")
)
_ROLE = {
    Role.ENTERPRISE: "企业 企业用户",
    Role.GRID_OFFICER: "网格员 企业网格员 gridofficer",
    Role.DESK: "受理员 坐席 服务台专员 deskofficer",
    Role.HANDLER: "经办人 承办人 unithandler",
    Role.CALLBACK: "回访员 回访专员 call-backofficer",
    Role.SUPERVISOR: "督办员 督办专员",
    Role.UNIT_LEADER: "部门负责人 单位负责人 承办单位负责人 unitleader",
    Role.ZONE_LEADER: "园区领导 管委会领导 zoneleader",
    Role.ANALYST: "分析员",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "管理员 系统管理员 admin",
    Role.DUTY_CHIEF: "值班长 工业120值班长 dutychief dutychiefofindustry120",
    Role.TECHNICIAN: "技术员 维修技术员",
    Role.PROVIDER_MANAGER: "服务商负责人 服务商管理员 providermanager managerofaprovider",
}
ROLE_WORDS = _table({str(k): v for k, v in _ROLE.items()}, [str(k) for k in _ROLE])
