/** How systemd has a boot judged that the loader counted, and what comes of it. */
import { DEFAULT_DEADLINE_SECONDS, JUDGED, MAY_BE_BLESSED } from "@slipway/release";
import { BESIDE_THE_ESP } from "./confined.ts";
import { type NodeFile, UNITS } from "./node-file.ts";

/**
 * Ends with 0 when the release may be blessed, or when nothing is to be decided. With anything else, and when it does not even start, the node restarts
 * at once: its entry is marked bad by then, or the loader counts one try less. Its 0 alone is not believed: half of an agent may well be a program that
 * does nothing, and calls that success. Who has judged leaves a file that says so.
 *
 * It requires nothing of the boot, since a unit whose requirements fail is not started and fails nobody: whether the boot got where it should it looks
 * up itself. Nothing keeps it from the node, since it runs whatever programs the image and the operator want to see working.
 */
const VERDICT = `[Unit]
Description=Verdict on a Release That Is Booted on Probation
# Who recovers a node by hand is not to be restarted by it.
ConditionKernelCommandLine=!slipway.recovery
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target boot-complete.target
After=basic.target local-fs.target multi-user.target
FailureAction=reboot-force

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=rm --force ${JUDGED}
ExecStart=/usr/bin/slipway-agent verdict
ExecStartPost=test -e ${JUDGED}
# A node that goes down meanwhile has not failed, and goes down in good order.
SuccessExitStatus=SIGTERM
# boot-complete.target's is the one deadline.
TimeoutStartSec=infinity
TimeoutStopSec=10s
Nice=5
IOSchedulingPriority=7
UMask=0077
`;

/** From the verdict's own deadline to the one that is for a verdict that hangs: what it gathers of a bad release takes time too. */
const AFTER_THE_VERDICT_SECONDS = 120;

/**
 * What a boot must reach to be blessed. Who hangs on the way is restarted by systemd, and so is a boot in which the verdict could not even be begun.
 */
const bootComplete = (deadlineSeconds: number): string => `[Unit]
Requires=slipway-verdict.service
After=slipway-verdict.service local-fs.target multi-user.target
JobTimeoutSec=${deadlineSeconds + AFTER_THE_VERDICT_SECONDS}s
JobTimeoutAction=reboot-force
OnFailure=emergency.target
`;

/**
 * systemd's generator wants it in boots that the loader counted, and only in those. Only a good verdict of this boot has it done: a boot that nobody can
 * prove, one with a temporary /var, one that is being recovered ends without.
 */
const BLESS_BOOT = `[Unit]
Wants=slipway-verdict.service
After=slipway-verdict.service
ConditionPathExists=${MAY_BE_BLESSED}
ConditionPathExists=!/run/slipway/degraded
`;

/**
 * A power cut can tear the name of an entry while it is changed: FAT keeps a short one then (`BASE_2~1.EFI`), without a counter, and the loader takes it
 * for blessed. Whether its release was ever found good the verdict looks up, and if not judges it now. Nothing but that is to be had from
 * systemd's own generator, which asks for a verdict only where the loader has counted.
 *
 * A program looks, and no Condition of systemd's: those are checked by the process that mounts /efi when somebody else comes by, and itself sees what is below.
 */
const TORN_NAME = `[Unit]
Description=Verdict on a Release Whose Boot Entry Has Lost Its Name
ConditionKernelCommandLine=!slipway.recovery
After=multi-user.target

[Service]
Type=oneshot
ExecCondition=/bin/sh -c 'ls /efi/EFI/Linux | grep -q "~"'
ExecStart=systemctl --no-block start slipway-verdict.service
RestrictAddressFamilies=AF_UNIX
${BESIDE_THE_ESP}
[Install]
WantedBy=multi-user.target
`;

export const VERDICT_UNITS: readonly NodeFile[] = [
  { path: `${UNITS}/slipway-verdict.service`, text: VERDICT },
  { path: `${UNITS}/slipway-torn-name.service`, text: TORN_NAME },
  {
    path: `${UNITS}/boot-complete.target.d/20-slipway.conf`,
    text: bootComplete(DEFAULT_DEADLINE_SECONDS),
  },
  { path: `${UNITS}/systemd-bless-boot.service.d/20-slipway.conf`, text: BLESS_BOOT },
];

/** The image's own deadline, over the one above. */
export const deadlineFile = (deadlineSeconds: number): NodeFile => ({
  path: `${UNITS}/boot-complete.target.d/50-image-health.conf`,
  text: `[Unit]
JobTimeoutSec=${deadlineSeconds + AFTER_THE_VERDICT_SECONDS}s
`,
});
