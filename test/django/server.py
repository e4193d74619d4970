"""A Django site, served over HTTP, that adds messages and shows them.

Started with the secret as its argument, it prints its port and ends when its standard input does.
"""

import json
import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.contrib import messages
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

settings.configure(
    SECRET_KEY=sys.argv[1],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_I18N=False,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": {"context_processors": ["django.contrib.messages.context_processors.messages"]},
        }
    ],
)


def add(request):
    given = json.loads(request.body)
    if given["level"] is not None:
        messages.set_level(request, given["level"])
    for plan in given["messages"]:
        text = plan["text"]["value"]
        tags = {"extra_tags": plan["extraTags"]} if "extraTags" in plan else {}
        messages.add_message(request, plan["level"], mark_safe(text) if plan["text"]["kind"] == "safe" else text, **tags)
    return HttpResponse("added")


def show(request):
    return render(request, "list.html")


urlpatterns = [path("django/add", add), path("django/show", show)]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
