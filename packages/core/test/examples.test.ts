/** Each example as a user runs it, against the contract served over real HTTP. Two of them run as processes of their own. */
import { NodeHttpClient, NodeHttpServer, NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Context, Deferred, Effect, FileSystem, Layer, Redacted, Ref, Stream } from "effect"
import {
  HttpClient,
  HttpClientRequest,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { createServer } from "node:http"
import { vi } from "vitest"
import { join } from "node:path"
import "../examples/fake.test.ts"
import { MeltingSpotApi } from "../src/index.ts"
import { MeltingSpotMemory, MeltingSpotServer } from "../src/testing.ts"
import { examples, printed, spawnExample, startExample } from "./runExample.ts"

vi.mock("@effect/platform-node/NodeRuntime", async () => (await import("./runExample.ts")).nodeRuntime)

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"
const secretKey = "the-key-of-the-spot"

interface Call {
  readonly call: string
  readonly at: number
}

type Faults = ReadonlyArray<HttpServerResponse.HttpServerResponse | undefined>

/** What the upstream was asked, and what it says, one for each call, instead of acting. */
class Upstream extends Context.Service<
  Upstream,
  { readonly calls: Ref.Ref<ReadonlyArray<Call>>; readonly faults: Ref.Ref<Faults> }
>()("test/Upstream") {
  static readonly layer = Layer.effect(
    Upstream,
    Effect.gen(function* () {
      return Upstream.of({
        calls: yield* Ref.make<ReadonlyArray<Call>>([]),
        faults: yield* Ref.make<Faults>([])
      })
    })
  )
}

const observed = HttpRouter.middleware(
  Effect.gen(function* () {
    const { calls, faults } = yield* Upstream
    return Effect.fnUntraced(function* (handle) {
      const request = yield* HttpServerRequest.HttpServerRequest
      const at = yield* Clock.currentTimeMillis
      const call = `${request.method} ${request.url.replace(`/v1/lives/${liveId}/`, "")}`
      yield* Ref.update(calls, (before) => [...before, { call, at }])
      const fault = yield* Ref.modify(faults, ([first, ...others]) => [first, others])
      return fault ?? (yield* handle)
    })
  }),
  { global: true }
)

const upstream = HttpRouter.serve(
  Layer.merge(
    HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi).pipe(
      Layer.provide(MeltingSpotServer.layerHandlers),
      Layer.provide(MeltingSpotServer.layerSecretKey(Redacted.make(secretKey)))
    ),
    observed
  ),
  { disableLogger: true, disableListenLog: true }
).pipe(
  Layer.provideMerge(MeltingSpotMemory.layer()),
  Layer.provideMerge(Upstream.layer),
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(NodeHttpClient.layerUndici),
  Layer.provideMerge(NodeServices.layer)
)

const empty = (status: number) => HttpServerResponse.empty({ status })

const busy = (seconds: number) =>
  HttpServerResponse.empty({ status: 429, headers: { "retry-after": `${seconds}` } })

const environment = HttpServer.addressFormattedWith((baseUrl) =>
  Effect.succeed({
    MELTINGSPOT_BASE_URL: baseUrl,
    MELTINGSPOT_SECRET_KEY: secretKey,
    ACME_SECRET_KEY: secretKey,
    PORT: "0"
  })
)

const start = Effect.fnUntraced(function* (file: string, ...args: ReadonlyArray<string>) {
  return yield* startExample(yield* environment, file, ...args)
})

const run = (file: string, ...args: ReadonlyArray<string>) =>
  Effect.scoped(Effect.flatMap(start(file, ...args), printed))

/** As `run`, but as a process. */
const runProcess = (file: string) =>
  Effect.scoped(
    Effect.flatMap(
      Effect.flatMap(environment, (env) => spawnExample(env, file)),
      printed
    )
  )

/** The first match; what is printed after it is read too, so that the process never waits for a reader. */
const firstMatch = Effect.fnUntraced(function* <E, R>(printed: Stream.Stream<string, E, R>, pattern: RegExp) {
  const found = yield* Deferred.make<string, string>()
  yield* printed.pipe(
    Stream.map((line) => pattern.exec(line)?.[0]),
    Stream.filter((match) => match !== undefined),
    Stream.runForEach((match) => Deferred.succeed(found, match)),
    Effect.onExit(() => Deferred.fail(found, "it ended")),
    Effect.forkScoped
  )
  return yield* Deferred.await(found)
})

/** Who is in the MeltingSpot. */
const guests = MeltingSpotMemory.MeltingSpot.use(({ entries }) =>
  Effect.map(entries, (all) => all.map(({ participant }) => participant.spotMemberEmail))
)

const calls = Upstream.use((upstream) =>
  Effect.map(Ref.get(upstream.calls), (all) => all.map(({ call }) => call))
)

const alice = "alice@example.com"

describe("the example", () => {
  it.live("invites one person, and can be run again", () =>
    Effect.gen(function* () {
      expect(yield* runProcess("inviteOne.ts")).toEqual(["alice@example.com: Invited"])
      expect(yield* run("inviteOne.ts")).toEqual(["alice@example.com: AlreadyInvited"])
      expect(yield* guests).toEqual([alice])
    }).pipe(Effect.provide(upstream))
  )

  it.live("calls several Spots, each with its own key", () =>
    Effect.gen(function* () {
      const child = yield* start("severalSpots.ts")
      expect((yield* Stream.runCollect(child.lines)).join("\n")).toContain('at ["GLOBEX_SECRET_KEY"]')
      expect(yield* child.exitCode).toBe(1)
      expect(yield* guests).toEqual([alice])
    }).pipe(Effect.scoped, Effect.provide(upstream))
  )

  it.live("reads whom texts name", () =>
    Effect.gen(function* () {
      expect(yield* runProcess("readMembers.ts")).toEqual([
        "alice@example.com and bob@example.com",
        "member-7",
        "Placeholder: The text is a placeholder.",
        "NotAnAddress: The text is not an email address."
      ])
    }).pipe(Effect.provide(upstream))
  )

  it.live("catches AlreadyInvited by its tag", () =>
    Effect.gen(function* () {
      expect(yield* run("alreadyInvited.ts")).toEqual([
        "Your invitation is on its way",
        "You are on the list already"
      ])
      expect(yield* guests).toEqual([alice])
    }).pipe(Effect.provide(upstream))
  )

  it.live("imports a CSV, quoted fields and all, tells what became of everybody, and can do so twice", () =>
    Effect.gen(function* () {
      expect(yield* run("importCsv.ts", "--live", liveId, join(examples, "guests.csv"))).toEqual([
        `guest 5: MeltingSpot says that the invitation to Live ${liveId} is malformed`,
        expect.stringMatching(/^guest 6: Not sent: .* is malformed: Expected an email address/),
        '{"Invited":4,"AlreadyInvited":1,"Undecodable":0,"Rejected":2,"Unanswered":0}'
      ])
      expect((yield* guests).toSorted()).toEqual([
        "ada@example.com",
        "grace@example.com",
        "hedy@example.com",
        "katherine@example.com"
      ])
      expect((yield* run("importCsv.ts", "--live", liveId, join(examples, "guests.csv"))).at(-1)).toBe(
        '{"Invited":0,"AlreadyInvited":5,"Undecodable":0,"Rejected":2,"Unanswered":0}'
      )
    }).pipe(Effect.provide(upstream))
  )

  it.live("imports a longer CSV in chunks, and tells how far it is", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const file = join(yield* files.makeTempDirectoryScoped(), "many.csv")
      const rows = Array.from({ length: 250 }, (_, n) => `"Guest, the ${n}.",guest-${n}@example.com`)
      yield* files.writeFileString(file, ["name,email", ...rows].join("\r\n"))

      expect(yield* run("importCsv.ts", "--live", liveId, file)).toEqual([
        "100 of 250",
        "200 of 250",
        '{"Invited":250,"AlreadyInvited":0,"Undecodable":0,"Rejected":0,"Unanswered":0}'
      ])
      const bulk = "POST participants~bulkInvite"
      expect(yield* calls).toEqual([bulk, bulk, bulk])
    }).pipe(Effect.scoped, Effect.provide(upstream))
  )

  it.live("invites nobody from a CSV that is broken, or that has no such column", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const file = join(yield* files.makeTempDirectoryScoped(), "broken.csv")
      for (const broken of ['email\nalice@example.com\n"bob', "mail\nalice@example.com\n"]) {
        yield* files.writeFileString(file, broken)
        const child = yield* start("importCsv.ts", "--live", liveId, file)
        yield* Stream.runDrain(child.lines)
        expect(yield* child.exitCode).toBe(1)
      }
      expect(yield* calls).toEqual([])
    }).pipe(Effect.scoped, Effect.provide(upstream))
  )

  it.live("retries one and many, and not before the upstream wants it", () =>
    Effect.gen(function* () {
      const { calls, faults } = yield* Upstream
      yield* Ref.set(faults, [empty(503), busy(1), undefined, busy(1)])
      expect(yield* run("retry.ts")).toEqual([
        "alice@example.com: Invited",
        "bob@example.com: Invited",
        "carol@example.com: Invited"
      ])
      const one = "POST participants"
      const many = "POST participants~bulkInvite"
      const made = yield* Ref.get(calls)
      expect(made.map(({ call }) => call)).toEqual([one, one, one, many, many])
      const gaps = made.slice(1).map(({ at }, before) => at - (made[before]?.at ?? Infinity))
      expect(gaps[1]).toBeGreaterThan(990)
      expect(gaps[3]).toBeGreaterThan(990)
    }).pipe(Effect.provide(upstream))
  )

  it.live("does not retry what only a person can mend", () =>
    Effect.gen(function* () {
      const { faults } = yield* Upstream
      yield* Ref.set(faults, [empty(401)])
      const child = yield* start("retry.ts")
      const printed = yield* Stream.runCollect(child.lines)
      expect(printed.join("\n")).toContain("Unauthorized: MeltingSpot does not accept the secret key")
      expect(yield* child.exitCode).toBe(1)
      expect(yield* calls).toEqual(["POST participants"])
    }).pipe(Effect.scoped, Effect.provide(upstream))
  )

  it.live("lists those that the filter lets through, over several pages", () =>
    Effect.gen(function* () {
      const spot = yield* MeltingSpotMemory.MeltingSpot
      const members = Array.from({ length: 60 }, (_, n) => `guest-${n}@example.com`)
      yield* spot.inviteMany({ liveId, members: { emails: [...members, "somebody@example.org"] } })
      yield* spot.invite({ liveId: "another", member: alice })
      expect(yield* run("list.ts")).toEqual(members.map((member) => `${member}: Invited`))
    }).pipe(Effect.provide(upstream))
  )

  it.live("batches invitations of many fibers into one call", () =>
    Effect.gen(function* () {
      expect((yield* run("batching.ts")).toSorted()).toEqual([
        "alice@example.com: Invited",
        "bob@example.com: Invited",
        "carol@example.com: Invited"
      ])
      expect(yield* calls).toEqual(["POST participants~bulkInvite"])
    }).pipe(Effect.provide(upstream))
  )

  it.live("imports rows again, and asks for nobody who is known", () =>
    Effect.gen(function* () {
      expect(yield* run("reimport.ts")).toEqual(["17: Invited", "18: Invited", "19: Rejected"])
      const before = (yield* calls).length
      expect(yield* run("reimport.ts")).toEqual(["17: AlreadyInvited", "18: AlreadyInvited", "19: Rejected"])
      const list = "GET participants?limit=100"
      expect((yield* calls).slice(before)).toEqual([list, "POST participants"])
    }).pipe(Effect.provide(upstream))
  )

  it.live("puts a route into an HTTP app, and answers each error with a status", () =>
    Effect.gen(function* () {
      const { faults } = yield* Upstream
      const child = yield* start("httpApp.ts")
      const url = yield* firstMatch(child.lines, /http:\/\/127\.0\.0\.1:\d+/)
      const post = Effect.fnUntraced(function* (body: string, fault?: Faults[number]) {
        yield* Ref.set(faults, [fault])
        const { status, headers } = yield* HttpClientRequest.post(`${url}/guests`).pipe(
          HttpClientRequest.bodyText(body, "application/json"),
          HttpClient.execute
        )
        return headers["retry-after"] === undefined ? status : [status, headers["retry-after"]]
      })
      const signUp = JSON.stringify({ email: alice })

      expect((yield* HttpClient.get(`${url}/health`)).status).toBe(200)
      expect(yield* post(signUp)).toBe(201)
      expect(yield* post(signUp)).toBe(200)
      expect(yield* guests).toEqual([alice])

      expect(yield* post(JSON.stringify({ email: "not an address" }))).toBe(422)
      expect(yield* post("{}")).toBe(400)
      expect(yield* post("no JSON")).toBe(400)
      expect(yield* post(signUp, empty(201))).toBe(201)
      expect(yield* post(signUp, empty(401))).toBe(502)
      expect(yield* post(signUp, empty(404))).toBe(502)
      expect(yield* post(signUp, busy(7))).toEqual([503, "7"])
      expect(yield* post(signUp, empty(500))).toEqual([503, "30"])
    }).pipe(Effect.scoped, Effect.provide(upstream))
  )
})
