//! Status, resource, verb, notify, logon and queue flags.

use super::bits::{flags, words};

flags! {
    /// `PR_STATUS_CODE`.
    StatusCode {
        AVAILABLE "STATUS_AVAILABLE" = 0x0000_0001,
        OFFLINE "STATUS_OFFLINE" = 0x0000_0002,
        FAILURE "STATUS_FAILURE" = 0x0000_0004,
        INBOUND_ENABLED "STATUS_INBOUND_ENABLED" = 0x0001_0000,
        INBOUND_ACTIVE "STATUS_INBOUND_ACTIVE" = 0x0002_0000,
        INBOUND_FLUSH "STATUS_INBOUND_FLUSH" = 0x0004_0000,
        OUTBOUND_ENABLED "STATUS_OUTBOUND_ENABLED" = 0x0010_0000,
        OUTBOUND_ACTIVE "STATUS_OUTBOUND_ACTIVE" = 0x0020_0000,
        OUTBOUND_FLUSH "STATUS_OUTBOUND_FLUSH" = 0x0040_0000,
        REMOTE_ACCESS "STATUS_REMOTE_ACCESS" = 0x0080_0000,
    }
}

impl StatusCode {
    /// The bits only a transport's row may carry (C-018).
    pub const TRANSPORT_ONLY: Self = Self::ALL.without(Self::AVAILABLE).without(Self::OFFLINE).without(Self::FAILURE);
}

flags! {
    /// `PR_RESOURCE_METHODS`: the verbs a status object implements.
    ResourceMethods {
        VALIDATE_STATE "STATUS_VALIDATE_STATE" = 0x1,
        SETTINGS_DIALOG "STATUS_SETTINGS_DIALOG" = 0x2,
        CHANGE_PASSWORD "STATUS_CHANGE_PASSWORD" = 0x4,
        FLUSH_QUEUES "STATUS_FLUSH_QUEUES" = 0x8,
    }
}

words! {
    /// `PR_RESOURCE_TYPE`.
    ResourceType {
        StoreProvider "MAPI_STORE_PROVIDER" = 33,
        /// The integrated address book.
        Ab "MAPI_AB" = 34,
        AbProvider "MAPI_AB_PROVIDER" = 35,
        TransportProvider "MAPI_TRANSPORT_PROVIDER" = 36,
        Spooler "MAPI_SPOOLER" = 37,
        ProfileProvider "MAPI_PROFILE_PROVIDER" = 38,
        Subsystem "MAPI_SUBSYSTEM" = 39,
        HookProvider "MAPI_HOOK_PROVIDER" = 40,
    }
}

#[allow(clippy::derivable_impls, reason = "words! makes the enum")]
impl Default for ResourceType {
    fn default() -> Self {
        Self::TransportProvider
    }
}

flags! {
    /// `PR_RESOURCE_FLAGS` of a provider.
    ResourceFlags {
        DEFAULT_OUTBOUND "STATUS_DEFAULT_OUTBOUND" = 0x0001,
        DEFAULT_STORE "STATUS_DEFAULT_STORE" = 0x0002,
        PRIMARY_IDENTITY "STATUS_PRIMARY_IDENTITY" = 0x0004,
        SIMPLE_STORE "STATUS_SIMPLE_STORE" = 0x0008,
        XP_PREFER_LAST "STATUS_XP_PREFER_LAST" = 0x0010,
        NO_PRIMARY_IDENTITY "STATUS_NO_PRIMARY_IDENTITY" = 0x0020,
        NO_DEFAULT_STORE "STATUS_NO_DEFAULT_STORE" = 0x0040,
        TEMP_SECTION "STATUS_TEMP_SECTION" = 0x0080,
        OWN_STORE "STATUS_OWN_STORE" = 0x0100,
        HOOK_INBOUND "HOOK_INBOUND" = 0x0200,
        HOOK_OUTBOUND "HOOK_OUTBOUND" = 0x0400,
        NEED_IPM_TREE "STATUS_NEED_IPM_TREE" = 0x0800,
        PRIMARY_STORE "STATUS_PRIMARY_STORE" = 0x1000,
        SECONDARY_STORE "STATUS_SECONDARY_STORE" = 0x2000,
    }
}

flags! {
    /// `IMAPIStatus::ValidateState`.
    ValidateFlags {
        SUPPRESS_UI "SUPPRESS_UI" = 0x0000_0001,
        REFRESH_XP_HEADER_CACHE "REFRESH_XP_HEADER_CACHE" = 0x0001_0000,
        PROCESS_XP_HEADER_CACHE "PROCESS_XP_HEADER_CACHE" = 0x0002_0000,
        FORCE_XP_CONNECT "FORCE_XP_CONNECT" = 0x0004_0000,
        FORCE_XP_DISCONNECT "FORCE_XP_DISCONNECT" = 0x0008_0000,
        CONFIG_CHANGED "CONFIG_CHANGED" = 0x0010_0000,
        ABORT_XP_HEADER_OPERATION "ABORT_XP_HEADER_OPERATION" = 0x0020_0000,
        SHOW_XP_SESSION_UI "SHOW_XP_SESSION_UI" = 0x0040_0000,
    }
}

flags! {
    /// `IMAPIStatus::SettingsDialog`.
    SettingsFlags {
        UI_READONLY "UI_READONLY" = 0x1,
    }
}

flags! {
    /// Character width: `ChangePassword`, `GetStatusTable` and table methods.
    CharFlags {
        UNICODE "MAPI_UNICODE" = 0x8000_0000,
    }
}

flags! {
    /// `FlushQueues`; `ASYNC_OK` is for the spooler's status object only.
    FlushFlags {
        UPLOAD "FLUSH_UPLOAD" = 0x02,
        DOWNLOAD "FLUSH_DOWNLOAD" = 0x04,
        FORCE "FLUSH_FORCE" = 0x08,
        NO_UI "FLUSH_NO_UI" = 0x10,
        ASYNC_OK "FLUSH_ASYNC_OK" = 0x20,
    }
}

flags! {
    /// `SpoolerNotify`: provider to spooler.
    SpoolerNotify {
        NEWMAIL "NOTIFY_NEWMAIL" = 0x0000_0001,
        READYTOSEND "NOTIFY_READYTOSEND" = 0x0000_0002,
        SENTDEFERRED "NOTIFY_SENTDEFERRED" = 0x0000_0004,
        CRITSEC "NOTIFY_CRITSEC" = 0x0000_1000,
        NONCRIT "NOTIFY_NONCRIT" = 0x0000_2000,
        CONFIG_CHANGE "NOTIFY_CONFIG_CHANGE" = 0x0000_4000,
        CRITICAL_ERROR "NOTIFY_CRITICAL_ERROR" = 0x1000_0000,
        NEWMAIL_RECEIVED "NOTIFY_NEWMAIL_RECEIVED" = 0x2000_0000,
    }
}

flags! {
    /// `TransportNotify`: spooler to transport.
    TransportNotify {
        BEGIN_INBOUND "NOTIFY_BEGIN_INBOUND" = 0x0000_0001,
        BEGIN_OUTBOUND "NOTIFY_BEGIN_OUTBOUND" = 0x0000_0002,
        BEGIN_INBOUND_FLUSH "NOTIFY_BEGIN_INBOUND_FLUSH" = 0x0000_0004,
        BEGIN_OUTBOUND_FLUSH "NOTIFY_BEGIN_OUTBOUND_FLUSH" = 0x0000_0008,
        END_INBOUND "NOTIFY_END_INBOUND" = 0x0001_0000,
        END_OUTBOUND "NOTIFY_END_OUTBOUND" = 0x0002_0000,
        END_INBOUND_FLUSH "NOTIFY_END_INBOUND_FLUSH" = 0x0004_0000,
        END_OUTBOUND_FLUSH "NOTIFY_END_OUTBOUND_FLUSH" = 0x0008_0000,
        ABORT_DEFERRED "NOTIFY_ABORT_DEFERRED" = 0x4000_0000,
        CANCEL_MESSAGE "NOTIFY_CANCEL_MESSAGE" = 0x8000_0000,
    }
}

flags! {
    /// `TransportLogon`, spooler to transport.
    LogonFlags {
        NO_DIALOG "LOGON_NO_DIALOG" = 0x01,
        NO_CONNECT "LOGON_NO_CONNECT" = 0x04,
        NO_INBOUND "LOGON_NO_INBOUND" = 0x08,
        NO_OUTBOUND "LOGON_NO_OUTBOUND" = 0x10,
    }
}

flags! {
    /// `TransportLogon`, transport to spooler: what it wants to be called for.
    LogonAnswer {
        SP_IDLE "LOGON_SP_IDLE" = 0x0001_0000,
        SP_POLL "LOGON_SP_POLL" = 0x0002_0000,
        SP_RESOLVE "LOGON_SP_RESOLVE" = 0x0004_0000,
    }
}

flags! {
    /// `TransportLogoff`.
    LogoffFlags {
        NORMAL "LOGOFF_NORMAL" = 0x1,
        HURRY "LOGOFF_HURRY" = 0x8000_0000,
    }
}

flags! {
    /// `StoreLogoff`, in; the modes exclude each other.
    StoreLogoffFlags {
        NO_WAIT "LOGOFF_NO_WAIT" = 0x01,
        ORDERLY "LOGOFF_ORDERLY" = 0x02,
        PURGE "LOGOFF_PURGE" = 0x04,
        ABORT "LOGOFF_ABORT" = 0x08,
        QUIET "LOGOFF_QUIET" = 0x10,
    }
}

flags! {
    /// `StoreLogoff`, out.
    StoreLogoffAnswer {
        COMPLETE "LOGOFF_COMPLETE" = 0x0001_0000,
        INBOUND "LOGOFF_INBOUND" = 0x0002_0000,
        OUTBOUND "LOGOFF_OUTBOUND" = 0x0004_0000,
        OUTBOUND_QUEUE "LOGOFF_OUTBOUND_QUEUE" = 0x0008_0000,
    }
}

flags! {
    /// `ModifyStatusRow`.
    ModifyRowFlags {
        UPDATE "STATUSROW_UPDATE" = 0x1000_0000,
    }
}

words! {
    /// Why a message service's entry point is called.
    ServiceContext {
        Install "MSG_SERVICE_INSTALL" = 1,
        Create "MSG_SERVICE_CREATE" = 2,
        Configure "MSG_SERVICE_CONFIGURE" = 3,
        Delete "MSG_SERVICE_DELETE" = 4,
        Uninstall "MSG_SERVICE_UNINSTALL" = 5,
        ProviderCreate "MSG_SERVICE_PROVIDER_CREATE" = 6,
        ProviderDelete "MSG_SERVICE_PROVIDER_DELETE" = 7,
    }
}

flags! {
    /// `PR_CONTROL_FLAGS` of a display table's row.
    ControlFlags {
        MULTILINE "DT_MULTILINE" = 0x01,
        EDITABLE "DT_EDITABLE" = 0x02,
        REQUIRED "DT_REQUIRED" = 0x04,
        SET_IMMEDIATE "DT_SET_IMMEDIATE" = 0x08,
        PASSWORD_EDIT "DT_PASSWORD_EDIT" = 0x10,
        ACCEPT_DBCS "DT_ACCEPT_DBCS" = 0x20,
        SET_SELECTION "DT_SET_SELECTION" = 0x40,
    }
}

words! {
    /// `PR_CONTROL_TYPE` of a display table's row.
    ControlType {
        Label "DTCT_LABEL" = 0,
        Edit "DTCT_EDIT" = 1,
        ListBox "DTCT_LBX" = 2,
        ComboBox "DTCT_COMBOBOX" = 3,
        DropDownList "DTCT_DDLBX" = 4,
        CheckBox "DTCT_CHECKBOX" = 5,
        GroupBox "DTCT_GROUPBOX" = 6,
        Button "DTCT_BUTTON" = 7,
        Page "DTCT_PAGE" = 8,
        RadioButton "DTCT_RADIOBUTTON" = 9,
        MvListBox "DTCT_MVLISTBOX" = 0xB,
        MvDropDownList "DTCT_MVDDLBX" = 0xC,
    }
}
