"""What the drivers of Python clients have in common.

A driver is told what to do on its standard input, a JSON object a line, and
answers each with a line: {"ok": …} with what the client made of it, or
{"error": …}. Its own folder is on sys.path, so that the drivers find this.
"""

import hashlib
import html
import html.parser
import json
import os
import sys
import traceback


# Python 3.9 dropped what itchat decodes every text with.
if not hasattr(html.parser.HTMLParser, "unescape"):
    html.parser.HTMLParser.unescape = staticmethod(html.unescape)

# The clients print to the standard output, itchat while it is imported: this
# comes first. The answers go where it led.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def serve(commands):
    """Does what it is told until its input ends, then ends at once: the
    clients' threads would go on polling."""
    for line in sys.stdin:
        call = json.loads(line)
        try:
            answer = {"ok": commands[call.pop("do")](**call)}
        # SystemExit too: itchat leaves the process when it finds no network.
        except BaseException as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
    os._exit(0)


# What itchat tells of a login by status: 408 is a poll with nothing new.
STEPS = {"0": "code", "201": "scanned", "200": "confirmed"}


def steps_of(statuses):
    return [STEPS[status] for status in statuses if status in STEPS]


def digest(content):
    """What is compared of a file."""
    return {"md5": hashlib.md5(content).hexdigest(), "size": len(content)}


def text_of(message):
    """What an itchat message says, in words: its Text is a text, the function
    that downloads, or what a card or a request is about."""
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
    """An itchat message as the scenario looks at it."""
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
