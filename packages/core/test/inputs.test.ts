/** What a program may give: an undefined optional field is as if it were not there, and a value out of range is named. */
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient } from "effect/http"
import {
  InviteError,
  type InviteResult,
  LiveParticipants,
  MeltingSpotConfig,
  type ParticipantFilter
} from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { recorded } from "./recorded.ts"

const liveId = "live-1"
const alice = "alice@example.com"
const optional = { invitedBySpotMemberId: undefined, withEmailNotification: undefined }

describe("an undefined optional field", () => {
  it.effect("is not sent by any call", () =>
    Effect.gen(function* () {
      const { participants, bodies, urls } = yield* recorded
      yield* participants.invite({ liveId, member: alice, ...optional })
      yield* participants.ensureInvited({ liveId, member: alice, ...optional })
      yield* participants.inviteBulk({ liveId, members: ["bob@example.com"], ...optional })
      yield* participants
        .inviteMany({
          liveId,
          members: ["carol@example.com", "dave@example.com"],
          ...optional,
          chunkSize: undefined,
          concurrency: undefined,
          perCall: undefined
        })
        .pipe(Stream.runDrain)
      const filter: ParticipantFilter.ParticipantFilter = {
        email: undefined,
        status: { eq: undefined, in: undefined },
        hasReplayed: { eq: undefined }
      }
      yield* participants
        .list({ liveId, filter, pageSize: undefined, firstPage: undefined })
        .pipe(Stream.runDrain)
      expect(bodies.map((body) => Object.keys(body))).toEqual([
        ["member"],
        ["member"],
        ["members"],
        ["members"]
      ])
      expect(urls.at(-1)).toMatch(/\/participants$/)
    })
  )

  it.effect("is taken by the batched layer and by the doubles", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      yield* invite({ liveId, member: alice, ...optional })
    }).pipe(
      Effect.provide(
        LiveParticipants.layerBatched({ window: 0, maxMembers: undefined, perCall: undefined }).pipe(
          Layer.provide(LiveParticipantsTest.layerMemory({ lives: undefined, pageSize: undefined }))
        )
      )
    )
  )

  it("is taken by errors", () => {
    const error = new InviteError.RateLimited({ liveId, retryAfter: undefined, answer: undefined })
    expect(error.retryAfter).toBeUndefined()
    const down = { liveId, reason: "ServerError", mayHaveArrived: true, status: undefined } as const
    expect(new InviteError.UpstreamUnavailable(down).message).toContain("answered with a server error")
    expect(new InviteError.UpstreamUnavailable({ ...down, reason: "NotTheApi" }).message).not.toContain(
      "undefined"
    )
  })
})

describe("an option out of range", () => {
  const client = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make(() => Effect.die("a call was made"))
  )
  const secretKey = Redacted.make("k")

  const built = (
    layer: Layer.Layer<LiveParticipants.LiveParticipants, Config.ConfigError, HttpClient.HttpClient>
  ) => Layer.build(layer).pipe(Effect.provide(client), Effect.scoped, Effect.exit, Effect.map(String))

  it.effect.each([
    ["secretKey", { secretKey: Redacted.make("") }, "is empty"],
    ["secretKey", { secretKey: Redacted.make(" k") }, "begins or ends with a space"],
    ["secretKey", { secretKey: Redacted.make("k k") }, "has a space"],
    ["timeout", { secretKey, timeout: 0 }, "above 0"],
    ["timeout", { secretKey, timeout: "-1 seconds" }, "above 0"],
    ["timeout", { secretKey, timeout: Number.NaN }, "above 0"],
    ["maxRetryAfter", { secretKey, maxRetryAfter: "-1 hours" }, "0 or more"],
    ["baseUrl", { secretKey, baseUrl: "http://[" }, "URL"]
  ] satisfies ReadonlyArray<readonly [string, MeltingSpotConfig.Options, string]>)(
    "of a layer is named: %s",
    ([name, options, flaw]) =>
      Effect.gen(function* () {
        const exit = yield* built(LiveParticipants.layer(options))
        expect(exit).toMatch(/^Failure.*Die/s)
        expect(exit).toContain(`at ["${name}"]`)
        expect(exit).toContain(flaw)
      })
  )

  it.effect.each([
    ["MELTINGSPOT_SECRET_KEY", {}, "is missing"],
    ["MELTINGSPOT_SECRET_KEY", { MELTINGSPOT_SECRET_KEY: "" }, "is empty"],
    ["MELTINGSPOT_SECRET_KEY", { MELTINGSPOT_SECRET_KEY_FILE: "/k" }, "is missing"],
    ["MELTINGSPOT_SECRET_KEY", { MELTINGSPOT_SECRET_KEY: "s3cret\n" }, "ends with a space or a line break"],
    ["MELTINGSPOT_TIMEOUT", { MELTINGSPOT_SECRET_KEY: "k", MELTINGSPOT_TIMEOUT: "0 seconds" }, "above 0"],
    ["MELTINGSPOT_TIMEOUT", { MELTINGSPOT_SECRET_KEY: "k", MELTINGSPOT_TIMEOUT: "banana" }, "Duration"]
  ] satisfies ReadonlyArray<readonly [string, Record<string, string>, string]>)(
    "of the environment is a ConfigError with its name: %s of %o",
    ([name, env, flaw]) =>
      Effect.gen(function* () {
        const exit = yield* built(LiveParticipants.layerConfig()).pipe(
          Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
        )
        expect(exit).toMatch(/^Failure.*Fail\(ConfigError/s)
        expect(exit).toContain(`at ["${name}"]`)
        expect(exit).toContain(flaw)
        expect(exit).not.toContain("s3cret")
      })
  )

  it.effect("of a Config of the program's own is a ConfigError, and no defect", () =>
    Effect.gen(function* () {
      const exit = yield* built(
        LiveParticipants.layerConfig({ ...MeltingSpotConfig.config, secretKey: Config.Redacted("MY_KEY") })
      ).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { MY_KEY: "s3cret\n" } }))))
      expect(exit).toMatch(/^Failure.*Fail\(ConfigError.*line break.*at \["secretKey"\]/s)
      expect(exit).not.toContain("s3cret")
    })
  )

  const { layerBatched } = LiveParticipants

  it.effect.each([
    ["maxMembers", { maxMembers: 0 }],
    ["maxMembers", { maxMembers: Number.NaN }],
    ["window", { window: "-1 seconds" }]
  ] satisfies ReadonlyArray<readonly [string, LiveParticipants.BatchingOptions]>)(
    "of batching is named: %s",
    ([name, options]) =>
      Effect.gen(function* () {
        const layer = layerBatched(options).pipe(Layer.provide(LiveParticipantsTest.layerScripted()))
        expect(yield* built(layer)).toContain(`"${name}" is `)
      })
  )

  it.effect.each([
    ["pageSize", { pageSize: 0 }],
    ["pageSize", { pageSize: -5 }],
    ["pageSize", { pageSize: 2.5 }],
    ["pageSize", { pageSize: Number.NaN }],
    ["firstPage", { firstPage: -1 }],
    ["firstPage", { firstPage: 0.5 }]
  ] as const)("of a list is named before a call: %s of %o", ([name, options]) =>
    Effect.gen(function* () {
      const { participants, urls } = yield* recorded
      const error = yield* Effect.flip(Stream.runDrain(participants.list({ liveId, ...options })))
      expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall" })
      expect(error.message).toContain(`"${name}" is `)
      expect(urls).toEqual([])
    })
  )

  it.effect.each([
    ["chunkSize", { chunkSize: 0 }],
    ["chunkSize", { chunkSize: 1.5 }],
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: Number.NaN }]
  ] as const)("of a batch is named before a call: %s of %o", ([name, options]) =>
    Effect.gen(function* () {
      const { participants, urls } = yield* recorded
      const batch = participants.inviteMany({ liveId, members: [alice], ...options })
      const error = yield* Effect.flip(Stream.runDrain(batch))
      expect(error.message).toContain(`"${name}" is `)
      expect(urls).toEqual([])
    })
  )

  it.effect("does not include an empty choice, which matches nobody without a call", () =>
    Effect.gen(function* () {
      const { participants, urls } = yield* recorded
      const nobody = participants.list({ liveId, filter: { status: { in: [] }, email: { contains: "a" } } })
      expect(yield* Stream.runCollect(nobody)).toEqual([])
      expect(urls).toEqual([])
      const nowhere = participants.list({ liveId: "", filter: { type: { in: [] } } })
      expect(yield* Effect.flip(Stream.runDrain(nowhere))).toMatchObject({ _tag: "MalformedPayload" })
    })
  )
})

describe("ensureInvited", () => {
  const ensured: ReadonlyArray<readonly [string, LiveParticipantsTest.Answer, InviteResult.Ensured["_tag"]]> =
    [
      ["now", LiveParticipantsTest.invited, "Invited"],
      ["before", LiveParticipantsTest.alreadyInvited, "AlreadyInvited"]
    ]

  it.effect.each(ensured)("succeeds for a member who is invited %s", ([, answer, tag]) =>
    Effect.gen(function* () {
      const { ensureInvited } = yield* LiveParticipants.LiveParticipants
      expect(yield* ensureInvited({ liveId, member: alice })).toMatchObject({ _tag: tag, member: alice })
    }).pipe(Effect.provide(LiveParticipantsTest.layerScripted(answer)))
  )

  it.effect("fails as invite does with everything else", () =>
    Effect.gen(function* () {
      const { ensureInvited } = yield* LiveParticipants.LiveParticipants
      const error = yield* Effect.flip(ensureInvited({ liveId, member: alice }))
      expect(error.retryAfter).toEqual(Duration.seconds(7))
    }).pipe(
      Effect.provide(
        LiveParticipantsTest.layerScripted(
          LiveParticipantsTest.fails(new InviteError.RateLimited({ liveId, retryAfter: Duration.seconds(7) }))
        )
      )
    )
  )

  it.effect("leaves in one call with others where invitations are batched", () =>
    Effect.gen(function* () {
      const { ensureInvited } = yield* LiveParticipants.LiveParticipants
      const members = [alice, "bob@example.com", alice]
      const ensure = Effect.forEach(members, (member) => ensureInvited({ liveId, member }), {
        concurrency: "unbounded"
      })
      expect((yield* ensure).map(({ _tag }) => _tag)).toEqual(["Invited", "Invited", "AlreadyInvited"])
    }).pipe(
      Effect.provide(
        LiveParticipants.layerBatched({ maxMembers: 3, window: "1 hour" }).pipe(
          Layer.provide(LiveParticipantsTest.layerMemory())
        )
      )
    )
  )
})
