/** Deliveries to the source of every sender: signed, signed with another secret, and with headers that nobody signed. */
import { DateTime, Effect } from "effect"
import { sample } from "@usher/signatures/testing"
import { delivery, names, senderOf, wrongSecretOf } from "./everySender.ts"
import { bodies, type Chance, headers, type Hostile, types } from "./requests.ts"
import { headOf } from "./wire.ts"

/** A body of the sender's own shape, or any. */
const contentOf = (random: Chance, source: string) =>
  random.oneIn(3)
    ? sample(senderOf(source), {
        member: `p${random.upTo(99)}@example.com`,
        id: `id-${random.upTo(60)}`,
        at: DateTime.makeUnsafe(Date.now())
      })
    : { body: bodies(random), headers: { "content-type": random.of(types) } }

/** One delivery, whole and in HTTP as it should be. */
export const anyDelivery = (random: Chance): Hostile => {
  const source = random.of(names as [string, ...ReadonlyArray<string>])
  const { body, headers: own } = contentOf(random, source)
  const isSigned = random.oneIn(2)
  const made = Effect.runSync(
    delivery(source, {
      body,
      id: `id-${random.upTo(60)}`,
      headers: own,
      ...(isSigned ? {} : { secret: wrongSecretOf(source) })
    })
  )
  const head = headOf(made, made.body.length)
  // Before the length, which ends the head.
  const more = random.oneIn(3) ? headers(random).replaceAll(/^expect:.*\r\n/gim, "") : ""
  const pieces = [Buffer.from(head.replace("content-length", `${more}content-length`), "latin1"), made.body]
  return { kind: `${isSigned ? "signed" : "unsigned"} ${source} with ${more.slice(0, 60)}`, pieces }
}
