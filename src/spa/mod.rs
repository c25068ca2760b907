//! What a page that signs users in decides: which response in its address is its own, which sign-ins under way live on, what
//! of its storage is a session, and when an access token has to be refreshed. The page reads and writes, fetches and waits.

mod address;
mod clock;
mod page_session;
mod resources;
mod sign_ins;

pub use address::{Arrival, arrival};
pub use clock::provider_offset;
pub use page_session::{AfterFailure, PageSession, PageStep, after_failure};
pub use resources::resource_at;
pub use sign_ins::dead_sign_ins;
