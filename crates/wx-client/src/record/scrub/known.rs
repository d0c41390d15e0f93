//! What may stay as it is: words of the protocol and of this program. Whatever
//! is not in one of these lists is replaced.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words, from a text in which blanks part them.
type Words = LazyLock<HashSet<&'static str>>;

fn words(text: &'static str) -> HashSet<&'static str> {
    text.split_ascii_whitespace().collect()
}

/// Members of the service's JSON, and variables of its scripts
/// (protocol: endpoint table, message fields, contact fields).
pub(super) static WIRE_NAMES: Words = LazyLock::new(|| {
    words(
        "window QRLogin code uuid userAvatar redirect_uri synccheck retcode selector MMCgi isLogin \
         ret msg AESKey AddMsgCount AddMsgList Alias AppAccountFlag AppID AppInfo AppMsgType \
         AttrStatus BaseRequest BaseResponse BindEmail BindMobile BindUin BitFlag BlackList Buff \
         CDNThumbImgHeight CDNThumbImgWidth ChatRoomId ChatRoomName ChatRoomOwner ChatSet City \
         ClickReportInterval ClientVersion ContactFlag ContactList ContactType Content ContinueFlag \
         Count Cover CreateTime DelContactCount DelContactList Digest DisplayName EncryChatRoomId \
         EncryFileName EncryUserName ErrMsg FileName FileSize ForwardFlag FromUserName GrayScale \
         HasProductId HeadImgFlag HeadImgUpdateFlag HeadImgUrl HideInputBarFlag ImgHeight ImgStatus \
         ImgWidth Introduction InviteStartCount IsOwner Key KeyWord List LocalID MPArticleCount \
         MPArticleList MPSubscribeMsgCount MPSubscribeMsgList MediaId MemberCount MemberList \
         MemberStatus ModChatRoomMemberCount ModChatRoomMemberList ModContactCount ModContactList \
         MsgID MsgId MsgType NewMsgId NickName OP OpCode OriContent OwnerUin PYInitial PYQuanPin \
         PersonalCard PlayLength Profile Province QQNum RecommendInfo RemarkName RemarkPYInitial \
         RemarkPYQuanPin Ret SKey Scene Seq Sex Signature SnsFlag StarFriend StartPos Statues Status \
         StatusNotifyCode StatusNotifyUserName SubMsgType SyncCheckKey SyncKey SysWording SystemTime \
         Ticket Time Title ToUserName Topic Type Uin UniFriend Url User UserName Val VerifyFlag \
         VoiceLength WebWxPluginSwitch",
    )
});

/// Of these, the ones whose numbers steer the session and name nobody.
pub(super) static WIRE_NUMBERS: Words = LazyLock::new(|| {
    words(
        "code retcode selector ret isLogin AddMsgCount AppAccountFlag AppMsgType BitFlag \
         CDNThumbImgHeight CDNThumbImgWidth ChatRoomId ClickReportInterval ClientVersion ContactFlag \
         ContactType ContinueFlag Count CreateTime DelContactCount FileSize ForwardFlag GrayScale \
         HasProductId HeadImgFlag HeadImgUpdateFlag HideInputBarFlag ImgHeight ImgStatus ImgWidth \
         InviteStartCount IsOwner Key LocalID MPArticleCount MPSubscribeMsgCount MemberCount \
         MemberStatus ModChatRoomMemberCount ModContactCount MsgType OP OpCode PersonalCard \
         PlayLength Ret Scene Seq SnsFlag StarFriend StartPos Statues Status StatusNotifyCode \
         SubMsgType SystemTime Time Type UniFriend Val VerifyFlag VoiceLength WebWxPluginSwitch",
    )
});

/// Elements and attributes of the login's answer, of message contents, and of
/// the pages that stand in for answers (protocol: content by type).
pub(super) static MARKUP_NAMES: Words = LazyLock::new(|| {
    words(
        "html head body title meta script div p br span a href class xml doctype DOCTYPE \
         error ret message skey wxsid wxuin pass_ticket isgrayscale redirecturl \
         action adcode aeskey albumbgimgid albumflag albumstyle alias androidlen androidmd5 \
         announcement_id antispamticket appattach appid appinfo appmsg appname appservicetype \
         atchatroomname attachedtext attachedtextcolor attachid atusername author \
         begintransfertime bigheadimgurl brandFlags brandHomeUrl brandIconUrl \
         brandSubscriptConfigUrl brandlist bufid cancelflag cardversion category cdnattachurl \
         cdnbigimgurl cdndatakey cdndataurl cdnhdheight cdnhdwidth cdnmidheight cdnmidimgurl \
         cdnmidwidth cdnrawvideoaeskey cdnrawvideourl cdnthumbaeskey cdnthumbheight cdnthumbkey \
         cdnthumblength cdnthumburl cdnthumbwidth cdnurl cdnvideourl certflag certinfo chat \
         chatroomusername chatusername chatusr city clientmsgid commenturl content \
         content_template coord count country cover createtime datadesc datafmt dataid dataitem \
         datalist datasize datatitle datatype dataurl des desc designerid digest displayname \
         duration effectivedate emoji emojiattr encrypturl encryptusername encryver endflag \
         externurl extflag extinfo feedesc fileext filekey fileuploadtoken forwardflag \
         fromnewmsgid fromnickname fromscene fromusername fromusr fullpy gameext googlecontact \
         hdlength height htmlid iconurl id idbuffer imagestatus img info infourl innertype \
         invalidtime invited isad item label lastreadtime len length lensid link link_list linkid \
         locallogoicon location longurl lowdataurl lowurl maptype md5 member memberlist \
         messageaction messageuuid mfullhash mhash mmreader msg msgid msgsource name nativeurl \
         newitem newmsgid nickname oldmsgid op opcode openimappid openimdesc overwrite_newmsgid \
         pagepath patsuffix pattedusername pat pay_memo payer_username paymsgid paysubtype percard \
         plain playlength poiid poiname productid province pub_time qrticket rawlength \
         receiver_username receiverdes receivertitle recordinfo recorditem recordxml refermsg \
         regionCode replacemsg revokemsg room_type scale scene sceneid scenetext sdkver senderdes \
         sendertitle separator session sex shareId sharecardnickname sharecardusername shortpy \
         shorturl showtype sign smallheadimgurl snsbgimgid snsbgobjectid snsflag songalbumurl \
         songlyric sourcedisplayname sourceheadurl sourcename sourcenickname sourcetime \
         sourceusername srcMsgCreateTime statextstr status streamweburl strid summary svrid sysmsg \
         sysmsgtemplate template templateid text thumburl ticket time topnew totallen tousername \
         tpauthkey tpurl transcationid transferid type unreadchatlist unreadfunctionlist url \
         username ver version videomsg voiceformat voicelength voicemsg voiceurl wcpayinfo \
         weappiconurl weappinfo websearch weibo weibonickname width x y",
    )
});

/// Of these, the ones whose numbers steer how a content is read.
pub(super) static MARKUP_NUMBERS: Words = LazyLock::new(|| {
    words(
        "ret isgrayscale type showtype totallen length hdlength len width height voicelength \
         playlength cancelflag endflag forwardflag count datatype paysubtype scene opcode id \
         cdnthumblength cdnthumbheight cdnthumbwidth cdnmidheight cdnmidwidth createtime pub_time \
         rawlength androidlen datasize encryver voiceformat innertype msgtype svrtype",
    )
});

/// Kinds of system messages and of their links, which are words.
pub(super) static MARKUP_TYPES: Words = LazyLock::new(|| {
    words(
        "revokemsg pat sysmsgtemplate tmpl_type_profile tmpl_type_profilewithrevoke \
         link_profile link_plain link_revoke link_view_wxapp delchatroommember NewXmlChatRoomAccessVerifyApplication",
    )
});

/// Members of what this program stores and is asked for.
pub(super) static OWN_NAMES: Words = LazyLock::new(|| {
    words(
        "credentials hosts uin sid skey pass_ticket device_id data_ticket account user_name \
         nick_name jar position sync_key Count List Key Val sync_check_key stretches since until \
         cause invite_start handled failing msg_id times identities logins known key id seen traits \
         class alias remark avatar place members formerly outbox client_msg_id to digest shown attached \
         accepted_ms fate ret message reason own contacts kind province city signature sex starred \
         muted pinned member_count owner encry_chat_room_id display_name command text mentions \
         sent_ms at_ms expires_ms content type facts name size md5 media_type modified media \
         msg_type media_id forward befriend ticket keyword topic group change names from file sender file_name \
         encry_file_name at step ask records",
    )
});

/// Of these, the ones whose numbers are counts and times.
pub(super) static OWN_NUMBERS: Words = LazyLock::new(|| {
    words(
        "Count Key Val since until invite_start times logins seen client_msg_id accepted_ms sent_ms \
         at_ms ret sex member_count expires_ms size modified msg_type from at",
    )
});

/// Of these, the ones whose texts are names of variants.
pub(super) static OWN_TAGS: Words = LazyLock::new(|| {
    words("command type kind befriend change forward media class cause fate media_type step")
});

/// Parts of the service's addresses.
pub(super) static PATH_WORDS: Words = LazyLock::new(|| {
    words(
        "cgi bin mmwebwx mmsupport webwxnewloginpage webwxgeticon webwxgetheadimg \
         webwxgetpubliclinkimg webwxgetmsgimg webwxgetvoice webwxgetvideo webwxgetmedia \
         webwxcheckurl webwxinit webwxsync webwxlogout webwxgetcontact webwxbatchgetcontact \
         webwxsearchcontact webwxsendmsg webwxsendmsgimg webwxsendvideomsg webwxsendemoticon \
         webwxsendappmsg webwxcheckupload webwxuploadmedia webwxpreview webwxrevokemsg webwxoplog \
         webwxupdatechatroom webwxcreatechatroom webwxverifyuser webwxstatusnotify \
         webwxpushloginurl webwxstatreport webwxsendfeedback synccheck jslogin login qrcode l",
    )
});

/// Their parameters.
pub(super) static QUERY_NAMES: Words = LazyLock::new(|| {
    words(
        "ticket uuid lang scan seq username skey fun version mod chatroomid msgid MsgID pictype type \
         url mediaid sender fromuser encryfilename filename pass_ticket webwx_data_ticket r _ target t",
    )
});

/// Of these, the ones whose values steer and name nobody.
pub(super) static QUERY_VALUES: Words =
    LazyLock::new(|| words("lang scan fun version mod pictype type target t r _"));

/// What names may end in, behind an `@`.
pub(super) static ENDINGS: Words =
    LazyLock::new(|| words("chatroom qqim lbsroom talkroom qrticket_0"));

/// Endings of file names.
pub(super) static EXTENSIONS: Words = LazyLock::new(|| {
    words(
        "bmp png jpeg jpg gif mp4 mp3 pdf doc docx xls xlsx ppt pptx txt md csv zip rar 7z gz tar",
    )
});

/// What names and keys may begin with.
pub(super) const PREFIXES: [&str; 3] = ["wxid_", "gh_", "crypt_"];

/// Sentences of the service by which its notices are told apart
/// (protocol: type 10000).
pub(super) const PHRASES: [&str; 15] = [
    "拍了拍",
    "修改群名为",
    "加入了群聊",
    "加入群聊",
    "移出了群聊",
    "移出群聊",
    "成为新群主",
    "已成为群主",
    "红包",
    "现在可以开始聊天了",
    "以上是打招呼的内容",
    "开启了朋友验证",
    "被对方拒收",
    "位置共享已经结束",
    "撤回了一条消息",
];

/// Cookies whose names the session looks for, or readers want to see.
pub(super) static COOKIES: Words = LazyLock::new(|| {
    words(
        "wxuin wxsid wxloadtime mm_lang webwx_data_ticket webwxuvid webwx_auth_ticket \
         login_frequency last_wxuin wxpluginkey pass_ticket",
    )
});

/// Domains of the service.
const DOMAINS: [&str; 3] = ["qq.com", "wechat.com", "weixin.com"];

/// True for a host of the service.
pub(super) fn is_host(host: &str) -> bool {
    DOMAINS.iter().any(|domain| {
        let rest = host.strip_suffix(domain);
        // Not `evilqq.com`, and no long subdomain, which could carry somebody's
        // data.
        rest.is_some_and(|rest| rest.len() <= 16 && (rest.is_empty() || rest.ends_with('.')))
    })
}

/// What errors of connections and files are made of.
pub(super) static ERROR_WORDS: Words = LazyLock::new(|| {
    words(
        "a an answer at address be bad body broken buffer by bytes cannot certificate client close \
         closed code connect connected connecting connection could cut decode decompress denied \
         device directory disk dns during end eof error expected expired failed file for found from \
         full greeting handshake has have head header headers host http in input invalid io is \
         large left limit line lookup many message more name names network no not of off on open \
         os output parse peer permission pipe port proxy read refused request reset response \
         route s server size socket socks space status store stored tcp the there timed timeout tls to \
         too unexpected unknown unreachable unsupported untrusted version was while with within \
         write written",
    )
});
