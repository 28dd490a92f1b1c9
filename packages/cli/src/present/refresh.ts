/** What `slipway repo refresh` says. Pure. */
import type { Refreshed, RoleStatus } from "@slipway/composer";

/** The command that gives a role another while. */
export const cureFor = ({ role }: Pick<RoleStatus, "role">, repository: string): string =>
  `slipway repo refresh --role ${role} --repo ${repository} --keys DIR`;

export const dueWarning = (due: RoleStatus, repository: string): string =>
  `${due.role} ${due.freshness === "expired" ? "expired" : "expires"} on ${due.expires}; where its keys are, run: ${cureFor(due, repository)}`;

export const refreshDocument = (
  { changed, roles, due }: Refreshed,
  repository: string,
): unknown => ({
  signed: changed,
  roles: Object.fromEntries(
    roles.map(({ role, version, expires, freshness }) => [role, { version, expires, freshness }]),
  ),
  warnings: due.map((one) => ({
    role: one.role,
    expires: one.expires,
    freshness: one.freshness,
    cure: cureFor(one, repository),
  })),
});

export const refreshSummary = ({ changed, roles }: Refreshed): string =>
  `${roles
    .map(
      ({ role, version, expires }) =>
        `${role.padEnd(12)} version ${String(version).padEnd(6)} until ${expires}${changed.includes(role) ? "  signed now" : ""}`,
    )
    .join("\n")}\n`;
