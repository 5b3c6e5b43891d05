"""One settings file. Every knob is listed in ``environment.py``."""

from csp.constants import SELF

from qiying.config.database import databases
from qiying.config.environment import ENVIRONMENT as ENV
from qiying.config.environment import REPOSITORY, SettingError
from qiying.config.language import mark as _

VAR = ENV.folder("VAR", REPOSITORY / "var")
DEBUG = ENV.switch("DEBUG", default=False)
DEMO = ENV.switch("DEMO", default=False)
SECURE = ENV.switch("SECURE", default=False)


def _secret_key() -> str:
    """The given secret, or one made once and kept beside the embedded database."""
    given = ENV.text("SECRET_KEY")
    if given:
        return given
    if SECURE:
        raise SettingError(_("Set QIYING_SECRET_KEY to a secret of at least 50 characters."))
    from django.core.management.utils import get_random_secret_key  # noqa: PLC0415  settings load

    kept = VAR / "secret-key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(get_random_secret_key() + get_random_secret_key())
        kept.chmod(0o600)
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = ENV.text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
DATABASES = databases(ENV)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SLICES = [
    "registry",
    "mandate",
    "calls",
    "rescue",
    "channels",
    "class_issues",
    "mediation",
    "council",
    "casebook",
    "indices",
]
INSTALLED_APPS = [
    "qiying.config",
    "qiying.demo",
    *(f"qiying.slices.{name}" for name in reversed(SLICES)),
    "qiying.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "leaflet",
    "lucide",
    "ninja",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "qiying.kernel.middleware.NulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qiying.kernel.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "qiying.kernel.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
FORM_RENDERER = "qiying.kernel.widgets.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "qiying.kernel.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "qiying.kernel.templatetags.qy",
            ],
        },
    }
]
ROOT_URLCONF = "qiying.config.urls"
ASGI_APPLICATION = "qiying.config.asgi.application"

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *(["qiying.demo.backend.PrintedPasswords"] if DEMO else []),
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "kernel:sign-in"
LOGIN_REDIRECT_URL = "kernel:home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "qiying.kernel.signin.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False
SESSION_ENGINE = "qiying.kernel.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_TILES = [ENV.text("TILE_URL").split("{")[0]] if ENV.text("TILE_URL") else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_TILES],
        "media-src": [SELF, "blob:"],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "qiying.kernel.finders.PackageAssetFinder",
]
QIYING_ASSETS = {
    "vendor/leaflet/leaflet.js": ("leaflet", "static/leaflet/leaflet.js"),
    "vendor/leaflet/leaflet.css": ("leaflet", "static/leaflet/leaflet.css"),
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = ENV.folder("FILES", VAR / "files")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

MESSAGE_BACKEND = ENV.choice("MESSAGE_BACKEND", ("log", "sms", "zhezhengding", "wecom", "email"))
MESSAGE_URL = ENV.text("MESSAGE_URL")
MESSAGE_KEY = ENV.text("MESSAGE_KEY")
PUBLIC_URL = ENV.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_NEEDS = ("optional", "required") if DEMO else ("required", "optional")
SECOND_FACTOR = ENV.choice("SECOND_FACTOR", _NEEDS)
MAIL_IN_URL = ENV.text("MAIL_IN_URL")
if MAIL_IN_URL and not MAIL_IN_URL.startswith(("imaps://", "imap://")):
    raise SettingError(_("QIYING_MAIL_IN_URL must begin with imaps:// or imap://."))
OUTBOUND_ALLOW = ENV.networks("OUTBOUND_ALLOW")
TILE_URL = ENV.text("TILE_URL")
TILE_ATTRIBUTION = ENV.text("TILE_ATTRIBUTION")
MAP_APPROVAL = ENV.text("MAP_APPROVAL")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"qiying": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}
PROCRASTINATE_DATABASE_ALIAS = "default"
SILENCED_SYSTEM_CHECKS: list[str] = []
