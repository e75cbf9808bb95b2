/**
 * Checks that MeltingSpot accepts the key of a Spot and knows the named Lives. Requests one page of participants of each
 * Live, and the Live itself. Changes nothing.
 */
import { Effect, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Budget, InviteError, LiveParticipants, type MeltingSpotConfig } from "@usher/core"
import type { NamedLive } from "./namedLives.ts"

export interface Found {
  readonly ok: boolean
  readonly status: "key accepted" | "key refused" | "unavailable" | "unclear"
  readonly detail: string
  /** The Lives that were checked. */
  readonly lives: ReadonlyArray<AskedLive>
}

export interface AskedLive extends NamedLive {
  readonly status: "found" | "ended" | "not found"
}

/** No Live has this id. MeltingSpot answers 404 only after it accepts the key. */
const nobodys: NamedLive = { id: "00000000-0000-4000-8000-000000000000", paths: [] }

/** More requests in a row would use up MeltingSpot's limit for 10 seconds. */
const maxBurst = 25

export const checkUpstream = Effect.fnUntraced(function* (
  options: MeltingSpotConfig.Options,
  named: ReadonlyArray<NamedLive>
) {
  const participants = yield* LiveParticipants.make(options).pipe(
    Effect.provideService(Budget.Budget, Budget.unlimited)
  )
  const lives: Array<AskedLive> = []
  for (const [index, live] of (named.length === 0 ? [nobodys] : named).entries()) {
    if (index >= maxBurst) yield* Effect.sleep("250 millis")
    const page = participants.list({ liveId: live.id, pageSize: 1, firstPage: 1 })
    const answer = yield* Stream.runDrain(Stream.take(page, 1)).pipe(
      Effect.as<Answer>("found"),
      Effect.catch((error) => Effect.succeed(answerOf(error)))
    )
    if (typeof answer === "object") return { ok: false, ...answer, lives } satisfies Found
    if (named.length === 0) continue
    const isOver = answer === "found" && (yield* hasEnded(options, live.id))
    lives.push({ ...live, status: isOver ? "ended" : answer })
  }
  const found: Found = { ok: true, status: "key accepted", detail: `accepts the key${known(lives)}`, lives }
  return found
})

type Answer =
  | "found"
  | "not found"
  | { readonly status: "key refused" | "unavailable" | "unclear"; readonly detail: string }

const answerOf = (error: InviteError.ListError): Answer => {
  switch (error._tag) {
    case "LiveNotFound":
      return "not found"
    case "Unauthorized":
      return {
        status: "key refused",
        detail: `refuses the secret key (${error.status}): check the key, and whether authorizationPrefix has to be "Bearer "`
      }
    case "RateLimited":
      return { status: "unavailable", detail: "limits the rate (429): try again later" }
    case "UpstreamUnavailable":
      return { status: "unavailable", detail: unavailable(error.reason, error.code ?? error.status) }
    default:
      return { status: "unclear", detail: `gave an unexpected response (${error._tag})` }
  }
}

const known = (lives: ReadonlyArray<AskedLive>): string => {
  if (lives.length === 0) return ""
  const there = lives.filter(({ status }) => status !== "not found").length
  return `, and knows ${there} of the ${lives.length} Lives named`
}

const unavailable = (reason: string, code: string | number | undefined) => {
  const what: Readonly<Record<string, string>> = {
    ServerError: "fails",
    NotTheApi: "gave a response that is not from its API: check baseUrl",
    Unreachable: "can't be reached",
    Disconnected: "closed the connection",
    Timeout: "did not answer in time"
  }
  const meaning = typeof code === "string" ? InviteError.codeMeaning(code) : undefined
  return `${what[reason] ?? reason}${meaning === undefined ? "" : `: ${meaning}`}${code === undefined ? "" : ` (${code})`}`
}

/** Calls `GET /v1/lives/{liveId}`, which only this check uses. A Live with an unknown response counts as not ended. */
const hasEnded = (
  {
    authorizationPrefix = "",
    baseUrl = "https://openapi.meltingspot.io",
    secretKey
  }: MeltingSpotConfig.Options,
  id: string
) =>
  HttpClientRequest.get(`${baseUrl.replace(/\/+$/, "")}/v1/lives/${encodeURIComponent(id)}`).pipe(
    HttpClientRequest.setHeaders({
      authorization: `${authorizationPrefix}${Redacted.value(secretKey)}`,
      accept: "application/json"
    }),
    HttpClient.execute,
    Effect.flatMap(({ status, stream }) =>
      status === 200 ? Stream.runFold(Stream.take(stream, maxChunks), () => "", append) : Effect.succeed("")
    ),
    Effect.map((text) => /"(?:computedStatus|status)"\s*:\s*"Ended"/.test(text)),
    Effect.timeout("10 seconds"),
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.orElseSucceed(() => false)
  )

/** How much of a response is read, in chunks of at most 64 KiB. */
const maxChunks = 64

const append = (text: string, chunk: Uint8Array) => text + Buffer.from(chunk).toString("latin1")
