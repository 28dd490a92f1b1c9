/** An Ignition config as what can be baked into an image; what only a first boot can do is left aside. */
import type {
  Config,
  Directory,
  Dropin,
  File,
  Group,
  HttpHeader,
  Link,
  Node,
  Owner,
  Resource,
  Unit,
  User,
} from "../ignition/config.ts";
import { readDataUrl } from "../ignition/go/data-url.ts";
import type { NewestConfig, NewestResource } from "../ignition/render.ts";
import type { ObjectOf } from "../ignition/schema/types.ts";
import type { Path, Range } from "../report/finding.ts";
import type { Violation } from "../report/violation.ts";
import { headerName, headerValue, isHttp, sourceUrl } from "./v1_0/source-url.ts";

type NodeFields = Pick<ObjectOf<"File", 7>, "path" | "overwrite" | "user" | "group">;

/** What stands against baking a config that is valid, and the value it is about. */
export interface BakeObstacle {
  readonly path: Path;
  readonly violation: Violation;
}

export interface SettledIgnition {
  /** Files, directories, links, units, users, groups and kernel arguments. */
  readonly config: Config;
  /** Contents that cannot be fetched at build time; with one of them, `config` lacks these contents. */
  readonly obstacles: readonly BakeObstacle[];
  /** Sections that are not baked although they are given, such as `storage.disks`. */
  readonly firstBoot: readonly string[];
}

const FIRST_BOOT = ["disks", "raid", "luks", "filesystems"] as const;

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const given = <T extends object>(fields: T): Given<T> => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Only undefined fields were taken away, which `Given` makes optional.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Given<T>;
};

class Settler {
  readonly obstacles: BakeObstacle[] = [];
  readonly #placeOf: (path: Path) => Range;

  constructor(placeOf: (path: Path) => Range) {
    this.#placeOf = placeOf;
  }

  settle({ storage = {}, systemd, passwd, kernelArguments }: NewestConfig): Config {
    return {
      kernelArguments: {
        shouldExist: kernelArguments?.shouldExist ?? [],
        shouldNotExist: kernelArguments?.shouldNotExist ?? [],
      },
      storage: {
        directories: (storage.directories ?? []).map((one, index): Directory => ({
          ...this.#node(one, ["storage", "directories", index]),
          ...given({ mode: one.mode }),
        })),
        files: (storage.files ?? []).map((one, index) =>
          this.#file(one, ["storage", "files", index]),
        ),
        links: (storage.links ?? []).map((one, index): Link => ({
          ...this.#node(one, ["storage", "links", index]),
          target: one.target ?? "",
          ...given({ hard: one.hard }),
        })),
      },
      systemd: {
        units: (systemd?.units ?? []).map((one, index) =>
          this.#unit(one, ["systemd", "units", index]),
        ),
      },
      passwd: {
        groups: (passwd?.groups ?? []).map((one, index) =>
          this.#group(one, ["passwd", "groups", index]),
        ),
        users: (passwd?.users ?? []).map((one, index) =>
          this.#user(one, ["passwd", "users", index]),
        ),
      },
    };
  }

  #node(one: NodeFields, path: Path): Node {
    return {
      path: one.path,
      ...given({ overwrite: one.overwrite, user: owner(one.user), group: owner(one.group) }),
      origin: this.#placeOf(path),
    };
  }

  #file(one: ObjectOf<"File", 7>, path: Path): File {
    const contents = one.contents && this.#resource(one.contents, [...path, "contents"]);
    const append = (one.append ?? []).map((part, index) =>
      this.#resource(part, [...path, "append", index]),
    );
    return {
      ...this.#node(one, path),
      ...given({ mode: one.mode, contents }),
      append: append.filter((part) => part !== undefined),
    };
  }

  /** Undefined without a source, and with one that cannot be had. */
  #resource(one: NewestResource, path: Path): Resource | undefined {
    const { source } = one;
    const origin = this.#placeOf(path);
    if (source === undefined) return undefined;
    // Ignition looks at nothing else then.
    if (source === "") return { kind: "data", bytes: new Uint8Array(), origin };
    const hash = one.verification?.hash;
    const rest = {
      ...given({
        compression: one.compression === "gzip" ? ("gzip" as const) : undefined,
        verification: hash === undefined ? undefined : { hash },
      }),
      origin,
    };
    if (/^data:/i.test(source)) {
      const read = readDataUrl(source);
      return { kind: "data", bytes: "bytes" in read ? read.bytes : new Uint8Array(), ...rest };
    }
    if (!this.#obeys(sourceUrl.check(source), [...path, "source"]) || !isHttp(source)) {
      return undefined;
    }
    const headers = this.#headers(one.httpHeaders ?? [], [...path, "httpHeaders"]);
    const url = new URL(source);
    url.hash = "";
    return { kind: "remote", url: url.href, headers, ...rest };
  }

  #headers(headers: NonNullable<NewestResource["httpHeaders"]>, path: Path): readonly HttpHeader[] {
    return headers.flatMap(({ name, value = "" }, index) => {
      const isSendable =
        this.#obeys(headerName.check(name), [...path, index, "name"]) &&
        this.#obeys(headerValue.check(value), [...path, index, "value"]);
      return isSendable ? [{ name, value }] : [];
    });
  }

  #obeys(violation: Violation | undefined, path: Path): boolean {
    if (violation !== undefined) this.obstacles.push({ path, violation });
    return violation === undefined;
  }

  #unit(one: ObjectOf<"Unit", 7>, path: Path): Unit {
    return {
      name: one.name,
      ...given({ enabled: one.enabled, mask: one.mask, contents: one.contents }),
      dropins: (one.dropins ?? []).map(({ name, contents }, index): Dropin => ({
        name,
        ...given({ contents }),
        origin: this.#placeOf([...path, "dropins", index]),
      })),
      origin: this.#placeOf(path),
    };
  }

  #group(one: ObjectOf<"Group", 7>, path: Path): Group {
    const { name, gid, passwordHash, shouldExist, system } = one;
    return {
      name,
      ...given({ gid, passwordHash, shouldExist, system }),
      origin: this.#placeOf(path),
    };
  }

  #user(one: ObjectOf<"User", 7>, path: Path): User {
    const { name, groups = [], sshAuthorizedKeys = [], ...rest } = one;
    return { name, ...given(rest), groups, sshAuthorizedKeys, origin: this.#placeOf(path) };
  }
}

const owner = (
  one: { readonly id?: number; readonly name?: string } | undefined,
): Owner | undefined => one && given({ id: one.id, name: one.name });

/**
 * Takes from a valid, rendered config what is baked into an image.
 * @param placeOf where the value at a path of the config was written.
 */
export const settleIgnition = (
  config: NewestConfig,
  placeOf: (path: Path) => Range,
): SettledIgnition => {
  const settler = new Settler(placeOf);
  const settled = settler.settle(config);
  const firstBoot = FIRST_BOOT.filter((section) => (config.storage?.[section] ?? []).length > 0);
  return {
    config: settled,
    obstacles: settler.obstacles,
    firstBoot: firstBoot.map((section) => `storage.${section}`),
  };
};
