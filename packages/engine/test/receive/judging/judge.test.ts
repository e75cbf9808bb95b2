/** Refused deliveries are judged and diagnosed outside of the process that receives. */
import { describe, expect, it } from "@effect/vitest"
import { ByteSize, DateTime, Effect, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeEach } from "vitest"
import { Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import type { Source } from "../../../src/index.ts"
import * as judging from "../../../src/receive/judging/judge.ts"
import { bounds, decodeJob, encodeJob } from "../../../src/receive/judging/protocol.ts"
import { explaining } from "../../../src/store/quarantine/explaining.ts"
import { layerInbox, makeSource, secret } from "../../fixtures.ts"
import { sharedJudge } from "../../judge.ts"
import { all, by, mend, mended, open } from "../../refusing.ts"

const typeform = Option.getOrThrow(Senders.get("typeform"))
const segment = Option.getOrThrow(Senders.get("segment-batch"))

const maxSize = ByteSize.mebibytes(1)

/** What would be said of the delivery of a forger. */
const explain = Effect.fnUntraced(function* (body: string, sender = typeform, signedWith = "a forger's") {
  const source = yield* makeSource({ sender })
  const at = yield* DateTime.now
  const signed = yield* sign(sender, { secret: signedWith, body: signedWith === secret ? body : "{}", at })
  const delivery = { ...signed, body: new TextEncoder().encode(body) }
  return yield* explaining(yield* sharedJudge)({ source, delivery, at, maxSize }, [])
}, Effect.scoped)

/** A source that can't verify anything here. */
const elsewhere = (source: Source.Source): Source.Source => {
  const error = new Error("verified in the process that receives")
  const verify = () => Effect.die(error)
  const verifyResult = () => {
    throw error
  }
  return { ...source, verifier: { verify, verifyAt: verify, verifyResult } }
}

describe("a diagnosis", () => {
  it.live("of a body above 64 KiB is a verdict, and says why nothing was looked for", () =>
    Effect.gen(function* () {
      const brackets = "[".repeat(524_288) + "]".repeat(524_288)
      for (const sender of [typeform, segment]) {
        expect(yield* explain(brackets, sender)).toEqual({
          verifies: false,
          refusal: { reason: expect.any(String), message: expect.any(String) },
          findings: [],
          tried: [],
          untried: "Bodies above 64 KiB are not diagnosed."
        })
      }
      const right = yield* explain(JSON.stringify("a".repeat(70_000)), typeform, secret)
      expect(right).toMatchObject({ verifies: true, refusal: null, untried: null })
    })
  )

  it.live("of JSON below 64 levels prints nothing again, and looks for the rest", () =>
    Effect.gen(function* () {
      const deep = yield* explain("[".repeat(8_000) + "]".repeat(8_000))
      expect(deep).toMatchObject({
        refusal: { reason: "NoSecretMatches" },
        findings: [],
        untried: "JSON that is nested deeper than 64 levels is not reformatted."
      })
      expect(deep.tried.map(({ check }) => check)).not.toContain("Reserialised")
      expect(deep.tried.map(({ check }) => check)).toContain("LineEnds")
      const shallow = yield* explain("[".repeat(64) + "]".repeat(64))
      expect(shallow.tried.map(({ check }) => check)).toContain("Reserialised")
      expect(shallow.untried).toBeNull()
    })
  )

  it.live("finds what it found in one process: another source's secret, also an expired one", () =>
    Effect.gen(function* () {
      const at = yield* DateTime.now
      const [source, other] = [yield* makeSource(), yield* makeSource({ name: "other", ...mend })]
      const delivery = yield* sign(source.sender, { secret: mended, body: "{}", at, id: "msg-1" })
      const judge = yield* judging.make
      const swapped = yield* explaining(judge)({ source, delivery, at, maxSize }, [other])
      expect(swapped.findings).toMatchObject([{ finding: "OtherSource", source: "other", secret: "#2" }])
      const old = Secret.make(mended, { label: "old", expiresAt: DateTime.subtract(at, { days: 1 }) })
      const rotated = yield* makeSource({ secrets: [Secret.make(secret), old] })
      const late = yield* explaining(judge)({ source: rotated, delivery, at, maxSize }, [])
      expect(late.findings).toMatchObject([{ finding: "ExpiredSecret", secret: "old" }])
    }).pipe(Effect.scoped)
  )
})

it("every scheme of the table is the same after it was handed over", () => {
  for (const { name, scheme } of Senders.all) {
    const secrets = [Secret.make("s3cret", { label: "a", expiresAt: DateTime.makeUnsafe(1) })]
    const source = { name, scheme, secrets }
    const delivery = { method: "POST", headers: { "x-a": "b" }, body: Buffer.from("é\0") }
    const job = {
      kind: "diagnose",
      source,
      others: [source],
      delivery,
      at: DateTime.makeUnsafe(2),
      maxSize
    } as const
    expect(decodeJob(JSON.parse(JSON.stringify(encodeJob(job))))).toEqual(job)
  }
})

it.live("neither opening nor releasing verifies in the process that receives", () =>
  Effect.gen(function* () {
    const { quarantine, refuse, source, sources } = yield* open()
    yield* refuse({ id: "msg-a" })
    yield* refuse({ id: "msg-b", secret: `whsec_${btoa("a forger's own secret")}` })
    const corrected = elsewhere(yield* makeSource(mend))
    yield* sources.replace(new Map([[source.name, corrected]]))
    const { items } = yield* quarantine.list({}, all)
    const opened = yield* Effect.forEach(items, ({ id }) => quarantine.get(id))
    expect(opened.map((detail) => detail?.verifies)).toEqual([false, true])
    expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 1, refused: 1 })
  }).pipe(Effect.scoped, Effect.provide(layerInbox))
)

it.live("what could not be judged stays, and is released on an operator's word", () =>
  Effect.gen(function* () {
    const { quarantine, refuse, source, sources } = yield* open()
    yield* refuse()
    // The process can't make a verifier of it.
    const broken = { ...source, secrets: [Secret.make("not base64!")] }
    yield* sources.replace(new Map([[source.name, broken]]))
    const message = "The process that judges this delivery ended. Try again."
    const [item] = (yield* quarantine.list({}, all)).items
    expect(yield* quarantine.get(item?.id ?? "")).toMatchObject({
      verifies: false,
      refusal: { reason: "NotJudged", message }
    })
    expect(yield* quarantine.release({ all: true }, by)).toMatchObject({
      released: 0,
      reasons: { NotJudged: 1 },
      stayed: [{ reason: "NotJudged", message }]
    })
    expect(yield* quarantine.release({ all: true }, { ...by, unverified: true })).toMatchObject({
      released: 1
    })
  }).pipe(Effect.scoped, Effect.provide(layerInbox))
)

describe.runIf(process.platform === "linux")("the process that judges", () => {
  beforeEach(() => {
    shared = allChildIds()
  })

  it.live("is there when somebody opens a delivery, and gone with the quarantine", () =>
    Effect.gen(function* () {
      yield* Effect.gen(function* () {
        const { quarantine, refuse } = yield* open({}, {}, judging.make)
        yield* refuse()
        const [item] = (yield* quarantine.list({}, all)).items
        expect(childIds()).toEqual([])
        yield* quarantine.get(item?.id ?? "")
        const [child] = childIds()
        expect(readFileSync(`/proc/${child}/environ`, "utf8")).toBe("")
        expect(commandLine(child ?? 0)).toContain("--permission")
        expect(commandLine(child ?? 0)).not.toContain(secret)
      }).pipe(Effect.scoped)
      expect(childIds()).toEqual([])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect(
    "is ended when it does not answer, which is said in place of a diagnosis, and started again",
    () =>
      Effect.gen(function* () {
        const source = yield* makeSource()
        const at = yield* DateTime.now
        const delivery = yield* sign(source.sender, { secret: mended, body: "{}", at, id: "msg-1" })
        const request = { source, delivery, at, maxSize }
        const judge = yield* judging.make
        const explain = explaining(judge)
        expect(yield* explain(request, [])).toMatchObject({ untried: null })
        const [child] = childIds()
        process.kill(child ?? 0, "SIGSTOP")
        const stopped = yield* Effect.forkChild(explain(request, []))
        yield* TestClock.adjust("4 seconds")
        expect(yield* Fiber.join(stopped)).toMatchObject({
          verifies: false,
          refusal: { reason: "NoSecretMatches" },
          findings: [],
          untried: "The relay stopped judging this delivery after 2 seconds."
        })
        expect(childIds()).not.toContain(child)
        expect(yield* explain(request, [])).toMatchObject({ untried: null })
      }).pipe(Effect.scoped)
  )

  it.live("refuses more jobs than may wait", () =>
    Effect.gen(function* () {
      const source = yield* makeSource()
      const at = yield* DateTime.now
      const delivery = yield* sign(source.sender, { secret: mended, body: "{}", at, id: "msg-1" })
      const { judge } = yield* judging.make
      const request = { source, delivery, at, maxSize }
      const fibers = yield* Effect.forEach(Array.from({ length: bounds.waiting.jobs + 1 }), () =>
        Effect.forkChild(judge(request), { startImmediately: true })
      )
      const answers = yield* Effect.forEach(fibers, Fiber.join)
      const busy = answers.filter((answer) => "lost" in answer)
      expect(busy).toEqual([{ lost: "Busy" }])
    }).pipe(Effect.scoped)
  )
})

it("the bounds are those that the handbook states", () => {
  const handbook = readFileSync(
    new URL("../../../../../docs/operations/receiving.md", import.meta.url),
    "utf8"
  )
  expect(bounds).toEqual({ time: 2_000, memory: 128, waiting: { jobs: 64, characters: 67_108_864 } })
  expect(handbook).toContain("within 2 seconds and 128 MB")
  expect(handbook).toContain("At most 64 deliveries wait")
})

const allChildIds = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .split(" ")
    .filter((id) => id !== "" && commandLine(id).includes(program))
    .map(Number)

/** The one that tests share, where it has started. */
let shared: ReadonlyArray<number> = []

const childIds = () => allChildIds().filter((id) => !shared.includes(id))

const program = fileURLToPath(new URL("../../../src/receive/judging/child.ts", import.meta.url))

const commandLine = (id: string | number) => readFileSync(`/proc/${id}/cmdline`, "utf8")
