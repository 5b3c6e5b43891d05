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
        key = self.session_key
        found = self._read(key, timezone.now()) if key else None
        if key is None or found is None:
            self._session_key = None  # as Django does: no key is kept that was never given out
            return None
        return Session(key, *found)

    def _read(self, key: str, now: datetime) -> Any:
        with prepared.cursor() as cursor:
            cursor.execute(FIND, [key, now])
            return cursor.fetchone()
