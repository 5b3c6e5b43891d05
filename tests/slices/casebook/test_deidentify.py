"""Whatever tells who is meant is found, however it is written."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.slices.casebook.rules import Firm, Known, check, fold
from qiying.slices.casebook.rules.variants import SIMPLIFIED, TRADITIONAL

HAN = "宏达远航纸业龙游新材料科技华丰浙江金鼎化工机械特种"
words = st.text(HAN + string.ascii_letters + string.digits + " ，。（）-&", max_size=60)
names = st.text(HAN + string.ascii_letters + "&· （）", min_size=2, max_size=16).filter(
    lambda n: len(fold(n)[0]) >= 2
)
WIDE = {ord(c): ord(c) + 0xFEE0 for c in string.ascii_letters + string.digits + "&-()"}
GAPS = ("", " ", "\u3000", "\u200b", "-", "·", "\n")


NOBODY = Known()


def kinds(text: str, known: Known = NOBODY) -> list[str]:
    return [f.kind for f in check({"practice": text}, known)]


@given(words, words, names, st.sampled_from(GAPS), st.booleans(), st.booleans())
def test_any_registered_name_inserted_anywhere_is_found(
    before: str, after: str, name: str, gap: str, is_wide: bool, is_upper: bool
) -> None:
    written = gap.join(name)
    written = written.translate(WIDE) if is_wide else written
    written = written.upper() if is_upper else written
    text = before + written + after
    found = check({"practice": text}, Known(firms=(Firm((name,)),)))
    assert any(f.kind == "firm" or f.is_hard for f in found)
    start = len(before)
    covered = {i for f in found for i in range(f.start, f.end)}
    inner = [i for i in range(start, start + len(written)) if fold(text[i])[0]]
    assert set(inner) <= covered
    assert all(text[f.start : f.end] == f.excerpt for f in found)


@given(st.lists(names, min_size=1, max_size=6), words)
def test_a_text_without_any_of_the_names_has_no_finding_of_a_firm(
    given_names: list[str], text: str
) -> None:
    known = Known(firms=tuple(Firm((n,)) for n in given_names))
    folded = fold(text)[0]
    if not any(fold(n)[0] in folded for n in given_names):
        cores = [f for f in check({"x": text}, known) if f.kind == "firm"]
        assert all(len(fold(f.excerpt)[0]) >= 4 for f in cores)


@given(words, names)
def test_checking_is_repeatable_and_keys_do_not_depend_on_the_place(text: str, name: str) -> None:
    known = Known(firms=(Firm((name,)),))
    texts = {"a": text + name, "b": "，" + name}
    first = check(texts, known)
    assert first == check(texts, known)
    by_part = {p: {f.key for f in first if f.part == p and f.excerpt == name} for p in "ab"}
    if by_part["a"] and by_part["b"]:
        assert by_part["a"] == by_part["b"]


def test_a_firm_is_found_by_the_name_that_people_say() -> None:
    known = Known(firms=(Firm(("澜川宏达纸业有限公司",), is_own=True),))
    assert kinds("据澜川宏达纸业反映", known) == ["own_firm"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话13900001111联系", "phone"),
        ("电话１３９ ０００１ １１１１联系", "phone"),  # noqa: RUF001
        ("拨打0570-7012345", "phone"),
        ("代码91330825MA2ABC1234登记", "credit_code"),
        ("代码 91330825-MA2ABC123-4", "credit_code"),
        ("身份证330825199001011234", "id_number"),
        ("身份证 330825 19900101 123X", "id_number"),
        ("账号6222021234567890123", "account"),
        ("邮箱 someone@example.com", "email"),
        ("车牌浙H·A1234", "plate"),
        ("车牌浙HD12345", "plate"),
        ("位于兴业大道18号", "address"),
        ("位于园区3号楼201室", "address"),
        ("补贴1,234,567元", "amount"),
        ("补贴123.45万元", "amount"),
        ("见QY-261122-041", "number"),
        ("满意率提高到98.5%", "figure"),
        ("惠及120家企业", "figure"),
    ],
)
def test_what_has_a_form_is_found_by_it(text: str, kind: str) -> None:
    assert kind in kinds(text)


def test_figures_of_the_frozen_card_need_no_other_proof() -> None:
    assert kinds("用时5天办结", Known(numbers=frozenset({"5"}))) == []
    assert kinds("用时6天办结", Known(numbers=frozenset({"5"}))) == ["figure"]


def test_people_contacts_and_codes_of_the_register_are_found() -> None:
    known = Known(
        firms=(Firm(("甲厂",), "91330825MA0000001X", "兴业路工业小区东侧"),),
        people=("李建国", "Li"),
        phones=("0570-700 1234",),
    )
    assert kinds("李 建国说", known) == ["person"]
    assert kinds("listening", known) == []
    assert kinds("代码91330825ma0000001x", known) == ["credit_code"]
    assert kinds("地址：兴业路工业小区东侧", known) == ["address"]
    assert kinds("拨05707001234", known) == ["phone"]


def test_a_hard_finding_inside_a_soft_one_is_told_too() -> None:
    known = Known(firms=(Firm(("宏达",), is_own=True), Firm(("宏达路灯",))))
    assert set(kinds("宏达路灯", known)) == {"firm", "own_firm"}


def test_a_plain_text_has_no_finding() -> None:
    plain = "一家造纸企业夜间断电，安全办牵头，当天到场，先隔离后恢复。"
    assert kinds(plain, Known(firms=(Firm(("澜川宏达纸业有限公司",)),), people=("李建国",))) == []


# --- ways around it ---

CN = Firm(("澜川宏达纸业有限公司", "Lanchuan Hongda Paper Co., Ltd."))


@pytest.mark.parametrize(
    "text",
    [
        "據瀾川宏達紙業有限公司反映",
        "瀾 川·宏 達 紙 業",
        "瀾川宏達紙业",
        "According to Lanchuan Hongda Paper, the street is dark",
        "LANCHUAN-HONGDA PAPER CO LTD",
        "ｌａｎｃｈｕａｎ　ｈｏｎｇｄａ　ｐａｐｅｒ",  # noqa: RUF001
        "Lanchuаn Hоngdа Pаper",  # noqa: RUF001  letters of another script
        "lanchuan\u200bhongda\u200bpaper",
    ],
)
def test_a_firm_is_found_in_traditional_characters_and_in_latin_letters(text: str) -> None:
    assert "firm" in kinds(text, Known(firms=(CN,)))


@pytest.mark.parametrize(
    "text",
    [
        "由Siemens Electrical Apparatus Ltd.承建",
        "Hongda Chemical Co., Ltd",
        "ACME GmbH 供货",
        "ＡＣＭＥ　Ｌｉｍｉｔｅｄ供货",  # noqa: RUF001
    ],
)
def test_a_firm_that_the_register_does_not_know_is_found_by_its_legal_form(text: str) -> None:
    assert "firm" in kinds(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Li Jianguo", "reported by LI JIANGUO today"),
        ("Li Jianguo", "Jianguo Li 反映"),
        ("Li Jianguo", "Ｌｉ－Ｊｉａｎｇｕｏ说"),  # noqa: RUF001
        ("Anna Maria Schmidt", "Schmidt, Anna Maria 到场"),
        ("劉國強", "刘国强到场"),
        ("刘国强", "劉 國 強到場"),
        ("欧阳丽华", "歐陽麗華"),
    ],
)
def test_a_person_is_found_in_latin_letters_either_way_round_and_in_either_script(
    name: str, text: str
) -> None:
    assert kinds(text, Known(people=(name,))) == ["person"]


def test_a_person_who_is_addressed_in_latin_letters_needs_no_register() -> None:
    assert kinds("经与Mr. Smith沟通") == ["person"]
    assert kinds("经与Ms Li Na沟通") == ["person"]


def test_a_latin_name_inside_a_longer_word_is_no_finding() -> None:
    assert kinds("a marketing meeting", Known(people=("Mark Eti",))) == []
    assert kinds("listening", Known(firms=(Firm(("List Co., Ltd.",)),))) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话１３９－０００１－１１１１", "phone"),  # noqa: RUF001
        ("電話139 0001 1111", "phone"),
        ("139.0001.1111", "phone"),
        ("139–0001–1111", "phone"),  # noqa: RUF001
        ("139/0001/1111", "phone"),
        ("139_0001_1111", "phone"),
        ("1\u200b3\u200b9\u200b0\u200b0\u200b0\u200b1\u200b1\u200b1\u200b1\u200b1", "phone"),
        ("(+86) 139 0001 1111", "phone"),
        ("一三九零零零一一一一一", "phone"),
        ("幺三九〇〇〇幺幺幺幺幺", "phone"),
        ("壹叁玖零零零壹壹壹壹壹", "phone"),
        ("①③⑨⓪⓪⓪①①①①①", "phone"),
        ("١٣٩٠٠٠١١١١١", "phone"),
        ("(0570) 701 2345", "phone"),
        ("０５７０－７０１２３４５", "phone"),  # noqa: RUF001
        ("400 / 123 / 4567", "phone"),
        ("身份证３３０８２５１９９００１０１１２３Ｘ", "id_number"),
        ("33082519900101123×", "id_number"),
        ("330825 900101 123", "id_number"),
        ("护照E12345678", "id_number"),
        ("代码９１３３０８２５ＭＡ２ＡＢＣ１２３４", "credit_code"),
        ("91330825.MA2A.BC12.34", "credit_code"),
        ("91330825МА2АВС1234", "credit_code"),  # noqa: RUF001  Cyrillic
        ("ｓｏｍｅｏｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email"),  # noqa: RUF001
        ("someone (at) example.com", "email"),
        ("someone[at]example[dot]com", "email"),
        ("someone#example.com", "email"),
        ("someone艾特example点com", "email"),
        ("浙Ｈ·Ａ１２３４", "plate"),  # noqa: RUF001
        ("浙 h a 1 2 3 4", "plate"),
        ("蘇E12345", "plate"),
        ("浙H1234警", "plate"),
        ("滬A12345挂", "plate"),
        ("帳號6222 0212 3456 7890 123", "account"),
        ("位於興業大道18號", "address"),
        ("園區3號樓201室", "address"),
        ("補貼123.45萬元", "amount"),
    ],
)
def test_no_way_of_writing_a_number_hides_it(text: str, kind: str) -> None:
    assert kind in kinds(text)


@given(st.lists(st.sampled_from(GAPS), min_size=10, max_size=10), st.booleans())
def test_a_telephone_number_is_found_whatever_stands_between_its_digits(
    gaps: list[str], is_wide: bool
) -> None:
    number = "13900011111"
    written = "".join(d + g for d, g in zip(number, [*gaps, ""], strict=True))
    assert "phone" in kinds(written.translate(WIDE) if is_wide else written)


def test_the_table_of_characters_pairs_each_traditional_one_with_a_simplified_one() -> None:
    """GB 2312 holds the simplified forms: one of each pair is in it and the other is not."""

    def is_simplified(character: str) -> bool:
        try:
            return bool(character.encode("gb2312"))
        except UnicodeEncodeError:
            return False

    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL))
    assert all(is_simplified(c) for c in SIMPLIFIED)
    assert not any(is_simplified(c) for c in TRADITIONAL)


@given(st.text(TRADITIONAL, min_size=1, max_size=12))
def test_either_script_folds_to_the_same_letters(text: str) -> None:
    simplified = text.translate(str.maketrans(TRADITIONAL, SIMPLIFIED))
    assert fold(text)[0] == fold(simplified)[0]
