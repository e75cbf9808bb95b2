/** Maps a stored webhook of a source. */
import { Effect, Predicate, Result } from "effect"
import type { Webhook } from "@usher/model/Webhook"
import type { Inbox, InboxUnavailable } from "../ports/Inbox.ts"
import type { Mapped } from "../ports/Mapped.ts"
import type { Expressions } from "../source/Expressions.ts"
import type { Mapping } from "../source/Mapping.ts"
import { readable } from "../source/people.ts"
import type { Source } from "../source/Source.ts"
import * as StoredBody from "../source/StoredBody.ts"
import { echoOf } from "./echo.ts"

export const mapEvent = Effect.fnUntraced(function* (
  inbox: Inbox["Service"],
  webhook: Webhook,
  source: Source,
  mapping: Mapping,
  memberId: RegExp | undefined
): Effect.fn.Return<Mapped, InboxUnavailable, Expressions> {
  const event = yield* Effect.result(StoredBody.event(source, webhook))
  if (Result.isFailure(event)) return { status: "unmappable", reason: event.failure.message }
  const echo = yield* echoOf(inbox, source, event.success)
  if (echo !== undefined) return { status: "ignored", reason: echo }
  const mapped = yield* mapping
    .map({ ...event.success, memberId })
    .pipe(Effect.catchDefect((defect) => Effect.succeed(thrown(defect))))
  return readable(mapped, memberId)
})

/** A program's mapping that throws must not block the webhooks behind it. The error message can be personal data. */
const thrown = (defect: unknown): Mapped => ({
  status: "unmappable",
  reason: `the mapping threw ${Predicate.isError(defect) ? defect.name : typeof defect}: fix the program`
})
