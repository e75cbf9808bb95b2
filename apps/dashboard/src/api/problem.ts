/** What went wrong, in a sentence for a person. */
import { Problem } from "@usher/admin"

export const sentence = (error: unknown): string => {
  if (error instanceof Problem.TooMany) {
    return `Too many attempts have failed. Try again in ${error.retryAfter} seconds.`
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
    return "The relay can't be reached, or its answer can't be read. It is tried again by itself."
  }
  return "The relay answered in a way that this page does not know. Reload the page: it may be older than the relay."
}
