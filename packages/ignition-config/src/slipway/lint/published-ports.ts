/** Ports of the node that two services want: the second of them fails when it is started. */
import { unitOptions } from "../../ignition/unit-options.ts";
import type { Say } from "../../schema/shape.ts";
import type { UnitFragment } from "../v1_0/unit.ts";
import type { QuadletFile } from "./quadlet-files.ts";

/** One or several neighbouring ports that a service takes. */
interface Claim {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** Undefined for every address. */
  readonly address: string | undefined;
  readonly owner: string;
  readonly anchor: object;
  readonly path: readonly string[];
  readonly line: string;
}

type Ports = Pick<Claim, "protocol" | "from" | "to" | "address">;

const EVERY_ADDRESS = ["", "0.0.0.0", "::", "*"];

const addressOf = (text: string): string | undefined =>
  EVERY_ADDRESS.includes(text) ? undefined : text;

/** `PORT` or `FIRST-LAST`; undefined for what is no number, such as a specifier. */
const rangeOf = (text: string): readonly [number, number] | undefined => {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from === undefined ? undefined : [Number(from), Number(to)];
};

/** `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]` of podman; without a host port there is nothing to clash. */
const publishedPorts = (spec: string): Ports | undefined => {
  const [, bare = "", protocol = "tcp"] = /^["']?(.*?)(?:\/(tcp|udp|sctp))?["']?$/.exec(spec) ?? [];
  const [, six, rest = ""] = /^(?:\[([^\]]*)\]:)?(.*)$/.exec(bare) ?? [];
  const parts = rest.split(":");
  const host = parts.at(-2);
  const range = host === undefined ? undefined : rangeOf(host);
  if (range === undefined) return undefined;
  const address = addressOf(six ?? (parts.length > 2 ? parts.slice(0, -2).join(":") : ""));
  return { protocol, from: range[0], to: range[1], address };
};

/** `[ADDRESS:]PORT` of a socket unit. */
const listenedPort = (spec: string, protocol: string): Ports | undefined => {
  const [, address = "", port = ""] = /^(?:\[?([^\]/]*)\]?:)?(\d{1,5})$/.exec(spec) ?? [];
  const range = rangeOf(port);
  return range && { protocol, from: range[0], to: range[1], address: addressOf(address) };
};

/** What `-p` and `--publish` of a command line name. */
const commandPorts = (command: string): readonly string[] => {
  const words = command.split(/\s+/);
  const program = words.findIndex((word) => /(?:^|\/)(?:podman|docker|nerdctl)$/.test(word));
  const action = words.findIndex((word) => word === "run" || word === "create");
  if (program < 0 || action < program) return [];
  return words.flatMap((word, index) => {
    if (word === "-p" || word === "--publish") return words[index + 1] ?? [];
    return /^(?:-p(?=[\d[])|--publish=)(.+)$/.exec(word)?.[1] ?? [];
  });
};

const claimsOfQuadlet = ({ file, name: owner, options }: QuadletFile): readonly Claim[] =>
  options.flatMap(({ name, value, line }) => {
    const ports = name === "PublishPort" ? publishedPorts(value) : undefined;
    return ports === undefined
      ? []
      : { ...ports, owner, anchor: file, path: ["contents", "inline"], line };
  });

const LISTENS: ReadonlyMap<string, string> = new Map([
  ["ListenStream", "tcp"],
  ["ListenDatagram", "udp"],
]);

const claimsOfUnit = (unit: UnitFragment): readonly Claim[] => {
  if (unit.mask === true) return [];
  return unitOptions(unit.contents ?? "").flatMap(({ name, value, line }) => {
    const protocol = LISTENS.get(name);
    const all = name.startsWith("Exec")
      ? commandPorts(value).map(publishedPorts)
      : protocol === undefined
        ? []
        : [listenedPort(value, protocol)];
    return all.flatMap((ports) =>
      ports === undefined
        ? []
        : { ...ports, owner: unit.name, anchor: unit, path: ["contents"], line },
    );
  });
};

const show = ({ from, to, protocol, address }: Claim): string => {
  const port = from === to ? `port ${from}` : `ports ${from}-${to}`;
  return `${port}/${protocol}${address === undefined ? "" : ` of ${address}`}`;
};

const sayClash = (say: Say, claim: Claim, other: Claim): void =>
  say(claim.anchor, claim.path, {
    rule: "port-clash",
    message: `"${claim.owner}" takes ${show(claim)}, and so does "${other.owner}"`,
    hint: "give one of them another port, or an address of its own",
    within: claim.line,
  });

const sweep = (claims: readonly Claim[], say: Say): void => {
  // The claim that reaches furthest, over all addresses and by address.
  let widest: Claim | undefined;
  const byAddress = new Map<string | undefined, Claim>();
  for (const claim of claims) {
    const rivals =
      claim.address === undefined
        ? [widest]
        : [byAddress.get(claim.address), byAddress.get(undefined)];
    const rival = rivals.find(
      (one) => one !== undefined && one.to >= claim.from && one.owner !== claim.owner,
    );
    if (rival !== undefined) sayClash(say, claim, rival);
    if (widest === undefined || claim.to > widest.to) widest = claim;
    const same = byAddress.get(claim.address);
    if (same === undefined || claim.to > same.to) byAddress.set(claim.address, claim);
  }
};

/** Each service that takes what one before it has taken, in the order of ports. */
export const checkPorts = (
  quadlets: readonly QuadletFile[],
  units: readonly UnitFragment[],
  say: Say,
): void => {
  const claims = [...quadlets.flatMap(claimsOfQuadlet), ...units.flatMap(claimsOfUnit)];
  // Sorting keeps the order of the document among equals.
  const sorted = claims.toSorted((left, right) => left.from - right.from);
  for (const protocol of new Set(sorted.map((claim) => claim.protocol))) {
    sweep(
      sorted.filter((claim) => claim.protocol === protocol),
      say,
    );
  }
};
