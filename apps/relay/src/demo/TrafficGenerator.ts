/**
 * Generates traffic for the dashboard of the demo: permanent problems, and a stream of sign-ups. All people are invented.
 */
import { Effect, Schedule } from "effect"
import { Inbox, SourcePauses } from "@usher/engine"
import { Faults } from "@usher/sandbox"
import { type Delivery, formResponse, live } from "./samples.ts"

const lives = {
  webinar: live,
  workshop: "9b1d5a7e-30c4-4f0e-8a77-51c6f2f0b9d2",
  /** Deleted at MeltingSpot, but still in use by a form. */
  gone: "c41f0a66-8e2b-4d19-b0f5-7f6e2d9c3a01",
  /** Accepts no more participants. */
  full: "e7a2c9d0-14b8-4c63-9e5d-0a3b6c8d7f12"
}

const names = ["ada", "ben", "cleo", "dario", "elif", "finn", "gita", "hugo", "ines", "jonas", "kaya", "luca"]
const surnames = ["berg", "costa", "diaz", "evans", "fischer", "garcia", "huber", "ito", "jensen"]

const person = (turn: number) => {
  const name = names[turn % names.length] ?? "ada"
  const surname = surnames[Math.floor(turn / 5) % surnames.length] ?? "berg"
  return `${name}.${surname}${turn < 40 ? "" : Math.floor(turn / 40)}@example.com`
}

const sheet = (turn: number): Delivery => ({
  source: "sign-up-sheet",
  deliveryId: `row-${turn}`,
  body: JSON.stringify({ attendees: [{ name: "from a sheet", email: person(turn) }] })
})

const partner = (turn: number, live: string, people: number): Delivery => ({
  source: "partners",
  deliveryId: `partner-${turn}`,
  body: JSON.stringify({
    live,
    people: Array.from({ length: people }, (_, more) => ({ email: person(turn + more * 7) }))
  })
})

const form = (turn: number, form: string): Delivery => ({
  source: "webinar-form",
  deliveryId: `answer-${turn}`,
  body: formResponse(`answer-${turn}`, [{ type: "email", email: person(turn) }], form)
})

/** The delivery of a turn: mostly sign-ups, sometimes a problem. */
const delivery = (turn: number): Delivery => {
  if (turn % 29 === 5) return partner(turn, lives.gone, 2)
  if (turn % 23 === 4) return partner(turn, lives.full, 3)
  if (turn % 19 === 7) return { ...sheet(turn), body: `email=${person(turn)}` }
  if (turn % 17 === 9) return { ...form(turn, "webinar"), forged: true }
  if (turn % 13 === 6) return form(turn, "survey")
  if (turn % 11 === 3) return sheet(turn - 2)
  if (turn % 7 === 2) {
    return {
      source: "newsletter",
      deliveryId: `subscriber-${turn}`,
      body: JSON.stringify({ email: person(turn) })
    }
  }
  if (turn % 5 === 1) return partner(turn, lives.workshop, 4)
  return turn % 2 === 0 ? sheet(turn) : form(turn, "webinar")
}

/** The number of deliveries at the start, so that no screen is empty. */
const burst = 60

/** Sends the first deliveries, then continues in the background until the scope closes. */
export const start = Effect.fnUntraced(function* <E, R>(
  send: (delivery: Delivery) => Effect.Effect<unknown, E, R>
) {
  const faults = yield* Faults.Faults
  const control = yield* SourcePauses.SourcePauses
  const inbox = yield* Inbox.Inbox
  yield* faults.set([
    { status: 404, on: { liveId: lives.gone } },
    { status: 400, on: { liveId: lives.full } },
    { status: 503, times: 4, on: { liveId: lives.workshop } }
  ])
  yield* control.pause("newsletter", { by: "demo", reason: "the list has people who never signed up" })
  yield* Effect.forEach(
    Array.from({ length: 12 }, (_, row) => ({
      source: "partners",
      sender: "custom",
      deliveryId: `import-row-${row}`,
      headers: {},
      body: new TextEncoder().encode(
        JSON.stringify({ live: lives.webinar, people: [{ email: person(row + 400) }] })
      ),
      traceparent: null,
      lane: "import" as const
    })),
    inbox.accept
  )
  let turn = 0
  const next = Effect.suspend(() => send(delivery(turn++)))
  yield* Effect.repeat(next, { times: burst - 1 })
  yield* next.pipe(Effect.ignore, Effect.repeat(Schedule.spaced("1500 millis")), Effect.forkScoped)
})
