//! Result codes (`HRESULT`s).

macro_rules! scodes {
    ($($name:ident = $value:literal,)*) => {
        /// A MAPI result code. Success codes include the warnings `MAPI_W_*`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        #[allow(non_camel_case_types)]
        pub enum Scode {
            $(#[doc = concat!("`", stringify!($value), "`")] $name = $value,)*
        }

        impl Scode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// MAPI's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
            /// The code with that number, if it has a name.
            pub const fn from_hresult(hresult: u32) -> Option<Self> {
                match hresult {
                    $($value => Some(Self::$name),)*
                    _ => None,
                }
            }
            /// The code with that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

scodes! {
    S_OK = 0x0000_0000,
    MAPI_E_CALL_FAILED = 0x8000_4005,
    MAPI_E_INTERFACE_NOT_SUPPORTED = 0x8000_4002,
    MAPI_E_NO_ACCESS = 0x8007_0005,
    MAPI_E_NOT_ENOUGH_MEMORY = 0x8007_000E,
    MAPI_E_INVALID_PARAMETER = 0x8007_0057,
    MAPI_E_NO_SUPPORT = 0x8004_0102,
    MAPI_E_BAD_CHARWIDTH = 0x8004_0103,
    MAPI_E_UNKNOWN_FLAGS = 0x8004_0106,
    MAPI_E_INVALID_ENTRYID = 0x8004_0107,
    MAPI_E_INVALID_OBJECT = 0x8004_0108,
    MAPI_E_OBJECT_CHANGED = 0x8004_0109,
    MAPI_E_OBJECT_DELETED = 0x8004_010A,
    MAPI_E_BUSY = 0x8004_010B,
    MAPI_E_NOT_FOUND = 0x8004_010F,
    MAPI_E_VERSION = 0x8004_0110,
    MAPI_E_LOGON_FAILED = 0x8004_0111,
    MAPI_E_USER_CANCEL = 0x8004_0113,
    MAPI_E_UNABLE_TO_ABORT = 0x8004_0114,
    MAPI_E_NETWORK_ERROR = 0x8004_0115,
    MAPI_E_TOO_COMPLEX = 0x8004_0117,
    MAPI_E_EXTENDED_ERROR = 0x8004_0119,
    MAPI_E_COMPUTED = 0x8004_011A,
    MAPI_E_CORRUPT_DATA = 0x8004_011B,
    MAPI_E_UNCONFIGURED = 0x8004_011C,
    MAPI_E_FAILONEPROVIDER = 0x8004_011D,
    MAPI_E_UNKNOWN_CPID = 0x8004_011E,
    MAPI_E_UNKNOWN_LCID = 0x8004_011F,
    MAPI_E_UNKNOWN_ENTRYID = 0x8004_0201,
    MAPI_W_NO_SERVICE = 0x0004_0203,
    MAPI_W_ERRORS_RETURNED = 0x0004_0380,
    MAPI_E_UNABLE_TO_COMPLETE = 0x8004_0400,
    MAPI_E_TIMEOUT = 0x8004_0401,
    MAPI_E_TABLE_TOO_BIG = 0x8004_0403,
    MAPI_E_INVALID_BOOKMARK = 0x8004_0405,
    MAPI_W_POSITION_CHANGED = 0x0004_0481,
    MAPI_W_APPROX_COUNT = 0x0004_0482,
    MAPI_E_WAIT = 0x8004_0500,
    MAPI_E_CANCEL = 0x8004_0501,
    MAPI_E_NOT_ME = 0x8004_0502,
    MAPI_W_CANCEL_MESSAGE = 0x0004_0580,
    MAPI_E_NOT_IN_QUEUE = 0x8004_0601,
    MAPI_E_COLLISION = 0x8004_0604,
    MAPI_E_NOT_INITIALIZED = 0x8004_0605,
    MAPI_E_NO_RECIPIENTS = 0x8004_0607,
    MAPI_E_SUBMITTED = 0x8004_0608,
}

impl Scode {
    /// The number MAPI writes.
    pub const fn hresult(self) -> u32 {
        self as u32
    }
    /// True for `MAPI_E_*`: the top bit is set. Every `MAPI_W_*` is a success.
    pub const fn is_failure(self) -> bool {
        self.hresult() & 0x8000_0000 != 0
    }
}
