import { Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { DateTime, Effect, type Redacted } from "effect"
import * as Posting from "../../outbound/Posting.ts"
import type { Message, Problem } from "../Message.ts"

const problemOf = ({ key, urgency, text, next, since }: Problem) => ({
  key,
  urgency,
  text,
  next,
  since: since === null ? null : DateTime.formatIso(DateTime.makeUnsafe(since))
})

/** A message signed as Standard Webhooks says. Its id is the same for each try. */
export const signedWebhook = Effect.fnUntraced(function* (
  url: string,
  secret: Redacted.Redacted,
  { id, began, ended, link }: Message
) {
  const at = yield* DateTime.now
  const body = JSON.stringify({
    type: "usher.problems",
    timestamp: DateTime.formatIso(at),
    data: { began: began.map(problemOf), ended: ended.map(problemOf), link }
  })
  const headers = { "content-type": "application/json" }
  const delivery = yield* sign(Senders.of("standard-webhooks"), { secret, body, at, id, headers })
  return Posting.request(url, { ...delivery, url })
})
