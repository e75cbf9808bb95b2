/** How deeply JSON is nested is told without parsing it: to parse a million brackets costs more than to read them. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Body, Delivery, Identity } from "../src/index.ts"
import { at, senderNamed, sign, verifyAt, whsec } from "./samples.ts"

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels)

describe("the depth of JSON", () => {
  it.each([
    [nested(3), 3, false],
    [nested(4), 3, true],
    ['{"a":[{"b":1}]}', 3, false],
    ['{"a":[{"b":1}]}', 2, true],
    ["[[],[],[],[]]", 2, false],
    ['["[[[[", "\\"[[[[", "\\\\"]', 1, false],
    ['["\\\\",[[', 2, true],
    ['"[[[', 0, false],
    ["", 0, false]
  ] as const)("%s is deeper than %i levels: %s", (json, levels, deeper) => {
    assert.strictEqual(Body.isDeeper(json, levels), deeper)
  })
})

it("an id in a large body is read up to 5,000 levels, and the content is the body all the same", () => {
  const sender = senderNamed("typeform")
  const idOf = (levels: number) => {
    const body = `{"event_id":"e","deep":${nested(levels - 1)},"long":"${"a".repeat(65_536)}"}`
    const { content, deliveryId } = Identity.of(sender, Delivery.make({ headers: {}, body }))
    return [deliveryId, Buffer.from(content).toString() === body]
  }
  assert.deepStrictEqual(
    [idOf(5_000), idOf(5_001)],
    [
      ["e", true],
      [undefined, true]
    ]
  )
})

it.effect(
  "a large batch of Segment's that is nested more deeply is no batch: its first event proves nothing",
  () =>
    Effect.gen(function* () {
      const { scheme } = senderNamed("segment-batch")
      const first = '{"a":1}'
      const signed = yield* sign(scheme, { secret: whsec, body: first, at })
      const batch = (levels: number) =>
        Buffer.from(`[${first},${nested(levels - 1)},"${"a".repeat(65_536)}"]`)
      yield* verifyAt(scheme, whsec, { ...signed, body: batch(5_000) })
      assert.include(yield* Effect.flip(verifyAt(scheme, whsec, { ...signed, body: batch(5_001) })), {
        reason: "NoSecretMatches"
      })
    })
)
