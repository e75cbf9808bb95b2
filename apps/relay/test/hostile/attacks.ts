/**
 * Attacks that a relay without bounds does not survive. Each is bounded in count and time, and says what it expects of the answers
 * besides that the others go on being answered.
 */
import { expect } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { extend } from "../../../../packages/signatures/test/lengthExtension.ts"
import { until } from "../harness.ts"
import { isLong } from "../long.ts"
import { delivery, names, wrongSecretOf } from "./everySender.ts"
import { addresses, addressOf, idOf, type Target } from "./target.ts"
import { headOf, hold } from "./wire.ts"

export interface Attack {
  /** What it sends, and what becomes of it: a sentence about the relay. */
  readonly name: string
  readonly run: (target: Target) => Effect.Effect<unknown, unknown, Scope.Scope>
  /** The relay goes on with what it accepted for long after it. */
  readonly leavesWork?: true
}

const json = { "content-type": "application/json" }
const form = { "content-type": "application/x-www-form-urlencoded" }
const mebibyte = 2 ** 20

/** Each once, so many at a time. */
const together = <A, B, E, R>(all: ReadonlyArray<A>, one: (each: A, at: number) => Effect.Effect<B, E, R>) =>
  Effect.forEach(all, one, { concurrency: 8 })

/** For how long others are answered while connections are held: a third of it in the short form. */
const holding = (seconds: number) => Effect.sleep(`${isLong ? seconds : seconds / 3} seconds`)

const times = (count: number) => Array.from({ length: count }, (_, at) => at)

const statusesOf = (answers: ReadonlyArray<{ readonly status: number }>) => [
  ...new Set(answers.map(({ status }) => status))
]

/** Not verified: 401, or 503 where the sender would switch the webhook off after a 401. */
const expectRefused = (answers: ReadonlyArray<{ readonly status: number }>) =>
  expect(statusesOf(answers).filter((status) => status !== 401 && status !== 503)).toEqual([])

/** Looks at all that the source has in quarantine, as the page does when somebody opens it. */
const openQuarantine = ({ quarantined, look }: Target, source: string) =>
  Effect.flatMap(quarantined(source), (items) => together(items, ({ id }) => look(`/api/quarantine/${id}`)))

const fields = (count: number) =>
  times(count)
    .map((at) => at.toString(36))
    .join("&")

const nested = {
  arrays: (depth: number) => "[".repeat(depth) + "]".repeat(depth),
  objects: (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`
}

const forging: Attack = {
  name: "HubSpot's plain hashes, continued without the secret: none is accepted",
  run: Effect.fnUntraced(function* ({ attack, deliver }) {
    const body = JSON.stringify([{ propertyName: "email", propertyValue: "ada@example.com", eventId: 1 }])
    const captured = yield* delivery("hubspot-v1", { body })
    expect(yield* deliver("hubspot-v1", { body })).toMatchObject({ status: 200 })
    const header = "x-hubspot-signature"
    const part = (name: string, value: string) =>
      `\r\n--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`
    const more = Buffer.from(
      `${part("propertyName", "email")}${part("propertyValue", "mallory@example.com")}\r\n--x--`
    )
    const forgeries = ["hubspot-v1", "hubspot-v2", "hubspot-v3", "hubspot"].flatMap((source) =>
      times(65).map((secretLength) => {
        const { glue, hash } = extend(captured.headers[header] ?? "", secretLength + body.length, more)
        return {
          method: "POST",
          path: `/webhooks/${source}`,
          headers: {
            ...captured.headers,
            [header]: hash,
            "content-type": "multipart/form-data; boundary=x"
          },
          body: Buffer.concat([captured.body, glue, more])
        }
      })
    )
    expectRefused(yield* together(forgeries, attack))
  })
}

const manyFields: Attack = {
  name: "an unsigned form of 80,000 different fields for Twilio, then opened in quarantine and released: it is refused",
  run: Effect.fnUntraced(function* (target) {
    const sizes = [5_000, 10_000, 20_000, 40_000, 80_000, 80_001, 80_002]
    const answers = yield* together(sizes, (count) =>
      target.attack({
        method: "POST",
        path: "/webhooks/twilio",
        headers: { ...form, "x-twilio-signature": "x", "i-twilio-idempotency-token": `token-${count}` },
        body: fields(count)
      })
    )
    expectRefused(answers)
    const opened = yield* openQuarantine(target, "twilio")
    expect(opened.length).toBeGreaterThan(0)
    expect(statusesOf(opened)).toEqual([200])
    expect(yield* target.operate("/api/quarantine/release", { source: "twilio" })).toMatchObject({
      status: 200
    })
  })
}

const upgrading: Attack = {
  name: "signed deliveries with an Upgrade header: each is stored with its body",
  run: Effect.fnUntraced(function* ({ deliver, webhook }) {
    const offers = [
      {
        connection: "Upgrade, HTTP2-Settings",
        upgrade: "h2c",
        "http2-settings": "AAMAAABkAAQAAP__"
      },
      { connection: "Upgrade", upgrade: "websocket" }
    ]
    yield* together(times(100), (at) =>
      Effect.gen(function* () {
        const body = JSON.stringify({ email: `upgrade-${at}@example.com` })
        const offer = offers[at % offers.length] ?? {}
        const answer = yield* deliver("custom", { body, headers: offer })
        expect(answer.status).toBe(200)
        expect((yield* webhook(idOf(answer.body)))?.body.toString()).toBe(body)
      })
    )
  })
}

const bracketsInQuarantine: Attack = {
  name: "an unsigned MiB of brackets, opened in quarantine again and again: it is shown",
  run: Effect.fnUntraced(function* (target) {
    const bodies = [8_000, 50_000, 262_144, 524_288].map(nested.arrays)
    const events = JSON.stringify(times(60_000).map((a) => ({ a })))
    const signatures = {
      typeform: { "typeform-signature": "sha256=AAAA" },
      hubspot: { "x-hubspot-signature-v3": "AAAA", "x-hubspot-request-timestamp": String(Date.now()) },
      slack: { "x-slack-request-timestamp": "1", "x-slack-signature": "v0=aa" },
      stripe: { "stripe-signature": "t=1,v1=aa" }
    }
    const sent = Object.entries(signatures).flatMap(([source, headers]) =>
      [...bodies, events, "\r\n".repeat(mebibyte / 2)].map((body) => ({
        method: "POST",
        path: `/webhooks/${source}`,
        headers: { ...json, ...headers },
        body
      }))
    )
    expectRefused(yield* together(sent, target.attack))
    for (const source of Object.keys(signatures)) {
      const opened = yield* openQuarantine(target, source)
      expect(opened.length).toBeGreaterThan(0)
      expect({ source, statuses: statusesOf(opened) }).toEqual({ source, statuses: [200] })
    }
  })
}

const longSpellings: Attack = {
  name: "200 MiB for the sign-in, under every spelling of its path: none is read whole",
  run: Effect.fnUntraced(function* ({ attack }) {
    const chunk = Buffer.alloc(200 * mebibyte, "a")
    const paths = [
      "/api/session",
      "/API/session",
      "/%61pi/session",
      "//api/session",
      "/api//session",
      "/api/session/",
      "/API/people/why"
    ]
    for (const path of paths) {
      const { status } = yield* attack({ method: "POST", path, headers: json, body: chunk })
      // The connection may close before all of it is sent, and the answer is lost.
      expect({ path, status }).toEqual({ path, status: expect.toBeOneOf([0, 401, 404, 413]) })
    }
  })
}

const crowdedQuarantine: Attack = {
  name: "unsigned requests of one address: they neither push a genuine delivery out of quarantine nor lock one out",
  run: Effect.fnUntraced(function* ({ attack, deliver, quarantined, look }) {
    const rotated = `whsec_${btoa("a secret that only the sender knows")}`
    /** Bytes of a body, by which it is told apart. */
    const size = 777
    const genuine = (at: number) => {
      const body = JSON.stringify({ at, padding: "" }).padEnd(size, " ")
      return deliver("github", { body, id: `genuine-${at}`, secret: rotated })
    }
    const kept = Effect.map(quarantined("github"), (items) => items.filter((item) => item.size === size))
    const junk = (body: Uint8Array | string, headers = {}) =>
      attack({
        from: addresses.attacker,
        method: "POST",
        path: "/webhooks/github",
        headers: { ...json, "x-hub-signature-256": "sha256=00", ...headers },
        body
      })
    expectRefused(yield* together(times(5), genuine))
    expect(yield* kept).toHaveLength(5)
    yield* together(times(30), (at) => junk(Buffer.alloc(mebibyte, `${at}`)))
    yield* together(times(100), (at) => junk(`junk ${at}`))
    // The same bytes, with another signature.
    yield* together(times(5), (at) =>
      junk(JSON.stringify({ at, padding: "" }).padEnd(size, " "), { "x-github-delivery": `genuine-${at}` })
    )
    yield* genuine(5)
    const found = yield* kept
    expect(found.length).toBeGreaterThanOrEqual(6)
    expect(statusesOf(yield* together(found, ({ id }) => look(`/api/quarantine/${id}`)))).toEqual([200])
  })
}

const guessing: Attack = {
  name: "2,000 guesses of a token by GET: the address is refused after its allowance",
  run: Effect.fnUntraced(function* ({ attack }) {
    const answers = yield* together(times(2_000), (at) =>
      attack({ from: addresses.attacker, path: `/webhooks/mailchimp?token=guess-${at}` })
    )
    const judged = answers.filter(({ status }) => status === 401)
    expect(judged.length).toBeLessThan(1_000)
    expect(statusesOf(answers.filter((answer) => !judged.includes(answer)))).toEqual([
      expect.toBeOneOf([429, 503])
    ])
  })
}

const usingUp: Attack = {
  name: "unsigned requests to a source that has a limit: its signed deliveries are accepted",
  run: Effect.fnUntraced(function* ({ attack, deliver }) {
    const unsigned = {
      method: "POST",
      path: "/webhooks/limited",
      headers: { ...json, "x-signature": "00" },
      body: "{}"
    }
    const flood = together(times(900), () => attack(unsigned))
    const genuine = Effect.forEach(times(10), (at) =>
      Effect.delay(
        deliver("limited", { body: JSON.stringify({ email: `limited-${at}@example.com` }) }),
        "50 millis"
      )
    )
    const [, answers] = yield* Effect.all([flood, genuine], { concurrency: 2 })
    expect(statusesOf(answers)).toEqual([200])
  })
}

const unread: Attack = {
  name: "200 connections with 50 pipelined requests each, whose answers nobody reads",
  run: Effect.fnUntraced(function* ({ attack, url }) {
    const { body } = yield* attack({ path: "/" })
    const script = /\/?assets\/index-[\w-]+\.js/.exec(body)?.[0] ?? "missing"
    for (const path of [`/${script.replace(/^\//, "")}`, "/api/docs", "/metrics"]) {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const requests = headOf({ path }, 0, "keep-alive").repeat(50)
          yield* together(times(200), () => hold(url, requests))
          yield* holding(2)
        })
      )
    }
  })
}

const documents: Attack = {
  name: "500 requests for the API's documents",
  run: Effect.fnUntraced(function* ({ attack }) {
    const answers = yield* together(times(500), (at) =>
      attack({ path: at % 2 === 0 ? "/api/docs" : "/api/openapi.json" })
    )
    expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
  })
}

const batches: Attack = {
  name: "unsigned batches of nested arrays for Segment: each is refused",
  run: Effect.fnUntraced(function* ({ attack }) {
    const bodies = [2_000, 8_000, 100_000, 400_000].flatMap((depth) => [
      `[${nested.arrays(depth)}]`,
      `[${nested.objects(Math.trunc(depth / 3))}]`
    ])
    const answers = yield* together([...bodies, ...bodies, ...bodies], (body) =>
      attack({
        method: "POST",
        path: "/webhooks/segment-batch",
        headers: { ...json, "x-signature": "x" },
        body
      })
    )
    expectRefused(answers)
  })
}

const backtracking: Attack = {
  leavesWork: true,
  name: "60 deliveries whose expression backtracks: another source's is mapped before most of them",
  run: Effect.fnUntraced(function* ({ deliver, mapped, waiting }) {
    const expensive = (at: number) =>
      deliver("backtracking", { body: JSON.stringify({ text: `${"a".repeat(40)}!`, at }) })
    expect(statusesOf(yield* together(times(60), expensive))).toEqual([200])
    const other = yield* deliver("custom", { body: JSON.stringify({ email: "other@example.com" }) })
    yield* mapped(idOf(other.body)).pipe(Effect.timeout("60 seconds"))
    expect(yield* waiting("backtracking")).toBeGreaterThan(30)
  })
}

const manySignatures: Attack = {
  name: "165 asymmetric signatures in one header over a MiB: each is refused",
  run: Effect.fnUntraced(function* ({ attack }) {
    const body = Buffer.alloc(mebibyte, "a")
    const signature = () => {
      const bytes = randomBytes(64)
      // Less than the order of the curve.
      bytes[63] = (bytes[63] ?? 0) & 0x0f
      return `v1a,${bytes.toString("base64")}`
    }
    const answers = yield* together(times(24), (at) =>
      attack({
        method: "POST",
        path: "/webhooks/asymmetric",
        headers: {
          ...json,
          "webhook-id": `id-${at}`,
          "webhook-timestamp": String(Math.trunc(Date.now() / 1_000)),
          "webhook-signature": times(165).map(signature).join(" ")
        },
        body
      })
    )
    expectRefused(answers)
  })
}

const deepJson: Attack = {
  leavesWork: true,
  name: "a MiB of nested JSON for every sender, signed and unsigned, then looked at: nothing fails",
  run: Effect.fnUntraced(function* (target) {
    const whole = [nested.arrays(524_288), nested.objects(174_000)]
    const small = ['{"n":1e999}', nested.arrays(10_000)]
    for (const [at, source] of names.entries()) {
      // Arrays and objects in turns in the short form.
      const bodies = [...(isLong ? whole : whole.slice(at % 2, (at % 2) + 1)), ...small]
      const answers = yield* together(bodies, (body, at) =>
        target.deliver(source, { body, id: `deep-${at}` })
      )
      expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
      const unsigned = yield* together(bodies, (body) =>
        target.deliver(source, { body, secret: wrongSecretOf(source) }, addresses.attacker)
      )
      if (source !== "none") expectRefused(unsigned)
      const ids = answers.flatMap(({ body }) => /"id":"(\w+)"/.exec(body)?.[1] ?? [])
      expect({
        source,
        webhooks: statusesOf(yield* together(ids, (id) => target.look(`/api/webhooks/${id}`)))
      }).toEqual({ source, webhooks: ids.length === 0 ? [] : [200] })
    }
  })
}

const halfBodies: Attack = {
  name: "300 connections that announce a MiB, a third of them with most of it, and never send the rest",
  run: Effect.fnUntraced(function* ({ url }) {
    const most = Buffer.alloc(900 * 1_024, "a")
    const piece = (at: number) => (at % 3 === 0 ? most : most.subarray(0, 1_024))
    const head = (at: number) =>
      headOf({ method: "POST", path: "/webhooks/token", headers: json, from: addressOf(at) }, mebibyte)
    yield* together(times(300), (at) => hold(url, head(at), piece(at)))
    yield* holding(5)
  })
}

const idle: Attack = {
  name: "4,000 connections that say nothing",
  run: Effect.fnUntraced(function* ({ url }) {
    yield* together(times(4_000), () => hold(url))
    yield* holding(3)
  })
}

const endless: Attack = {
  leavesWork: true,
  name: "an upstream that answers with 600 MiB: the relay stops reading",
  run: Effect.fnUntraced(function* (target) {
    const answers = yield* together(times(8), (at) =>
      target.deliver("endless", { body: JSON.stringify({ email: `endless-${at}@example.com` }) })
    )
    expect(statusesOf(answers)).toEqual([200])
    yield* until(
      Effect.sync(() => target.endless.answers),
      (answers) => answers >= 1
    ).pipe(Effect.timeout("60 seconds"))
    yield* Effect.sleep("2 seconds")
    const { answers: ended, bytes } = target.endless
    expect(bytes / ended).toBeLessThan(64 * mebibyte)
  })
}

/**
 * In this order one relay can meet all that leave it no work: the quarantine has room for the first; the second looks at all that
 * is in it; and the attacker's address is locked out by its guesses.
 */
export const attacks: ReadonlyArray<Attack> = [
  crowdedQuarantine,
  bracketsInQuarantine,
  forging,
  manyFields,
  upgrading,
  longSpellings,
  deepJson,
  usingUp,
  unread,
  documents,
  batches,
  manySignatures,
  halfBodies,
  idle,
  guessing,
  backtracking,
  endless
]
