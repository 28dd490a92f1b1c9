/** A merged and checked document in the terms of Ignition, which the composer speaks whatever the variant was. */
import type {
  Config,
  Directory,
  Dropin,
  File,
  Group,
  KernelArguments,
  Link,
  Node,
  Owner,
  Passwd,
  Resource,
  Unit,
  User,
  Verification,
} from "../../ignition/config.ts";
import { decodeDataUrl } from "../../ignition/data-url.ts";
import { resolvePath } from "../../names/relative-path.ts";
import type { Path, Range } from "../../report/finding.ts";
import type { DocumentFragment } from "./document.ts";
import type { FileFragment } from "./file.ts";
import type { LinkFragment } from "./link.ts";
import type { OwnerFragment } from "./owner.ts";
import type { ResourceFragment } from "./resource.ts";
import { type SecretFile, settleSecrets } from "./settle-secrets.ts";
import { isHttp } from "./source-url.ts";
import type { UnitFragment } from "./unit.ts";
import type { UserFragment } from "./user.ts";

/** Where the value at a path of the merged document was written. */
export type PlaceOf = (path: Path) => Range;

/** `T` without the fields that are undefined, as `exactOptionalPropertyTypes` wants them. */
type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const given = <T extends object>(fields: T): Given<T> => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Only undefined fields were taken away, which `Given` makes optional.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Given<T>;
};

const owner = (fragment: OwnerFragment | undefined): Owner | undefined =>
  fragment && given({ id: fragment.id, name: fragment.name });

interface NodeFragment {
  readonly path: string;
  readonly overwrite?: boolean;
  readonly user?: OwnerFragment;
  readonly group?: OwnerFragment;
}

const node = (fragment: NodeFragment, origin: Range): Node => ({
  path: fragment.path,
  ...given({
    overwrite: fragment.overwrite,
    user: owner(fragment.user),
    group: owner(fragment.group),
  }),
  origin,
});

/** Undefined for a resource without a source, which means the same as no resource. */
const resource = (
  fragment: ResourceFragment,
  path: Path,
  placeOf: PlaceOf,
): Resource | undefined => {
  const hash = fragment.verification?.hash;
  const verification: Verification | undefined = hash === undefined ? undefined : { hash };
  const compression = fragment.compression === "gzip" ? ("gzip" as const) : undefined;
  const rest = { ...given({ compression, verification }), origin: placeOf(path) };
  if (fragment.inline !== undefined) return { kind: "inline", text: fragment.inline, ...rest };
  if (fragment.local !== undefined) {
    const { file } = placeOf([...path, "local"]);
    return { kind: "local", path: resolvePath(file, fragment.local), ...rest };
  }
  if (fragment.source === undefined) return undefined;
  if (isHttp(fragment.source)) {
    // The spelling that every writer of the same address arrives at; nobody but the reader sees a fragment.
    const url = new URL(fragment.source);
    url.hash = "";
    return { kind: "remote", url: url.href, headers: fragment.http_headers ?? [], ...rest };
  }
  const decoded = fragment.source === "" ? undefined : decodeDataUrl(fragment.source);
  const bytes = decoded !== undefined && "bytes" in decoded ? decoded.bytes : new Uint8Array();
  return { kind: "data", bytes, ...rest };
};

const file = (fragment: FileFragment, path: Path, placeOf: PlaceOf): File => {
  const parts = fragment.append ?? [];
  const append = parts.map((part, index) => resource(part, [...path, "append", index], placeOf));
  const contents = fragment.contents && resource(fragment.contents, [...path, "contents"], placeOf);
  return {
    ...node(fragment, placeOf(path)),
    ...given({ mode: fragment.mode, contents }),
    append: append.filter((part) => part !== undefined),
  };
};

const link = (fragment: LinkFragment, origin: Range): Link => ({
  ...node(fragment, origin),
  target: fragment.target ?? "",
  ...given({ hard: fragment.hard }),
});

const unit = (fragment: UnitFragment, path: Path, placeOf: PlaceOf): Unit => ({
  name: fragment.name,
  ...given({ enabled: fragment.enabled, mask: fragment.mask, contents: fragment.contents }),
  dropins: (fragment.dropins ?? []).map((dropin, index): Dropin => ({
    name: dropin.name,
    ...given({ contents: dropin.contents }),
    origin: placeOf([...path, "dropins", index]),
  })),
  origin: placeOf(path),
});

const user = (fragment: UserFragment, origin: Range): User => ({
  name: fragment.name,
  ...given({
    uid: fragment.uid,
    gecos: fragment.gecos,
    homeDir: fragment.home_dir,
    noCreateHome: fragment.no_create_home,
    noUserGroup: fragment.no_user_group,
    noLogInit: fragment.no_log_init,
    primaryGroup: fragment.primary_group,
    passwordHash: fragment.password_hash,
    shell: fragment.shell,
    shouldExist: fragment.should_exist,
    system: fragment.system,
  }),
  groups: fragment.groups ?? [],
  sshAuthorizedKeys: fragment.ssh_authorized_keys ?? [],
  origin,
});

const passwd = (fragment: DocumentFragment["passwd"], placeOf: PlaceOf): Passwd => ({
  users: (fragment?.users ?? []).map((one, index) =>
    user(one, placeOf(["passwd", "users", index])),
  ),
  groups: (fragment?.groups ?? []).map((one, index): Group => ({
    name: one.name,
    ...given({
      gid: one.gid,
      passwordHash: one.password_hash,
      shouldExist: one.should_exist,
      system: one.system,
    }),
    origin: placeOf(["passwd", "groups", index]),
  })),
});

const kernelArguments = (fragment: DocumentFragment["kernel_arguments"]): KernelArguments => ({
  shouldExist: fragment?.should_exist ?? [],
  shouldNotExist: fragment?.should_not_exist ?? [],
});

/** The configuration of a document without errors. */
export const settleConfig = (document: DocumentFragment, placeOf: PlaceOf): Config => {
  const { directories = [], files = [], links = [] } = document.storage ?? {};
  const { units = [] } = document.systemd ?? {};
  const fileAt = (index: number): Path => ["storage", "files", index];
  const secretFiles = files.flatMap((fragment, index): readonly SecretFile[] => {
    const name = fragment.contents?.secret;
    return name === undefined ? [] : [{ fragment, name, origin: placeOf(fileAt(index)) }];
  });
  const secrets = settleSecrets(secretFiles);
  return {
    kernelArguments: kernelArguments(document.kernel_arguments),
    storage: {
      directories: directories.map((one, index): Directory => ({
        ...node(one, placeOf(["storage", "directories", index])),
        ...given({ mode: one.mode }),
      })),
      files: [
        ...files.flatMap((one, index) =>
          one.contents?.secret === undefined ? [file(one, fileAt(index), placeOf)] : [],
        ),
        ...secrets.files,
      ],
      links: links.map((one, index) => link(one, placeOf(["storage", "links", index]))),
    },
    systemd: {
      units: [
        ...units.map((one, index) => unit(one, ["systemd", "units", index], placeOf)),
        ...secrets.units,
      ],
    },
    passwd: passwd(document.passwd, placeOf),
  };
};
