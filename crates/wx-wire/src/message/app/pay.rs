//! Money: transfers and red packets.

use crate::message::texts::texts;

texts! {
    /// What there is to know about a transfer or a red packet.
    pub struct WcPayInfo {
        /// Of a transfer: 1 sent, 3 received, 4 refused …
        paysubtype = "paysubtype",
        /// The sum as people write it.
        feedesc = "feedesc",
        transferid = "transferid",
        /// The service's spelling.
        transcationid = "transcationid",
        /// Unix time in seconds.
        invalidtime = "invalidtime",
        /// Unix time in seconds.
        begintransfertime = "begintransfertime",
        effectivedate = "effectivedate",
        /// What the sender wrote.
        pay_memo = "pay_memo",
        receiver_username = "receiver_username",
        payer_username = "payer_username",
        templateid = "templateid",
        url = "url",
        iconurl = "iconurl",
        /// Of a red packet: what its receiver reads.
        receivertitle = "receivertitle",
        /// Of a red packet: what its sender reads.
        sendertitle = "sendertitle",
        receiverdes = "receiverdes",
        senderdes = "senderdes",
        /// Comes twice; this is the first.
        scenetext = "scenetext",
        sceneid = "sceneid",
        nativeurl = "nativeurl",
        innertype = "innertype",
        paymsgid = "paymsgid",
        locallogoicon = "locallogoicon",
    }
}
