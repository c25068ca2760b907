// Needs a host that has forms.
import { parseAuthorizationResponse, type Transaction } from "countersign/client";

declare const transaction: Transaction;

parseAuthorizationResponse(new URLSearchParams(), transaction);
parseAuthorizationResponse(new FormData(), transaction);
// @ts-expect-error: a URL comes as a string
parseAuthorizationResponse(new URL("https://app.example/callback"), transaction);

export async function callback(request: Request): Promise<void> {
  parseAuthorizationResponse(await request.formData(), transaction);
  parseAuthorizationResponse(await request.text(), transaction);
  parseAuthorizationResponse(new URL(request.url).searchParams, transaction);
  // @ts-expect-error: a request comes read
  parseAuthorizationResponse(request, transaction);
}
