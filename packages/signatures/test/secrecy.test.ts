/** The diagnosis makes right signatures to compare with: none of them, and no secret, may be in what it says. */
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { Delivery, Diagnosis, Secret, Senders } from "../src/index.ts"
import { at, otherSecretFor, secretFor, sign } from "./samples.ts"

const text = (delivery: Delivery.Delivery) => new TextDecoder().decode(delivery.body)
const withBody = (delivery: Delivery.Delivery, body: string) => Delivery.make({ ...delivery, body })

/** What may be wrong with a delivery, and whose secret signed it. */
const wrongs: Record<string, (delivery: Delivery.Delivery) => Delivery.Delivery> = {
  "another body": (delivery) => withBody(delivery, `${text(delivery)} `),
  "another printing": (delivery) => withBody(delivery, JSON.stringify(JSON.parse(text(delivery)), null, 2)),
  "another URL": (delivery) => ({ ...delivery, url: delivery.url?.replace("https:", "http:") }),
  "no headers": (delivery) => ({ ...delivery, headers: {} }),
  "broken headers": (delivery) => ({
    ...delivery,
    headers: Object.fromEntries(Object.entries(delivery.headers).map(([name, value]) => [name, `${value}?`]))
  }),
  "nothing but its secret": (delivery) => delivery
}

for (const [what, spoil] of Object.entries(wrongs)) {
  it.effect(`tells no secret and no right signature of any sender, with ${what} wrong`, () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DateTime.toEpochMillis(at))
      for (const sender of Senders.all) {
        const { scheme } = sender
        if (scheme.scheme === "none") continue
        const [right, other] = [secretFor(scheme), otherSecretFor(scheme)]
        const body = JSON.stringify({ webhookTimestamp: DateTime.toEpochMillis(at), a: [1] })
        const signed = yield* sign(sender, { secret: right, body, at, id: "id-1" })
        const arrived = spoil(signed)
        const { url } = signed
        const resigned = yield* sign(sender, { secret: right, body: arrived.body, at, id: "id-1", url })
        const byOther = yield* sign(sender, { secret: other, body: arrived.body, at, id: "id-1", url })
        const others = [{ name: "other", scheme, secrets: [Secret.make(right)] }]
        for (const secrets of [[right], [other], [right, other]]) {
          const report = yield* Diagnosis.diagnose({
            scheme,
            delivery: arrived,
            others,
            secrets: secrets.map((secret) => Secret.make(secret, { expiresAt: at }))
          })
          assert.isTrue(Result.isFailure(report.verdict))
          const said = JSON.stringify(report)
          const signatures = [signed, arrived, resigned, byOther].flatMap(({ headers }) =>
            Object.values(headers).flatMap((value) => value?.split(/[ ,;=]/) ?? [])
          )
          for (const hidden of [right, other, right.slice(6), other.slice(6), ...signatures]) {
            if (hidden.length > 20) assert.notInclude(said, hidden, `${sender.name}, ${what}`)
          }
        }
      }
    })
  )
}
