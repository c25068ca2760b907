// Renews tokens without an end, each time of another size, by a client that answers at once. Prints a line for each.
//
//   node writer.mjs ENTRY FILE [COUNT]

import process from "node:process";

const [entry, file, count = "Infinity"] = process.argv.slice(2);
const { createCliAuth } = await import(entry);
process.umask(0); // Whatever the user's is: nobody else may read.
let serial = 0;
const tokensOf = () => {
  serial += 1;
  const text = `${process.pid}-${serial}-${"x".repeat((serial * 7919) % 30_000)}`;
  return { issuer: "https://issuer.example", accessToken: text, refreshToken: text, expiresAt: 1 };
};
const client = {
  authorize: () => Promise.reject(new Error("not asked for")),
  callback: () => Promise.reject(new Error("not asked for")),
  refresh: async () => tokensOf(),
  device: async function* () {
    yield { type: "tokens", tokens: tokensOf() };
  },
};
const auth = createCliAuth({ client, file });
await auth.login({ device: true });
for (let done = 0; done < Number(count); done += 1) {
  await auth.accessToken();
  console.log(done);
}
