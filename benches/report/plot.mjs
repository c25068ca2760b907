// The algorithms on one host as a picture: a panel for each, bars in proportion within it. Light or dark as the reader's.

import { short } from "./tables.mjs";

const width = 960;
const panel = { width: 300, gap: 30, head: 26, row: 24, space: 22 };
const perRow = 3;
/** Space for the names, and for the number after the bar. */
const label = 118;
const number = 52;

/** `bars` are [name of the library, what the picture calls it, class], from the top. */
export function plot(title, times, ids, bars) {
  const drawn = ids.map((id) => bars.filter(([name]) => times[id]?.[name]));
  const height = (list) => panel.head + list.length * panel.row + panel.space;
  let y = 52;
  const parts = [];
  for (let start = 0; start < ids.length; start += perRow) {
    const lists = drawn.slice(start, start + perRow);
    lists.forEach((list, index) => {
      parts.push(panelOf(ids[start + index], list, times, 15 + index * (panel.width + panel.gap / 2), y));
    });
    y += Math.max(...lists.map(height));
  }
  const said = ids.flatMap((id, index) => drawn[index].map(([name, text]) => sentence(id, text, times[id][name])));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="13">
  <title id="title">${title}</title>
  <desc id="desc">${said.join(" ")}</desc>
  <style>
    .paper { fill: #ffffff; stroke: #d0d7de; }
    text { fill: #1f2328; }
    .head { font-size: 15px; font-weight: 600; }
    .quiet { fill: #57606a; }
    .ours { fill: #0969da; }
    .wasm { fill: #54aeff; }
    .peer { fill: #afb8c1; }
    .floor { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117; stroke: #30363d; }
      text { fill: #e6edf3; }
      .quiet { fill: #8b949e; }
      .ours { fill: #58a6ff; }
      .wasm { fill: #1f6feb; }
      .peer { fill: #484f58; }
      .floor { fill: #8b949e; }
    }
  </style>
  <rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${y - 1}" rx="8"/>
  <text class="head" x="15" y="30">${title}</text>
${parts.join("\n")}
</svg>
`;
}

const sentence = (id, text, { wall }) => `${id}, ${text}: ${short(wall.median)} microseconds.`;

function panelOf(id, list, times, x, y) {
  const longest = Math.max(...list.map(([name]) => times[id][name].wall.median));
  const full = panel.width - label - number;
  const rows = list.map(([name, text, kind], index) => {
    const { median } = times[id][name].wall;
    const [top, length] = [y + panel.head + index * panel.row, Math.max(1, (median / longest) * full)];
    return `    <text class="quiet" x="${x + label - 8}" y="${top + 4}" text-anchor="end">${text}</text>
    <rect class="${kind}" x="${x + label}" y="${top - 8}" width="${length.toFixed(1)}" height="16" rx="2"/>
    <text x="${(x + label + length + 6).toFixed(1)}" y="${top + 4}">${short(median)}</text>`;
  });
  return `  <g>
    <text class="head" x="${x}" y="${y + 6}">${id}</text>
${rows.join("\n")}
  </g>`;
}
