/** What the types refuse: each comment is checked by the compiler. */
import { assert, it } from "@effect/vitest"
import { Delivery, Diagnosis, type Scheme, Senders, Verifier } from "../src/index.ts"
import { sign } from "../src/testing.ts"
import { at } from "./samples.ts"

const bare = Delivery.make({ headers: {}, body: "" })
const withUrl = Delivery.make({ url: "https://hooks.example.com/", headers: {}, body: "" })

const refused: ReadonlyArray<() => unknown> = [
  // @ts-expect-error a misspelled name
  () => Verifier.forSenderUnsafe("gihub", "s"),
  // @ts-expect-error a misspelled name
  () => Senders.of("gihub"),
  // @ts-expect-error a secret that may be undefined
  () => Verifier.forSender("github", process.env["SECRET"]),
  // @ts-expect-error a parsed body
  () => Delivery.make({ headers: {}, body: { a: 1 } }),
  // @ts-expect-error HubSpot signs the URL
  () => Verifier.forSenderUnsafe("hubspot-v3", "s").verify(bare),
  // @ts-expect-error Jotform has its token in the URL
  () => Verifier.forSenderUnsafe("jotform", "s").verifyResult(bare),
  // @ts-expect-error Twilio signs the URL
  () => Verifier.makeUnsafe({ scheme: { scheme: "twilio" }, secrets: ["s"] }).verify(bare),
  () =>
    Verifier.makeUnsafe({
      scheme: { scheme: "hmac", header: "x", parts: ["method", "url", "body"] },
      secrets: ["s"]
      // @ts-expect-error the URL is among the parts
    }).verify(bare),
  // @ts-expect-error the token stands in the query
  () => sign({ scheme: "token", query: "token" }, { secret: "s", body: "", at }),
  // @ts-expect-error Twilio signs the URL
  () => Diagnosis.diagnose({ scheme: { scheme: "twilio" }, secrets: ["s"], delivery: bare })
]

it("a delivery with its URL fits every verifier, and one without it those that need none", () => {
  const wide: Scheme.Scheme = { scheme: "basic" }
  for (const verifier of [
    Verifier.forSenderUnsafe("hubspot-v3", "s"),
    Verifier.forSenderUnsafe("github", "s"),
    Verifier.makeUnsafe({ scheme: wide, secrets: ["a:b"] })
  ]) {
    assert.isTrue("failure" in verifier.verifyResult(withUrl))
  }
  assert.isTrue("failure" in Verifier.forSenderUnsafe("facebook", "s").verifyResult(bare))
  assert.isTrue("failure" in Verifier.forSenderUnsafe("zapier", "s").verifyResult(bare))
  assert.isNotEmpty(refused)
})
