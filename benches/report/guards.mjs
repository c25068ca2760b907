// The section on guarded routes.

import { short, table } from "./tables.mjs";

const names = { none: "no guard", countersign: "**countersign**", "countersign, cache": "**countersign**, `cache`" };

export function guardedRoutes(guards) {
  if (!guards) return "";
  const rows = Object.entries(guards.routes).flatMap(([framework, { none, ...others }]) => [
    row(framework, "none", none, none),
    ...Object.entries(others).map(([guard, measured]) => row(framework, guard, measured, none)),
  ]);
  return `## A guarded route

${guards.program}, ${guards.date}: one route that answers two bytes, by itself and behind a guard that takes RS256 tokens of 64
users, with their signature, issuer, audience and times, and with a scope where the guard knows scopes. Every server is a process
of its own, and they take turns. "Added" is what a request takes more than without a guard of the same framework.

${table(["", "guard", "latency, µs", "added, µs", "processor, µs", "added, µs", "requests a second", "of those without"], rows)}

Latency: one request at a time on one connection. Processor: what the server uses for a request, which other load on the
machine disturbs least. Requests a second: on 16 connections, with the client on the same machine.
`;
}

function row(framework, guard, { latency, cpu, throughput }, none) {
  const more = (measured, without) => (guard === "none" ? "" : short(measured.median - without.median));
  return [
    framework,
    names[guard] ?? guard,
    short(latency.median),
    more(latency, none.latency),
    short(cpu.median),
    more(cpu, none.cpu),
    String(Math.round(throughput.median)),
    guard === "none" ? "" : `${Math.round((100 * throughput.median) / none.throughput.median)} %`,
  ];
}
