//! Every property the library names, with its canonical name (`PidTag…` in camelCase).

use super::{PropTag, PropType};

macro_rules! props {
    ($($(#[$doc:meta])* $pr:ident $name:literal = $value:literal,)*) => {
        $(#[doc = concat!("`", $name, "`")] $(#[$doc])* pub const $pr: PropTag = PropTag($value);)*

        // Looked through: a match over so many texts is larger than they are.
        static CANONICAL: &[(&str, PropTag)] = &[$(($name, $pr)),*];

        impl PropTag {
            /// Every named tag with its canonical and its `PR_` name.
            pub const NAMES: &[(&str, &str, Self)] = &[$(($name, stringify!($pr), $pr)),*];

            /// The tag with that canonical name.
            pub fn from_name(name: &str) -> Option<Self> {
                CANONICAL.iter().find(|(known, _)| *known == name).map(|(_, tag)| *tag)
            }
            /// The canonical name; the 8-bit form of a string has its Unicode form's.
            pub fn name(self) -> Option<&'static str> {
                let kind = self.prop_type()?.as_unicode();
                let wanted = self.with_type(kind);
                CANONICAL.iter().find(|(_, tag)| *tag == wanted).map(|(name, _)| *name)
            }
        }
    };
}

/// `PR_NULL`: a column that reserves its place (C-182).
pub const PR_NULL: PropTag = PropTag::new(0, PropType::Null);

props! {
    PR_ENTRYID "entryId" = 0x0FFF_0102,
    PR_INSTANCE_KEY "instanceKey" = 0x0FF6_0102,
    PR_RECORD_KEY "recordKey" = 0x0FF9_0102,
    PR_STORE_RECORD_KEY "storeRecordKey" = 0x0FFA_0102,
    PR_OBJECT_TYPE "objectType" = 0x0FFE_0003,
    PR_ROWID "rowid" = 0x3000_0003,
    PR_DISPLAY_NAME "displayName" = 0x3001_001F,
    PR_PROVIDER_DISPLAY "providerDisplay" = 0x3006_001F,
    PR_RESOURCE_FLAGS "resourceFlags" = 0x3009_0003,
    PR_PROVIDER_DLL_NAME "providerDllName" = 0x300A_001F,
    PR_IDENTITY_DISPLAY "identityDisplay" = 0x3E00_001F,
    PR_IDENTITY_ENTRYID "identityEntryId" = 0x3E01_0102,
    PR_RESOURCE_METHODS "resourceMethods" = 0x3E02_0003,
    PR_RESOURCE_TYPE "resourceType" = 0x3E03_0003,
    PR_STATUS_CODE "statusCode" = 0x3E04_0003,
    PR_IDENTITY_SEARCH_KEY "identitySearchKey" = 0x3E05_0102,
    PR_OWN_STORE_ENTRYID "ownStoreEntryId" = 0x3E06_0102,
    PR_RESOURCE_PATH "resourcePath" = 0x3E07_001F,
    PR_STATUS_STRING "statusString" = 0x3E08_001F,

    PR_HEADER_FOLDER_ENTRYID "headerFolderEntryId" = 0x3E0A_0102,
    /// 0 to 100; idle is -1.
    PR_REMOTE_PROGRESS "remoteProgress" = 0x3E0B_0003,
    PR_REMOTE_PROGRESS_TEXT "remoteProgressText" = 0x3E0C_001F,
    PR_REMOTE_VALIDATE_OK "remoteValidateOk" = 0x3E0D_000B,

    PR_PROVIDER_UID "providerUid" = 0x300C_0102,
    PR_PROVIDER_ORDINAL "providerOrdinal" = 0x300D_0003,
    PR_TRANSPORT_PROVIDERS "transportProviders" = 0x3D02_0102,
    PR_SERVICE_NAME "serviceName" = 0x3D09_001F,
    PR_SERVICE_UID "serviceUid" = 0x3D0C_0102,
    PR_SERVICE_EXTRA_UIDS "serviceExtraUids" = 0x3D0D_0102,

    PR_CLIENT_SUBMIT_TIME "clientSubmitTime" = 0x0039_0040,
    PR_DISPLAY_BCC "displayBcc" = 0x0E02_001F,
    PR_DISPLAY_CC "displayCc" = 0x0E03_001F,
    PR_DISPLAY_TO "displayTo" = 0x0E04_001F,
    PR_MESSAGE_FLAGS "messageFlags" = 0x0E07_0003,
    PR_MESSAGE_SIZE "messageSize" = 0x0E08_0003,
    PR_PRIORITY "priority" = 0x0026_0003,
    PR_SENDER_NAME "senderName" = 0x0C1A_001F,
    PR_SUBJECT "subject" = 0x0037_001F,
    PR_SUBMIT_FLAGS "submitFlags" = 0x0E14_0003,
    PR_SPOOLER_STATUS "spoolerStatus" = 0x0E10_0003,

    PR_SENT_REPRESENTING_NAME "sentRepresentingName" = 0x0042_001F,
    PR_MESSAGE_CLASS "messageClass" = 0x001A_001F,
    PR_IMPORTANCE "importance" = 0x0017_0003,
    PR_SENSITIVITY "sensitivity" = 0x0036_0003,
    PR_MESSAGE_DELIVERY_TIME "messageDeliveryTime" = 0x0E06_0040,
    PR_MSG_STATUS "messageStatus" = 0x0E17_0003,
    PR_MESSAGE_DOWNLOAD_TIME "messageDownloadTime" = 0x0E18_0003,
    PR_HASATTACH "hasAttachments" = 0x0E1B_000B,
    PR_NORMALIZED_SUBJECT "normalizedSubject" = 0x0E1D_001F,

    PR_ACCESS "access" = 0x0FF4_0003,
    PR_ACCESS_LEVEL "accessLevel" = 0x0FF7_0003,
    PR_ASSOC_CONTENT_COUNT "associatedContentCount" = 0x3617_0003,
    PR_CONTENT_COUNT "contentCount" = 0x3602_0003,
    PR_CREATION_TIME "creationTime" = 0x3007_0040,
    PR_DISPLAY_TYPE "displayType" = 0x3900_0003,
    PR_FOLDER_TYPE "folderType" = 0x3601_0003,
    PR_SUBFOLDERS "subfolders" = 0x360A_000B,

    PR_ADDRTYPE "addressType" = 0x3002_001F,
    PR_EMAIL_ADDRESS "emailAddress" = 0x3003_001F,
    PR_RECIPIENT_TYPE "recipientType" = 0x0C15_0003,
    PR_RESPONSIBILITY "responsibility" = 0x0E0F_000B,
    PR_RECIPIENT_STATUS "recipientStatus" = 0x0E15_0003,

    PR_DELETE_AFTER_SUBMIT "deleteAfterSubmit" = 0x0E01_000B,
    PR_SENTMAIL_ENTRYID "sentMailEntryId" = 0x0E0A_0102,
    PR_TRANSPORT_KEY "transportKey" = 0x0E16_0003,
    PR_PREPROCESS "preprocess" = 0x0E22_000B,
    PR_PROVIDER_SUBMIT_TIME "providerSubmitTime" = 0x0048_0040,
    PR_DEFERRED_DELIVERY_TIME "deferredDeliveryTime" = 0x000F_0040,

    PR_DELIVER_TIME "deliverTime" = 0x0010_0040,
    PR_REPORT_TAG "reportTag" = 0x0031_0102,
    PR_REPORT_TIME "reportTime" = 0x0032_0040,
    PR_REPORT_ENTRYID "reportEntryId" = 0x0045_0102,
    PR_REPORT_TEXT "reportText" = 0x1001_001F,
    PR_NDR_REASON_CODE "nonDeliveryReportReasonCode" = 0x0C04_0003,
    PR_NDR_DIAG_CODE "nonDeliveryReportDiagCode" = 0x0C05_0003,
    PR_SUPPLEMENTARY_INFO "supplementaryInfo" = 0x0C1B_001F,
    PR_ORIGINATOR_DELIVERY_REPORT_REQUESTED "originatorDeliveryReportRequested" = 0x0023_000B,
    PR_ORIGINATOR_NON_DELIVERY_REPORT_REQUESTED "originatorNonDeliveryReportRequested" = 0x0C08_000B,
    PR_ORIG_MESSAGE_CLASS "originalMessageClass" = 0x004B_001F,
    PR_ORIGINAL_ENTRYID "originalEntryId" = 0x3A12_0102,

    PR_CONTENT_UNREAD "contentUnreadCount" = 0x3603_0003,
    PR_DEPTH "depth" = 0x3005_0003,
    PR_ROW_TYPE "rowType" = 0x0FF5_0003,

    PR_CONTROL_FLAGS "controlFlags" = 0x3F00_0003,
    PR_CONTROL_STRUCTURE "controlStructure" = 0x3F01_0102,
    PR_CONTROL_TYPE "controlType" = 0x3F02_0003,
    PR_DELTAX "deltaX" = 0x3F03_0003,
    PR_DELTAY "deltaY" = 0x3F04_0003,
    PR_XPOS "xCoordinate" = 0x3F05_0003,
    PR_YPOS "yCoordinate" = 0x3F06_0003,
    PR_CONTROL_ID "controlId" = 0x3F07_0102,

    /// Ours (0x6800 to 0x6BFF): the id of a queued message.
    PR_OUTBOX_ID "id" = 0x6800_001F,
    /// Ours: the state of a queued message, a word of outbox.md C.
    PR_OUTBOX_STATE "outboxState" = 0x6801_001F,
    /// Ours: the code of the explanation.
    PR_WHY "why" = 0x6802_001F,
    /// Ours: the envelopes of a queued message, as JSON.
    PR_ENVELOPES "envelopes" = 0x6803_001F,
    /// Ours: the Message-ID.
    PR_MESSAGE_ID "messageId" = 0x6804_001F,
}
