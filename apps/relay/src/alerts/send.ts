/** Sends a message to a channel. */
import { Duration, Effect, Redacted, Schema } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import { type Email, email } from "./channels/email.ts"
import { signedWebhook } from "./channels/signedWebhook.ts"
import { slack } from "./channels/slack.ts"
import { teams } from "./channels/teams.ts"
import type { Message } from "./Message.ts"

/** How a channel is reached. */
export type Way =
  | { readonly kind: "slack" | "teams"; readonly url: Redacted.Redacted }
  | { readonly kind: "webhook"; readonly url: string; readonly secret: Redacted.Redacted }
  | ({ readonly kind: "email" } & Email)

/** The channel did not take the message. The reason has no URL, which may be a secret, and no address. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

const notSent = (reason: string) => new NotSent({ reason })

const timeout = Duration.seconds(15)

const post = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.execute(request).pipe(
    Effect.tap((response) => Effect.ignore(response.text)),
    Effect.scoped,
    Effect.mapError(() => notSent("it can't be reached")),
    Effect.filterOrFail(
      ({ status }) => status >= 200 && status < 300,
      ({ status }) => notSent(`it answered ${status}`)
    )
  )

const by = (way: Way, message: Message): Effect.Effect<unknown, NotSent, HttpClient.HttpClient> => {
  switch (way.kind) {
    case "slack":
      return post(slack(Redacted.value(way.url), message))
    case "teams":
      return post(teams(Redacted.value(way.url), message))
    case "webhook":
      return signedWebhook(way.url, way.secret, message).pipe(
        Effect.mapError(() => notSent("its secret can't sign: give one that begins with whsec_")),
        Effect.flatMap(post)
      )
    case "email":
      return Effect.mapError(email(way, message), ({ cause }) => notSent(reasonOf(cause)))
  }
}

/** Nodemailer's codes for a server that it has no connection to. */
const unreached = new Set(["ECONNECTION", "ECONNREFUSED", "EDNS", "ESOCKET", "ETIMEDOUT"])

/** Nodemailer's codes, such as EAUTH; its messages name people. */
const reasonOf = (cause: unknown): string => {
  const { code, responseCode }: { readonly code?: unknown; readonly responseCode?: unknown } = Object(cause)
  if (typeof code === "string" && unreached.has(code)) return `the mail server can't be reached (${code})`
  return `the mail server refused it (${[code, responseCode].filter(Boolean).join(", ") || "no reason given"})`
}

/** Sends a message, without a span, whose URL can be a secret. Redirects are not followed. */
export const send = (way: Way, message: Message): Effect.Effect<void, NotSent, HttpClient.HttpClient> =>
  by(way, message).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => notSent(`it did not respond within ${Duration.format(timeout)}`)
    }),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.asVoid
  )
