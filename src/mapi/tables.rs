//! The words of `IMAPITable`.

use super::bits::{flags, words};

words! {
    /// `ulTableEvent` of a `TABLE_NOTIFICATION`: an enumeration, not bits.
    TableEvent {
        Changed "TABLE_CHANGED" = 1,
        Error "TABLE_ERROR" = 2,
        RowAdded "TABLE_ROW_ADDED" = 3,
        RowDeleted "TABLE_ROW_DELETED" = 4,
        RowModified "TABLE_ROW_MODIFIED" = 5,
        SortDone "TABLE_SORT_DONE" = 6,
        RestrictDone "TABLE_RESTRICT_DONE" = 7,
        SetColDone "TABLE_SETCOL_DONE" = 8,
        Reload "TABLE_RELOAD" = 9,
    }
}

words! {
    /// `GetStatus`: what the table is doing.
    TableStatus {
        Complete "TBLSTAT_COMPLETE" = 0,
        QChanged "TBLSTAT_QCHANGED" = 7,
        Sorting "TBLSTAT_SORTING" = 9,
        SortError "TBLSTAT_SORT_ERROR" = 10,
        SettingCols "TBLSTAT_SETTING_COLS" = 11,
        SetColError "TBLSTAT_SETCOL_ERROR" = 13,
        Restricting "TBLSTAT_RESTRICTING" = 14,
        RestrictError "TBLSTAT_RESTRICT_ERROR" = 15,
    }
}

words! {
    /// `GetStatus`: how the table follows its data.
    TableType {
        Snapshot "TBLTYPE_SNAPSHOT" = 0,
        Keyset "TBLTYPE_KEYSET" = 1,
        Dynamic "TBLTYPE_DYNAMIC" = 2,
    }
}

words! {
    /// `PR_ROW_TYPE`.
    RowType {
        LeafRow "TBL_LEAF_ROW" = 1,
        EmptyCategory "TBL_EMPTY_CATEGORY" = 2,
        ExpandedCategory "TBL_EXPANDED_CATEGORY" = 3,
        CollapsedCategory "TBL_COLLAPSED_CATEGORY" = 4,
    }
}

words! {
    /// `RELOP_*`.
    Relop {
        Lt "RELOP_LT" = 0,
        Le "RELOP_LE" = 1,
        Gt "RELOP_GT" = 2,
        Ge "RELOP_GE" = 3,
        Eq "RELOP_EQ" = 4,
        Ne "RELOP_NE" = 5,
        /// Regular expression; the engine answers `MAPI_E_TOO_COMPLEX`.
        Re "RELOP_RE" = 6,
    }
}

words! {
    /// `BMR_*`.
    BitmaskOp {
        Eqz "BMR_EQZ" = 0,
        Nez "BMR_NEZ" = 1,
    }
}

words! {
    /// Low word of a content restriction's fuzzy level.
    ContentMatch {
        Full "FL_FULLSTRING" = 0,
        Substring "FL_SUBSTRING" = 1,
        Prefix "FL_PREFIX" = 2,
    }
}

flags! {
    /// High word of a content restriction's fuzzy level.
    FuzzyFlags {
        IGNORECASE "FL_IGNORECASE" = 0x1_0000,
        IGNORENONSPACE "FL_IGNORENONSPACE" = 0x2_0000,
        LOOSE "FL_LOOSE" = 0x4_0000,
    }
}

words! {
    /// `TABLE_SORT_*` direction.
    SortOrder {
        Ascend "TABLE_SORT_ASCEND" = 0,
        Descend "TABLE_SORT_DESCEND" = 1,
    }
}

words! {
    /// `fnev*`: event masks of `Advise`; a table takes `TableModified` only.
    NotifyEvent {
        CriticalError "fnevCriticalError" = 1,
        NewMail "fnevNewMail" = 2,
        ObjectCreated "fnevObjectCreated" = 4,
        ObjectDeleted "fnevObjectDeleted" = 8,
        ObjectModified "fnevObjectModified" = 0x10,
        ObjectMoved "fnevObjectMoved" = 0x20,
        ObjectCopied "fnevObjectCopied" = 0x40,
        SearchComplete "fnevSearchComplete" = 0x80,
        TableModified "fnevTableModified" = 0x100,
        StatusObjectModified "fnevStatusObjectModified" = 0x200,
        Extended "fnevExtended" = 0x8000_0000,
    }
}
