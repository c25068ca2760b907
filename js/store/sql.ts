// What SQLite is asked by the Durable Object and by D1. Times are milliseconds since 1970.

/** The table, which the object makes for itself, and a migration in D1. */
export const CREATE_TABLE =
  "CREATE TABLE IF NOT EXISTS countersign_store (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID";
export const CREATE_INDEX = "CREATE INDEX IF NOT EXISTS countersign_store_expires_at ON countersign_store (expires_at)";

/** Key, time: the value. */
export const GET = "SELECT value FROM countersign_store WHERE key = ?1 AND expires_at > ?2";
/** Key, value, end of the lifetime. */
export const SET: string =
  "INSERT INTO countersign_store (key, value, expires_at) VALUES (?1, ?2, ?3) " +
  "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at";
/** Key, value, end of the lifetime, time: a row if it was written. One statement, and so one step. */
export const ADD: string = SET + " WHERE countersign_store.expires_at <= ?4 RETURNING key";
/** Key. */
export const DELETE = "DELETE FROM countersign_store WHERE key = ?1";
/** Time. */
export const DELETE_EXPIRED = "DELETE FROM countersign_store WHERE expires_at <= ?1";
