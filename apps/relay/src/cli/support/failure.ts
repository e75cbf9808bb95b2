/** Errors of commands: a sentence for people, and an exit code for scripts. */
import { Config, Data, Predicate, Schema } from "effect"
import { CliError } from "effect/cli"
import { HttpClientError } from "effect/http"
import { Problem } from "@usher/admin"
import { describe } from "../../config/SchemaErrors.ts"
import { systemSentence } from "./systemErrors.ts"
import { exitCodes, type ExitKind, kindByTag } from "./exitCodes.ts"

/** A command failed. */
export class Failed extends Data.TaggedError("Failed")<{
  readonly kind: Exclude<ExitKind, "done" | "stopped" | "unread">
  readonly message: string
}> {}

export const failed = (message: string) => new Failed({ kind: "failed", message })

export const usage = (message: string) => new Failed({ kind: "usage", message })

export const missing = (message: string) => new Failed({ kind: "missing", message })

const kinds: ReadonlyMap<unknown, ExitKind> = new Map(Object.entries(kindByTag))

/** How an error ends a command. Default: `failed`. */
export const kindOf = (error: unknown): ExitKind => {
  if (error instanceof Failed) return error.kind
  if (error instanceof CliError.ShowHelp) return error.errors.length === 0 ? "done" : "usage"
  return (Predicate.hasProperty(error, "_tag") ? kinds.get(error._tag) : undefined) ?? "failed"
}

export const codeOf = (error: unknown): number => exitCodes[kindOf(error)].code

export const sentence = (error: unknown): string => {
  if (error instanceof Problem.Invalid)
    return ["The relay refused the request:", ...error.problems].join("\n  ")
  if (HttpClientError.isHttpClientError(error)) return unreachable(error)
  if (Schema.isSchemaError(error)) {
    return `The response does not match the admin API of this version: ${describe(error.issue).join("; ")}`
  }
  if (error instanceof Config.ConfigError && Schema.isSchemaError(error.cause)) {
    return `These environment variables are missing or invalid:\n  ${describe(error.cause.issue).join("\n  ")}`
  }
  const system = systemSentence(error)
  if (system !== undefined) return system
  if (Predicate.hasProperty(error, "detail") && typeof error.detail === "string") return error.detail
  if (!(error instanceof Error)) return String(error)
  // Some errors only wrap another one, such as the server's error when its port is taken.
  return error.message === "" && error.cause !== undefined ? sentence(error.cause) : error.message
}

const unreachable = ({ reason, request, response }: HttpClientError.HttpClientError): string => {
  const where = URL.canParse(request.url) ? new URL(request.url).origin : request.url
  if (response !== undefined)
    return `${where} answered ${response.status}, which is not a response of the admin API. Check that the URL is that of a relay, and that it is not older than this command.`
  const cause = causeOf(reason) ?? reason._tag
  return midway.has(cause)
    ? `The connection to ${where} broke before the relay answered (${cause}). A command that changes something may have done it: check before you repeat it.`
    : `Can't reach a relay at ${where} (${cause}). Check that it is running and that the URL is right.`
}

/** The codes of connections that break after the request was sent. */
const midway: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT"
])

/** The system's error code, such as ECONNREFUSED. */
const causeOf = (error: unknown): string | undefined => {
  if (!Predicate.hasProperty(error, "cause")) return
  const { cause } = error
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string") return cause.code
  return causeOf(cause)
}
