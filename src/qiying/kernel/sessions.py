"""Sessions in the database as Django keeps them; reading one is a statement put into words once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from qiying.kernel import prepared

FIND = """
    SELECT session_data, expire_date FROM django_session
     WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(db.SessionStore):
    """What every request begins with; it is written as Django writes it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = self._read(timezone.now())
        if found is None:
            self._session_key = None  # as Django does: no key is kept that was never given out
            return None
        return Session(self.session_key, *found)

    def _read(self, now: datetime) -> Any:
        if not self.session_key:
            return None
        with prepared.cursor() as cursor:
            cursor.execute(FIND, [self.session_key, now])
            return cursor.fetchone()
