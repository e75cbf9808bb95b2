import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { admin, relay } from "../admin/harness.ts"
import { deliver, folder, isolated, until } from "../harness.ts"

it.live("usher serve deletes what is older than retention says, and by default nothing", () =>
  Effect.gen(function* () {
    const home = yield* folder("")
    yield* Effect.gen(function* () {
      const { url, statuses } = yield* relay(undefined, {}, { home })
      yield* deliver(url, "svix", { email: "alice@example.com" }, { id: "msg_1" })
      yield* until(statuses, ({ invitations }) => invitations["invited"] === 1)
    }).pipe(Effect.scoped)
    yield* Effect.gen(function* () {
      const { statuses } = yield* relay(undefined, {}, { home })
      expect(yield* statuses).toEqual({ webhooks: { mapped: 1 }, invitations: { invited: 1 } })
    }).pipe(Effect.scoped)
    const retention = `${admin}\nretention: { bodies: 1 ms, invitations: 1 ms }\n`
    const { statuses } = yield* relay(undefined, {}, { home, admin: retention })
    yield* until(statuses, ({ webhooks, invitations }) => {
      return webhooks["purged"] === 1 && Object.keys(invitations).length === 0
    })
  }).pipe(isolated)
)
