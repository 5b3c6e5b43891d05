"""What other slices may know of calls."""

from qiying.slices.calls.operations import CallValues, add_line
from qiying.slices.calls.public._cards import (
    CallCard,
    card,
    card_by_public_id,
    cards,
    count_by_enterprise,
    figures,
    find_by_number,
    map_points,
)
from qiying.slices.calls.public._closures import ClosureCard, closure, wording
from qiying.slices.calls.public._exchange import (
    CallFile,
    LikeCard,
    Said,
    by_channel,
    channel_labels,
    file_of,
    like,
    list_of_channel,
    open_of_firm,
    readable,
    receive,
    take,
    take_updates_with,
    taken_update,
    words,
)
from qiying.slices.calls.queries import MapPoint
from qiying.slices.calls.queries._sources import (
    Source,
    WordRarity,
    sources,
    word_rarity,
    word_rarity_of,
)
from qiying.slices.calls.queries._timeline import name_line
from qiying.slices.calls.queries.channels import ChannelCount
from qiying.slices.calls.rules import DONE_STATUS, SAID_STATUS, Channel

__all__ = [
    "DONE_STATUS",
    "SAID_STATUS",
    "CallCard",
    "CallFile",
    "CallValues",
    "Channel",
    "ChannelCount",
    "ClosureCard",
    "LikeCard",
    "MapPoint",
    "Said",
    "Source",
    "WordRarity",
    "add_line",
    "by_channel",
    "card",
    "card_by_public_id",
    "cards",
    "channel_labels",
    "closure",
    "count_by_enterprise",
    "figures",
    "file_of",
    "find_by_number",
    "like",
    "list_of_channel",
    "map_points",
    "name_line",
    "open_of_firm",
    "readable",
    "receive",
    "sources",
    "take",
    "take_updates_with",
    "taken_update",
    "word_rarity",
    "word_rarity_of",
    "wording",
    "words",
]
