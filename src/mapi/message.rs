//! Messages, recipients, objects, submission and reports.

use super::bits::{flags, words};

flags! {
    /// `SubmitMessage`, in.
    SubmitFlags {
        BEGIN_DEFERRED "BEGIN_DEFERRED" = 0x1,
    }
}

words! {
    /// `EndMessage`, out.
    EndAnswer {
        ResendNow "END_RESEND_NOW" = 0x0001_0000,
        ResendLater "END_RESEND_LATER" = 0x0002_0000,
        /// The transport keeps the message (deferral).
        DontResend "END_DONT_RESEND" = 0x0004_0000,
    }
}

flags! {
    /// `ExpandRecips`, out.
    ExpandAnswer {
        NEEDS_PREPROCESSING "NEEDS_PREPROCESSING" = 0x1,
        NEEDS_SPOOLER "NEEDS_SPOOLER" = 0x2,
    }
}

flags! {
    /// `PR_SUBMIT_FLAGS`.
    QueueFlags {
        LOCKED "SUBMITFLAG_LOCKED" = 0x1,
        PREPROCESS "SUBMITFLAG_PREPROCESS" = 0x2,
    }
}

flags! {
    /// `PR_MSG_STATUS`.
    MsgStatus {
        HIGHLIGHTED "MSGSTATUS_HIGHLIGHTED" = 0x1,
        TAGGED "MSGSTATUS_TAGGED" = 0x2,
        HIDDEN "MSGSTATUS_HIDDEN" = 0x4,
        DELMARKED "MSGSTATUS_DELMARKED" = 0x8,
        DRAFT "MSGSTATUS_DRAFT" = 0x100,
        ANSWERED "MSGSTATUS_ANSWERED" = 0x200,
        REMOTE_DOWNLOAD "MSGSTATUS_REMOTE_DOWNLOAD" = 0x1000,
        REMOTE_DELETE "MSGSTATUS_REMOTE_DELETE" = 0x2000,
    }
}

flags! {
    /// `PR_MESSAGE_FLAGS`.
    MsgFlags {
        READ "MSGFLAG_READ" = 0x1,
        UNMODIFIED "MSGFLAG_UNMODIFIED" = 0x2,
        SUBMIT "MSGFLAG_SUBMIT" = 0x4,
        UNSENT "MSGFLAG_UNSENT" = 0x8,
        HASATTACH "MSGFLAG_HASATTACH" = 0x10,
        FROMME "MSGFLAG_FROMME" = 0x20,
        ASSOCIATED "MSGFLAG_ASSOCIATED" = 0x40,
        RESEND "MSGFLAG_RESEND" = 0x80,
        RN_PENDING "MSGFLAG_RN_PENDING" = 0x100,
        NRN_PENDING "MSGFLAG_NRN_PENDING" = 0x200,
    }
}

words! {
    /// `PR_RECIPIENT_TYPE` without the flag `MAPI_SUBMITTED`.
    RecipientType {
        Orig "MAPI_ORIG" = 0,
        To "MAPI_TO" = 1,
        Cc "MAPI_CC" = 2,
        Bcc "MAPI_BCC" = 3,
        /// A copy of a failed recipient, for addressing a resend only.
        P1 "MAPI_P1" = 0x1000_0000,
    }
}

impl RecipientType {
    /// `MAPI_SUBMITTED`, set beside the type: this recipient already has the message.
    pub const SUBMITTED: u32 = 0x8000_0000;
}

words! {
    /// `PR_OBJECT_TYPE`.
    ObjectType {
        Store "MAPI_STORE" = 1,
        AddrBook "MAPI_ADDRBOOK" = 2,
        Folder "MAPI_FOLDER" = 3,
        AbCont "MAPI_ABCONT" = 4,
        Message "MAPI_MESSAGE" = 5,
        MailUser "MAPI_MAILUSER" = 6,
        Attach "MAPI_ATTACH" = 7,
        DistList "MAPI_DISTLIST" = 8,
        ProfSect "MAPI_PROFSECT" = 9,
        Status "MAPI_STATUS" = 0xA,
        Session "MAPI_SESSION" = 0xB,
        FormInfo "MAPI_FORMINFO" = 0xC,
    }
}

flags! {
    /// `OpenEntry`.
    OpenFlags {
        MODIFY "MAPI_MODIFY" = 0x1,
        DEFERRED_ERRORS "MAPI_DEFERRED_ERRORS" = 0x8,
        BEST_ACCESS "MAPI_BEST_ACCESS" = 0x10,
    }
}
