import { escaped } from "./escaped";
import type { Talker, Talkers } from "./talkers";

const WIDTH = 1000;
const LEFT = 330;
const RIGHT = WIDTH - 330;
const BAR = 10;
/** Room of a line of text. */
const LINE = 18;
const GAP = 5;
const LABEL_GAP = 10;
/** Height that all of the traffic takes, beside the gaps. */
const TRAFFIC = 190;

interface Side {
  readonly talker: Talker;
  readonly top: number;
  readonly height: number;
  /** Where the next ribbon begins. */
  next: number;
}

/** A picture of who talks to whom: clients left, servers right, between them ribbons as thick as their traffic. */
export function pictureOf({ clients, servers, weights }: Talkers, weightText: (weight: number) => string): string {
  const total = Math.max(
    1,
    clients.reduce((sum, { weight }) => sum + weight, 0),
  );
  const height = Math.max(heightOf(clients, total), heightOf(servers, total));
  const left = placed(clients, total, height);
  const right = placed(servers, total, height);
  const ribbons = left.flatMap((client, row) =>
    right.map((server, column) => {
      const weight = weights[row]?.[column] ?? 0;
      return weight === 0 ? "" : ribbon(client, server, { weight, column, total, weightText });
    }),
  );
  const label = `Traffic from ${clients.length} clients to ${servers.length} servers`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" role="img" aria-label="${label}">`,
    `<g class="ribbons">${ribbons.join("")}</g>`,
    ...left.map((side) =>
      node(side, { x: LEFT - BAR, label: LEFT - BAR - LABEL_GAP, className: "client", weightText }),
    ),
    ...right.map((side, column) =>
      node(side, { x: RIGHT, label: RIGHT + BAR + LABEL_GAP, className: `server s${column}`, weightText }),
    ),
    "</svg>",
  ].join("\n");
}

function thickness(weight: number, total: number): number {
  return (weight / total) * TRAFFIC;
}

function heightOf(talkers: readonly Talker[], total: number): number {
  return talkers.reduce((sum, { weight }) => sum + Math.max(LINE, thickness(weight, total)) + GAP, GAP);
}

/** The sides from top to bottom, in the middle of the height. */
function placed(talkers: readonly Talker[], total: number, height: number): Side[] {
  let at = GAP + (height - heightOf(talkers, total)) / 2;
  return talkers.map((talker) => {
    const bar = Math.max(1, thickness(talker.weight, total));
    const room = Math.max(LINE, bar);
    const top = at + (room - bar) / 2;
    at += room + GAP;
    return { talker, top, height: bar, next: top };
  });
}

interface Ribbon {
  readonly weight: number;
  readonly column: number;
  readonly total: number;
  readonly weightText: (weight: number) => string;
}

function ribbon(client: Side, server: Side, { weight, column, total, weightText }: Ribbon): string {
  const thick = thickness(weight, total);
  const [from, to] = [client.next + thick / 2, server.next + thick / 2];
  client.next += thick;
  server.next += thick;
  const middle = (LEFT + RIGHT) / 2;
  const points = [LEFT, from, middle, from, middle, to, RIGHT, to].map((point) => point.toFixed(1));
  const [x1, y1, ...rest] = points;
  const title = `${client.talker.name} to ${server.talker.name}: ${weightText(weight)}`;
  return (
    `<path class="s${column}" d="M${x1} ${y1}C${rest.join(" ")}" stroke-width="${Math.max(0.7, thick).toFixed(2)}">` +
    `<title>${escaped(title)}</title></path>`
  );
}

interface Place {
  readonly x: number;
  readonly label: number;
  readonly className: string;
  readonly weightText: (weight: number) => string;
}

function node({ talker, top, height }: Side, { x, label, className, weightText }: Place): string {
  const [y, middle] = [top.toFixed(1), (top + height / 2).toFixed(1)];
  return (
    `<g class="node ${className}"><rect x="${x}" y="${y}" width="${BAR}" height="${height.toFixed(1)}" rx="2"/>` +
    `<text x="${label}" y="${middle}">${escaped(talker.name)} <tspan>${escaped(weightText(talker.weight))}</tspan></text></g>`
  );
}
