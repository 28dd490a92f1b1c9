/** What an action came to, for whoever looks after it. Pure. */
import type { ActionAnswer } from "../../api/ports.ts";
import type { Order } from "../../daemon/order-queue.ts";
import type { CheckOutcome } from "../../engine/ports.ts";
import type { Failure } from "../../errors.ts";
import {
  type Answer,
  blockedAnswer,
  type Driven,
  rollbackAnswer,
  updateAnswer,
} from "../present/driven.ts";
import { failureOf } from "../present/why.ts";

const withoutStatus = ({ outcome, message, failure }: Answer): ActionAnswer => ({
  outcome,
  message,
  ...(failure === undefined ? {} : { failure: failureOf(failure) }),
});

const failed = (failure: Failure): ActionAnswer => ({
  outcome: "failed",
  message: failure.message,
  failure: failureOf(failure),
});

export const drivenAnswer = (
  { kind }: Exclude<Order, { readonly kind: "look-asked" }>,
  driven: Driven,
): ActionAnswer =>
  withoutStatus(kind === "update-asked" ? updateAnswer(driven) : rollbackAnswer(driven));

export const checkAnswer = (outcome: CheckOutcome): ActionAnswer => {
  switch (outcome.kind) {
    case "offer":
      return { outcome: "offered", message: `${outcome.release.version} is offered` };
    case "none":
      return withoutStatus(blockedAnswer(outcome.blocker));
    case "failed":
      return failed(outcome);
  }
};
