// A bot on wechat4u for `cargo xtask bench-e2e`: ends when it has received
// WX_BENCH_MESSAGES texts; without that variable, it sends each text back.
'use strict'

const Wechat = require('wechat4u')

let left = Number(process.env.WX_BENCH_MESSAGES || 0)
const counts = left > 0
const bot = new Wechat()

bot.on('message', message => {
  if (message.MsgType !== bot.CONF.MSGTYPE_TEXT || message.FromUserName === bot.user.UserName) return
  if (!counts) {
    bot.sendMsg(message.Content, message.FromUserName).catch(() => {})
    return
  }
  left -= 1
  if (left === 0) process.exit(0)
})
bot.on('error', () => {})
bot.start()
