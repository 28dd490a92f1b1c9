/** A container host with a container of its own, as docs/containers.md has it, booted without any network. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { findToolbox } from "@slipway/composer/testing";
import { linuxExec } from "@slipway/host";
import { xdpDropObject } from "../support/bpf-object.ts";
import { type Answers, answersOf, type Questions, questionScript } from "../support/guest.ts";
import { askHello, helloArchive } from "../support/oci-archive-hello.ts";
import {
  baseRelease,
  CACHE,
  requireRoot,
  scratchDirectory,
  slipway,
  succeeded,
} from "../support/release.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../../docs/containers.md");

const MOST_ROOT_BYTES = 600 * 1024 * 1024;

/** Adds to the document's definition what only this test needs. */
const EXAMINED = `variant: slipway
version: 1.0.0
include: [hello.yaml]
storage:
  files:
    - path: /usr/share/examined/drop.o
      contents:
        local: drop.o
`;

/** Asked in this order, in one boot. */
const QUESTIONS = {
  state: "systemctl is-system-running",
  failed: "systemctl --failed --no-legend",
  machine: "uname -m",
  // The container, from outside of it.
  answer: `timeout 60 bash -c "${askHello("127.0.0.1")}"`,
  service: "systemctl show -P ControlGroup hello.service && systemctl is-active hello.service",
  limit: "cat /sys/fs/cgroup/system.slice/hello.service/memory.max",
  journal: "journalctl -b -u hello.service -o cat --no-pager",
  podman:
    "podman info --format '{{.Store.GraphDriverName}} {{.Store.GraphRoot}} {{.Host.OCIRuntime.Name}} {{.Host.CgroupManager}} {{.Host.CgroupsVersion}} {{.Host.LogDriver}} {{.Host.EventLogger}} {{.Host.NetworkBackend}}'",
  native: "podman info --format '{{index .Store.GraphStatus \"Native Overlay Diff\"}}'",
  images: "podman images --format '{{.Repository}}:{{.Tag}}'",
  firewall: "nft list table inet netavark | grep -c 'dnat ip to .*:8080'",
  quiet:
    "systemctl is-active podman.socket podman.service podman-auto-update.timer podman-restart.service netavark-dhcp-proxy.socket",
  cables: "networkctl --no-legend list 'veth*' podman0",
  // A network of its own, whose containers find each other by name.
  names: `podman network create inside &&
    podman run --quiet --detach --pull=never --name server --network inside localhost/hello:1 >/dev/null &&
    timeout 120 podman run --quiet --rm --pull=never --network inside --entrypoint bash localhost/hello:1 -c '${askHello("server").replaceAll("'", `"`)}'`,
  networks: "ls /var/lib/containers/networks",
  // What else people expect of a container host's kernel.
  cgroup: "stat -fc %T /sys/fs/cgroup",
  oom: "systemd-run --wait -p MemoryMax=32M -p MemorySwapMax=0 tail /dev/zero",
  bpf: "cat /proc/sys/net/core/bpf_jit_enable; stat -c %F /sys/kernel/btf/vmlinux",
  ipAllowed: "systemd-run --wait -q ping -c1 -W5 127.0.0.1",
  ipDenied: "systemd-run --wait -q -p IPAddressDeny=any ping -c1 -W1 127.0.0.1",
  fsAllowed: "echo seen >/run/seen; systemd-run --wait -q cat /run/seen",
  fsDenied: "systemd-run --wait -q -p RestrictFileSystems=~tmpfs cat /run/seen",
  veth: `ip netns add far && ip link add near type veth peer name far netns far &&
    ip addr add 192.0.2.1/30 dev near && ip link set near up &&
    ip -n far addr add 192.0.2.2/30 dev far && ip -n far link set far up &&
    ping -q -c1 -W5 192.0.2.2`,
  xdpDrops:
    "ip link set dev near xdpdrv obj /usr/share/examined/drop.o sec xdp && ip -d link show near | grep -o 'prog/xdp id' && ping -q -c1 -W1 192.0.2.2",
  xdpGone: "ip link set dev near xdpdrv off && ping -q -c1 -W5 192.0.2.2",
  nft: `nft 'add table inet examined; add chain inet examined in { type filter hook input priority 0; };
    add rule inet examined in ip daddr 127.0.0.2 counter drop' && ping -q -c1 -W1 127.0.0.2`,
  nftCounted: "nft list table inet examined | grep -o 'counter packets 1 '",
  reflink:
    "stat -fc %T /var && dd if=/dev/urandom of=/var/whole bs=1M count=4 status=none && cp --reflink=always /var/whole /var/clone && cmp /var/whole /var/clone && echo cloned",
} as const satisfies Questions;

describe("container host", function () {
  this.timeout("30m");
  requireRoot();
  const scratch = scratchDirectory("container-host");
  const out = path.join(scratch, "out");
  const release = (architecture: string): string => path.join(out, "hello", "1", architecture);

  before("build it", async () => {
    const base = await baseRelease();
    const toolbox = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(toolbox !== undefined);
    const unpack = async (architecture: "x86_64" | "aarch64"): Promise<string> => {
      const tree = path.join(scratch, architecture);
      await toolbox.run(
        {
          argv: ["fsck.erofs", `--extract=${tree}`, path.join(base[architecture], "root.erofs")],
          purpose: "unpacking the root",
        },
        { readable: [base[architecture]], writable: [scratch] },
      );
      return tree;
    };
    const trees = { amd64: await unpack("x86_64"), arm64: await unpack("aarch64") };
    const definitions = path.join(scratch, "definitions");
    mkdirSync(definitions);
    for (const name of ["base.yaml", "container-host.yaml"]) {
      cpSync(path.join(path.dirname(base.definition), name), path.join(definitions, name));
    }
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
    const write = (name: string, contents: string | Uint8Array): string => {
      const file = path.join(definitions, name);
      writeFileSync(file, contents);
      return file;
    };
    write("hello.yaml", yaml);
    write("hello.oci.tar", helloArchive(trees));
    write("drop.o", xdpDropObject());
    const examined = write("examined.yaml", EXAMINED);
    const { stderr } = succeeded(await slipway("build", examined, "--out", out));
    assert.doesNotMatch(stderr, /warning/);
  });

  it("has a root of at most 600 MB", () => {
    for (const architecture of ["x86_64", "aarch64"]) {
      const { size } = statSync(path.join(release(architecture), "root.erofs"));
      assert.ok(size <= MOST_ROOT_BYTES, `${architecture}: ${size}`);
    }
  });

  for (const [architecture, minutes] of [
    ["x86_64", 8],
    ["aarch64", 10],
  ] as const) {
    describe(`on ${architecture}`, () => {
      let answers: Answers<typeof QUESTIONS>;

      before("boot it", async () => {
        const outcome = await slipway(
          ...["run", release(architecture), "--exec", questionScript(QUESTIONS)],
          ...["--timeout", String(minutes * 60)],
        );
        answers = answersOf(QUESTIONS, outcome);
      });

      it("comes up whole", () => {
        assert.deepEqual(answers.failed, { status: 0, output: "" });
        assert.equal(answers.state.output, "running\n");
        assert.equal(answers.machine.output, `${architecture}\n`);
      });

      it("answers from the container out of its own archive, on the published port", () => {
        const { status, output } = answers.answer;
        assert.equal(status, 0, output);
        // The name of catatonit there; the limit is the unit's.
        assert.match(
          output,
          /^HTTP\/1\.0 200 OK\r\n\r\nhello from podman-init\n[0-9a-f]{12}\n64\n$/,
        );
        assert.equal(answers.images.output, "localhost/hello:1\n");
      });

      it("runs it as a service: limits, cgroup and journal", () => {
        assert.equal(answers.service.output, "/system.slice/hello.service\nactive\n");
        assert.equal(answers.limit.output, `${128 * 1024 * 1024}\n`);
        assert.match(answers.journal.output, /^Listening on \[::\]:8080/m);
      });

      it("has podman as it was set, and nothing of it running unasked", () => {
        assert.equal(
          answers.podman.output,
          "overlay /var/lib/containers/storage crun systemd v2 journald journald netavark\n",
        );
        assert.equal(answers.native.output, "true\n");
        assert.equal(answers.firewall.output, "1\n");
        assert.equal(answers.quiet.output, "inactive\n".repeat(5));
      });

      it("leaves the containers' cables to podman", () => {
        const lines = answers.cables.output
          .split("\n")
          .map((line) => line.trim().split(/ +/).slice(1));
        assert.deepEqual(lines.toSorted(), [
          [],
          ["podman0", "bridge", "routable", "unmanaged"],
          ["veth0", "ether", "enslaved", "unmanaged"],
        ]);
      });

      it("lets containers find each other by name", () => {
        const { status, output } = answers.names;
        assert.equal(status, 0, output);
        assert.match(output, /hello from systemd-socket/);
        assert.equal(answers.networks.output, "inside.json\n");
      });

      it("has cgroup v2 with limits that hold", () => {
        assert.equal(answers.cgroup.output, "cgroup2fs\n");
        assert.match(answers.oom.output, /Finished with result: oom-kill/);
      });

      it("runs BPF, compiled and with type information", () => {
        assert.equal(answers.bpf.output, "1\nregular file\n");
        assert.equal(answers.ipAllowed.status, 0);
        assert.notEqual(answers.ipDenied.status, 0);
        assert.equal(answers.fsAllowed.status, 0);
        assert.notEqual(answers.fsDenied.status, 0);
      });

      it("lets XDP drop packets in the driver", () => {
        assert.match(answers.veth.output, / 0% packet loss/);
        assert.match(answers.xdpDrops.output, /prog\/xdp id[\s\S]* 100% packet loss/);
        assert.match(answers.xdpGone.output, / 0% packet loss/);
      });

      it("lets nftables count and drop", () => {
        assert.match(answers.nft.output, / 100% packet loss/);
        assert.equal(answers.nftCounted.output, "counter packets 1 \n");
      });

      it("clones files on /var without copying", () => {
        assert.deepEqual(answers.reflink, { status: 0, output: "xfs\ncloned\n" });
      });
    });
  }
});
