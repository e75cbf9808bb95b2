/** The endpoints of the sandbox itself: its ledger, its faults, and its reset. */
import { Effect, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Fault, Faults } from "@usher/core/testing"
import { Ledger } from "./Ledger.ts"
import { State, Summary } from "./State.ts"

/** A misspelled key would make a fault that never occurs. */
const options = { onExcessProperty: "error" } as const
const decodeFault = Schema.decodeUnknownEffect(Fault.Fault, options)
const decodeScript = Schema.decodeUnknownEffect(Fault.Script, options)

const readScript = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
  Effect.flatMap(request.json, (json) =>
    Array.isArray(json) ? decodeScript(json) : Effect.map(decodeFault(json), (fault) => [fault])
  )
)

const refuse = (why: string) =>
  Effect.succeed(
    HttpServerResponse.text(
      `Send JSON such as {"status":503,"times":2,"retryAfter":"5"}, or an array of such. ${why}\n`,
      { status: 400 }
    )
  )

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const faults = yield* Faults.Faults
    const ledger = yield* Ledger
    const done = HttpServerResponse.empty()
    yield* router.add(
      "GET",
      "/sandbox",
      ledger.state.pipe(Effect.flatMap(HttpServerResponse.schemaJson(State)), Effect.orDie)
    )
    yield* router.add(
      "GET",
      "/sandbox/summary",
      ledger.summary.pipe(Effect.flatMap(HttpServerResponse.schemaJson(Summary)), Effect.orDie)
    )
    yield* router.add("DELETE", "/sandbox", Effect.as(ledger.reset, done))
    yield* router.add(
      "PUT",
      "/sandbox/fault",
      readScript.pipe(
        Effect.flatMap(faults.set),
        Effect.as(done),
        Effect.catchTags({
          SchemaError: (error) => refuse(error.message),
          HttpServerError: () => refuse("This is not JSON.")
        })
      )
    )
    yield* router.add("DELETE", "/sandbox/fault", Effect.as(faults.set([]), done))
  })
)
