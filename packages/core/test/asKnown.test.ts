import { describe, expect, it } from "@effect/vitest"
import { Array, Clock, Effect, Exit, Fiber, Layer, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { recordingTracer } from "./spans.ts"

const liveId = "live-1"
const numbered = (count: number) => Array.makeBy(count, (n) => `${n}@example.com`)

/** A single call takes a second, a bulk call no time. */
const slowSingles = { faults: [{ on: { operation: "invite" }, delay: "1 second" }] } as const

/** Invites them by a bulk call, which takes no time. */
const alreadyThere = (members: ReadonlyArray<string>) =>
  LiveParticipants.LiveParticipants.use((participants) => participants.inviteBulk({ liveId, members }))

/** When each result came, in seconds; time passes as far as it takes. */
const timed = Effect.fnUntraced(function* <A, E, R>(
  results: Stream.Stream<A, E, R>,
  name: (result: A) => string
) {
  const seen = yield* Ref.make<ReadonlyArray<readonly [string, number]>>([])
  const fiber = yield* Effect.forkChild(
    Stream.runForEach(results, (result) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Ref.update(seen, Array.append([name(result), now / 1000] as const))
      )
    )
  )
  yield* TestClock.adjust("1 hour")
  yield* Fiber.join(fiber)
  return yield* Ref.get(seen)
})

const inviteMany = (members: ReadonlyArray<string>, options?: Partial<LiveParticipants.BatchOptions>) =>
  Stream.unwrap(
    LiveParticipants.LiveParticipants.use(({ inviteMany }) =>
      Effect.succeed(inviteMany({ liveId, members, ...options }))
    )
  )

describe("a batch of whom some were invited before", () => {
  const [known, news] = [numbered(20), ["new-1@example.com", "new-2@example.com"] as const]
  const members = [news[0], ...known, news[1]]

  it.effect("emits in order, and nobody waits for those who come later", () =>
    Effect.gen(function* () {
      yield* alreadyThere(known)
      const seen = yield* timed(inviteMany(members), ({ member }) => member)
      expect(seen.map(([member]) => member)).toEqual(members)
      expect(seen[0]).toEqual([news[0], 0])
      // Ten at a time.
      expect(seen.slice(1).map(([, second]) => second)).toEqual([
        ...Array.replicate(1, 10),
        2,
        ...Array.replicate(2, 10)
      ])
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory(slowSingles)))
  )

  it.effect("emits each as soon as it is known, if order does not matter", () =>
    Effect.gen(function* () {
      yield* alreadyThere(known)
      const seen = yield* timed(
        inviteMany(members, { unordered: true }),
        ({ member, _tag }) => `${_tag} ${member}`
      )
      expect(seen.slice(0, 2)).toEqual(news.map((member) => [`Invited ${member}`, 0]))
      expect(seen.slice(2).map(([name]) => name)).toEqual(known.map((member) => `AlreadyInvited ${member}`))
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory(slowSingles)))
  )

  it.effect.each([1, 4, 100])("confirms no more than %d at once, over all chunks", (confirmConcurrency) =>
    Effect.gen(function* () {
      let underWay = 0
      let most = 0
      const answer: LiveParticipantsTest.Answer = (invitation) =>
        Effect.suspend(() => {
          most = Math.max(most, ++underWay)
          return Effect.yieldNow
        }).pipe(
          Effect.andThen(LiveParticipantsTest.alreadyInvited(invitation)),
          Effect.ensuring(Effect.sync(() => underWay--))
        )
      const results = yield* Stream.runCollect(
        inviteMany(members, { confirmConcurrency, chunkSize: 8, concurrency: 3 })
      ).pipe(Effect.provide(LiveParticipantsTest.layerWith(answer, { bulk: () => Effect.succeed([]) })))
      expect(results.map(({ member }) => member)).toEqual(members)
      expect(most).toBe(Math.min(confirmConcurrency, members.length))
    })
  )

  it.effect("fails after the results that are known, ordered or not", () =>
    Effect.gen(function* () {
      for (const [unordered, expected] of [
        [false, ["a@b.c"]],
        [true, ["a@b.c", "c@b.c"]]
      ] as const) {
        const emitted: Array<string> = []
        const results = yield* LiveParticipants.LiveParticipants.use(({ inviteMany }) =>
          Effect.flip(
            Stream.runForEach(
              inviteMany({ liveId, members: ["a@b.c", "b@b.c", "c@b.c"], unordered }),
              ({ member }) => Effect.sync(() => emitted.push(member))
            )
          )
        )
        expect(results._tag).toBe("Unauthorized")
        expect(emitted).toEqual(expected)
      }
    }).pipe(
      Effect.provide(
        LiveParticipantsTest.layerWith(
          LiveParticipantsTest.fails(new InviteError.Unauthorized({ liveId, status: 401 })),
          {
            bulk: ({ members }) =>
              Effect.succeed(
                members.map((member) =>
                  member === "b@b.c" ? undefined : LiveParticipantsTest.participant({ liveId, member })
                )
              )
          }
        )
      )
    )
  )
})

describe("calls that are batched", () => {
  const batched = LiveParticipants.layerBatched().pipe(
    Layer.provideMerge(LiveParticipantsTest.layerMemory(slowSingles))
  )
  const known = numbered(9)
  const everybody = [...known, "new@example.com"]

  /** Whether it was invited, and the second of its answer. */
  const answerOf = (member: string) =>
    LiveParticipants.LiveParticipants.use(({ invite }) => Effect.exit(invite({ liveId, member }))).pipe(
      Effect.flatMap((exit) =>
        Effect.map(Clock.currentTimeMillis, (now) => [Exit.isSuccess(exit), now / 1000])
      )
    )

  it.effect("have their answers as soon as they are known", () =>
    Effect.gen(function* () {
      yield* alreadyThere(known)
      const fiber = yield* Effect.forkChild(Effect.forEach(everybody, answerOf, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      const answers = yield* Fiber.join(fiber)
      expect(answers).toEqual([...known.map(() => [false, 1.01]), [true, 0.01]])
    }).pipe(Effect.provide(batched))
  )

  it.effect("are linked to the requests that served them, which hang under no caller", () =>
    Effect.gen(function* () {
      const { clients, named, tracer } = recordingTracer()
      yield* alreadyThere(known)
      const fiber = yield* Effect.forEach(everybody, answerOf, { concurrency: "unbounded" }).pipe(
        Effect.withSpan("program"),
        Effect.withTracer(tracer),
        Effect.forkChild
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)

      const [bulk, ...singles] = clients()
      const callers = named("LiveParticipants.invite").filter(
        ({ parent }) => parent._tag === "Some" && parent.value.spanId === named("program")[0]?.spanId
      )
      expect(callers).toHaveLength(10)
      expect(singles).toHaveLength(9)
      expect(new Set(bulk?.links.map(({ span }) => span))).toEqual(new Set(callers))
      for (const [index, caller] of callers.entries()) {
        const isNew = everybody[index] === "new@example.com"
        expect(caller.attributes.get("live.id")).toBe(liveId)
        expect(caller.attributes.get("invitation.outcome")).toBe(isNew ? "Invited" : "AlreadyInvited")
        const linked = caller.links.map(({ span }) => span)
        expect(linked[0]).toBe(bulk)
        expect(linked).toHaveLength(isNew ? 1 : 2)
      }
      for (const { traceId } of clients()) expect(traceId).not.toBe(callers[0]?.traceId)
      expect(singles.map(({ links }) => links.length)).toEqual(singles.map(() => 1))
    }).pipe(Effect.provide(batched))
  )
})
