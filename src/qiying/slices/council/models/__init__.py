"""Tables of the deputies' council."""

from qiying.slices.council.models.querysets import membership
from qiying.slices.council.models.suggestions import Answer, CoHandler, Remark, Suggestion
from qiying.slices.council.models.talks import (
    Invitation,
    Meeting,
    Member,
    Opinion,
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
