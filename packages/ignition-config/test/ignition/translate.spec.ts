import assert from "node:assert/strict";
import {
  type ConfigAt,
  type ConfigV3_0,
  type ConfigV3_2,
  type ConfigV3_3,
  type ConfigV3_5,
  type ConfigV3_6,
  IGNITION_VERSIONS,
  minorOf,
  type ObjectOf,
  parseIgnition,
  translateIgnition,
  versionOf,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";

type Has<T, K extends string> = K extends keyof T ? true : false;
type IsRequired<T, K extends keyof T> = Partial<Pick<T, K>> extends Pick<T, K> ? false : true;

// These lines hold the typings: they do not compile where a field is in a spec that does not have it.
const inSpec: readonly [
  Has<ConfigV3_2, "kernelArguments">,
  Has<ConfigV3_3, "kernelArguments">,
  Has<ObjectOf<"Resource", 0>, "httpHeaders">,
  Has<ObjectOf<"Resource", 1>, "httpHeaders">,
  Has<ObjectOf<"Storage", 1>, "luks">,
  Has<ObjectOf<"Storage", 2>, "luks">,
  Has<ObjectOf<"File", 0>, "path">,
  Has<ObjectOf<"Luks", 4>, "cex">,
  Has<ObjectOf<"Luks", 5>, "cex">,
] = [false, true, false, true, false, true, true, false, true];

const required: readonly [
  IsRequired<ObjectOf<"Link", 2>, "target">,
  IsRequired<ObjectOf<"Link", 3>, "target">,
  IsRequired<ObjectOf<"CaReference", 0>, "source">,
  IsRequired<ObjectOf<"Resource", 1>, "source">,
  IsRequired<ObjectOf<"Partition", 6>, "number">,
  IsRequired<ConfigV3_0, "ignition">,
] = [true, false, true, false, false, true];

const parse = (text: string): ConfigAt<7> => {
  const { document } = parseIgnition(new TextEncoder().encode(text));
  assert.ok(document !== undefined);
  return translateIgnition(document.config, document.minor, 7);
};

describe("the typings of Ignition's specs", () => {
  it("have a field from the spec on that brought it", () => {
    assert.deepEqual(inSpec.filter(Boolean).length, 5);
    assert.deepEqual(required.filter(Boolean).length, 3);
    assert.deepEqual(
      IGNITION_VERSIONS.map((version) => versionOf(minorOf(version))),
      IGNITION_VERSIONS,
    );
  });
});

describe("translating a config to a newer spec", () => {
  it("changes the version and nothing else that is newer", () => {
    const old: ConfigV3_0 = {
      ignition: {
        version: "3.0.0",
        security: { tls: { certificateAuthorities: [{ source: "data:,x" }] } },
      },
      storage: { links: [{ path: "/a", target: "b" }] },
    };
    const translated: ConfigV3_6 = translateIgnition(old, 0, 6);
    assert.deepEqual(translated, { ...old, ignition: { ...old.ignition, version: "3.6.0" } });
  });

  it("takes away the special bits that had no effect before 3.6.0", () => {
    const storage = {
      files: [{ path: "/a", mode: 0o4755 }, { path: "/b" }],
      directories: [{ path: "/c", mode: 0o1777 }],
    };
    const old: ConfigV3_5 = { ignition: { version: "3.5.0" }, storage };
    assert.deepEqual(translateIgnition(old, 5, 6).storage, {
      files: [{ path: "/a", mode: 0o755 }, { path: "/b" }],
      directories: [{ path: "/c", mode: 0o777 }],
    });
    const still: ConfigV3_6 = { ignition: { version: "3.6.0" }, storage };
    assert.deepEqual(translateIgnition(still, 6, 7).storage, storage);
    assert.deepEqual(translateIgnition(old, 4, 5).storage, storage);
  });

  it("keeps as empty what an old spec could not leave out", () => {
    const text = `{"ignition":{"version":"3.2.0"},"storage":{"links":[{"path":"/a"}],
      "luks":[{"name":"a","device":"/dev/a","clevis":{"custom":{}}}]}}`;
    assert.deepEqual(parse(text).storage, {
      links: [{ path: "/a", target: "" }],
      luks: [{ clevis: { custom: { config: "", pin: "" } }, device: "/dev/a", name: "a" }],
    });
  });

  it("goes forward only", () => {
    const config: ConfigV3_6 = { ignition: { version: "3.6.0" } };
    assert.throws(() => translateIgnition(config, 6, 5), /spec 3\.6\.0 is not older than 3\.5\.0/);
  });
});
