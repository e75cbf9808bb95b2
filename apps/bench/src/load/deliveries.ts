/** Signed deliveries, ready to be written to a socket before the measurement starts. */
import { DateTime, Effect, Option } from "effect"
import { Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import type { Job } from "./Job.ts"

/** For Standard Webhooks, which has its delivery id in a header. */
export const secret = `whsec_${btoa("the secret of the benchmark")}`

export const path = "/webhooks/bench"

const sender = Option.getOrThrow(Senders.get("standard-webhooks"))

/** A sign-up form of this size. */
const body = (person: string, live: string, bytes: number): string => {
  const form = {
    type: "form.submitted",
    form: "webinar",
    live,
    email: `${person}@example.com`,
    answers: new Array<{ readonly id: string; readonly question: string; readonly answer: string }>(),
    note: ""
  }
  const answer = (at: number) => ({ id: `question-${at}`, question: "What do you hope for?", answer: person })
  const room = bytes - JSON.stringify(form).length
  const each = JSON.stringify(answer(10)).length + 1
  for (let at = 0; (at + 1) * each <= room - 20; at++) form.answers.push(answer(at))
  return JSON.stringify({ ...form, note: "-".repeat(Math.max(0, bytes - JSON.stringify(form).length)) })
}

/** Makes the bytes of a whole request, with a unique id. */
export const make = Effect.fnUntraced(function* (bytes: number, id: string, live: string) {
  const signed = yield* sign(sender, { secret, body: body(id, live, bytes), at: yield* DateTime.now, id })
  const headers = Object.entries({
    ...signed.headers,
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": String(signed.body.length)
  })
  const head = `POST ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`
  return Buffer.concat([Buffer.from(head), signed.body])
})

/** In milliseconds; receivers accept a signed time for five minutes. */
const fresh = 120_000

/** Signs on demand, and keeps the deliveries for the other contenders. Each contender gets the same ones, and none twice. */
export const supply = () => {
  const name = crypto.randomUUID().slice(0, 8)
  const kept = new Map<string, Array<{ readonly at: number; readonly request: Buffer } | undefined>>()
  const used = new Map<string, number>()
  return {
    take: Effect.fnUntraced(function* ({ url, bytes, peoplePerLive }: Job, count: number) {
      const kind = `${bytes}-${peoplePerLive}`
      const all = kept.get(kind) ?? []
      kept.set(kind, all)
      const from = used.get(`${kind} ${url}`) ?? 0
      used.set(`${kind} ${url}`, from + count)
      const now = performance.now()
      for (const [at, one] of all.entries())
        if (one !== undefined && now - one.at > fresh) all[at] = undefined
      const taken: Array<Buffer> = []
      for (let at = from; at < from + count; at++) {
        let one = all[at]
        if (one === undefined) {
          const live = `live-${kind}-${Math.floor(at / peoplePerLive)}`
          one = { at: now, request: yield* make(bytes, `${name}-${kind}-${at}`, live) }
          all[at] = one
        }
        taken.push(one.request)
      }
      return taken
    })
  }
}
