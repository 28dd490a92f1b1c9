/** The config itself and what steers its fetching. */
export const ROOT_TABLES = {
  Config: {
    description: "An Ignition config.",
    fields: {
      ignition: { type: "Ignition", description: "The config's version and how to fetch things." },
      kernelArguments: {
        type: "KernelArguments",
        since: 3,
        description: "Arguments on the kernel's command line.",
      },
      passwd: { type: "Passwd", description: "Users and groups." },
      storage: {
        type: "Storage",
        description: "Disks, file systems, files, directories and links.",
      },
      systemd: { type: "Systemd", description: "Units of systemd." },
    },
  },
  Ignition: {
    description: "The config's version and how to fetch things.",
    fields: {
      config: { type: "IgnitionConfig", description: "Other configs to take in." },
      proxy: { type: "Proxy", since: 1, description: "Proxies for HTTP and HTTPS." },
      security: { type: "Security", description: "What makes a connection trusted." },
      timeouts: { type: "Timeouts", description: "How long to wait for HTTP." },
      version: {
        type: "string",
        presence: "required",
        description: "The spec's version, such as `3.4.0`.",
      },
    },
  },
  IgnitionConfig: {
    description: "Other configs to take in.",
    fields: {
      merge: {
        type: "Resource",
        before: { minor: 1, type: "ConfigReference" },
        list: true,
        description: "Configs to merge over this one, in order.",
      },
      replace: {
        type: "Resource",
        before: { minor: 1, type: "ConfigReference" },
        description: "A config to take instead of this one.",
      },
    },
  },
  Proxy: {
    description: "Proxies for HTTP and HTTPS.",
    fields: {
      httpProxy: { type: "string", description: "The proxy's URL for `http` sources." },
      httpsProxy: { type: "string", description: "The proxy's URL for `https` sources." },
      noProxy: { type: "string", list: true, description: "Hosts that are reached directly." },
    },
  },
  Security: {
    description: "What makes a connection trusted.",
    fields: { tls: { type: "Tls", description: "Settings for TLS." } },
  },
  Tls: {
    description: "Settings for TLS.",
    fields: {
      certificateAuthorities: {
        type: "Resource",
        before: { minor: 1, type: "CaReference" },
        list: true,
        description: "Certificate authorities to trust besides the system's, as PEM.",
      },
    },
  },
  Timeouts: {
    description: "How long to wait for HTTP.",
    fields: {
      httpResponseHeaders: {
        type: "integer",
        description: "Seconds to wait for a response's headers; 10 when unset.",
      },
      httpTotal: {
        type: "integer",
        description: "Seconds for a whole fetch with its retries; 0 or unset means no limit.",
      },
    },
  },
  KernelArguments: {
    description: "Arguments on the kernel's command line.",
    fields: {
      shouldExist: {
        type: "string",
        list: true,
        sharedKeys: "kernelArguments",
        description: "Arguments that the command line must hold.",
      },
      shouldNotExist: {
        type: "string",
        list: true,
        sharedKeys: "kernelArguments",
        description: "Arguments that the command line must not hold.",
      },
    },
  },
} as const;
