/** A time in which something counts: from a moment on, and until another. Both are of the same clock. */
export interface Period {
  readonly at: number;
  readonly until: number;
}

/** Whether it is that time. A clock that was set back since is before it, so that nothing counts for longer than was said. */
export const isIn = (now: number, { at, until }: Period): boolean => at <= now && now < until;
