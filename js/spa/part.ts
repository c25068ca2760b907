import { coreUnavailable } from "../errors.js";

/** A part of the package that is in a file of its own, because most pages need none of it. */
export async function part<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    throw coreUnavailable(cause, "browser");
  }
}
