//! Signs tokens for tests.
