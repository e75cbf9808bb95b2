/** A sandbox on a free port, called by the real adapter and by hand. */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse, HttpServer } from "effect/http"
import { Budget, type Invitation, LiveParticipants, type MeltingSpotConfig } from "@usher/core"
import { Sandbox, State } from "../src/index.ts"

export const secretKey = "the-key-of-the-spot"

export const layerOf = (options: Omit<Sandbox.Options, "secretKey">) =>
  Layer.merge(Sandbox.layer({ secretKey: Redacted.make(secretKey), ...options }), NodeHttpClient.layerUndici)

export const layer = layerOf({})

const baseUrl = HttpServer.addressFormattedWith(Effect.succeed)

const adapter = Effect.fnUntraced(function* (options?: Partial<MeltingSpotConfig.Options>) {
  return yield* Effect.provideService(
    LiveParticipants.make({ secretKey: Redacted.make(secretKey), baseUrl: yield* baseUrl, ...options }),
    Budget.Budget,
    Budget.unlimited
  )
})

/** How one invitation through the adapter ends: the participant or the error. */
export const invite = Effect.fnUntraced(function* (
  invitation: Invitation.Invitation,
  options?: Partial<MeltingSpotConfig.Options>
) {
  const participants = yield* adapter(options)
  return yield* Effect.catch(participants.invite(invitation), Effect.succeed)
})

/** How a batch through the adapter ends: a result for each member, or the error. */
export const inviteMany = Effect.fnUntraced(function* (liveId: string, members: ReadonlyArray<string>) {
  const participants = yield* adapter()
  return yield* Effect.catch(Stream.runCollect(participants.inviteMany({ liveId, members })), Effect.succeed)
})

/** Everybody at the Live as the adapter lists them, or the error. */
export const list = Effect.fnUntraced(function* (liveId: string) {
  const participants = yield* adapter()
  return yield* Effect.catch(Stream.runCollect(participants.list({ liveId })), Effect.succeed)
})

/** One request as it stands; a body that is no text is sent as JSON. */
export const call = Effect.fnUntraced(function* (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = { authorization: secretKey }
) {
  const bare = HttpClientRequest.make(method)(`${yield* baseUrl}${path}`, { headers })
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const request = text === undefined ? bare : HttpClientRequest.bodyText(bare, text, "application/json")
  const response = yield* HttpClient.execute(request).pipe(
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

/** What the ledger shows over HTTP. */
export const state = Effect.gen(function* () {
  const response = yield* HttpClient.get(`${yield* baseUrl}/sandbox`)
  return yield* HttpClientResponse.schemaBodyJson(State.State)(response)
})
