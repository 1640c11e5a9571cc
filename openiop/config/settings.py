"""Django's settings, read from the environment (docs/operate/settings.md lists every variable).

Opens no database and starts no server: type checkers and `--help` import this too.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pghistory
from psycopg.conninfo import conninfo_to_dict

from openiop.config import environment, logs, production

ENV = environment.read(os.environ)
ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION, DEMO, TEST = (ENV.mode == mode for mode in ("production", "demo", "test"))
OWNER = ENV.role == "owner"

DEBUG = False
SECRET_KEY = ENV.secret_key or "unset"
ALLOWED_HOSTS = list(ENV.allowed_hosts)
SITE_NAME = "OpenIOP"

INSTALLED_APPS = [
    "openiop.ui",  # before allauth: its templates wear ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "openiop.access",
    "openiop.messaging",
    "openiop.patients",
    "openiop.assessments",
    "openiop.programs",
    "openiop.schedule",
    "openiop.intake",
    "openiop.chart",
    "openiop.publishing",
    "openiop.simulation",
    "openiop.desk",
    "openiop.website",
    "openiop.api",
    "openiop.config",
]

MIDDLEWARE = [
    "openiop.config.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openiop.access.middleware.session_clock",
    "openiop.access.middleware.door_required",
]

ROOT_URLCONF = "openiop.config.urls"
WSGI_APPLICATION = "openiop.config.wsgi.application"
FORM_RENDERER = "openiop.ui.forms.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openiop.desk.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "openiop.ui.templatetags.ui"],
        },
    },
]


# With row-level security a statement takes longer to plan than to run: let the server keep plans.
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def database(url: str) -> dict[str, object]:
    """A PostgreSQL URL as Django wants it; the owner's process sees all organizations."""
    parts = conninfo_to_dict(url)
    pool = {"min_size": 1, "max_size": 4, "timeout": 10}
    options: dict[str, object] = (
        {"options": "-c iop.org=*"} if OWNER else {"pool": pool, **PREPARED}
    )
    return {
        "ENGINE": "openiop.access.backend",
        "NAME": parts.get("dbname", "openiop"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 0,
        "OWNER": OWNER,
        "OPTIONS": options | ({"sslmode": parts["sslmode"]} if "sslmode" in parts else {}),
    }


DATABASES = {
    "default": database((ENV.owner_url or ENV.database_url) if OWNER else ENV.database_url)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()

AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
        "UserAttributeSimilarityValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
AUTHENTICATION_BACKENDS = ["openiop.access.signed_in.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "openiop.access.entrance.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
SECOND_FACTOR_REQUIRED = PRODUCTION
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}
if TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SESSION_ENGINE = "openiop.access.signed_in"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_REFERRER_POLICY = "no-referrer" if PRODUCTION else "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ENV.public_url] if ENV.public_url else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [ROOT / "openiop" / "locale"]
# The language somebody chose is kept for a year; without a choice it is the browser's own.
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data_dir / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = logs.config(ENV.log_level)
TEST_RUNNER = "django.test.runner.DiscoverRunner"

if PRODUCTION:
    production.refuse_unsafe(ENV)

# Every room's `jobs` module declares its own.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# What carries a message away, by channel.
OUTBOX_SENDERS = {
    # A demo without a mail server prints a line instead of a letter.
    "email": f"openiop.messaging.senders.{'console' if DEMO and ENV.prints_mail else 'mail'}",
    "text": f"openiop.messaging.senders.{'gateway' if ENV.sms_url else 'console'}",
}
SMS_URL, SMS_TOKEN = ENV.sms_url, ENV.sms_token
# Where sessions by video take place (openiop/schedule/rules/video.py).
VIDEO_URL, VIDEO_SECRET = ENV.video_url, ENV.video_secret
# Asked before a message leaves, by the first word of its key: does what it says still stand?
OUTBOX_CHECKS = {"remind": "openiop.schedule.queries.reminders.still_stands"}

# Sign-in (openiop/access/entrance.py), and the mail by which invitations and new passwords go.
MFA_ADAPTER = "openiop.access.entrance.SecondFactor"
MFA_TOTP_ISSUER = SITE_NAME
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MIDDLEWARE.insert(
    MIDDLEWARE.index("openiop.access.middleware.door_required"),
    "openiop.access.middleware.second_factor",
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
MAIL, LOOPBACK = urlsplit(ENV.mail_url), ("localhost", "127.0.0.1", "::1")
if MAIL.scheme in ("smtp", "smtps"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_USE_SSL = MAIL.scheme == "smtps"
    EMAIL_HOST = MAIL.hostname or ""
    EMAIL_PORT = MAIL.port or (465 if EMAIL_USE_SSL else 587)
    # What stays on this computer needs no encryption, and a relay here has no certificate.
    EMAIL_USE_TLS = not (EMAIL_USE_SSL or EMAIL_PORT == 25 or EMAIL_HOST in LOOPBACK)
    EMAIL_HOST_USER = unquote(MAIL.username or "")
    EMAIL_HOST_PASSWORD = unquote(MAIL.password or "")
    EMAIL_TIMEOUT = 10  # a step; a message is carried in less than the outbox's lease of it
