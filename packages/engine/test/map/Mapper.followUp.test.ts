/** The example that turns MeltingSpot's own webhooks into invitations. */
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { followUp } from "../../examples/followUp.ts"
import { Expressions } from "../../src/index.ts"

const secret = `whsec_${btoa("the secret of the endpoint")}`

const event = (liveId: string, other: object = {}) => ({
  live: { id: liveId, name: "Product launch" },
  liveParticipant: { status: "Invited" },
  member: { id: "member-1", email: "ada@example.com", firstname: "Ada", lastname: null, status: "Accepted" },
  occurredAt: 1_715_095_714,
  spot: { id: "spot-1", name: "Our Spot" },
  ...other
})

const map = Effect.fnUntraced(
  function* (body: unknown) {
    const { mapping } = yield* followUp
    return yield* mapping.map({
      source: "meltingspot",
      headers: {},
      body: new TextEncoder().encode(JSON.stringify(body))
    })
  },
  // No expression is evaluated.
  Effect.provideService(Expressions.Expressions, { evaluate: () => Effect.die("not here") }),
  Effect.provide(
    ConfigProvider.layer(ConfigProvider.fromEnv({ env: { MELTINGSPOT_WEBHOOK_SECRET: secret } }))
  )
)

it.effect("a sign-up for one Live is an invitation to the Live that follows it", () =>
  Effect.gen(function* () {
    expect(yield* map(event("live-1"))).toEqual({
      status: "mapped",
      invitations: [{ liveId: "live-2", member: "member-1" }],
      reason: null
    })
  })
)

it.effect("the invitation's own webhook leads to no other, so that there is no loop", () =>
  Effect.gen(function* () {
    expect(yield* map(event("live-2"))).toMatchObject({ status: "ignored" })
  })
)

it.effect("a delivery of the Test button invites nobody", () =>
  Effect.gen(function* () {
    expect(yield* map(event("live-1", { test: true }))).toMatchObject({ status: "ignored" })
  })
)

it.effect("another event of MeltingSpot is unmappable, and says where", () =>
  Effect.gen(function* () {
    expect(yield* map({ ...event("live-1"), liveParticipant: undefined })).toEqual({
      status: "unmappable",
      reason: "schema: the body does not match the schema at liveParticipant"
    })
  })
)
