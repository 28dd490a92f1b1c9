import type { BadCase } from "./bad-case.ts";

const quadlet = (name: string, ...lines: readonly string[]): string =>
  `    - path: /usr/share/containers/systemd/${name}
      contents:
        inline: |
${lines.map((line) => `          ${line}\n`).join("")}`;

const files = (...some: readonly string[]): string => `storage:\n  files:\n${some.join("")}`;

const unit = (name: string, ...lines: readonly string[]): string =>
  `systemd:
  units:
    - name: ${name}
      contents: |
${lines.map((line) => `        ${line}\n`).join("")}`;

/** Every lint where it speaks, and beside it where it is silent. */
export const LINTS: readonly BadCase[] = [
  {
    what: "nodes that another file system covers",
    text: "storage: { files: [{ path: /run/a }, { path: /var/run/b }, { path: /etc/run/c }], links: [{ path: /boot/d, target: x }], directories: [{ path: /tmp }] }",
    findings: ["4:28 path-not-kept", "4:46 path-not-kept", "4:99 path-not-kept"],
    says: ["/run is another file system there", "tmpfiles.d"],
  },
  {
    what: "files that no later release changes",
    text: 'storage: { files: [{ path: /opt/a, contents: { inline: "" } }, { path: /opt/b }, { path: /usr/a, contents: { inline: "" } }], directories: [{ path: /var/c }] }',
    findings: ["4:28 path-made-once"],
    says: ["below /usr or /etc"],
  },
  {
    what: "ports that two containers publish",
    text: files(
      quadlet("a.container", "[Container]", "PublishPort=8080:80"),
      quadlet("b.pod", "[Pod]", "PublishPort=127.0.0.1:8080:80/tcp"),
      quadlet("c.container", "[Container]", "PublishPort=127.0.0.1:8000-8081:8000-8081"),
    ),
    findings: ["10:11 port-clash", "15:11 port-clash"],
    says: ['"b.pod" takes port 8080/tcp of 127.0.0.1, and so does "c.container"', "another port"],
  },
  {
    what: "no clash of other protocols, other addresses, ports that podman chooses or one file's own",
    text: files(
      quadlet("a.container", "[Container]", "PublishPort=8080:80/udp", "PublishPort=80"),
      quadlet("b.container", "[Container]", "PublishPort=8080:80", "PublishPort=[::]:8080:80"),
      quadlet("c.container", "[Container]", "PublishPort=10.0.0.1:53:53", "#PublishPort=8080:80"),
      quadlet("d.container", "[Container]", "PublishPort=10.0.0.2:53:53", "PublishPort=%i:80"),
      "    - path: /etc/other/e.container\n      contents: { inline: 'PublishPort=8080:80' }\n",
    ),
    findings: [],
  },
  {
    what: "ports of podman's command line and of sockets",
    text:
      unit("a.service", "[Service]", "ExecStart=/usr/bin/podman run --rm \\", "  -p 80:8080 x") +
      "    - name: b.service\n      contents: |\n        [Service]\n        ExecStart=podman create --publish=0.0.0.0:80:1 x\n" +
      "    - name: c.socket\n      contents: |\n        [Socket]\n        ListenStream=80\n" +
      "    - name: d.service\n      mask: true\n      contents: |\n        [Service]\n        ExecStart=podman run -p 80:80 x\n" +
      "    - name: e.service\n      contents: |\n        [Service]\n        ExecStart=ssh -p 80:80\n        ExecStop=podman rm -p 80:80\n",
    findings: ["14:9 port-clash", "18:9 port-clash"],
    says: ['"b.service" takes port 80/tcp, and so does "a.service"'],
  },
  {
    what: "Quadlet files that are not there",
    text: files(
      quadlet(
        "app.container",
        "[Container]",
        "Image=ap.image",
        "Volume=data.volume:/d",
        "Pod=x.pod",
      ),
      quadlet("app.image", "[Image]", "Image=docker.example/x"),
    ),
    findings: ["10:11 unknown-quadlet", "11:11 unknown-quadlet", "12:11 unknown-quadlet"],
    says: ["did you mean `app.image`?", "add a file of that name"],
  },
  {
    what: "nothing of Quadlet files that are there, or images and volumes that are no files",
    text: `${files(
      quadlet(
        "app.container",
        "[Container]",
        "Image=docker.example/a.b/x.image/y",
        "Volume=/srv:/d",
      ),
      quadlet("web@.container", "[Container]", "Image=i.image", "Network=n.network:ip=10.0.0.1"),
      quadlet("own.container", "[Container]", "Network=web@1.container", "Volume=name:/d"),
      quadlet("i.image", "[Image]", "Image=x"),
    )}  links: [{ path: /etc/containers/systemd/n.network, target: /usr/x }]\n`,
    findings: [],
  },
];
