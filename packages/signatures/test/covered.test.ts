/** What a signature covers of a delivery, and how it is acknowledged. */
import { assert, describe, it } from "@effect/vitest"
import { Scheme, Senders } from "../src/index.ts"
import { senderNamed } from "./samples.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)

describe("the part of a body that is signed", () => {
  it("is the body itself, but for Segment's batches", () => {
    const body = utf8('[{"a":1},{"b":2}]')
    for (const { name, scheme } of Senders.all) {
      const covered = new TextDecoder().decode(Scheme.coveredBody(scheme, body))
      assert.strictEqual(covered, name === "segment-batch" ? '{"a":1}' : '[{"a":1},{"b":2}]')
    }
  })

  it("is all of a single event", () => {
    const { scheme } = senderNamed("segment-batch")
    for (const text of ['{"a":1}', "[", ""]) {
      assert.strictEqual(new TextDecoder().decode(Scheme.coveredBody(scheme, utf8(text))), text)
    }
  })
})

describe("acknowledgements", () => {
  it("Twilio gets an empty TwiML document", () => {
    const { content } = senderNamed("twilio").acknowledge
    assert.strictEqual(content?.type, "text/xml")
    assert.match(content?.body ?? "", /^<\?xml [^>]*\?><Response\/>$/)
  })

  it("a sender's own status is among those that it counts as success", () => {
    const strict = Senders.all.flatMap(({ acknowledge: { status, statuses }, name }) =>
      statuses === undefined ? [] : [[name, status, statuses] as const]
    )
    assert.deepStrictEqual(
      strict.map(([name]) => name),
      ["zoom", "paddle", "meta", "linear"]
    )
    for (const [, status, statuses] of strict) assert.include(statuses, status)
  })
})
