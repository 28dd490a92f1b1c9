import { HASH, link, shadow } from "./a-tree.ts";
import type { Cases } from "./case.ts";

/** Findings that are warnings. */
export const WARNING_CASES: Cases = {
  password: [["a locked hash", { "/etc/shadow": shadow(`root:!${HASH}`) }, ["/etc/shadow"]]],
  "account-without-shadow": [
    ["shadow's orphan", { "/etc/shadow": shadow("root:*", "gone:*") }, ["/etc/shadow"]],
  ],
  "unit-enables-nothing": [
    [
      "a package's link",
      { "/usr/lib/systemd/system/multi-user.target.wants/a.service": link("../a.service") },
      ["/usr/lib/systemd/system/multi-user.target.wants/a.service"],
    ],
  ],
  "unit-install": [
    [
      "a target that is not there",
      {
        "/usr/lib/systemd/system/a.service":
          "[Install]\nWantedBy=a.target \\\n# c\n multi-user.target\n",
      },
      ["/usr/lib/systemd/system/a.service"],
    ],
    [
      "nothing",
      { "/usr/lib/systemd/system/a.service": "[Install]\n" },
      ["/usr/lib/systemd/system/a.service"],
    ],
    [
      "a specifier, a device, a cleared list",
      {
        "/usr/lib/systemd/system/a.service":
          "[Install]\nWantedBy=b.target\nWantedBy=\nRequiredBy=dev-sda.device c@%i.service\n",
      },
      [],
    ],
  ],
  "unit-drop-in": [
    [
      "a unit that is not there",
      { "/etc/systemd/system/shd.service.d/a.conf": "" },
      ["/etc/systemd/system/shd.service.d"],
    ],
    [
      "all services, a family, one",
      {
        "/etc/systemd/system/service.d/a.conf": "",
        "/etc/systemd/system/a-.service.d/a.conf": "",
        "/etc/systemd/system/sshd.service.d/a.conf": "",
      },
      [],
    ],
  ],
  "missing-copyright": [
    ["a package without", {}, ["/usr/share/doc"], { packages: ["a"] }],
    [
      "a package with its own, one with another's",
      { "/usr/share/doc/a/copyright": "", "/usr/share/doc/b": link("a") },
      [],
      { packages: ["a", "b"] },
    ],
  ],
};
