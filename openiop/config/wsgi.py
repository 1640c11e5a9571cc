"""The WSGI application, for granian or any other server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
application = get_wsgi_application()
# What is loaded by now stays until the process ends: never look through it again. A page makes tens
# of thousands of small objects, nearly all of them freed without a look.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
