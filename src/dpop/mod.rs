//! Proofs of possession (DPoP, RFC 9449): that who sends an access token has the key that the token is bound to.

mod claims;
mod nonce;
mod options;
mod proof;

pub use claims::{Proof, ProofRequest};
pub use options::Dpop;
pub use proof::PendingProof;
