"""Django's settings, all made from the typed environment in env.py."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from enrichment.conf import TMDBSettings

ENV = env.read()
BASE_DIR = env.BASE_DIR
DATA_DIR = ENV.data_dir

DEBUG, PRODUCTION = ENV.debug, ENV.production  # neither: a local run
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
SITE_URL = ENV.site_url  # none: letters lead to where their page was opened
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins

INSTALLED_APPS = [
    "imports",
    "enrichment",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "corsheaders",
    "csp",
    "django_guid",
    "django_htmx",
    "django_q",
    "chartkick.django",  # Chart.js, as static files
    "lucide",
    "ninja",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",  # first: whatever is logged has the request's id
    "imports.web.middleware.ClientAddressMiddleware",  # whoever reads REMOTE_ADDR below reads the client's
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "imports.web.middleware.PrivateMiddleware",  # around the session, which tells whether it was looked at
    "imports.web.middleware.UploadLimitMiddleware",
    "imports.web.middleware.TextMiddleware",
    "imports.web.middleware.TroubleMiddleware",
    "imports.web.middleware.AdminLookupsMiddleware",  # within: a pattern that is none is no trouble of the database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "imports.web.middleware.CommonMiddleware",
    "imports.web.middleware.HeadMiddleware",
    "imports.web.middleware.ApiErrorsMiddleware",  # within: it changes how long an answer is
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "imports.web.middleware.SignedOutMiddleware",  # within: it looks at the request as htmx's
    "imports.web.middleware.MethodMiddleware",  # within all that a page shows: who is signed in, what was said
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "imports.web.context_processors.instance",
            ],
        },
    },
]

DATABASES = {"default": env.database(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cluster's heart-beat is read by other processes, so this cache must be shared by all of them.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}
    if ENV.redis_url
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
}
# Apart from the others: pictures are large and many, and push nothing else out.
CACHES["pictures"] = (
    CACHES["default"] | {"KEY_PREFIX": "pictures"}
    if ENV.redis_url
    else CACHES["default"] | {"LOCATION": DATA_DIR / "pictures", "OPTIONS": {"MAX_ENTRIES": 500}}
)

AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"]
# What an older hasher made is hashed anew at the next sign-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "imports:session_list"
LOGOUT_REDIRECT_URL = "imports:front_page"

# After a few wrong passwords, one name can't be tried from one address for a while; the other limits: web/passwords.py
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "imports.web.passwords.address"
AXES_HANDLER = "imports.web.passwords.PasswordHandler"
AXES_LOCKOUT_CALLABLE = "imports.web.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when it ends
# Its rows and its log lines name people: no more of them than the counting needs
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "next", "csrfmiddlewaretoken"]
AXES_VERBOSE = False

DEFAULT_FROM_EMAIL = "reelkeeper@localhost"
globals().update(ENV.mail)  # EMAIL_…, and DEFAULT_FROM_EMAIL when EMAIL_URL has it

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = ENV.time_zone
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENV.static_root
env.make_folder("STATIC_ROOT", STATIC_ROOT)  # whitenoise warns without it
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION  # a local run needs no collectstatic
WHITENOISE_MAX_AGE = 0 if not PRODUCTION else 60

# What is large waits for its turn in a file that goes with the request, not in the web server's memory.
MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1024 * 1024
UPLOAD_SLACK_BYTES = 1024 * 1024  # for the multipart wrapping and the form's other fields
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200

LETTERBOXD_TTL_DAYS = ENV.letterboxd_ttl_days
ACCOUNT_TTL_DAYS = ENV.account_ttl_days
PRIME_TTL_MINUTES = ENV.prime_ttl_minutes

TMDB = TMDBSettings(
    token=ENV.tmdb_token,
    base_url=ENV.tmdb_base_url,
    image_url=ENV.tmdb_image_url,
    rate_count=ENV.tmdb_rate.count,
    rate_seconds=ENV.tmdb_rate.seconds,
    cache_path=Path(DATA_DIR) / "tmdb_cache.sqlite3",
    refresh_days=ENV.tmdb_refresh_days,
)
WARM_CATALOGUE = ENV.warm_catalogue

PROXY_COUNT = ENV.proxy_count
UPLOADS_PER_HOUR = ENV.uploads_per_hour

HOST, PORT = ENV.host, ENV.port  # of `manage.py serve`

# Measured: docs/adr/0002. queue_limit 1 and retry >= 3 x timeout, or tasks run twice.
CLUSTER_WORKERS = 2
Q_CLUSTER = {
    "name": "reelkeeper",
    "label": "Background",
    "orm": "default",
    "workers": CLUSTER_WORKERS,
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.2,
    "timeout": 90,
    "retry": 300,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": 100,
    "save_limit_per": "func",  # else the minute's sweeps push out what is known of the day's clean-up
    "recycle": 200,
    "max_rss": 400_000,
    "catch_up": False,
    "cache": "default",
}

# Security. A local run answers on loopback over http; production expects TLS in front (docs/deploy.md).
SECURE_TLS = PRODUCTION and not ENV.insecure_http
SECURE_SSL_REDIRECT = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
if SECURE_TLS:  # a browser takes such a name over TLS only, and from this very host
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
MESSAGE_STORAGE = "imports.web.messages.Storage"
X_FRAME_OPTIONS = "DENY"
_IMAGE_HOST = "/".join(TMDB.image_url.split("/")[:3])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", _IMAGE_HOST],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Pages of other sites may call the API, never with a person's cookies: a token says who calls.
CORS_ALLOWED_ORIGINS = ENV.cors_allowed_origins
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = ("accept", "authorization", "content-type", "if-none-match")
CORS_EXPOSE_HEADERS = ("content-disposition", "etag", "retry-after")

NINJA_MAX_PER_PAGE_SIZE = 200

# Each request has an id, in every log line and in its answer; a proxy may give it.
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "VALIDATE_GUID": True, "EXPOSE_HEADER": False}

OURS = {"handlers": ["stderr"], "propagate": False}  # instead of the handlers that a library brings
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "django_guid.log_filters.CorrelationId"}},
    "formatters": {"stderr": {"()": "config.logs.Objects" if PRODUCTION else "config.logs.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "stderr", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "reelkeeper": {"level": "INFO"},
        "django": {"level": "INFO"} | OURS,
        "django.server": OURS,
        "django_guid": {"level": "ERROR"},
        "gunicorn.error": OURS,
        "gunicorn.access": OURS,
        # a request line can hold a search a person typed
        "urllib3": {"level": "ERROR"},
        "requests_cache": {"level": "ERROR"},
        "axes": {"level": "ERROR"},  # below that it tells the names of people
        "django-q": {"level": "WARNING"} | OURS,
    },
}
