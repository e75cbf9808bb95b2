/** A stranger's bytes cost time in proportion to their number, for every sender: in what runs before the verdict, and in the id. */
import { assert, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { Delivery, Identity, Secret, Senders, Verifier } from "../src/index.ts"
import { at, secretFor, senderNamed, sign, whpk, whsk } from "./samples.ts"

const form = "application/x-www-form-urlencoded"

/** What is repeated, of a size. */
const bodies: Record<string, (n: number) => readonly [type: string, body: string]> = {
  "distinct form fields": (n) => [form, Array.from({ length: n / 8 }, (_, index) => `f${index}=1`).join("&")],
  "one form field again and again": (n) => [
    form,
    Array.from({ length: n / 8 }, (_, index) => `a=${index}`).join("&")
  ],
  "nested arrays": (n) => ["application/json", "[".repeat(n / 2) + "]".repeat(n / 2)],
  "nested objects": (n) => ["application/json", '{"a":'.repeat(n / 6) + "1" + "}".repeat(n / 6)],
  digits: (n) => ["application/json", `{"id":${"7".repeat(n)}}`],
  "large integers": (n) => [
    "application/json",
    `[${Array.from({ length: n / 20 }, () => "9007199254740993").join(",")}]`
  ],
  boundaries: (n) => ["multipart/form-data; boundary=x", "--x\r\n".repeat(n / 5)],
  "half boundaries": (n) => ["multipart/form-data; boundary=x", "--".repeat(n / 2)],
  "bytes that are no text": (n) => ["application/json", "\ud800".repeat(n / 3)]
}

const values: Record<string, (n: number) => string> = {
  "v1,": (n) => "v1,A ".repeat(n / 5),
  names: (n) => "v1=a,".repeat(n / 5),
  "white space": (n) => `v1=${" ".repeat(n)}=`,
  separators: (n) => ",;".repeat(n / 2),
  "one text": (n) => "a".repeat(n),
  prefixes: (n) => "sha256=".repeat(n / 7),
  padding: (n) => "=".repeat(n)
}

const cpu = (run: () => void): number => {
  const start = process.cpuUsage()
  run()
  const { system, user } = process.cpuUsage(start)
  return user + system
}

/** The least of five, so that a collection or another program does not count. */
const best = (run: () => void): number => Math.min(...Array.from({ length: 5 }, () => cpu(run)))

/** Below this, in microseconds, the clock says more than the program. */
const noise = 4_000

const assertLinear = (what: string, run: (n: number) => () => void, n: number) => {
  const [one, two] = [run(n), run(2 * n)]
  one()
  two()
  // Once more before it is called too slow: a machine that is busy all the time slows one of the two.
  const ratio = () => best(two) / Math.max(best(one), noise)
  assert.isTrue(ratio() < 3 || ratio() < 3, what)
}

const queries: Record<string, (n: number) => string> = {
  escapes: (n) => "a=%2F%20&".repeat(n / 9),
  "one parameter": (n) => `a=${"+".repeat(n)}`,
  "what is no query": (n) => "%".repeat(n)
}

const judge = Effect.fnUntraced(function* (
  sender: (typeof Senders.all)[number],
  secret = secretFor(sender.scheme),
  verifying = secret
) {
  const verifier = yield* Verifier.make({ scheme: sender.scheme, secrets: [Secret.make(verifying)] })
  const { headers } = yield* sign(sender, { secret, body: "{}", at, id: "id-1" })
  return {
    headers,
    run: (delivery: Delivery.Delivery) => () => {
      const exit = Effect.runSyncExit(verifier.verify(delivery))
      if (exit._tag === "Failure") assert.notInclude(String(exit), "RangeError")
      Identity.of(sender, delivery)
    }
  }
})

for (const sender of Senders.all) {
  it.effect(
    `${sender.name}: twice the bytes take about twice the time`,
    () =>
      Effect.gen(function* () {
        const { headers, run } = yield* judge(sender)
        for (const [what, body] of Object.entries(bodies)) {
          const make = (n: number) => {
            const [type, text] = body(n)
            return run(Delivery.make({ headers: { ...headers, "content-type": type }, body: text }))
          }
          assertLinear(`${sender.name}, ${what}`, make, 65_536)
        }
        for (const [what, value] of Object.entries(values)) {
          const make = (n: number) =>
            run(
              Delivery.make({
                headers: Object.fromEntries(Object.keys(headers).map((name) => [name, value(n)])),
                body: "{}"
              })
            )
          assertLinear(`${sender.name}, a header of ${what}`, make, 65_536)
        }
        for (const [what, query] of Object.entries(queries)) {
          const make = (n: number) =>
            run(Delivery.make({ headers, body: "{}", url: `https://hooks.example.com/?${query(n)}` }))
          assertLinear(`${sender.name}, a query of ${what}`, make, 65_536)
        }
      }),
    120_000
  )
}

it.effect("a public key: twice the signatures take no longer than twice the time", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(DateTime.toEpochMillis(at))
    const { headers, run } = yield* judge(senderNamed("standard-webhooks"), whsk, whpk)
    const wrong = `v1a,${"A".repeat(86)}==`
    const make = (n: number) =>
      run(
        Delivery.make({
          headers: { ...headers, "webhook-signature": Array.from({ length: n / 92 }, () => wrong).join(" ") },
          body: "a".repeat(65_536)
        })
      )
    assertLinear("signatures by a public key", make, 65_536)
  })
)
