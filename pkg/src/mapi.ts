/**
 * MAPI's numbers by MAPI's names: property tags, which tables take like canonical names, and the bits and values of
 * numbers in rows. Made of the core's own; a bundler ships what is imported.
 */

// Property tags.
export const PR_ENTRYID = 0x0FFF0102;
export const PR_INSTANCE_KEY = 0x0FF60102;
export const PR_RECORD_KEY = 0x0FF90102;
export const PR_STORE_RECORD_KEY = 0x0FFA0102;
export const PR_OBJECT_TYPE = 0x0FFE0003;
export const PR_ROWID = 0x30000003;
export const PR_DISPLAY_NAME = 0x3001001F;
export const PR_PROVIDER_DISPLAY = 0x3006001F;
export const PR_RESOURCE_FLAGS = 0x30090003;
export const PR_PROVIDER_DLL_NAME = 0x300A001F;
export const PR_IDENTITY_DISPLAY = 0x3E00001F;
export const PR_IDENTITY_ENTRYID = 0x3E010102;
export const PR_RESOURCE_METHODS = 0x3E020003;
export const PR_RESOURCE_TYPE = 0x3E030003;
export const PR_STATUS_CODE = 0x3E040003;
export const PR_IDENTITY_SEARCH_KEY = 0x3E050102;
export const PR_OWN_STORE_ENTRYID = 0x3E060102;
export const PR_RESOURCE_PATH = 0x3E07001F;
export const PR_STATUS_STRING = 0x3E08001F;
export const PR_HEADER_FOLDER_ENTRYID = 0x3E0A0102;
export const PR_REMOTE_PROGRESS = 0x3E0B0003;
export const PR_REMOTE_PROGRESS_TEXT = 0x3E0C001F;
export const PR_REMOTE_VALIDATE_OK = 0x3E0D000B;
export const PR_PROVIDER_UID = 0x300C0102;
export const PR_PROVIDER_ORDINAL = 0x300D0003;
export const PR_TRANSPORT_PROVIDERS = 0x3D020102;
export const PR_SERVICE_NAME = 0x3D09001F;
export const PR_SERVICE_UID = 0x3D0C0102;
export const PR_SERVICE_EXTRA_UIDS = 0x3D0D0102;
export const PR_CLIENT_SUBMIT_TIME = 0x00390040;
export const PR_DISPLAY_BCC = 0x0E02001F;
export const PR_DISPLAY_CC = 0x0E03001F;
export const PR_DISPLAY_TO = 0x0E04001F;
export const PR_MESSAGE_FLAGS = 0x0E070003;
export const PR_MESSAGE_SIZE = 0x0E080003;
export const PR_PRIORITY = 0x00260003;
export const PR_SENDER_NAME = 0x0C1A001F;
export const PR_SUBJECT = 0x0037001F;
export const PR_SUBMIT_FLAGS = 0x0E140003;
export const PR_SPOOLER_STATUS = 0x0E100003;
export const PR_SENT_REPRESENTING_NAME = 0x0042001F;
export const PR_MESSAGE_CLASS = 0x001A001F;
export const PR_IMPORTANCE = 0x00170003;
export const PR_SENSITIVITY = 0x00360003;
export const PR_MESSAGE_DELIVERY_TIME = 0x0E060040;
export const PR_MSG_STATUS = 0x0E170003;
export const PR_MESSAGE_DOWNLOAD_TIME = 0x0E180003;
export const PR_HASATTACH = 0x0E1B000B;
export const PR_NORMALIZED_SUBJECT = 0x0E1D001F;
export const PR_ACCESS = 0x0FF40003;
export const PR_ACCESS_LEVEL = 0x0FF70003;
export const PR_ASSOC_CONTENT_COUNT = 0x36170003;
export const PR_CONTENT_COUNT = 0x36020003;
export const PR_CREATION_TIME = 0x30070040;
export const PR_DISPLAY_TYPE = 0x39000003;
export const PR_FOLDER_TYPE = 0x36010003;
export const PR_SUBFOLDERS = 0x360A000B;
export const PR_ADDRTYPE = 0x3002001F;
export const PR_EMAIL_ADDRESS = 0x3003001F;
export const PR_RECIPIENT_TYPE = 0x0C150003;
export const PR_RESPONSIBILITY = 0x0E0F000B;
export const PR_RECIPIENT_STATUS = 0x0E150003;
export const PR_DELETE_AFTER_SUBMIT = 0x0E01000B;
export const PR_SENTMAIL_ENTRYID = 0x0E0A0102;
export const PR_TRANSPORT_KEY = 0x0E160003;
export const PR_PREPROCESS = 0x0E22000B;
export const PR_PROVIDER_SUBMIT_TIME = 0x00480040;
export const PR_DEFERRED_DELIVERY_TIME = 0x000F0040;
export const PR_DELIVER_TIME = 0x00100040;
export const PR_REPORT_TAG = 0x00310102;
export const PR_REPORT_TIME = 0x00320040;
export const PR_REPORT_ENTRYID = 0x00450102;
export const PR_REPORT_TEXT = 0x1001001F;
export const PR_NDR_REASON_CODE = 0x0C040003;
export const PR_NDR_DIAG_CODE = 0x0C050003;
export const PR_SUPPLEMENTARY_INFO = 0x0C1B001F;
export const PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED = 0x0023000B;
export const PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED = 0x0C08000B;
export const PR_ORIG_MESSAGE_CLASS = 0x004B001F;
export const PR_ORIGINAL_ENTRYID = 0x3A120102;
export const PR_CONTENT_UNREAD = 0x36030003;
export const PR_DEPTH = 0x30050003;
export const PR_ROW_TYPE = 0x0FF50003;
export const PR_CONTROL_FLAGS = 0x3F000003;
export const PR_CONTROL_STRUCTURE = 0x3F010102;
export const PR_CONTROL_TYPE = 0x3F020003;
export const PR_DELTAX = 0x3F030003;
export const PR_DELTAY = 0x3F040003;
export const PR_XPOS = 0x3F050003;
export const PR_YPOS = 0x3F060003;
export const PR_CONTROL_ID = 0x3F070102;
export const PR_OUTBOX_ID = 0x6800001F;
export const PR_OUTBOX_STATE = 0x6801001F;
export const PR_WHY = 0x6802001F;
export const PR_ENVELOPES = 0x6803001F;
export const PR_MESSAGE_ID = 0x6804001F;

// `PR_STATUS_CODE`.
export const STATUS_AVAILABLE = 0x00000001;
export const STATUS_OFFLINE = 0x00000002;
export const STATUS_FAILURE = 0x00000004;
export const STATUS_INBOUND_ENABLED = 0x00010000;
export const STATUS_INBOUND_ACTIVE = 0x00020000;
export const STATUS_INBOUND_FLUSH = 0x00040000;
export const STATUS_OUTBOUND_ENABLED = 0x00100000;
export const STATUS_OUTBOUND_ACTIVE = 0x00200000;
export const STATUS_OUTBOUND_FLUSH = 0x00400000;
export const STATUS_REMOTE_ACCESS = 0x00800000;

// `PR_RESOURCE_METHODS`: the verbs a status object implements.
export const STATUS_VALIDATE_STATE = 0x1;
export const STATUS_SETTINGS_DIALOG = 0x2;
export const STATUS_CHANGE_PASSWORD = 0x4;
export const STATUS_FLUSH_QUEUES = 0x8;

// `PR_RESOURCE_TYPE`.
export const MAPI_STORE_PROVIDER = 33;
export const MAPI_AB = 34;
export const MAPI_AB_PROVIDER = 35;
export const MAPI_TRANSPORT_PROVIDER = 36;
export const MAPI_SPOOLER = 37;
export const MAPI_PROFILE_PROVIDER = 38;
export const MAPI_SUBSYSTEM = 39;
export const MAPI_HOOK_PROVIDER = 40;

// `PR_RESOURCE_FLAGS` of a provider.
export const STATUS_DEFAULT_OUTBOUND = 0x0001;
export const STATUS_DEFAULT_STORE = 0x0002;
export const STATUS_PRIMARY_IDENTITY = 0x0004;
export const STATUS_SIMPLE_STORE = 0x0008;
export const STATUS_XP_PREFER_LAST = 0x0010;
export const STATUS_NO_PRIMARY_IDENTITY = 0x0020;
export const STATUS_NO_DEFAULT_STORE = 0x0040;
export const STATUS_TEMP_SECTION = 0x0080;
export const STATUS_OWN_STORE = 0x0100;
export const HOOK_INBOUND = 0x0200;
export const HOOK_OUTBOUND = 0x0400;
export const STATUS_NEED_IPM_TREE = 0x0800;
export const STATUS_PRIMARY_STORE = 0x1000;
export const STATUS_SECONDARY_STORE = 0x2000;

// `IMAPIStatus::ValidateState`.
export const SUPPRESS_UI = 0x00000001;
export const REFRESH_XP_HEADER_CACHE = 0x00010000;
export const PROCESS_XP_HEADER_CACHE = 0x00020000;
export const FORCE_XP_CONNECT = 0x00040000;
export const FORCE_XP_DISCONNECT = 0x00080000;
export const CONFIG_CHANGED = 0x00100000;
export const ABORT_XP_HEADER_OPERATION = 0x00200000;
export const SHOW_XP_SESSION_UI = 0x00400000;

// `IMAPIStatus::SettingsDialog`.
export const UI_READONLY = 0x1;

// Character width: `ChangePassword`, `GetStatusTable` and table methods.
export const MAPI_UNICODE = 0x80000000;

// `FlushQueues`; `ASYNC_OK` is for the spooler's status object only.
export const FLUSH_UPLOAD = 0x02;
export const FLUSH_DOWNLOAD = 0x04;
export const FLUSH_FORCE = 0x08;
export const FLUSH_NO_UI = 0x10;
export const FLUSH_ASYNC_OK = 0x20;

// `SpoolerNotify`: provider to spooler.
export const NOTIFY_NEWMAIL = 0x00000001;
export const NOTIFY_READYTOSEND = 0x00000002;
export const NOTIFY_SENTDEFERRED = 0x00000004;
export const NOTIFY_CRITSEC = 0x00001000;
export const NOTIFY_NONCRIT = 0x00002000;
export const NOTIFY_CONFIG_CHANGE = 0x00004000;
export const NOTIFY_CRITICAL_ERROR = 0x10000000;
export const NOTIFY_NEWMAIL_RECEIVED = 0x20000000;

// `TransportNotify`: spooler to transport.
export const NOTIFY_BEGIN_INBOUND = 0x00000001;
export const NOTIFY_BEGIN_OUTBOUND = 0x00000002;
export const NOTIFY_BEGIN_INBOUND_FLUSH = 0x00000004;
export const NOTIFY_BEGIN_OUTBOUND_FLUSH = 0x00000008;
export const NOTIFY_END_INBOUND = 0x00010000;
export const NOTIFY_END_OUTBOUND = 0x00020000;
export const NOTIFY_END_INBOUND_FLUSH = 0x00040000;
export const NOTIFY_END_OUTBOUND_FLUSH = 0x00080000;
export const NOTIFY_ABORT_DEFERRED = 0x40000000;
export const NOTIFY_CANCEL_MESSAGE = 0x80000000;

// `TransportLogon`, spooler to transport.
export const LOGON_NO_DIALOG = 0x01;
export const LOGON_NO_CONNECT = 0x04;
export const LOGON_NO_INBOUND = 0x08;
export const LOGON_NO_OUTBOUND = 0x10;

// `TransportLogon`, transport to spooler: what it wants to be called for.
export const LOGON_SP_IDLE = 0x00010000;
export const LOGON_SP_POLL = 0x00020000;
export const LOGON_SP_RESOLVE = 0x00040000;

// `TransportLogoff`.
export const LOGOFF_NORMAL = 0x1;
export const LOGOFF_HURRY = 0x80000000;

// `StoreLogoff`, in; the modes exclude each other.
export const LOGOFF_NO_WAIT = 0x01;
export const LOGOFF_ORDERLY = 0x02;
export const LOGOFF_PURGE = 0x04;
export const LOGOFF_ABORT = 0x08;
export const LOGOFF_QUIET = 0x10;

// `StoreLogoff`, out.
export const LOGOFF_COMPLETE = 0x00010000;
export const LOGOFF_INBOUND = 0x00020000;
export const LOGOFF_OUTBOUND = 0x00040000;
export const LOGOFF_OUTBOUND_QUEUE = 0x00080000;

// `ModifyStatusRow`.
export const STATUSROW_UPDATE = 0x10000000;

// Why a message service's entry point is called.
export const MSG_SERVICE_INSTALL = 1;
export const MSG_SERVICE_CREATE = 2;
export const MSG_SERVICE_CONFIGURE = 3;
export const MSG_SERVICE_DELETE = 4;
export const MSG_SERVICE_UNINSTALL = 5;
export const MSG_SERVICE_PROVIDER_CREATE = 6;
export const MSG_SERVICE_PROVIDER_DELETE = 7;

// `PR_CONTROL_FLAGS` of a display table's row.
export const DT_MULTILINE = 0x01;
export const DT_EDITABLE = 0x02;
export const DT_REQUIRED = 0x04;
export const DT_SET_IMMEDIATE = 0x08;
export const DT_PASSWORD_EDIT = 0x10;
export const DT_ACCEPT_DBCS = 0x20;
export const DT_SET_SELECTION = 0x40;

// `PR_CONTROL_TYPE` of a display table's row.
export const DTCT_LABEL = 0;
export const DTCT_EDIT = 1;
export const DTCT_LBX = 2;
export const DTCT_COMBOBOX = 3;
export const DTCT_DDLBX = 4;
export const DTCT_CHECKBOX = 5;
export const DTCT_GROUPBOX = 6;
export const DTCT_BUTTON = 7;
export const DTCT_PAGE = 8;
export const DTCT_RADIOBUTTON = 9;
export const DTCT_MVLISTBOX = 0xB;
export const DTCT_MVDDLBX = 0xC;

// `SubmitMessage`, in.
export const BEGIN_DEFERRED = 0x1;

// `EndMessage`, out.
export const END_RESEND_NOW = 0x00010000;
export const END_RESEND_LATER = 0x00020000;
export const END_DONT_RESEND = 0x00040000;

// `ExpandRecips`, out.
export const NEEDS_PREPROCESSING = 0x1;
export const NEEDS_SPOOLER = 0x2;

// `PR_SUBMIT_FLAGS`.
export const SUBMITFLAG_LOCKED = 0x1;
export const SUBMITFLAG_PREPROCESS = 0x2;

// `PR_MSG_STATUS`.
export const MSGSTATUS_HIGHLIGHTED = 0x1;
export const MSGSTATUS_TAGGED = 0x2;
export const MSGSTATUS_HIDDEN = 0x4;
export const MSGSTATUS_DELMARKED = 0x8;
export const MSGSTATUS_DRAFT = 0x100;
export const MSGSTATUS_ANSWERED = 0x200;
export const MSGSTATUS_REMOTE_DOWNLOAD = 0x1000;
export const MSGSTATUS_REMOTE_DELETE = 0x2000;

// `PR_MESSAGE_FLAGS`.
export const MSGFLAG_READ = 0x1;
export const MSGFLAG_UNMODIFIED = 0x2;
export const MSGFLAG_SUBMIT = 0x4;
export const MSGFLAG_UNSENT = 0x8;
export const MSGFLAG_HASATTACH = 0x10;
export const MSGFLAG_FROMME = 0x20;
export const MSGFLAG_ASSOCIATED = 0x40;
export const MSGFLAG_RESEND = 0x80;
export const MSGFLAG_RN_PENDING = 0x100;
export const MSGFLAG_NRN_PENDING = 0x200;

// `PR_RECIPIENT_TYPE` without the flag `MAPI_SUBMITTED`.
export const MAPI_ORIG = 0;
export const MAPI_TO = 1;
export const MAPI_CC = 2;
export const MAPI_BCC = 3;
export const MAPI_P1 = 0x10000000;

// `PR_OBJECT_TYPE`.
export const MAPI_STORE = 1;
export const MAPI_ADDRBOOK = 2;
export const MAPI_FOLDER = 3;
export const MAPI_ABCONT = 4;
export const MAPI_MESSAGE = 5;
export const MAPI_MAILUSER = 6;
export const MAPI_ATTACH = 7;
export const MAPI_DISTLIST = 8;
export const MAPI_PROFSECT = 9;
export const MAPI_STATUS = 0xA;
export const MAPI_SESSION = 0xB;
export const MAPI_FORMINFO = 0xC;

// `OpenEntry`.
export const MAPI_MODIFY = 0x1;
export const MAPI_DEFERRED_ERRORS = 0x8;
export const MAPI_BEST_ACCESS = 0x10;

// `ulTableEvent` of a `TABLE_NOTIFICATION`: an enumeration, not bits.
export const TABLE_CHANGED = 1;
export const TABLE_ERROR = 2;
export const TABLE_ROW_ADDED = 3;
export const TABLE_ROW_DELETED = 4;
export const TABLE_ROW_MODIFIED = 5;
export const TABLE_SORT_DONE = 6;
export const TABLE_RESTRICT_DONE = 7;
export const TABLE_SETCOL_DONE = 8;
export const TABLE_RELOAD = 9;

// `GetStatus`: what the table is doing.
export const TBLSTAT_COMPLETE = 0;
export const TBLSTAT_QCHANGED = 7;
export const TBLSTAT_SORTING = 9;
export const TBLSTAT_SORT_ERROR = 10;
export const TBLSTAT_SETTING_COLS = 11;
export const TBLSTAT_SETCOL_ERROR = 13;
export const TBLSTAT_RESTRICTING = 14;
export const TBLSTAT_RESTRICT_ERROR = 15;

// `GetStatus`: how the table follows its data.
export const TBLTYPE_SNAPSHOT = 0;
export const TBLTYPE_KEYSET = 1;
export const TBLTYPE_DYNAMIC = 2;

// `PR_ROW_TYPE`.
export const TBL_LEAF_ROW = 1;
export const TBL_EMPTY_CATEGORY = 2;
export const TBL_EXPANDED_CATEGORY = 3;
export const TBL_COLLAPSED_CATEGORY = 4;

// `RELOP_*`.
export const RELOP_LT = 0;
export const RELOP_LE = 1;
export const RELOP_GT = 2;
export const RELOP_GE = 3;
export const RELOP_EQ = 4;
export const RELOP_NE = 5;
export const RELOP_RE = 6;

// `BMR_*`.
export const BMR_EQZ = 0;
export const BMR_NEZ = 1;

// Low word of a content restriction's fuzzy level.
export const FL_FULLSTRING = 0;
export const FL_SUBSTRING = 1;
export const FL_PREFIX = 2;

// High word of a content restriction's fuzzy level.
export const FL_IGNORECASE = 0x10000;
export const FL_IGNORENONSPACE = 0x20000;
export const FL_LOOSE = 0x40000;

// `TABLE_SORT_*` direction.
export const TABLE_SORT_ASCEND = 0;
export const TABLE_SORT_DESCEND = 1;

// `fnev*`: event masks of `Advise`; a table takes `TableModified` only.


// `PT_*`: the types a value or a tag may have here.
export const PT_UNSPECIFIED = 0x0000;
export const PT_NULL = 0x0001;
export const PT_LONG = 0x0003;
export const PT_DOUBLE = 0x0005;
export const PT_ERROR = 0x000A;
export const PT_BOOLEAN = 0x000B;
export const PT_OBJECT = 0x000D;
export const PT_I8 = 0x0014;
export const PT_STRING8 = 0x001E;
export const PT_UNICODE = 0x001F;
export const PT_SYSTIME = 0x0040;
export const PT_CLSID = 0x0048;
export const PT_BINARY = 0x0102;
export const PT_MV_LONG = 0x1003;
export const PT_MV_STRING8 = 0x101E;
export const PT_MV_UNICODE = 0x101F;
export const PT_MV_BINARY = 0x1102;
