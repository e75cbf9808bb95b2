/** A sign-up form behind a Cloudflare Worker: posts an address, answers what became of it. */
import { LiveParticipants } from "@usher/core"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

/** The bindings of the Worker. */
interface Env {
  readonly MELTINGSPOT_SECRET_KEY: string
  readonly MELTINGSPOT_BASE_URL?: string
}

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const start = (env: Env) =>
  ManagedRuntime.make(
    LiveParticipants.layer({
      secretKey: Redacted.make(env.MELTINGSPOT_SECRET_KEY),
      baseUrl: env.MELTINGSPOT_BASE_URL
    }).pipe(Layer.provide(FetchHttpClient.layer))
  )

/** One for each instance of the Worker, which counts the budget of its own calls only. */
let runtime: ReturnType<typeof start> | undefined

const signUp = (email: string) =>
  LiveParticipants.LiveParticipants.use(({ ensureInvited }) => ensureInvited({ liveId, member: email })).pipe(
    Effect.map(({ _tag }) => (_tag === "Invited" ? "invited" : "already invited"))
  )

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    runtime ??= start(env)
    return new Response(await runtime.runPromise(signUp(await request.text())))
  }
}
