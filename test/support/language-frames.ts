/** Broken documents, and what `slipway validate` shows of them: the code frames of docs/language.md. */

const HEAD = `variant: slipway
version: 1.0.0
image: { name: edge, version: "1" }
`;

/** By the name of the frame: the document's file, and its text. */
export const FRAMES: Readonly<Record<string, { readonly file: string; readonly text: string }>> = {
  misspelt: {
    file: "edge.yaml",
    text: `variant: slipway
version: 1.0.0
image:
  name: edge
  version: "1"
  debian:
    pakages: [ethtool]
`,
  },
  mode: {
    file: "edge.yaml",
    text: `${HEAD}storage:
  files:
    - path: /etc/ssl/private/key.pem
      mode: 600
`,
  },
  variable: {
    file: "edge.yaml",
    text: `${HEAD}variables:
  port: { type: int, default: 8080 }
storage:
  files:
    - path: /etc/nginx/conf.d/listen.conf
      contents:
        inline: "server { listen \${var.prot}; }  # \${var.port}"
`,
  },
  ports: {
    file: "edge.yaml",
    text: `${HEAD}storage:
  files:
    - path: /usr/share/containers/systemd/web.container
      contents:
        inline: |
          [Container]
          Image=localhost/web:1
          PublishPort=8080:80
    - path: /usr/share/containers/systemd/api.container
      contents:
        inline: |
          [Container]
          Image=localhost/api:1
          PublishPort=127.0.0.1:8080:3000
`,
  },
  butane: {
    file: "node.bu",
    text: `variant: fcos
version: 1.5.0
storage:
  files:
    - path: etc/motd
      contents:
        inline: Hello
`,
  },
};
