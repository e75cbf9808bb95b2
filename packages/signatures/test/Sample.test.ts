import { assert, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { DeliveryId, Sender, Senders } from "../src/index.ts"
import { sample } from "../src/testing.ts"
import { at, secretFor, sign, verifyAt } from "./samples.ts"

const member = "sam@example.com"
/** They tell of a person by an id or a number, so their samples hold no address. */
const withoutAddress = new Set(["eventbrite", "meta", "twilio"])

for (const sender of Senders.all) {
  it.effect(`${sender.name}: a sample verifies, and holds the address and the id`, () =>
    Effect.gen(function* () {
      const signed = Effect.fnUntraced(function* (id: string, moment: DateTime.Utc) {
        const { body, headers } = sample(sender, { member, id, at: moment })
        const secret = secretFor(sender.scheme)
        return yield* sign(sender, { secret, body, headers, id, at: moment })
      })
      const delivery = yield* signed("id-1", at)
      yield* verifyAt(sender.scheme, secretFor(sender.scheme), delivery)
      const text = decodeURIComponent(new TextDecoder().decode(delivery.body))
      assert.strictEqual(text.includes(member), !withoutAddress.has(sender.name))
      const ids = [delivery, yield* signed("id-2", at)].map((one) => Sender.deliveryId(sender, one))
      // Who gives no id is told apart by the body.
      const isGiven = !("body" in sender.deliveryId)
      assert.deepStrictEqual([ids[0] !== undefined, ids[0] !== ids[1]], [isGiven, isGiven])
      assert.isFalse(isGiven && ids[0] === DeliveryId.of({ body: "sha256" }, delivery))
    })
  )
}
