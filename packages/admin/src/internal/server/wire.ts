/** Converts stored records to the schemas of the API. */
import { Duration } from "effect"
import type * as Invitations from "../../Invitations.ts"
import type * as Replays from "../../Replays.ts"
import type * as Webhooks from "../../Webhooks.ts"
import type { Search, Webhook } from "@usher/model"
import type { StoredAttempt } from "@usher/model/Invitation"

export const attempt = (stored: StoredAttempt): Invitations.Attempt => {
  const { duration, error, participant, ...rest } = stored
  return {
    ...rest,
    durationMs: Duration.toMillis(duration),
    error: error === null ? null : { tag: error._tag, message: error.message },
    participantId: participant?.id ?? null
  }
}

export const webhook = (stored: Webhook.Webhook): Webhooks.Webhook => {
  const { body, headers: _headers, traceparent, ...rest } = stored
  return { ...rest, size: body.length, traceId: traceIdOf(traceparent) }
}

/** The trace id in a W3C `traceparent`. */
export const traceIdOf = (traceparent: string | null): string | null => traceparent?.split("-")[1] ?? null

export { shown as body } from "./body.ts"

export const plan = ({ duration, ...rest }: Search.Plan): Replays.Plan => ({
  ...rest,
  durationMs: Duration.toMillis(duration)
})

/** A page and the cursor of the next, from at most one item more than the limit. */
export const page = <A extends { readonly id: string }>(found: ReadonlyArray<A>, limit: number) => {
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}
