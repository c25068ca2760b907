// Verifies nothing: what requests to a Worker take by themselves.

export const sync = true;

export const make = () => () => undefined;
