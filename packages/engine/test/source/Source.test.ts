import { describe, expect, it } from "@effect/vitest"
import { Context, Data, Effect, Schema } from "effect"
import type { Invitation } from "@usher/core"
import { Secret } from "@usher/signatures"
import { Expressions, Source } from "../../src/index.ts"
import { alice, secret, sender } from "../fixtures.ts"

const SignUp = Schema.Struct({
  live: Schema.String,
  seats: Schema.FiniteFromString,
  guests: Schema.Record(Schema.String, Schema.Struct({ email: Schema.String }))
})

const common = { name: "form", sender, secrets: [Secret.make(secret)], spot: "main" }

const map = ({ mapping }: Source.Source, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  mapping
    .map({
      source: "form",
      headers,
      body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body))
    })
    // No expression is evaluated.
    .pipe(Effect.provideService(Expressions.Expressions, { evaluate: () => Effect.die("not here") }))

const signUp = {
  live: "live-1",
  seats: "2",
  guests: { a: { email: alice.member }, b: { email: "bob@example.com" } }
}

class Lives extends Context.Service<
  Lives,
  { readonly idOf: (name: string) => Effect.Effect<string, NoSuchLive> }
>()("test/Lives") {}

class NoSuchLive extends Data.TaggedError("NoSuchLive")<{ readonly name: string }> {}

describe("a source in types", () => {
  it.effect("gives the event as its schema reads it, and takes a plain list", () =>
    Effect.gen(function* () {
      const source = yield* Source.make({
        ...common,
        schema: SignUp,
        invitations: ({ live, seats, guests }) =>
          Object.values(guests)
            .slice(0, seats)
            .map(({ email }) => ({ liveId: live, member: email }))
      })
      expect(yield* map(source, signUp)).toEqual({
        status: "mapped",
        invitations: [alice, { ...alice, member: "bob@example.com" }],
        reason: null
      })
      expect(yield* map(source, { ...signUp, seats: "0" })).toEqual({
        status: "ignored",
        reason: "invitations: an empty list"
      })
      expect(source.mapping.version).toBe("program")
    })
  )

  it.effect("takes an Effect, with what it needs and how it fails", () =>
    Effect.gen(function* () {
      const make = Source.make({
        ...common,
        version: "7",
        schema: Schema.Struct({ live: Schema.String, email: Schema.String }),
        invitations: Effect.fnUntraced(function* ({ live, email }, { source, headers }) {
          const { idOf } = yield* Lives
          const invitation: Invitation.Invitation = {
            liveId: yield* idOf(live),
            member: email,
            invitedBySpotMemberId: `${source}-${headers["x-host"]}`
          }
          return [invitation]
        })
      })
      const source = yield* make.pipe(
        Effect.provideService(Lives, {
          idOf: (name) => (name === "launch" ? Effect.succeed("live-1") : new NoSuchLive({ name }))
        })
      )
      expect(source.mapping.version).toBe("7")
      expect(yield* map(source, { live: "launch", email: alice.member }, { "x-host": "1" })).toMatchObject({
        invitations: [{ ...alice, invitedBySpotMemberId: "form-1" }]
      })
      expect(yield* map(source, { live: alice.member, email: alice.member })).toEqual({
        status: "unmappable",
        reason: "invitations: failed with NoSuchLive"
      })
    })
  )

  it.effect("reads a form", () =>
    Effect.gen(function* () {
      const source = yield* Source.make({
        ...common,
        schema: Schema.Struct({ "data[email]": Schema.String }),
        invitations: (event) => [{ liveId: "live-1", member: event["data[email]"] }]
      })
      const form = { "content-type": "application/x-www-form-urlencoded" }
      expect(yield* map(source, "data%5Bemail%5D=alice%40example.com", form)).toMatchObject({
        invitations: [alice]
      })
    })
  )

  it.effect.each([
    ["{", "the body is not JSON"],
    ["7", "schema: the body does not match the schema"],
    [{ ...signUp, live: 7, seats: [] }, "schema: the body does not match the schema at live, seats"],
    [
      { ...signUp, guests: { [alice.member]: { email: 7 } } },
      "schema: the body does not match the schema at guests.….email"
    ]
  ] as const)("says where a body is something else, and nothing of what is there: %j", ([body, reason]) =>
    Effect.gen(function* () {
      const source = yield* Source.make({ ...common, schema: SignUp, invitations: () => [] })
      expect(yield* map(source, body)).toEqual({ status: "unmappable", reason })
    })
  )
})

/** What the compiler refuses. */
export const refused = [
  Source.make({
    ...common,
    schema: SignUp,
    // @ts-expect-error the schema has no such field
    invitations: ({ email }) => [{ liveId: "live-1", member: email }]
  }),
  // @ts-expect-error an invitation is to a Live
  Source.make({ ...common, schema: SignUp, invitations: () => [{ member: "alice@example.com" }] }),
  // @ts-expect-error who is invited has to be said
  Source.make({ ...common, schema: SignUp })
]
