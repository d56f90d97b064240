"""Django's settings, from the host's (env.py). One file, no variants."""

from __future__ import annotations

import sys
from importlib.metadata import version

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from manyhands.config import database, env
from manyhands.config.health import logs

try:
    ENV = env.read()
except env.SettingWrong as wrong:
    sys.exit(f"Manyhands can't start. {wrong}")

database.use_bundled_sqlite()

VERSION = version("manyhands")
SECRET_KEY = ENV.secret_key
KEYS_DIR = ENV.keys_dir
ROOT_KEY = ENV.root_key
DEBUG = ENV.debug
DEMO = ENV.demo
ALLOWED_HOSTS = ENV.hosts
PUBLIC_URL = ENV.public_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "manyhands.config",
    "manyhands.home",
    "manyhands.outlook",
    "manyhands.deliveries",
    "manyhands.doubles",
    "manyhands.safety",
    "manyhands.exchange",
    "manyhands.privacy",
    "manyhands.places",
    "manyhands.notices",
    "manyhands.networks",
    "manyhands.people",
    "manyhands.journal",
    "manyhands.jobs",
    "manyhands.once",
    "manyhands.kit",
    "lucide",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    *(["manyhands.config.health.metrics.Measured"] if ENV.metrics_token else []),
    # Around everything that answers, also the server of styles and pictures.
    "manyhands.kit.headers.QuietHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "manyhands.kit.icons.OnePageOneDrawing",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before anyone asks who is signed in.
    "manyhands.config.shut.WhileShut",
    "manyhands.people.here.StillSignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "manyhands.networks.here.NetworkFromUrl",
    # Last: it does what the page does, with all of the others around it.
    "manyhands.once.here.SentOnce",
]

ROOT_URLCONF = "manyhands.config.urls"
WSGI_APPLICATION = "manyhands.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "manyhands.networks.here.here",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "manyhands.kit.templatetags.kit",
                "manyhands.kit.templatetags.words",
                "manyhands.kit.templatetags.marks",
            ],
        },
    }
]

DATABASES = {"default": database.settings_for(ENV.database)}
TASKS = {"default": {"BACKEND": "manyhands.jobs.backend.LeaseBackend"}}
# Off unless the host set it: then nothing is ever given to a mail server.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = ENV.mail_from
globals().update(ENV.mail or {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
# The name one signs in with is sealed; that nobody else has it is kept by its blind index (people.Person.login_index).
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["manyhands.people.signing_in.LoginNameBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "manyhands.kit.passwords.NotTriedFirst"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "home:front"
SESSION_ENGINE = "manyhands.kit.sessions"
SESSION_COOKIE_NAME = "__Host-session" if ENV.https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.https else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "manyhands.kit.errors.form_too_old"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Other servers are told nothing. Not "no-referrer": forms would then come from nowhere, and be refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": ["/blocked/"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [env.HOUSE / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if ENV.https else "language"
LANGUAGE_COOKIE_SECURE = ENV.https
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# Styles and scripts are for our own pages only.
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0 if DEBUG else 600
MESSAGE_STORAGE = "manyhands.kit.headers.QuietMessages"
# Larger than any form here; files have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["manyhands.kit.uploads.BoundedUpload"]

# Before Django would set up its own, which print messages and mail tracebacks.
LOGGING = logs.settings_for(ENV.log_format, ENV.log_level)
