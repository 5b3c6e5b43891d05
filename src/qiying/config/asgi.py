import os
import warnings

from django.core.asgi import get_asgi_application

# Static files are read in small blocks by a synchronous iterator; Django collects it in a thread.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
application = get_asgi_application()
