// How every suite ends.

/** Prints the failures and `N passed, N failed[, N skipped]`, and sets the exit status. */
export function summarize({ passed, failures = [], skipped = 0 }) {
  for (const failure of failures.slice(0, 50)) console.log(`FAILED  ${failure}`);
  if (failures.length > 50) console.log(`… and ${failures.length - 50} more`);
  console.log(`${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failures.length > 0 || passed + skipped === 0 ? 1 : 0;
}
