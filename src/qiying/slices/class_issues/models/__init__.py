"""Tables of class issues."""

from qiying.slices.class_issues.models.issues import Issue, Member
from qiying.slices.class_issues.models.parts import (
    Finding,
    Look,
    Milestone,
    Report,
    Threshold,
)

__all__ = ["Finding", "Issue", "Look", "Member", "Milestone", "Report", "Threshold"]
