import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { orderQueue } from "../../src/daemon/order-queue.ts";

const aQueue = () => {
  let ids = 0;
  return orderQueue({
    newId: () => String((ids += 1)).padStart(16, "0"),
    now: () => new Date(5000),
  });
};

describe("the queue of orders", () => {
  it("lets no more wait than people mean, and takes more when some are done", () => {
    const queue = aQueue();
    for (let order = 0; order < 8; order += 1) assert.ok(queue.add({ kind: "look-asked" }));
    assert.equal(queue.add({ kind: "look-asked" }), undefined);
    assert.equal(queue.take()?.record.state, "waiting");
    assert.ok(queue.add({ kind: "look-asked" }));
  });

  it("forgets the oldest of what is done, and nothing else", () => {
    const queue = aQueue();
    for (let order = 0; order < 100; order += 1) {
      queue.add({ kind: "update-asked" });
      const { record } = queue.take() ?? {};
      queue.finish(record?.id ?? "", { outcome: "nothing", message: String(order) });
    }
    const kept = queue.records();
    assert.equal(kept.length, 32);
    assert.equal(kept[0]?.answer?.message, "68");
    assert.equal(kept.at(-1)?.answer?.message, "99");
  });

  it("tells of every change, until nobody wants to hear of it", () => {
    const queue = aQueue();
    const heard: (string | undefined)[] = [];
    const stop = queue.onChanged(() => heard.push(queue.records()[0]?.state));
    const { id = "" } = queue.add({ kind: "look-asked" }) ?? {};
    queue.take();
    queue.putBack(id);
    queue.take();
    queue.finish(id, { outcome: "nothing", message: "" });
    stop();
    queue.add({ kind: "look-asked" });
    assert.deepEqual(heard, ["waiting", "running", "waiting", "running", "done"]);
  });
});
