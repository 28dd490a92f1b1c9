/** Spans of time for people. */

const two = (value: number): string => String(value).padStart(2, "0");

/** `0.4 s`, `12.3 s`, `3 min 05 s`, `1 h 02 min`. */
export const formatDuration = (ms: number): string => {
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(tenths / 10);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};
