// Drives wechat4u. The commands are those of drive.py.
'use strict'

const crypto = require('crypto')
const fs = require('fs')
const path = require('path')
const readline = require('readline')
const Wechat = require('wechat4u')

// Only the answers go to the standard output; what the client prints goes to stderr.
const answers = process.stdout.write.bind(process.stdout)
console.log = console.error

let bot
let seen = new Map()
let over = false
let steps = []

function begin (data) {
  bot = new Wechat(data)
  bot.on('uuid', () => steps.push('code'))
  bot.on('user-avatar', () => steps.push('scanned'))
  bot.on('message', message => seen.set(message.MsgId, message))
  bot.on('logout', () => { over = true })
  // Without a listener, Node would throw the errors that the client reports.
  bot.on('error', error => console.error(error))
}

function once (event) {
  return new Promise((resolve, reject) => {
    bot.once(event, resolve)
    bot.once('logout', () => reject(new Error('the login came to nothing')))
  })
}

// The client's name for a type of message.
function kind (type) {
  const names = Object.keys(bot.CONF).filter(name => name.startsWith('MSGTYPE_'))
  return names.find(name => bot.CONF[name] === type) || String(type)
}

// What a message says; each type has another member for it.
function text (message) {
  switch (message.MsgType) {
    case 3:
    case 34:
    case 43:
    case 47:
      return ''
    case 37:
      return message.RecommendInfo.Content
    case 42:
      return message.RecommendInfo.NickName
    case 49:
      return message.FileName
    case 51:
      return message.StatusNotifyUserName
    default:
      return message.Content
  }
}

function digest (media) {
  const md5 = crypto.createHash('md5').update(media.data).digest('hex')
  return { md5, size: media.data.length }
}

async function download (message) {
  switch (message.MsgType) {
    case 34:
      return bot.getVoice(message.MsgId)
    case 43:
      return bot.getVideo(message.MsgId)
    case 49:
      return bot.getDoc(message.FromUserName, message.MediaId, message.FileName)
    default:
      return bot.getMsgImg(message.MsgId)
  }
}

function group (contact) {
  return {
    user_name: contact.UserName,
    nick_name: contact.NickName,
    members: (contact.MemberList || []).map(member => member.UserName)
  }
}

const commands = {
  async login ({ saved }) {
    steps = []
    if (fs.existsSync(saved)) {
      begin(JSON.parse(fs.readFileSync(saved)))
      const login = once('login')
      bot.restart()
      await login
    } else {
      begin()
      const login = once('login')
      bot.start()
      await login
      steps.push('confirmed')
    }
    return { steps, user_name: bot.user.UserName, nick_name: bot.user.NickName }
  },
  messages: () => [...seen.values()].map(message => ({
    id: message.MsgId,
    kind: kind(message.MsgType),
    text: text(message),
    from: message.FromUserName,
    sender: null
  })),
  contacts () {
    const all = Object.values(bot.contacts)
    const is = test => all.filter(contact => test(contact))
    return {
      people: is(one => !bot.Contact.isRoomContact(one) && !bot.Contact.isPublicContact(one))
        .map(one => ({
          user_name: one.UserName, nick_name: one.NickName, remark: one.RemarkName
        })),
      groups: is(bot.Contact.isRoomContact).map(group),
      public: is(bot.Contact.isPublicContact).map(one => one.UserName)
    }
  },
  async group ({ user_name: UserName }) {
    bot.updateContacts(await bot.batchGetContact([{ UserName }]))
    return group(bot.contacts[UserName])
  },
  download: async ({ id }) => digest(await download(seen.get(id))),
  async send ({ kind, to, text, path: file }) {
    const content = kind === 'text'
      ? text
      : { file: fs.readFileSync(file), filename: path.basename(file) }
    const sent = await bot.sendMsg(content, to)
    return { id: sent.MsgID, local_id: sent.LocalID }
  },
  remark: async ({ to, remark }) => !!await bot.updateRemarkName(to, remark),
  pin: async ({ to }) => !!await bot.opLog(to, 1, bot.contacts[to].RemarkName),
  async create_group ({ members, topic }) {
    const list = members.map(UserName => ({ UserName }))
    return { user_name: (await bot.createChatroom(topic, list)).ChatRoomName }
  },
  async rename_group ({ group, topic }) {
    await bot.updateChatRoomName(group, topic)
    return true
  },
  add_member: async ({ group, member }) => !!await bot.updateChatroom(group, [member], 'addmember'),
  remove_member: async ({ group, member }) =>
    !!await bot.updateChatroom(group, [member], 'delmember'),
  recall: async ({ id, to }) => !!await bot.revokeMsg(id, to),
  save: ({ path: file }) => fs.writeFileSync(file, JSON.stringify(bot.botData)),
  over: () => over,
  async logout () {
    bot.stop()
    return true
  }
}

async function serve () {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const call = JSON.parse(line)
    let answer
    try {
      answer = { ok: (await commands[call.do](call)) ?? null }
    } catch (error) {
      console.error(error)
      answer = { error: String(error && error.message) }
    }
    answers(JSON.stringify(answer) + '\n')
  }
  process.exit()
}

serve()
