/**
 * Whether MeltingSpot takes the key of a Spot and knows the Lives that are named: one page of the participants of each is
 * asked for, and the Live itself. Nothing is changed.
 */
import { Effect, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Budget, InviteError, LiveParticipants, type MeltingSpotConfig } from "@usher/core"
import type { NamedLive } from "./namedLives.ts"

export interface Found {
  readonly ok: boolean
  readonly status: "key accepted" | "key refused" | "unavailable" | "unclear"
  readonly detail: string
  /** Of the Lives that could be asked for. */
  readonly lives: ReadonlyArray<AskedLive>
}

export interface AskedLive extends NamedLive {
  readonly status: "found" | "ended" | "not found"
}

/** No Live has it: the answer that says so comes after the key is accepted. */
const nobodys: NamedLive = { id: "00000000-0000-4000-8000-000000000000", paths: [] }

/** So many at once; more would use up what MeltingSpot takes in 10 seconds. */
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
      Effect.catchTags({
        LiveNotFound: () => Effect.succeed<Answer>("not found"),
        Unauthorized: ({ status }) =>
          Effect.succeed<Answer>({
            status: "key refused",
            detail: `refuses the secret key (${status}): check the key, and whether authorizationPrefix has to be "Bearer "`
          }),
        RateLimited: () =>
          Effect.succeed<Answer>({
            status: "unavailable",
            detail: "limits the rate (429): try again later"
          }),
        UpstreamUnavailable: ({ reason, code, status }) =>
          Effect.succeed<Answer>({ status: "unavailable", detail: unavailable(reason, code ?? status) })
      }),
      Effect.catch(({ _tag }) =>
        Effect.succeed<Answer>({
          status: "unclear",
          detail: `gave an unexpected response (${_tag})`
        })
      )
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

/** By `GET /v1/lives/{liveId}`, which the relay does not need otherwise. Whatever is not understood has not ended. */
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

/** Of 64 KiB at the most. */
const maxChunks = 64

const append = (text: string, chunk: Uint8Array) => text + Buffer.from(chunk).toString("latin1")
