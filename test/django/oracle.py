"""Real Django, asked over a pipe what it does with messages.

A line on stdin is a scenario's settings and requests, in JSON; a line on stdout answers them. Django's own storages,
middleware, requests, responses, sessions and templates do the work. A request brings its cookie and its session with it,
so that nothing is remembered from one to the next. The process ends when stdin does.
"""

import base64
import json
import sys
import time
import types
import zlib
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    SECRET_KEY=sys.argv[1],
    USE_I18N=False,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
            "OPTIONS": {"context_processors": ["django.contrib.messages.context_processors.messages"]},
        }
    ],
)
django.setup()

# These read the settings when they are imported.
from django.contrib import messages  # noqa: E402
from django.contrib.messages.middleware import MessageMiddleware  # noqa: E402
from django.contrib.messages.storage import base, cookie  # noqa: E402
from django.contrib.messages.utils import get_level_tags  # noqa: E402
from django.contrib.sessions.backends.base import SessionBase  # noqa: E402
from django.core import signing  # noqa: E402
from django.http import HttpRequest, HttpResponse, parse_cookie  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.utils.functional import lazystr  # noqa: E402
from django.utils.safestring import SafeData, mark_safe  # noqa: E402

TEMPLATES = {name: get_template(f"{name}.html") for name in ("list", "alerts")}
TEXT_KINDS = {"plain": str, "safe": mark_safe, "lazy": lazystr}


def tell(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def hear():
    return json.loads(sys.stdin.readline())


def compress(data):
    """Swap 1: Node compresses for Django.

    Node's and Python's builds of zlib make different bytes of the same data, and nobody can tell from the outside which
    ones. With one zlib for both sides, cookies are comparable byte for byte. What is done with the compressed bytes, and
    whether they are used at all, is Django's own decision still.
    """
    tell({"compress": base64.b64encode(data).decode()})
    return base64.b64decode(hear())


# Nothing is swapped where messages do not fit: 3.2 drops one after the other, 5.x bisects. They could disagree only if
# leaving out a message made the cookie longer.
signing.zlib = types.SimpleNamespace(compress=compress, decompress=zlib.decompress)


def encode_message(self, obj):
    """Swap 2: Django 3.2 leaves out extra tags that are empty (`if obj.extra_tags`); 5.x leaves out those that are None.

    All other lines are the same in both versions, and in their order.
    """
    if isinstance(obj, base.Message):
        is_safedata = 1 if isinstance(obj.message, SafeData) else 0
        message = [self.message_key, is_safedata, obj.level, obj.message]
        if obj.extra_tags is not None:
            message.append(obj.extra_tags)
        return message
    return json.JSONEncoder.default(self, obj)


cookie.MessageEncoder.default = encode_message


def configure(given):
    for name, value in given.items():
        setattr(settings, name, dict(value) if name == "MESSAGE_TAGS" else value)
    # What Django does when a test changes MESSAGE_TAGS.
    base.LEVEL_TAGS = get_level_tags()


def make_request(given):
    request = HttpRequest()
    request.method = "GET"
    if given["cookie"] is not None:
        request.META["HTTP_COOKIE"] = f"messages={given['cookie']}"
        request.COOKIES = parse_cookie(request.META["HTTP_COOKIE"])
    if settings.MESSAGE_STORAGE.endswith(".CookieStorage"):
        return request
    request.session = SessionBase()
    if given["session"] is not None:
        request.session["_messages"] = given["session"]
    request.session.modified = False
    return request


def stored(item):
    """A message as it is stored; a mark of the storage as it is."""
    if not isinstance(item, base.Message):
        return item
    return {
        "level": item.level,
        "text": str(item.message),
        "safe": isinstance(item.message, SafeData),
        "extraTags": item.extra_tags,
    }


def shown(message):
    """A message as a template sees it."""
    return {**stored(message), "tags": message.tags, "levelTag": message.level_tag}


def add(request, step):
    text = TEXT_KINDS[step["text"]["kind"]](step["text"]["value"])
    tags = {"extra_tags": step["extraTags"]} if "extraTags" in step else {}
    messages.add_message(request, step["level"], text, **tags)


def set_level(request, step):
    try:
        messages.set_level(request, step["level"])
    except TypeError as error:
        return {"raised": str(error)}


def iterate(request, step):
    seen = []
    for message in messages.get_messages(request):
        if "adding" in step and not seen:
            add(request, step["adding"])
        seen.append(shown(message))
    return seen


def contains(request, step):
    return base.Message(step["level"], step["text"]) in messages.get_messages(request)


def set_used(request, step):
    request._messages.used = step["used"]


STEPS = {
    "add": add,
    "setLevel": set_level,
    "getLevel": lambda request, step: request._messages.level,
    "iterate": iterate,
    "render": lambda request, step: TEMPLATES[step["template"]].render({}, request),
    "count": lambda request, step: len(messages.get_messages(request)),
    "contains": contains,
    "setUsed": set_used,
}


def answer(given):
    """One request through the middleware, and everything that can be seen of it."""
    outcomes, unstored = [], []

    def view(request):
        update = request._messages.update

        def recording_update(response):
            left = update(response) or []
            unstored.extend(map(stored, left))
            return left

        request._messages.update = recording_update
        outcomes.extend(STEPS[step["do"]](request, step) for step in given["steps"])
        return HttpResponse()

    request = make_request(given)
    time.time = lambda: given["now"]
    try:
        response = MessageMiddleware(view)(request)
    except Exception as error:
        return {"crash": f"{type(error).__name__}: {error}"}
    morsel = response.cookies.get("messages")
    session = getattr(request, "session", None)
    return {
        "outcomes": outcomes,
        "unstored": unstored,
        "setCookie": morsel and morsel.OutputString(),
        "decoded": decode(request, morsel.value) if morsel else None,
        "session": session.get("_messages") if session else None,
        "sessionWritten": bool(session and session.modified),
        "loaded": hasattr(request._messages, "_loaded_data"),
    }


def decode(request, value):
    decoded = cookie.CookieStorage(request)._decode(value)
    return decoded and [stored(item) for item in decoded]


for line in sys.stdin:
    scenario = json.loads(line)
    configure(scenario["settings"])
    tell({"answers": [answer(given) for given in scenario["requests"]]})
