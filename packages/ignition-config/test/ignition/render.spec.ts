import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  type FetchSettings,
  MAX_CONFIG_BYTES,
  type NewestConfig,
  type NewestResource,
  type RenderedIgnition,
  renderIgnition,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { offline } from "./compare-merge.ts";

const dataUrl = (config: object): string => `data:,${encodeURIComponent(JSON.stringify(config))}`;

const version = "3.6.0";

const refer = (config: NonNullable<NewestConfig["ignition"]["config"]>): NewestConfig => ({
  ignition: { version: "3.7.0-experimental", config },
});

const kargs = (...shouldExist: readonly string[]): object => ({
  ignition: { version },
  kernelArguments: { shouldExist },
});

const configOf = (rendered: RenderedIgnition): NewestConfig => {
  assert.ok("config" in rendered, JSON.stringify(rendered));
  return rendered.config;
};

const failureOf = (rendered: RenderedIgnition): string =>
  "failure" in rendered ? rendered.failure : "";

describe("rendering a config", () => {
  it("merges in order and depth first", async () => {
    const inner = { source: dataUrl(kargs("b")) };
    const outer = { ...kargs("a"), ignition: { version, config: { merge: [inner] } } };
    const config = refer({ merge: [{ source: dataUrl(outer) }, { source: dataUrl(kargs("c")) }] });
    const rendered = configOf(await renderIgnition(config, offline));
    assert.deepEqual(rendered.kernelArguments?.shouldExist, ["a", "b", "c"]);
  });

  it("forgets all that a replacement replaces", async () => {
    const replacement = { ...kargs("b"), ignition: { version } };
    const config = {
      ...refer({
        replace: { source: dataUrl(replacement) },
        merge: [{ source: "http://never.asked" }],
      }),
      kernelArguments: { shouldExist: ["a"] },
    };
    const rendered = configOf(await renderIgnition(config, offline));
    assert.deepEqual(rendered.kernelArguments?.shouldExist, ["b"]);
    assert.deepEqual(rendered.ignition, { version: "3.7.0-experimental" });
  });

  it("asks for other sources with the settings known by then", async () => {
    const asked: (readonly [string | undefined, FetchSettings])[] = [];
    const fetch = (resource: NewestResource, settings: FetchSettings): Promise<Uint8Array> => {
      asked.push([resource.source, settings]);
      return Promise.resolve(gzipSync(JSON.stringify(kargs("x"))));
    };
    const first = {
      ignition: {
        version,
        timeouts: { httpTotal: 5 },
        config: { merge: [{ source: "http://inner", compression: "gzip" }] },
      },
    };
    const config = refer({
      merge: [
        { source: dataUrl(first) },
        { source: "https://outer", compression: "gzip", httpHeaders: [{ name: "a", value: "b" }] },
      ],
    });
    await renderIgnition(config, fetch);
    assert.deepEqual(asked, [
      ["http://inner", { timeouts: { httpTotal: 5 } }],
      ["https://outer", { timeouts: { httpTotal: 5 } }],
    ]);
  });

  it("verifies what was unpacked, in lower-case digits", async () => {
    const text = JSON.stringify(kargs("a"));
    const source = `data:;base64,${gzipSync(text).toString("base64")}`;
    const sum = createHash("sha256").update(text).digest("hex");
    const render = (hash: string): Promise<RenderedIgnition> =>
      renderIgnition(
        refer({ merge: [{ source, compression: "gzip", verification: { hash } }] }),
        offline,
      );
    assert.deepEqual(configOf(await render(`sha256-${sum}`)).kernelArguments?.shouldExist, ["a"]);
    const upper = sum.toUpperCase();
    assert.equal(
      failureOf(await render(`sha256-${upper}`)),
      `hash verification failed (calculated ${sum} but expected ${upper})`,
    );
  });

  it("fails on a config that is none, with its report", async () => {
    const bad = { ignition: { version }, storage: { files: [{ path: "a" }] } };
    const rendered = await renderIgnition(refer({ merge: [{ source: dataUrl(bad) }] }), offline);
    assert.equal(failureOf(rendered), "config is not valid");
    assert.deepEqual(
      rendered.report.map(({ message }) => message),
      ["path not absolute"],
    );
    const empty = await renderIgnition(refer({ merge: [{ source: "data:," }] }), offline);
    assert.equal(failureOf(empty), "not a config (empty)");
  });

  it("fails where the whole is invalid though its parts are not", async () => {
    const link = { ignition: { version }, storage: { links: [{ path: "/a", target: "b" }] } };
    const file = { ignition: { version }, storage: { files: [{ path: "/a/b" }] } };
    const merge = [{ source: dataUrl(link) }, { source: dataUrl(file) }];
    const rendered = await renderIgnition(refer({ merge }), offline);
    assert.equal(failureOf(rendered), "merging configs resulted in an invalid config");
  });

  it("unpacks no more than a config may hold", async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_CONFIG_BYTES + 1)).toString("base64");
    const merge = [{ source: `data:;base64,${bomb}`, compression: "gzip" }];
    assert.match(failureOf(await renderIgnition(refer({ merge }), offline)), /^gzip: /);
    const garbage = [{ source: "data:,garbage", compression: "gzip" }];
    const rendered = await renderIgnition(refer({ merge: garbage }), offline);
    assert.match(failureOf(rendered), /^gzip: /);
  });

  it("passes on what fetching rejects with", async () => {
    const config = refer({ merge: [{ source: "http://a" }] });
    await assert.rejects(renderIgnition(config, offline), /http:\/\/a is not here/);
  });

  it("ends although configs refer to themselves", async () => {
    const itself = { ignition: { version, config: { merge: [{ source: "http://self" }] } } };
    const fetch = (): Promise<Uint8Array> => Promise.resolve(Buffer.from(JSON.stringify(itself)));
    const rendered = await renderIgnition(refer({ merge: [{ source: "http://self" }] }), fetch);
    assert.match(failureOf(rendered), /more than 100 deep/);
    const twice = { source: "http://self" };
    const both = { ignition: { version, config: { merge: [twice, { source: "http://other" }] } } };
    const fetchBoth = (): Promise<Uint8Array> => Promise.resolve(Buffer.from(JSON.stringify(both)));
    const grown = await renderIgnition(refer({ merge: [twice] }), fetchBoth);
    assert.match(failureOf(grown), /more than/);
  });
});
