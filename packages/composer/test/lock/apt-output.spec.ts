import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  downloadFailures,
  kernelBehind,
  parseUriLine,
  releaseDate,
  unknownPackages,
} from "../../src/lock/apt-output.ts";
import { editDistance, nearest } from "../../src/lock/nearest.ts";

const mirrors = {
  archive: "http://m.example/debian",
  security: "http://m.example/debian-security",
};
const digest = "0a".repeat(32);

describe("apt's list of addresses", () => {
  it("gives name, version with its epoch, architecture, size, digest and path", () => {
    const line = `'http://m.example/debian/pool/main/o/openssh/ssh_10.0p1-7%2bdeb13u4_amd64.deb' openssh-server_1%3a10.0p1-7+deb13u4_amd64.deb 602372 SHA256:${digest}`;
    assert.deepEqual(parseUriLine(line, mirrors), {
      name: "openssh-server",
      version: "1:10.0p1-7+deb13u4",
      architecture: "amd64",
      size: 602372,
      sha256: digest,
      filename: "pool/main/o/openssh/ssh_10.0p1-7+deb13u4_amd64.deb",
      archive: "archive",
    });
  });

  it("tells the security archive from one whose address it begins with", () => {
    const line = `'http://m.example/debian-security/pool/x_1_all.deb' x_1_all.deb 1 SHA256:${digest}`;
    assert.equal(parseUriLine(line, mirrors)?.archive, "security");
  });

  it("passes over every other line, and other people's archives", () => {
    for (const line of [
      "Reading package lists...",
      "'http://m.example/debian/x_1_all.deb' x_1_all.deb 1 MD5Sum:00",
      `'http://elsewhere.example/x_1_all.deb' x_1_all.deb 1 SHA256:${digest}`,
    ]) {
      assert.equal(parseUriLine(line, mirrors), undefined, line);
    }
  });
});

describe("apt's complaints", () => {
  it("name the packages that it does not know, each once", () => {
    const stderr = [
      "E: Unable to locate package systemd-reslved",
      "E: Package 'curlx' has no installation candidate",
      "E: Unable to locate package systemd-reslved",
      "E: Unable to correct problems, you have held broken packages.",
    ].join("\n");
    assert.deepEqual(unknownPackages(stderr), ["systemd-reslved", "curlx"]);
  });

  it("lead to the nearest name, if one is near", () => {
    const names = ["systemd-resolved", "systemd-timesyncd", "resolvconf"];
    assert.equal(nearest("systemd-reslved", names), "systemd-resolved");
    assert.equal(nearest("qqqqqq", names), undefined);
    assert.equal(editDistance("kitten", "sitting", 5), 3);
    assert.equal(editDistance("kitten", "sitting", 2), 3);
  });
});

describe("apt's reasons for not having a file", () => {
  const failures = downloadFailures(
    [
      "E: Failed to fetch http://m.example/pool/a_1%2b2_all.deb  404  Not Found [IP: 127.0.0.1 404]",
      "E: Failed to fetch http://m.example/pool/b_1_all.deb  Hash Sum mismatch",
      "   Hashes of expected file:",
      "    - SHA256:40404040",
      "E: Failed to fetch http://elsewhere.example/c_1_all.deb  Unable to connect to elsewhere.example:404:",
      "E: Failed to fetch http://m.example/pool/d_%_all.deb  503  Service Unavailable",
      "E: Download Failed",
    ].join("\n"),
  );

  it("are told apart file by file, wherever a 404 may stand", () => {
    const kinds = [...failures].map(([file, { kind }]) => [file, kind]);
    assert.deepEqual(kinds, [
      ["a_1+2_all.deb", "gone"],
      ["b_1_all.deb", "other-bytes"],
      ["c_1_all.deb", "other"],
      ["d_%_all.deb", "other"],
    ]);
  });
});

describe("archive facts", () => {
  it("take the latest date of the indexes", () => {
    const texts = [
      "Date: Sat, 01 Nov 2025 10:00:00 UTC\n",
      "Date: Sun, 02 Nov 2025 10:00:00 UTC\n",
      "junk",
    ];
    assert.equal(releaseDate(texts), Date.UTC(2025, 10, 2, 10) / 1000);
    assert.equal(releaseDate([]), 0);
  });

  it("find the kernel behind a metapackage", () => {
    const control =
      "Package: linux-image-cloud-amd64\nDepends: linux-image-6.12.1+deb13-cloud-amd64 (= 6.12.1-1)\n";
    assert.equal(kernelBehind(control), "linux-image-6.12.1+deb13-cloud-amd64");
    assert.equal(kernelBehind("Package: x\nDepends: kmod, linux-base (>= 4.3)\n"), undefined);
  });
});
