/** Error messages for people. */
import { Data, Duration } from "effect"
import { HttpClientError } from "effect/http"
import { Problem } from "@usher/admin"
import { answerTimeout, NoAnswer, Unconfirmed } from "./client.ts"

/** An error whose message is a sentence for people. */
export class Explained extends Data.TaggedError("Explained")<{ readonly message: string }> {}

const noAnswer = `The relay did not answer within ${Duration.toSeconds(answerTimeout)} seconds`

export const sentence = (error: unknown): string => {
  if (error instanceof Problem.TooMany) {
    return `Too many failed attempts. Try again in ${error.retryAfter} seconds.`
  }
  if (error instanceof Problem.Invalid) return error.problems.join("\n")
  if (
    error instanceof Problem.Unauthorized ||
    error instanceof Problem.Forbidden ||
    error instanceof Problem.NotFound ||
    error instanceof Problem.NotAPerson ||
    error instanceof Problem.Conflict ||
    error instanceof Problem.Unavailable
  ) {
    return error.detail ?? error.title
  }
  if (error instanceof NoAnswer) return `${noAnswer}. Check the connection and try again.`
  if (error instanceof Unconfirmed) {
    return `${noAnswer}, but it may have done this. Look at the list, or at Jobs, before you try again.`
  }
  if (error instanceof Explained) return error.message
  if (HttpClientError.isHttpClientError(error)) return ofAnswer(error.response?.status)
  return "The relay sent an unexpected answer. This page may be older than the relay: reload it."
}

const ofAnswer = (status: number | undefined) =>
  status === undefined
    ? "The relay is unreachable. Check the connection and try again."
    : status >= 500
      ? `The relay answered with an error (${status}). Its log has the details.`
      : "The relay's answer is unreadable. Check the connection and try again."
