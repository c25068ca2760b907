// Servers of the Model Context Protocol, by both generations of its SDK.

import type { AuthInfo } from "@modelcontextprotocol/server";
import type { AuthInfo as AuthInfo1 } from "@modelcontextprotocol/sdk/server/auth/types.js";
import type { Auth } from "countersign/guard";

export const second = (auth: Auth): AuthInfo => auth.toMcp();
export const first = (auth: Auth): AuthInfo1 => auth.toMcp();
