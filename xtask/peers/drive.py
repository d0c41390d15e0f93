"""What the drivers of Python clients share.

A driver reads calls from its standard input, one JSON object a line, and answers
each with a line: {"ok": …} with the client's result, or {"error": …}. Python puts
the folder of a driver on sys.path, so that the drivers find this module.
"""

import hashlib
import html
import html.parser
import json
import os
import sys
import traceback


# itchat decodes every text with this method, which Python 3.9 removed.
if not hasattr(html.parser.HTMLParser, "unescape"):
    html.parser.HTMLParser.unescape = staticmethod(html.unescape)

# The clients print to the standard output; itchat does so while it is imported, so
# this comes before. The answers go to what was the standard output.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def serve(commands):
    """Serves calls until the input ends, then exits at once: the clients' threads
    would continue to poll."""
    for line in sys.stdin:
        call = json.loads(line)
        try:
            answer = {"ok": commands[call.pop("do")](**call)}
        # SystemExit as well: itchat exits when it finds no network.
        except BaseException as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
    os._exit(0)


# What itchat reports of a login, by status; 408 is a poll without news.
STEPS = {"0": "code", "201": "scanned", "200": "confirmed"}


def steps_of(statuses):
    return [STEPS[status] for status in statuses if status in STEPS]


def digest(content):
    """What the scenario compares of a file."""
    return {"md5": hashlib.md5(content).hexdigest(), "size": len(content)}


def text_of(message):
    """What an itchat message says. Its Text is a text, a function that downloads, or
    the details of a card or a friend request."""
    text = message.get("Text")
    if callable(text):
        return message.get("FileName") or ""
    if message.get("Type") == "Card":
        return text["NickName"]
    if message.get("Type") == "Friends":
        return text["autoUpdate"]["Content"]
    if isinstance(text, list):
        return ",".join(text)
    return text


def told(message):
    """An itchat message, with the members that the scenario compares."""
    return {
        "id": message.get("MsgId"),
        "kind": message["Type"],
        "text": text_of(message),
        "from": message["FromUserName"],
        "sender": message.get("ActualUserName"),
    }


def person(contact):
    return {
        "user_name": contact["UserName"],
        "nick_name": contact.get("NickName", ""),
        "remark": contact.get("RemarkName", ""),
    }


def group(contact):
    return {
        "user_name": contact["UserName"],
        "nick_name": contact.get("NickName", ""),
        "members": [member["UserName"] for member in contact.get("MemberList") or []],
    }
