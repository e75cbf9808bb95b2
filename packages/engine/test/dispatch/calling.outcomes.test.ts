/** What one call does with its answer: before a real Inbox, what it asks for and what it says. */
import { describe, expect, it } from "@effect/vitest"
import { Array, DateTime, Duration, Effect, Fiber, Layer, Logger, Metric, References } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants, type Participant } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { breaking } from "../../src/dispatch/breaking.ts"
import { calling } from "../../src/dispatch/calling.ts"
import { keeping } from "../../src/dispatch/keeping.ts"
import { Splitting } from "../../src/dispatch/splitting.ts"
import { type Claiming, Inbox, type Settling, SpotControl, Spots, Troubles } from "../../src/index.ts"
import { monotonic } from "../../src/runtime/monotonic.ts"
import { alice } from "../fixtures.ts"

const { liveId } = alice
const refusals = {
  unauthorized: new InviteError.Unauthorized({ liveId, status: 401 }),
  limited: new InviteError.RateLimited({ liveId }),
  unknown: new InviteError.LiveNotFound({ liveId }),
  malformed: new InviteError.MalformedPayload({ liveId, reason: "Refused" }),
  already: new InviteError.AlreadyInvited({ liveId }),
  large: new InviteError.PayloadTooLarge({ liveId }),
  silent: new InviteError.UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true })
}

const undecodable = new InviteError.UndecodableAnswer({ liveId, status: 200, issue: "no participant" })

const start = DateTime.makeUnsafe(0)

const claimOf = (at: number): Claiming.Claim => ({
  id: `inv_${at}`,
  spot: "main",
  source: "form",
  invitation: { liveId, member: `person-${at}@example.com` },
  lane: "live",
  attempt: 1,
  requestedAt: start,
  receivedAt: start,
  expiresAt: null,
  maxBatchSize: null,
  leaseToken: "lease_token",
  traceparent: null
})

type Invite = Effect.Effect<Participant.Participant, InviteError.InviteError>

interface Options {
  readonly invite?: Invite
  readonly inviteBulk?: ReturnType<LiveParticipants.LiveParticipants["Service"]["inviteBulk"]>
  readonly members?: number
  readonly isProbe?: boolean
  readonly isLiveProbe?: boolean
  readonly reservation?: Claiming.Reservation
  /** What the database does not take the first time. */
  readonly fails?: string
  readonly isHeld?: boolean
  readonly pauseTakes?: Duration.Input
  readonly began?: boolean
  readonly recovered?: { readonly resumed: boolean; readonly cooledDown: boolean }
}

const participant = LiveParticipantsTest.participant(claimOf(0).invitation)

/** A call, and what it does and says, in order. */
const setUp = Effect.fnUntraced(function* (options: Options) {
  const did: Array<string> = []
  const said: Array<string> = []
  const settlements: Array<Settling.Settlement> = []
  let failing = options.fails
  const doing = <A>(what: string, answer: A) =>
    Effect.suspend(() => {
      const fails = failing !== undefined && what.startsWith(failing)
      did.push(fails ? `${what} failed` : what)
      if (!fails) return Effect.succeed(answer)
      failing = undefined
      return Effect.fail(new Inbox.InboxUnavailable({ cause: "gone" }))
    })
  const inbox = Layer.mock(Inbox.Inbox)({
    settle: (settlement) => {
      settlements.push(settlement)
      const statuses = settlement.outcomes.map(({ next }) => next.status)
      return doing(
        `settle ${statuses.join(" ")}`,
        statuses.map(() => options.isHeld ?? true)
      )
    },
    release: (_, release) => doing(`release ${release?.isCalled === true ? "called" : "uncalled"}`, true)
  })
  const { began = true, recovered = { resumed: false, cooledDown: false } } = options
  const control = Layer.mock(SpotControl.SpotControl)({
    pause: () => Effect.andThen(Effect.sleep(options.pauseTakes ?? 0), doing("pause", undefined)),
    refused: (_, { isProbe }) =>
      doing(`cooldown${isProbe ? " of a probe" : ""}`, { began, wait: Duration.seconds(7) }),
    recovered: () => doing("recovered", recovered),
    deferProbe: (_, waitAfter) =>
      doing(`defer ${waitAfter === undefined ? "not at all" : Duration.format(waitAfter(1))}`, undefined),
    park: () => doing("park", { spot: "main", liveId, since: start, until: start, tries: 1 } as never),
    unpark: () => doing("unpark", true),
    limitBatch: (_, members) => doing(`limit ${members}`, undefined),
    growBatch: () => doing("grow", undefined),
    setCircuit: () => Effect.void
  })
  const participants = Layer.mock(LiveParticipants.LiveParticipants)({
    invite: () => options.invite ?? Effect.succeed(participant),
    inviteBulk: () => options.inviteBulk ?? Effect.succeed([])
  })
  class Watched extends Splitting {
    override failed(failed: Parameters<Splitting["failed"]>[0]) {
      did.push(`split after none${failed.isClosed ? "" : " while open"}`)
      return super.failed(failed)
    }
    override answered(...[spot, call, answered]: Parameters<Splitting["answered"]>) {
      did.push(`split after ${answered.isRefused ? "a refusal" : "an answer"}`)
      super.answered(spot, call, answered)
    }
  }
  const errors: Array<unknown> = []
  const logger = Logger.make(({ logLevel, message, fiber }) => {
    if (logLevel === "Debug") return
    said.push(`${logLevel}: ${String(message)}`)
    const { error } = fiber.getRef(References.CurrentLogAnnotations)
    if (error !== undefined) errors.push(error)
  })
  const services = yield* Layer.build(
    Layer.mergeAll(
      inbox,
      control,
      participants,
      CircuitBreaker.layerStoreMemory(),
      Layer.succeed(Troubles.Troubles, Troubles.make()),
      Logger.layer([logger])
    )
  )
  return yield* Effect.gen(function* () {
    const breaker = yield* breaking
    const call = yield* calling(breaker, yield* keeping("5 seconds"), new Watched())
    const spot = Spots.make("main", yield* LiveParticipants.LiveParticipants)
    const claims = Array.map(Array.range(0, (options.members ?? 1) - 1), claimOf)
    const { isProbe = false, isLiveProbe = false, reservation = null } = options
    return {
      did,
      said,
      errors,
      settlements,
      breaker,
      spot,
      run: Effect.flatMap(monotonic, (claimedAt) =>
        Effect.provide(call({ spot, claimedAt, isProbe }, { claims, reservation, isLiveProbe }), services)
      )
    }
  }).pipe(Effect.provide(services))
})

const test = (sentence: string, options: Options, did: ReadonlyArray<string>, said?: ReadonlyArray<RegExp>) =>
  it.effect(sentence, () =>
    Effect.gen(function* () {
      const one = yield* setUp(options)
      yield* one.run
      // An answer that was kept is stored within a moment.
      yield* TestClock.adjust("1 second")
      expect(one.did).toEqual(did)
      expect(one.said).toEqual(said?.map((line) => expect.stringMatching(line)) ?? expect.anything())
    }).pipe(Effect.scoped)
  )

describe("a single call", () => {
  const answer = "split after an answer"
  const pending = "settle pending"
  test("that is accepted is settled", {}, [answer, "settle invited"], [/^Info: invitation invited$/])
  test(
    "whose key is refused pauses the Spot first",
    { invite: Effect.fail(refusals.unauthorized) },
    ["pause", pending],
    [/^Error: Spot main paused/, /^Info: invitation pending$/]
  )
  test(
    "that is rate-limited begins a cooldown first",
    { invite: Effect.fail(refusals.limited) },
    ["cooldown", pending],
    [/^Warn: Spot main is in cooldown for 7s/, /^Info: invitation pending$/]
  )
  test(
    "says nothing of a cooldown that goes on",
    { invite: Effect.fail(refusals.limited), began: false },
    ["cooldown", pending],
    [/^Info: invitation pending$/]
  )
  test(
    "to an unknown Live parks it first",
    { invite: Effect.fail(refusals.unknown) },
    ["split after a refusal", "park", pending],
    [/^Warn: Live live-1 is parked until/, /^Info: invitation pending$/]
  )
  test("that is refused is rejected", { invite: Effect.fail(refusals.malformed) }, [
    "split after a refusal",
    "settle rejected"
  ])
  test(
    "to somebody who is invited already is settled as an answer",
    { invite: Effect.fail(refusals.already) },
    [answer, "settle already_invited"]
  )
  test("without an answer is due again", { invite: Effect.fail(refusals.silent) }, [
    "split after none",
    pending
  ])
  test(
    "that another dispatcher took over says so",
    { isHeld: false },
    [answer, "settle invited"],
    [/^Info: invitation taken over by another dispatcher$/]
  )
  test(
    "that fails in this program is told, and not given back",
    { invite: Effect.die("a fault") },
    [],
    [/^Error: A call failed with an internal error/]
  )
})

describe("a call that probes", () => {
  const probe = { isProbe: true }
  const both = { resumed: true, cooledDown: true }
  const settled = ["split after an answer", "settle invited", "recovered"]
  test("and is accepted ends what held the Spot up", { ...probe, recovered: both }, settled, [
    /^Info: invitation invited$/,
    /^Info: Spot main resumed/,
    /^Info: Spot main: the cooldown ended/
  ])
  test("and ends nothing says nothing", probe, settled, [/^Info: invitation invited$/])
  test(
    "and is refused for its body has found out as much",
    { ...probe, invite: Effect.fail(refusals.malformed) },
    ["split after a refusal", "settle rejected", "recovered"]
  )
  test(
    "and whose key is refused is followed by a later one",
    { ...probe, invite: Effect.fail(refusals.unauthorized) },
    ["pause", "settle pending", "defer 10s"]
  )
  test("and gets no answer is followed by a later one", { ...probe, invite: Effect.fail(refusals.silent) }, [
    "split after none",
    "settle pending",
    "defer 10s"
  ])
  test("and is rate-limited goes on with the cooldown", { ...probe, invite: Effect.fail(refusals.limited) }, [
    "cooldown of a probe",
    "settle pending"
  ])
})

describe("a call that tries a parked Live", () => {
  const trial = { isLiveProbe: true }
  test(
    "ends the parking when it is accepted",
    trial,
    ["split after an answer", "settle invited", "unpark"],
    [/^Info: invitation invited$/, /^Info: Live live-1 is no longer parked$/]
  )
  test(
    "ends it when it is refused for another reason",
    { ...trial, invite: Effect.fail(refusals.malformed) },
    ["split after a refusal", "settle rejected", "unpark"]
  )
  test("goes on with it while the Live is unknown", { ...trial, invite: Effect.fail(refusals.unknown) }, [
    "split after a refusal",
    "park",
    "settle pending"
  ])
  test("goes on with it while there is no answer", { ...trial, invite: Effect.fail(refusals.silent) }, [
    "split after none",
    "settle pending"
  ])
})

describe("a call for many", () => {
  const members = 3
  test(
    "settles each by what the answer says of them, and those it does not name as due again",
    { members, inviteBulk: Effect.succeed([participant, undefined, participant]) },
    ["split after an answer", "settle invited pending invited"],
    [/^Info: invitations 2 invited, 1 pending$/]
  )
  test(
    "settles those beyond a short answer as due again",
    { members, inviteBulk: Effect.succeed([participant]) },
    ["split after an answer", "settle invited pending pending"],
    [/^Info: invitations 1 invited, 2 pending$/]
  )
  test(
    "fails for all of them, and what follows is done once",
    { members, inviteBulk: Effect.fail(refusals.unauthorized) },
    ["pause", "settle pending pending pending"]
  )
  test("that is too large halves the next ones", { members: 40, inviteBulk: Effect.fail(refusals.large) }, [
    "split after a refusal",
    "limit 20",
    `settle ${Array.replicate("pending", 40).join(" ")}`
  ])
})

describe("what the database does not take the first time", () => {
  test(
    "is tried again: a settlement, without what came before it",
    { fails: "settle", invite: Effect.fail(refusals.unauthorized) },
    ["pause", "settle pending failed", "settle pending"]
  )
  test(
    "is tried again: what comes before the settlement, before it",
    { fails: "pause", invite: Effect.fail(refusals.unauthorized) },
    ["pause failed", "pause", "settle pending"]
  )
  test("is tried again: what comes after the settlement, alone", { fails: "recovered", isProbe: true }, [
    "split after an answer",
    "settle invited",
    "recovered failed",
    "recovered"
  ])
})

describe("a call that is interrupted", () => {
  const interrupted = Effect.fnUntraced(function* (options: Options) {
    const one = yield* setUp({ ...options, invite: Effect.never })
    yield* Fiber.interrupt(yield* Effect.forkChild(one.run, { startImmediately: true }))
    return one
  }, Effect.scoped)

  it.effect("gives its invitation back, as one that may have arrived", () =>
    Effect.gen(function* () {
      expect((yield* interrupted({})).did).toEqual(["release called"])
      expect((yield* interrupted({ isProbe: true })).did).toEqual(["release called", "defer not at all"])
    })
  )

  it.effect("tells when it can't give it back, and ends", () =>
    Effect.gen(function* () {
      const { did, said } = yield* interrupted({ fails: "release" })
      expect(did).toEqual(["release called failed"])
      expect(said).toEqual([expect.stringContaining("The database can't be used")])
    })
  )
})

it.effect("a call that is answered is stored, whoever interrupts it then", () =>
  Effect.gen(function* () {
    const { run, did } = yield* setUp({ invite: Effect.fail(refusals.unauthorized), pauseTakes: "1 second" })
    const running = yield* Effect.forkChild(run, { startImmediately: true })
    yield* Effect.forkChild(Fiber.interrupt(running), { startImmediately: true })
    yield* TestClock.adjust("1 second")
    yield* Fiber.await(running)
    expect(did).toEqual(["pause", "settle pending"])
  }).pipe(Effect.scoped)
)

it.effect("a call is counted by its result, which its line names if it is an error", () =>
  Effect.gen(function* () {
    const { run, errors } = yield* setUp({ invite: Effect.fail(refusals.malformed) })
    yield* run
    expect(errors).toEqual(["MalformedPayload"])
    const counted = (yield* Metric.snapshot).filter(({ id }) => id === "usher_attempts_total")
    expect(counted).toMatchObject([
      { attributes: { spot: "main", result: "MalformedPayload" }, state: { count: 1 } }
    ])
  }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
)

it.effect("a call that finds the circuit open is given back as it was", () =>
  Effect.gen(function* () {
    const { breaker, spot, run, did } = yield* setUp({ isProbe: true })
    yield* Effect.replicateEffect(breaker.guard(spot, Effect.succeed([refusals.silent]), false), 10)
    yield* run
    expect(did).toEqual(["release uncalled", "defer not at all"])
  }).pipe(Effect.scoped)
)

it.effect.each([
  ["since its reservation", { spot: "main", lane: 0, number: 1, since: 1_000 }, 4_000],
  ["no time without one", undefined, 0]
] as const)("a call's wait is %s", ([, reservation, waited]) =>
  Effect.gen(function* () {
    const invite = Effect.delay(Effect.succeed(participant), "2 seconds")
    const { run, settlements } = yield* setUp({
      invite,
      ...(reservation === undefined ? {} : { reservation })
    })
    yield* TestClock.adjust("5 seconds")
    const running = yield* Effect.forkChild(run, { startImmediately: true })
    yield* TestClock.adjust("2 seconds")
    yield* Fiber.join(running)
    const [settlement] = settlements
    expect(settlement?.startedAt).toEqual(DateTime.makeUnsafe(5_000))
    expect(Duration.toMillis(settlement?.duration ?? 0)).toBe(2_000)
    expect(Duration.toMillis(settlement?.waited ?? 0)).toBe(waited)
  }).pipe(Effect.scoped)
)

it.effect.each([
  ["grow after an hour in which one is accepted", Effect.succeed([]), true],
  ["grow after one that says something unknown", Effect.succeed([undecodable]), true],
  ["do not grow while they are refused", Effect.fail(refusals.malformed), false],
  ["do not grow while there is no answer", Effect.fail(refusals.silent), false]
] as const)("calls that were too large %s", ([, second, grows]) =>
  Effect.gen(function* () {
    let answer: NonNullable<Options["inviteBulk"]> = Effect.fail(refusals.large)
    const { run, did } = yield* setUp({ members: 40, inviteBulk: Effect.suspend(() => answer) })
    yield* run
    answer = second
    yield* run
    expect(did).not.toContain("grow")
    yield* TestClock.adjust("1 hour")
    yield* run
    expect(did.includes("grow")).toBe(grows)
  }).pipe(Effect.scoped)
)
