import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AGENT_UNITS } from "../../src/node/agent-units.ts";

const textOf = (name: string): string => {
  const file = AGENT_UNITS.find(({ path }) => path.endsWith(`/${name}`));
  assert.ok(file !== undefined, name);
  return file.text;
};

describe("the agent's units", () => {
  const daemon = textOf("slipway-agent.service");
  const task = textOf("slipway-task@.service");
  const loader = textOf("slipway-loader.service");
  const hook = textOf("slipway-hook@.service");

  it("start the daemon behind the boot, and from nothing but its timer", () => {
    const timer = textOf("slipway-agent.timer");
    assert.match(timer, /^After=multi-user\.target$/m);
    // Nor does a boot that never ends keep it from starting.
    assert.match(timer, /^JobTimeoutSec=15min$/m);
    assert.match(timer, /^OnFailure=slipway-agent\.service$/m);
    assert.doesNotMatch(daemon, /\[Install\]/);
    assert.match(daemon, /^After=slipway-verdict\.service /m);
    assert.doesNotMatch(task, /\[Install\]/);
  });

  it("bring the loader behind the blessing and before the daemon, which does without where that fails", () => {
    assert.match(loader, /^After=slipway-verdict\.service systemd-bless-boot\.service$/m);
    assert.match(daemon, /^After=.* slipway-loader\.service$/m);
    assert.match(daemon, /^Wants=slipway-loader\.service /m);
    assert.doesNotMatch(daemon, /^Requires=/m);
    assert.doesNotMatch(loader, /\[Install\]/);
  });

  it("bring the socket with the daemon and never before it, whose start hangs on nothing of it", () => {
    const socket = textOf("slipway-agent.socket");
    assert.doesNotMatch(socket, /\[Install\]/);
    assert.match(socket, /^After=.*slipway-verdict\.service systemd-bless-boot\.service$/m);
    // Ordered before sockets.target, as sockets are, it would stand before a verdict that comes behind it.
    assert.match(socket, /^DefaultDependencies=no$/m);
    assert.match(daemon, /^After=slipway-agent\.socket$/m);
    assert.match(daemon, /^Wants=slipway-agent\.socket$/m);
    assert.doesNotMatch(daemon, /^(?:Requires|BindsTo|Sockets)=/m);
  });

  it("let the group of the API alone onto the socket", () => {
    const socket = textOf("slipway-agent.socket");
    assert.match(socket, /^ListenStream=\/run\/slipway\/agent\.sock$/m);
    assert.match(socket, /^FileDescriptorName=api$/m);
    assert.match(socket, /^SocketMode=0660$/m);
    assert.match(socket, /^SocketGroup=slipway$/m);
  });

  it("leave a node alone that has no data or is being recovered", () => {
    for (const text of [
      ...[daemon, task, loader, hook],
      ...["slipway-agent.timer", "slipway-agent.socket"].map(textOf),
    ]) {
      assert.match(text, /^ConditionPathExists=!\/run\/slipway\/degraded$/m);
      assert.match(text, /^ConditionKernelCommandLine=!slipway\.recovery$/m);
    }
  });

  it("give the daemon no capability and no device to write to, and one that hangs a second start", () => {
    assert.match(daemon, /^CapabilityBoundingSet=$/m);
    assert.deepEqual(daemon.match(/^DeviceAllow=.*$/gm), ["DeviceAllow=block-* r"]);
    assert.match(daemon, /^Type=notify$/m);
    assert.match(daemon, /^WatchdogSec=/m);
    assert.match(daemon, /^Restart=always$/m);
    assert.match(daemon, /^StartLimitIntervalSec=0$/m);
  });

  it("bound every task in time and memory", () => {
    assert.match(task, /^Type=oneshot$/m);
    assert.match(task, /^TimeoutStartSec=2h$/m);
    assert.match(task, /^MemoryMax=/m);
  });

  it("run hooks in no sandbox, within a time, and to the end of all that they begin", () => {
    assert.match(hook, /^Type=oneshot$/m);
    assert.match(hook, /^TimeoutStartSec=35min$/m);
    assert.match(hook, /^KillMode=control-group$/m);
    assert.doesNotMatch(hook, /^(?:Protect|Private|Restrict|Device|Capability|SystemCall)/m);
    // Or a node would be told only once of all its updates.
    assert.doesNotMatch(hook, /RemainAfterExit|\[Install\]/);
  });

  it("run the hooks of a boot once in it, behind the verdict, while the daemon goes on", () => {
    const once = textOf("10-once.conf");
    assert.match(once, /^RemainAfterExit=yes$/m);
    assert.match(once, /^After=slipway-verdict\.service systemd-bless-boot\.service$/m);
    assert.match(daemon, /^Wants=.* slipway-hook@post-boot\.service$/m);
    assert.doesNotMatch(daemon, /^After=.*slipway-hook/m);
    // Any of them is enough; without all three nothing is started.
    assert.deepEqual(
      once.split("\n").filter((line) => line.startsWith("Condition")),
      ["/usr/lib", "/etc", "/run"].map(
        (place) => `ConditionPathExists=|${place}/slipway/hooks/post-boot.d`,
      ),
    );
  });

  it("let V8 compile", () => {
    for (const text of [daemon, task, loader]) assert.doesNotMatch(text, /MemoryDenyWriteExecute/);
  });

  it("are told apart from state that others may read", () => {
    const lines = textOf("slipway-agent.conf").split("\n");
    assert.ok(lines.includes("d /var/lib/slipway/agent 0700 root root -"));
    assert.ok(lines.includes("d /run/slipway/agent 0700 root root -"));
  });

  it("let the daemon tell who logs in, and no helper", () => {
    assert.ok(textOf("slipway-agent.conf").includes("\nd /run/motd.d 0755 root root -\n"));
    assert.match(daemon, /^ReadWritePaths=.* -\/run\/motd\.d$/m);
    for (const text of [task, loader]) assert.doesNotMatch(text, /motd/);
  });

  it("begin with a shell that Node.js takes the place of", () => {
    const launcher = textOf("slipway-agent");
    assert.match(
      launcher,
      /^exec \/usr\/lib\/slipway\/agent\/node .* \/usr\/lib\/slipway\/agent\/agent\.mjs "\$@"$/m,
    );
  });
});
