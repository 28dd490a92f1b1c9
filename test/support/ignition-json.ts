/**
 * Just enough of Ignition's JSON to drive the baking of a config: merging, replacing, validation and remote sources are
 * not its business, and a config that needs them is skipped with that reason.
 */
import type { Config, Dropin, Group, Owner, Range, Resource, User } from "@slipway/ignition-config";

/** The config needs something that is not baked; the message says what. */
export class NotRead extends Error {}
/** The config is invalid already. */
export class Invalid extends Error {}

interface IgnitionResource {
  readonly source?: string | null;
  readonly compression?: string | null;
  readonly verification?: { readonly hash?: string };
}

interface IgnitionNode {
  readonly path: string;
  readonly overwrite?: boolean;
  readonly user?: Owner;
  readonly group?: Owner;
  readonly mode?: number;
}

interface IgnitionUnit {
  readonly name: string;
  readonly enabled?: boolean;
  readonly mask?: boolean;
  readonly contents?: string;
  readonly dropins?: readonly Omit<Dropin, "origin">[];
}

interface IgnitionConfig {
  readonly ignition?: { readonly version?: string; readonly config?: object };
  readonly kernelArguments?: object;
  readonly storage?: {
    readonly disks?: object;
    readonly raid?: object;
    readonly filesystems?: object;
    readonly luks?: object;
    readonly directories?: readonly IgnitionNode[];
    readonly files?: readonly (IgnitionNode & {
      readonly contents?: IgnitionResource;
      readonly append?: readonly IgnitionResource[];
    })[];
    readonly links?: readonly (IgnitionNode & {
      readonly target: string;
      readonly hard?: boolean;
    })[];
  };
  readonly systemd?: { readonly units?: readonly IgnitionUnit[] };
  readonly passwd?: {
    readonly users?: readonly Partial<Omit<User, "origin" | "name">>[];
    readonly groups?: readonly Omit<Group, "origin">[];
  };
}

/** A place for values that no document holds. */
export const NOWHERE: Range = {
  file: "config.ign",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};
const at = { origin: NOWHERE };

export const readIgnition = (text: string): Pick<Config, "storage" | "systemd" | "passwd"> => {
  let json: IgnitionConfig;
  try {
    json = JSON.parse(text) as IgnitionConfig;
  } catch {
    throw new NotRead("not JSON");
  }
  const { ignition, storage = {}, systemd = {}, passwd = {} } = json;
  if (ignition?.config !== undefined) throw new NotRead("merges or replaces configs");
  if (json.kernelArguments !== undefined) throw new NotRead("kernel arguments");
  if (ignition?.version?.startsWith("3.") !== true) throw new NotRead("not spec 3");
  for (const key of ["disks", "raid", "filesystems", "luks"] as const) {
    if (storage[key] !== undefined) throw new NotRead(`needs first boot: ${key}`);
  }
  const masked = <T extends IgnitionNode>(one: T): T =>
    one.mode !== undefined && /^3\.[0-5]\./.test(ignition.version ?? "")
      ? { ...one, mode: one.mode & 0o777 }
      : one;
  return {
    storage: {
      directories: (storage.directories ?? []).map((one) => ({ ...masked(one), ...at })),
      files: (storage.files ?? []).map(({ contents, append, ...one }) => {
        const resource = resourceOf(contents);
        return {
          ...{ ...masked(one), ...at },
          ...(resource === undefined ? {} : { contents: resource }),
          append: (append ?? []).flatMap((part) => resourceOf(part) ?? []),
        };
      }),
      links: (storage.links ?? []).map((one) => ({ ...one, ...at })),
    },
    systemd: {
      units: (systemd.units ?? []).map((one) => ({
        ...{ ...one, ...at },
        dropins: (one.dropins ?? []).map((dropin) => ({ ...dropin, ...at })),
      })),
    },
    passwd: {
      groups: (passwd.groups ?? []).map((one) => ({ ...one, ...at })),
      users: (passwd.users ?? []).map((one) => ({
        ...(one as User),
        groups: one.groups ?? [],
        sshAuthorizedKeys: one.sshAuthorizedKeys ?? [],
        ...at,
      })),
    },
  };
};

const resourceOf = (resource: IgnitionResource | undefined): Resource | undefined => {
  const source = resource?.source;
  if (resource === undefined || source === undefined || source === null) return undefined;
  const hash = resource.verification?.hash;
  const about: Pick<Resource, "compression" | "verification"> = {
    ...(resource.compression === "gzip" ? { compression: "gzip" } : {}),
    ...(hash === undefined ? {} : { verification: { hash } }),
  };
  if (source === "") return { kind: "data", bytes: new Uint8Array(), ...at };
  if (!source.startsWith("data:")) throw new NotRead("remote contents");
  return { kind: "data", bytes: dataUrl(source), ...about, ...at };
};

const dataUrl = (url: string): Uint8Array => {
  const comma = url.indexOf(",");
  if (comma === -1) throw new Invalid("no comma");
  const data = url.slice(comma + 1);
  if (/[^A-Za-z0-9\-_.!~*'();/?:@&=+$,%]/.test(data)) throw new Invalid("data character");
  if (!url.slice(0, comma).endsWith(";base64")) return Buffer.from(percentDecoded(data), "latin1");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data)) {
    throw new Invalid("base64");
  }
  return Buffer.from(data, "base64");
};

const percentDecoded = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
