"""Tables of the deputies' council."""

from qiying.slices.council.models.querysets import membership
from qiying.slices.council.models.tables import (
    Answer,
    CoHandler,
    Invitation,
    Meeting,
    Member,
    Opinion,
    Remark,
    Suggestion,
    Support,
    Topic,
    TopicCall,
)

__all__ = [
    "Answer",
    "CoHandler",
    "Invitation",
    "Meeting",
    "Member",
    "Opinion",
    "Remark",
    "Suggestion",
    "Support",
    "Topic",
    "TopicCall",
    "membership",
]
