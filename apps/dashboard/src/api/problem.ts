/** Error messages for people. */
import { Problem } from "@usher/admin"

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
  if (error instanceof Error && error.name === "HttpClientError") {
    return "The relay is unreachable, or its answer is unreadable. Check the connection and try again."
  }
  return "The relay sent an unexpected answer. This page may be older than the relay: reload it."
}
