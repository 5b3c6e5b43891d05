import os
import warnings

from django.core.asgi import get_asgi_application

from qiying.config.turns import in_turns

# Static files are read in small blocks by a synchronous iterator; Django collects it in a thread.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
MOST_AT_ONCE = 6
"""Fewer than connections of the pool, so that none waits for one with a thread of its own."""
application = in_turns(get_asgi_application(), most=MOST_AT_ONCE)
