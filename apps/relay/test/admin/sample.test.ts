/** Signed samples, to try a source. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { isolated, participants, secrets } from "../harness.ts"
import { ask, relay } from "./harness.ts"

const member = "first@example.com"

describe("a signed sample", () => {
  it.live("is accepted as it is, and invites the person", () =>
    Effect.gen(function* () {
      const { url, ledger, operator } = yield* relay()
      const sample = yield* operator.sources.sample({ params: { name: "svix" }, payload: { member } })
      expect(new URL(sample.url).pathname).toBe("/webhooks/svix")
      expect(JSON.stringify(sample)).not.toContain(secrets.SVIX_SECRET)
      const { headers, body } = sample
      const answer = yield* ask(`${url}/webhooks/svix`, { method: "POST", headers, body })
      expect(answer.status).toBe(202)
      expect(yield* participants(ledger, 1)).toEqual([member])
    }).pipe(isolated)
  )

  it.live("is refused if it would show the secret, for an unknown source, and to a read-only token", () =>
    Effect.gen(function* () {
      const { operator, viewer } = yield* relay()
      const of = (name: string) => ({ params: { name }, payload: { member } })
      expect(yield* Effect.flip(operator.sources.sample(of("token")))).toMatchObject({ _tag: "Conflict" })
      expect(yield* Effect.flip(operator.sources.sample(of("nobody")))).toMatchObject({ _tag: "NotFound" })
      expect(yield* Effect.flip(viewer.sources.sample(of("svix")))).toMatchObject({ _tag: "Forbidden" })
    }).pipe(isolated)
  )
})
