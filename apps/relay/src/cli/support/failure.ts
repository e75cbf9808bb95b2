/** What a command fails with: a sentence for a person, and an exit code for a script. */
import { Config, Data, Predicate, Runtime, Schema, Terminal } from "effect"
import { CliError } from "effect/cli"
import { HttpClientError } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { Problem } from "@usher/admin"
import { Inbox } from "@usher/engine"
import { describe } from "../../config/Mistakes.ts"

/** The exit codes; whatever else goes wrong is `failed`, and 130 is for who was stopped. */
export const codes = { failed: 1, usage: 2, missing: 3, refused: 4, unavailable: 5 } as const

const stopped = 130

export class Failed extends Data.TaggedError("Failed")<{
  readonly kind: keyof typeof codes
  readonly message: string
}> {}

const isRefusal = (error: unknown) =>
  error instanceof Problem.Unauthorized ||
  error instanceof Problem.Forbidden ||
  error instanceof Problem.TooMany ||
  error instanceof Problem.Conflict ||
  error instanceof Problem.Invalid

export const codeOf = (error: unknown): number => {
  if (error instanceof Failed) return codes[error.kind]
  if (error instanceof CliError.ShowHelp) return error.errors.length === 0 ? 0 : codes.usage
  if (error instanceof HttpApiError.BadRequestProblem) return codes.usage
  if (error instanceof Problem.NotFound) return codes.missing
  if (error instanceof Problem.NotAPerson) return codes.usage
  if (isRefusal(error)) return codes.refused
  if (error instanceof Problem.Unavailable || error instanceof Inbox.InboxUnavailable)
    return codes.unavailable
  if (HttpClientError.isHttpClientError(error)) return codes.unavailable
  if (Terminal.isQuitError(error)) return stopped
  if (Predicate.hasProperty(error, Runtime.errorExitCode)) {
    const code = error[Runtime.errorExitCode]
    if (typeof code === "number") return code
  }
  return codes.failed
}

export const sentence = (error: unknown): string => {
  if (Terminal.isQuitError(error)) return "Nothing was done."
  if (error instanceof Problem.Invalid) return ["The relay refuses it:", ...error.problems].join("\n  ")
  if (HttpClientError.isHttpClientError(error)) return unreachable(error)
  if (Schema.isSchemaError(error)) {
    return `What answers there is no admin API of this version: ${describe(error.issue).join("; ")}`
  }
  if (error instanceof Config.ConfigError && Schema.isSchemaError(error.cause)) {
    return `These environment variables are missing or wrong:\n  ${describe(error.cause.issue).join("\n  ")}`
  }
  if (Predicate.hasProperty(error, "detail") && typeof error.detail === "string") return error.detail
  if (!(error instanceof Error)) return String(error)
  // Some errors are mere wrappings, such as the server's when its port is taken.
  return error.message === "" && error.cause !== undefined ? sentence(error.cause) : error.message
}

const unreachable = ({ reason, request, response }: HttpClientError.HttpClientError): string => {
  const where = URL.canParse(request.url) ? new URL(request.url).origin : request.url
  return response === undefined
    ? `No relay can be reached at ${where} (${causeOf(reason) ?? reason._tag}): is it running, and is the URL right?`
    : `${where} answered ${response.status}, which is no answer of the admin API: is the URL that of a relay?`
}

/** What the system says, such as ECONNREFUSED. */
const causeOf = (error: unknown): string | undefined => {
  if (!Predicate.hasProperty(error, "cause")) return
  const { cause } = error
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string") return cause.code
  return causeOf(cause)
}
