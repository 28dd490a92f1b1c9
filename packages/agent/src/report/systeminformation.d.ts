// The package has types for its whole alone, which is three times what is used of it. What it answers is decoded anyhow.
declare module "systeminformation/lib/cpu.js" {
  export const cpu: () => Promise<unknown>;
}

declare module "systeminformation/lib/system.js" {
  export const chassis: () => Promise<unknown>;
  export const system: () => Promise<unknown>;
}
