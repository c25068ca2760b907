// What a user may do in a guild, as Discord says it: bits of an integer that has outgrown a number of JavaScript.

const ADMINISTRATOR = 1n << 3n;
export const MANAGE_MESSAGES = 1n << 13n;

/** All bits: what those may who may everything. */
const EVERYTHING = -1n;

/** The permissions of the token's user in a guild: none where the user is no member. */
export async function permissionsIn(guild, accessToken) {
  const response = await fetch("https://discord.com/api/users/@me/guilds", {
    headers: { authorization: `Bearer ${accessToken}`, "user-agent": "worker-social" },
    redirect: "manual",
  });
  if (!response.ok) {
    throw Object.assign(new Error(`Discord answers ${response.status} about guilds`), { status: response.status });
  }
  const membership = (await response.json()).find(({ id }) => id === guild);
  if (membership === undefined) return 0n;
  // The bits leave out what follows from being the owner, or an administrator.
  const permissions = BigInt(membership.permissions);
  return membership.owner || (permissions & ADMINISTRATOR) !== 0n ? EVERYTHING : permissions;
}

/** Whether all bits of `needed` are among the permissions. */
export const may = (permissions, needed) => (permissions & needed) === needed;
