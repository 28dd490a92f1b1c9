import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Machine,
  machineCommand,
  seesLoopback,
  probeCommand,
} from "../../src/qemu/machine.ts";
import type { Disk } from "../../src/qemu/machine-disks.ts";

const disk: Disk = { file: "/s/disk.qcow2", format: "qcow2", durable: false };
const machine: Machine = {
  architecture: "x86_64",
  accelerator: "tcg",
  memoryMib: 1024,
  cpus: 2,
  disks: [disk],
  bootDisk: 0,
  console: { kind: "file", file: "/s/console.log" },
  network: "none",
  credentials: {},
  ports: [],
  control: 3,
  endOnReset: true,
};

/** The values that follow an option, in order. */
const valuesOf = (argv: readonly string[], option: string): readonly string[] =>
  argv.flatMap((word, index) => (word === option ? [argv[index + 1] ?? ""] : []));

describe("QEMU's command line", () => {
  it("waits for another machine's memory where there is one", () => {
    const waits = (incoming: boolean) =>
      valuesOf(machineCommand({ ...machine, incoming }).argv, "-incoming");
    assert.deepEqual([waits(true), waits(false)], [["defer"], []]);
  });

  it("is this one for a command on x86_64", () => {
    const { argv, purpose } = machineCommand({
      ...machine,
      credentials: { greeting: "hello" },
      ports: [{ name: "slipway.status", descriptor: 4 }],
    });
    assert.equal(purpose, "running the machine");
    assert.deepEqual(argv, [
      "qemu-system-x86_64",
      ...["-nodefaults", "-no-user-config", "-display", "none"],
      ...["-machine", "q35", "-cpu"],
      "max,la57=off,avx=off,avx2=off,f16c=off,fma=off,erms=off,fsrm=off,fzrm=off,fsrs=off,fsrc=off",
      ...["-accel", "tcg,thread=multi"],
      "-drive",
      "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
      "-drive",
      "if=pflash,unit=1,format=raw,snapshot=on,file=/usr/share/OVMF/OVMF_VARS_4M.fd",
      ...["-smp", "2", "-m", "1024"],
      "-drive",
      "if=none,id=disk,format=qcow2,cache=unsafe,discard=unmap,file=/s/disk.qcow2",
      ...["-device", "virtio-blk-pci,drive=disk,bootindex=1"],
      ...["-device", "virtio-rng-pci"],
      ...["-device", "i6300esb", "-action", "watchdog=reset"],
      ...["-nic", "none"],
      ...["-chardev", "file,id=console,path=/s/console.log", "-serial", "chardev:console"],
      ...["-device", "virtio-serial-pci"],
      ...["-chardev", "socket,id=port-slipway.status,fd=4"],
      ...["-device", "virtserialport,chardev=port-slipway.status,name=slipway.status"],
      ...["-chardev", "socket,id=control,fd=3", "-mon", "chardev=control,mode=control"],
      ...["-smbios", "type=11,value=io.systemd.credential.binary:greeting=aGVsbG8="],
      "-no-reboot",
    ]);
  });

  it("has the machine, firmware and processor of the architecture", () => {
    const { argv } = machineCommand({ ...machine, architecture: "aarch64" });
    assert.equal(argv[0], "qemu-system-aarch64");
    assert.deepEqual(valuesOf(argv, "-machine"), ["virt"]);
    assert.deepEqual(valuesOf(argv, "-cpu"), ["cortex-a76"]);
    assert.deepEqual(valuesOf(argv, "-drive").slice(0, 2), [
      "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
      "if=pflash,unit=1,format=raw,snapshot=on,file=/usr/share/AAVMF/AAVMF_VARS.fd",
    ]);
    assert.ok(!argv.includes("i6300esb"));
  });

  it("takes the host's processor under KVM", () => {
    const { argv } = machineCommand({ ...machine, accelerator: "kvm" });
    assert.deepEqual([...valuesOf(argv, "-cpu"), ...valuesOf(argv, "-accel")], ["host", "kvm"]);
  });

  it("closes the guest's network, and gives it none for a command", () => {
    const open = machineCommand({ ...machine, network: "closed" }).argv;
    assert.deepEqual(valuesOf(open, "-netdev"), ["user,id=net,restrict=on"]);
    assert.ok(!machineCommand(machine).argv.some((word) => word.startsWith("virtio-net")));
  });

  it("has one way in, on the loopback, for ssh", () => {
    const { argv } = machineCommand({ ...machine, network: "ssh" });
    assert.deepEqual(valuesOf(argv, "-netdev"), [
      "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22",
    ]);
  });

  it("has one way out, to a server on the loopback, each connection by a program of its own", () => {
    const network = { port: 8080 };
    const { argv } = machineCommand({ ...machine, network });
    assert.deepEqual(valuesOf(argv, "-netdev"), [
      "user,id=net,restrict=on,guestfwd=tcp:10.0.2.100:80-cmd:socat STDIO TCP4:127.0.0.1:8080",
    ]);
    assert.equal(seesLoopback(network), true);
    assert.equal(seesLoopback("closed"), false);
  });

  it("boots the disk that is named, wherever the guest finds it", () => {
    const disks = [
      { ...disk, file: "/s/first" },
      { ...disk, file: "/s/second" },
    ];
    const { argv } = machineCommand({ ...machine, disks, bootDisk: 1 });
    assert.deepEqual(
      valuesOf(argv, "-device").filter((device) => device.startsWith("virtio-blk")),
      ["virtio-blk-pci,drive=disk0", "virtio-blk-pci,drive=disk,bootindex=1"],
    );
    assert.deepEqual(
      valuesOf(argv, "-drive")
        .slice(2)
        .map((drive) => drive.replace(/format.*file/, "file")),
      ["if=none,id=disk0,file=/s/first", "if=none,id=disk,file=/s/second"],
    );
  });

  it("has sectors of 4096 bytes where the disk has them", () => {
    const { argv } = machineCommand({ ...machine, disks: [{ ...disk, sectorBytes: 4096 }] });
    assert.ok(
      argv.includes(
        "virtio-blk-pci,drive=disk,bootindex=1,logical_block_size=4096,physical_block_size=4096",
      ),
    );
  });

  it("records what a disk is written, flushes included", () => {
    const recorded: Disk = { file: "/s/d", format: "raw", durable: false, record: "/s/r" };
    const { argv } = machineCommand({ ...machine, disks: [recorded] });
    assert.deepEqual(valuesOf(argv, "-blockdev"), [
      "driver=file,node-name=disk-file,discard=unmap,cache.no-flush=on,filename=/s/d",
      "driver=file,node-name=disk-record,filename=/s/r",
      "driver=blklogwrites,node-name=disk,file=disk-file,log=disk-record",
    ]);
    assert.ok(
      argv.includes("virtio-blk-pci,drive=disk,bootindex=1,write-zeroes=off,request-merging=off"),
    );
  });

  it("sets the clock and adds to the kernel's command line", () => {
    const { argv } = machineCommand({
      ...machine,
      now: new Date("2020-02-03T04:05:06.789Z"),
      kernelArguments: ["a=b,c", "quiet"],
    });
    assert.deepEqual(valuesOf(argv, "-rtc"), ["base=2020-02-03T04:05:06"]);
    assert.deepEqual(valuesOf(argv, "-smbios"), [
      "type=11,value=io.systemd.stub.kernel-cmdline-extra=a=b,,c quiet",
    ]);
  });

  it("puts the console on the terminal and lets the guest start again", () => {
    const { argv } = machineCommand({
      ...machine,
      console: { kind: "terminal" },
      endOnReset: false,
    });
    assert.deepEqual(valuesOf(argv, "-serial"), ["mon:stdio"]);
    assert.ok(!argv.includes("-no-reboot"));
    assert.ok(!argv.includes("virtio-serial-pci"));
  });

  it("flushes a disk that is kept", () => {
    const { argv } = machineCommand({ ...machine, disks: [{ ...disk, durable: true }] });
    assert.match(valuesOf(argv, "-drive").at(-1) ?? "", /cache=writeback/);
  });

  it("survives commas in file names", () => {
    const { argv } = machineCommand({ ...machine, disks: [{ ...disk, file: "/a,b/d" }] });
    assert.match(valuesOf(argv, "-drive").at(-1) ?? "", /file=\/a,,b\/d$/);
  });

  it("probes with firmware alone", () => {
    const { argv } = probeCommand("x86_64", "kvm");
    assert.deepEqual(valuesOf(argv, "-serial"), ["stdio"]);
    assert.deepEqual(valuesOf(argv, "-accel"), ["kvm"]);
    assert.equal(valuesOf(argv, "-drive").length, 2);
  });
});
