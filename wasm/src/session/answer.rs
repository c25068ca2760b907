//! What came of a task, from JSON.

use countersign::error::ErrorCode;
use countersign::session::web::{Answer, Failure};

use crate::fields::JsonFields;

pub(super) fn read(fields: JsonFields<'_>) -> Answer {
    let kind = fields.needed("kind");
    match kind.as_str() {
        "done" => Answer::Done,
        "text" => Answer::Text(fields.text("text")),
        // Each is a list of one, or of none.
        "values" => {
            let values = fields.lists("values").unwrap_or_default();
            Answer::Values(values.into_iter().map(|value| value.into_iter().next()).collect())
        }
        "added" => Answer::Added(fields.flag("added").unwrap_or_default()),
        "authorization" => Answer::Authorization {
            url: fields.needed("url"),
            state: fields.needed("state"),
            transaction: fields.needed("transaction"),
        },
        "tokens" => Answer::Tokens(fields.needed("tokens")),
        "logoutToken" => Answer::LogoutToken {
            issuer: fields.needed("issuer"),
            subject: fields.text("subject"),
            sid: fields.text("sid"),
            jti: fields.needed("jti"),
            expires_at: fields.number("expiresAt").unwrap_or_default(),
        },
        _ => Answer::Failed(Failure {
            code: fields.text("code").and_then(|code| ErrorCode::from_name(&code)).unwrap_or(ErrorCode::InternalError),
            is_invalid_grant: fields.flag("isInvalidGrant").unwrap_or_default(),
            words: fields.text("words"),
        }),
    }
}
