"""Drives wxpy, which uses the version of itchat that it requires."""

from drive import digest, group, person, serve, steps_of, text_of

import wxpy

bot = None
over = []
sent = {}


def login(saved=None):
    global bot
    steps = []
    bot = wxpy.Bot(
        cache_path=saved,
        qr_callback=lambda uuid, status, qrcode: steps.append(status),
        login_callback=lambda: None,
        logout_callback=lambda: over.append(True),
    )
    user = bot.self.raw
    return {"steps": steps_of(steps), "user_name": user["UserName"], "nick_name": bot.self.nick_name}


def received():
    return [one for one in list(bot.messages) if isinstance(one, wxpy.Message)]


def told(message):
    return {
        "id": message.raw.get("MsgId"),
        "kind": message.type,
        "text": message.text if message.text is not None else text_of(message.raw),
        "from": message.sender.user_name,
        "sender": message.member.user_name if message.member else None,
    }


def contacts():
    return {
        "people": [person(one.raw) for one in bot.friends()],
        "groups": [group(one.raw) for one in bot.groups()],
        "public": [one.user_name for one in bot.mps()],
    }


def details(user_name):
    found = wxpy.Group({"UserName": user_name}, bot)
    found.update_group()
    return group(found.raw)


def download(id):
    message = next(one for one in received() if one.raw["MsgId"] == id)
    return digest(message.get_file())


def chat(user_name):
    kind = wxpy.Group if user_name.startswith("@@") else wxpy.Friend
    return kind({"UserName": user_name}, bot)


def send(kind, to, text=None, path=None):
    receiver = chat(to)
    message = {
        "text": lambda: receiver.send_msg(text),
        "image": lambda: receiver.send_image(path),
        "emoticon": lambda: receiver.send_image(path),
        "video": lambda: receiver.send_video(path),
        "file": lambda: receiver.send_file(path),
    }[kind]()
    sent[str(message.id)] = message
    return {"id": str(message.id), "local_id": message.local_id}


def create_group(members, topic):
    return {"user_name": bot.create_group([chat(one) for one in members], topic).user_name}


def done(what):
    """Calls of wxpy raise an error if the service refuses."""
    return what is not None


serve(
    {
        "login": login,
        "messages": lambda: [told(one) for one in received()],
        "contacts": contacts,
        "group": details,
        "download": download,
        "send": send,
        "remark": lambda to, remark: done(chat(to).set_remark_name(remark)),
        "pin": lambda to: done(chat(to).pin()),
        "create_group": create_group,
        "rename_group": lambda group, topic: done(chat(group).rename_group(topic)),
        "add_member": lambda group, member: done(chat(group).add_members(chat(member))),
        "remove_member": lambda group, member: done(chat(group).remove_members(chat(member))),
        "recall": lambda id, to, local_id: done(sent[id].recall()),
        "save": lambda path: bot.dump_login_status(path),
        "over": lambda: bool(over),
        "logout": lambda: done(bot.logout()),
    }
)
