"""The design system as template tags: ``{% load qy %}`` (also a builtin of this project).

The guide ``docs/guides/design-system.md`` lists every tag; ``/style-guide/`` shows them.
"""

from collections.abc import Callable
from typing import Any

from django import template

from qiying.kernel.templatetags import (
    _badges,
    _blocks,
    _formats,
    _forms,
    _markup,
    _records,
    _shell,
    _tables,
)

register = template.Library()
Functions = tuple[Callable[..., Any], ...]

FILTERS: Functions = (
    _formats.cn_datetime,
    _formats.cn_date,
    _formats.cn_time,
    _formats.cn_clock,
    _formats.stamp,
    _formats.ago,
    _formats.duration,
    _formats.number,
    _formats.percent1,
    _formats.money,
    _formats.money_10k,
    _formats.km2,
    _formats.actor_name,
    _formats.initial,
)

TAGS: Functions = (
    _markup.icon,
    _badges.status,
    _badges.light,
    _badges.level,
    _badges.grade,
    _badges.rating,
    _badges.countdown,
    _blocks.no_result,
    _blocks.error_note,
    _blocks.button,
    _tables.select_all,
    _tables.select_row,
    _shell.shell_url,
    _shell.live,
    _shell.once,
    _shell.client_strings,
    _shell.map_css,
    _shell.map_js,
)

CONTEXT_TAGS: Functions = (
    _shell.html_attrs,
    _shell.body_attrs,
    _shell.large_on,
    _shell.reuse,
    _shell.kept,
    _blocks.search_box,
    _blocks.chip,
    _tables.head,
    _tables.address,
)

BLOCKS: Functions = (
    _blocks.card,
    _blocks.note,
    _blocks.empty_state,
    _blocks.drawer,
    _blocks.bulk_bar,
)

PARTS: Functions = (
    _forms.field,
    _forms.error_summary,
    _forms.form_fields,
    _records.kpis,
    _records.segment,
    _records.timeline,
    _records.facts,
    _records.stepper,
    _records.tree,
    _records.skeleton,
    _records.photo_picker,
    _records.voice_note,
)

CONTEXT_PARTS: Functions = (
    _records.map_view,
    _records.place_picker,
    _records.panels,
    _tables.pager,
    _tables.export_menu,
    _tables.view_tabs,
    _shell.toast_stack,
)

for _each in FILTERS:
    register.filter(_each.__name__, _each)
register.filter("json", _formats.as_json)
register.filter("live_key", _formats.live_key)
for _each in TAGS:
    register.simple_tag(_each)
for _each in CONTEXT_TAGS:
    register.simple_tag(_each, takes_context=True)
for _each in BLOCKS:
    register.simple_block_tag(_each)
register.simple_block_tag(_blocks.filter_bar, takes_context=True)
for _each in PARTS:
    register.inclusion_tag(f"kernel/components/{_each.__name__}.html")(_each)
for _each in CONTEXT_PARTS:
    register.inclusion_tag(f"kernel/components/{_each.__name__}.html", takes_context=True)(_each)
