/** Reading a channel line by line. Not readline's: that throws when a channel breaks, as it does when QEMU is killed. */

export const onLine = (stream: NodeJS.ReadableStream, tell: (line: string) => void): void => {
  let pending = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (pending + chunk.toString("utf8")).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) tell(line);
  });
};
