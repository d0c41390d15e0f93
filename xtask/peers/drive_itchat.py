"""Drives itchat and itchat-uos, which do not differ in what is called here.

The callbacks of login() keep it from opening a picture viewer (qrCallback) and from
clearing the screen (loginCallback).
"""

import queue

from drive import digest, group, person, serve, steps_of, told

import itchat

bot = itchat.new_instance()
seen = {}
over = []


def checked(answer):
    """Calls of itchat return something falsy if the service refused."""
    if not answer:
        raise RuntimeError(f"refused: {answer}")
    return answer


def login(saved=None):
    steps = []
    bot.auto_login(
        hotReload=saved is not None,
        statusStorageDir=saved,
        qrCallback=lambda uuid, status, qrcode: steps.append(status),
        loginCallback=lambda: None,
        exitCallback=lambda: over.append(True),
    )
    user = bot.loginInfo["User"]
    return {"steps": steps_of(steps), "user_name": user["UserName"], "nick_name": user["NickName"]}


def messages():
    while True:
        try:
            message = bot.msgList.get_nowait()
        except queue.Empty:
            return [told(message) for message in seen.values()]
        # itchat's own messages about contacts have no number.
        seen[message.get("MsgId") or id(message)] = message


def contacts():
    return {
        "people": [person(one) for one in bot.get_friends()],
        "groups": [group(one) for one in bot.get_chatrooms()],
        "public": [one["UserName"] for one in bot.get_mps()],
    }


def send(kind, to, text=None, path=None):
    answer = {
        "text": lambda: bot.send_msg(text, to),
        "image": lambda: bot.send_image(path, to),
        "emoticon": lambda: bot.send_image(path, to),
        "video": lambda: bot.send_video(path, to),
        "file": lambda: bot.send_file(path, to),
    }[kind]()
    return {"id": checked(answer)["MsgID"], "local_id": answer["LocalID"]}


def create_group(members, topic):
    members = [{"UserName": member} for member in members]
    return {"user_name": checked(bot.create_chatroom(members, topic))["ChatRoomName"]}


def one(member):
    return [{"UserName": member}]


serve(
    {
        "login": login,
        "messages": messages,
        "contacts": contacts,
        "group": lambda user_name: group(bot.update_chatroom(user_name)),
        "download": lambda id: digest(seen[id]["Text"]()),
        "send": send,
        "remark": lambda to, remark: bool(checked(bot.set_alias(to, remark))),
        "pin": lambda to: bool(checked(bot.set_pinned(to, True))),
        "create_group": create_group,
        "rename_group": lambda group, topic: bool(checked(bot.set_chatroom_name(group, topic))),
        "add_member": lambda group, member: bool(
            checked(bot.add_member_into_chatroom(group, one(member)))
        ),
        "remove_member": lambda group, member: bool(
            checked(bot.delete_member_from_chatroom(group, one(member)))
        ),
        "recall": lambda id, to, local_id: bool(checked(bot.revoke(id, to, local_id))),
        "save": lambda path: bot.dump_login_status(path),
        "over": lambda: bool(over),
        "logout": lambda: bool(checked(bot.logout())),
    }
)
