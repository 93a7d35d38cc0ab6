//! Property sheets: schema, validation, draft.
