/** Where bytes come from. */
export const RESOURCE_TABLES = {
  Resource: {
    description: "Bytes to be fetched, and how to check them.",
    key: ["source"],
    fields: {
      compression: {
        type: "string",
        description:
          "How the fetched bytes are compressed: `gzip`, or empty for not at all. Not for S3 sources.",
      },
      httpHeaders: {
        type: "HttpHeader",
        list: true,
        since: 1,
        description: "Headers to send with the request; only for `http` and `https` sources.",
      },
      source: {
        type: "string",
        description:
          "The URL: `http`, `https`, `tftp`, `s3`, `data`; `gs` since 3.2.0, `arn` since 3.4.0. Empty means no bytes.",
      },
      verification: {
        type: "Verification",
        description: "How to check the bytes after decompression.",
      },
    },
  },
  ConfigReference: {
    description: "A config elsewhere, as spec 3.0.0 names it.",
    key: ["source"],
    fields: {
      source: { type: "string", description: "The URL: `http`, `https`, `tftp`, `s3` or `data`." },
      verification: { type: "Verification", description: "How to check the config." },
    },
  },
  CaReference: {
    description: "A certificate authority, as spec 3.0.0 names it.",
    key: ["source"],
    fields: {
      source: {
        type: "string",
        presence: "required",
        description: "The URL of the PEM bundle: `http`, `https`, `tftp`, `s3` or `data`.",
      },
      verification: { type: "Verification", description: "How to check the bundle." },
    },
  },
  HttpHeader: {
    description: "One header of an HTTP request.",
    key: ["name"],
    fields: {
      name: { type: "string", presence: "required", description: "The header's name." },
      value: {
        type: "string",
        description: "The header's value; unset removes the header of that name when merging.",
      },
    },
  },
  Verification: {
    description: "How to check fetched bytes.",
    fields: {
      hash: {
        type: "string",
        description: "`FUNCTION-DIGITS`; the function is `sha512` or, since 3.1.0, `sha256`.",
      },
    },
  },
} as const;
