/** A signed sample delivery of a source. */
import { DateTime, Effect } from "effect"
import type { Source } from "@usher/engine"
import { Secret } from "@usher/signatures"
import { sample, sign } from "@usher/signatures/testing"
import * as Problem from "../../Problem.ts"
import type * as Wire from "../../Sources.ts"

/** Fails with `Conflict` if the delivery would show the secret, or if no secret is valid. */
export const signedSample = Effect.fnUntraced(function* (
  { name, sender, secrets }: Source.Source,
  url: string,
  member: string
): Effect.fn.Return<Wire.SignedSample, Problem.Conflict> {
  const { scheme } = sender.scheme
  const instead = `Run: usher send ${name} --config usher.yaml`
  if (scheme === "token" || scheme === "basic") {
    return yield* new Problem.Conflict({
      detail: `Deliveries of ${sender.name} contain the secret itself, which the relay does not show. ${instead}`
    })
  }
  const at = yield* DateTime.now
  const millis = DateTime.toEpochMillis(at)
  const secret = secrets.find((secret) => Secret.isLive(secret, millis))
  if (secret === undefined && scheme !== "none") {
    return yield* new Problem.Conflict({ detail: `The source ${name} has no valid secret to sign with.` })
  }
  const id = `sample_${millis}`
  const { body, headers } = sample(sender, { member, id, at })
  const delivery = yield* sign(sender, { secret: secret?.value ?? "", id, at, url, headers, body }).pipe(
    Effect.mapError(
      () => new Problem.Conflict({ detail: `The relay can't sign as ${sender.name}. ${instead}` })
    )
  )
  const present = Object.entries(delivery.headers).flatMap(([header, value]) =>
    value === undefined ? [] : [[header, value] as const]
  )
  return { url: delivery.url, headers: Object.fromEntries(present), body }
})
