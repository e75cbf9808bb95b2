/** The upstream: apps/sandbox, behind a network that delays and loses calls. */
import { Effect, Exit, Latch, Layer, Option, Redacted, Schema, Scope } from "effect"
import {
  HttpClient,
  type HttpClientError,
  type HttpClientRequest,
  type HttpClientResponse
} from "effect/http"
import { Faults } from "@usher/core/testing"
import { Ledger, Sandbox } from "@usher/sandbox"
import type { Settings } from "./Settings.ts"
import type { Process, World } from "./World.ts"

export const secretKey = Redacted.make("the-key-of-the-spot")

/** A call, as the network sees it. */
export interface Call {
  readonly caller: string
  readonly live: string
  readonly members: ReadonlyArray<string>
  /** The time at which it left the relay. */
  readonly sentAt: number
  /** The time at which it reached the upstream. Undefined if it never did. */
  arrivedAt?: number
  /** The status of the answer. Undefined before the answer, and after a lost connection. */
  status?: number
  /** The time at which the answer reached a living relay that still waited. */
  answeredAt?: number
}

const Asked = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ member: Schema.String }),
    Schema.Struct({ members: Schema.Struct({ emails: Schema.Array(Schema.String) }) })
  ])
)

const readAsked = Schema.decodeUnknownSync(Asked)

const liveOf = (url: string) => /\/lives\/([^/]+)\//.exec(url)?.[1] ?? ""

const membersOf = ({ body }: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> => {
  if (body._tag !== "Uint8Array") return []
  const asked = readAsked(new TextDecoder().decode(body.body))
  return "member" in asked ? [asked.member] : asked.members.emails
}

type Answer = Exit.Exit<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

export type Upstream = Exclude<Awaited<ReturnType<typeof make>>, undefined>

export const make = async (world: World, { budget }: Settings) => {
  const process = world.start("upstream", { ahead: 0 })
  const { per10s, per24h } = budget
  const built = await world.evaluate(
    process,
    Effect.flatMap(Scope.make(), (scope) =>
      Layer.buildWithScope(
        Sandbox.layerHttpClient({
          secretKey,
          limits: [
            { calls: per10s, window: "10 seconds" },
            { calls: per24h, window: "24 hours" }
          ]
        }),
        scope
      )
    )
  )
  if (built === undefined || Exit.isFailure(built)) throw new Error("the upstream does not start")
  const services = built.value
  const chance = world.seed.fork(2)
  const calls: Array<Call> = []
  const callers = new Map<Call, { readonly process: Process; readonly gone: Latch.Latch }>()
  let slowest = 200

  /** Mostly fast. At most almost the relay's timeout. */
  const latency = () => (chance.chance(0.8) ? chance.between(1, 50) : chance.between(50, slowest))

  const handle = Effect.fnUntraced(function* (
    call: Call,
    request: HttpClientRequest.HttpClientRequest,
    gone: Latch.Latch
  ) {
    const client = yield* HttpClient.HttpClient
    const isGone = Option.isSome(yield* Effect.timeoutOption(gone.await, latency()))
    // The bytes of a relay that hung up have either arrived or are lost.
    if (isGone && chance.chance(0.5)) return yield* Effect.never
    call.arrivedAt = world.time.elapsed()
    world.trace.note("upstream", `is called by ${call.caller}: ${called(call)}`)
    const answer: Answer = yield* Effect.exit(client.execute(request))
    if (Exit.isSuccess(answer)) call.status = answer.value.status
    world.trace.note(
      "upstream",
      `answers ${call.status ?? "nothing, the connection is lost"}: ${called(call)}`
    )
    yield* Effect.sleep(latency())
    return yield* answer
  })

  return {
    process,
    calls,
    /** The HTTP client of a relay. */
    clientOf: (caller: Process) =>
      HttpClient.make((request) =>
        Effect.callback<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>((resume) => {
          const call: Call = {
            caller: caller.name,
            live: liveOf(request.url),
            members: membersOf(request),
            sentAt: world.time.elapsed()
          }
          const gone = Latch.makeUnsafe()
          calls.push(call)
          callers.set(call, { process: caller, gone })
          world.trace.note(caller.name, `calls: ${called(call)}`)
          world.fork(process, handle(call, request, gone), services, (answer) => {
            if (callers.delete(call) && caller.state !== "dead") call.answeredAt = world.time.elapsed()
            resume(answer)
          })
          return Effect.sync(() => {
            world.trace.note(caller.name, `waits no longer: ${called(call)}`)
            callers.delete(call)
            gone.openUnsafe()
          })
        })
      ),
    /** Whether a call of the relay is in progress. */
    isCalledBy: (caller: Process) => [...callers.values()].some(({ process }) => process === caller),
    /** Closes the connections of a dead relay. */
    hangUp: (caller: Process) => {
      for (const { process, gone } of callers.values()) if (process === caller) gone.openUnsafe()
    },
    setSlow: (millis: number) => {
      slowest = millis
    },
    setFaults: (script: ReadonlyArray<Parameters<Faults.Faults["Service"]["set"]>[0][number]>) =>
      world.evaluate(
        process,
        Effect.provideContext(
          Faults.Faults.use((faults) => faults.set(script)),
          services
        )
      ),
    state: async () => {
      const state = await world.evaluate(
        process,
        Effect.provideContext(
          Ledger.Ledger.use((ledger) => ledger.state),
          services
        )
      )
      if (state === undefined || Exit.isFailure(state)) throw new Error("the ledger can't be read")
      return state.value
    }
  }
}

const called = ({ live, members }: Call) => `${live} ${members.join(" ")}`
