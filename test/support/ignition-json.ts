/**
 * Just enough of Ignition's JSON to drive the baking of a config: merging, replacing, validation and remote sources are
 * not its business, and a config that needs them is skipped with that reason.
 */
import type {
  Config,
  Directory,
  File,
  Link,
  Owner,
  Range,
  Resource,
  Unit,
  User,
  Verification,
} from "@slipway/ignition-config";

export class NotRead extends Error {}
/** The config is invalid already. */
export class Invalid extends Error {}

const NOWHERE: Range = {
  file: "config.ign",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

type Json = Record<string, any>;

export const readIgnition = (text: string): Pick<Config, "storage" | "systemd" | "passwd"> => {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new NotRead("not JSON");
  }
  const { ignition, storage = {}, systemd = {}, passwd = {}, kernelArguments } = json;
  if (ignition?.config !== undefined) throw new NotRead("merges or replaces configs");
  if (kernelArguments !== undefined) throw new NotRead("kernel arguments");
  if (!/^3\./.test(ignition?.version ?? "")) throw new NotRead("not spec 3");
  for (const key of ["disks", "raid", "filesystems", "luks"]) {
    if (storage[key] !== undefined) throw new NotRead(`needs first boot: ${key}`);
  }
  return {
    storage: {
      directories: list(storage.directories).map((one): Directory => ({
        ...nodeOf(one),
        ...given("mode", one.mode),
      })),
      files: list(storage.files).map((one): File => ({
        ...nodeOf(one),
        ...given("mode", one.mode),
        ...given("contents", resourceOf(one.contents)),
        append: list(one.append).flatMap((part) => resourceOf(part) ?? []),
      })),
      links: list(storage.links).map((one): Link => ({
        ...nodeOf(one),
        target: one.target,
        ...given("hard", one.hard),
      })),
    },
    systemd: {
      units: list(systemd.units).map((one): Unit => ({
        name: one.name,
        ...given("enabled", one.enabled),
        ...given("mask", one.mask),
        ...given("contents", one.contents),
        dropins: list(one.dropins).map((dropin) => ({
          name: dropin.name,
          ...given("contents", dropin.contents),
          origin: NOWHERE,
        })),
        origin: NOWHERE,
      })),
    },
    passwd: {
      groups: list(passwd.groups).map((one) => ({
        name: one.name,
        ...given("gid", one.gid),
        ...given("passwordHash", one.passwordHash),
        ...given("shouldExist", one.shouldExist),
        ...given("system", one.system),
        origin: NOWHERE,
      })),
      users: list(passwd.users).map((one): User => ({
        name: one.name,
        ...given("uid", one.uid),
        ...given("gecos", one.gecos),
        ...given("homeDir", one.homeDir),
        ...given("noCreateHome", one.noCreateHome),
        ...given("noUserGroup", one.noUserGroup),
        ...given("primaryGroup", one.primaryGroup),
        groups: list(one.groups).map(String),
        ...given("passwordHash", one.passwordHash),
        sshAuthorizedKeys: list(one.sshAuthorizedKeys).map(String),
        ...given("shell", one.shell),
        ...given("shouldExist", one.shouldExist),
        ...given("system", one.system),
        origin: NOWHERE,
      })),
    },
  };
};

const list = (value: unknown): Json[] => (Array.isArray(value) ? value : []);

const given = <K extends string, T>(key: K, value: T | null | undefined): { [P in K]?: T } =>
  value === undefined || value === null ? {} : ({ [key]: value } as { [P in K]?: T });

const nodeOf = (one: Json) => ({
  path: one["path"] as string,
  ...given("overwrite", one["overwrite"] as boolean | undefined),
  ...given("user", ownerOf(one["user"])),
  ...given("group", ownerOf(one["group"])),
  origin: NOWHERE,
});

const ownerOf = (owner: Json | undefined): Owner | undefined =>
  owner === undefined
    ? undefined
    : { ...given("id", owner["id"] as number), ...given("name", owner["name"] as string) };

const resourceOf = (resource: Json | undefined): Resource | undefined => {
  const source: string | null | undefined = resource?.["source"];
  if (source === undefined || source === null) return undefined;
  const compression = resource?.["compression"] === "gzip" ? { compression: "gzip" as const } : {};
  const hash: string | undefined = resource?.["verification"]?.hash;
  const verification: Verification | undefined = hash === undefined ? undefined : { hash };
  if (source === "") return { kind: "data", bytes: new Uint8Array(), origin: NOWHERE };
  if (!source.startsWith("data:")) throw new NotRead("remote contents");
  return {
    kind: "data",
    bytes: dataUrl(source),
    ...compression,
    ...given("verification", verification),
    origin: NOWHERE,
  };
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
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
