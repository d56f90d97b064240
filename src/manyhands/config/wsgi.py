"""Where a WSGI server enters the house."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from manyhands.config import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
application = get_wsgi_application()
held_open = database.hold_open(settings.DATABASES["default"])
