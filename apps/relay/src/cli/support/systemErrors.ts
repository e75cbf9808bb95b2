/** Sentences for errors of the operating system, whose own messages name Node's functions. */
import { PlatformError, Predicate } from "effect"
import { HttpServerError } from "effect/http"
import { fileProblem } from "../../fileProblem.ts"

/** An error as Node throws it. */
interface SystemError {
  readonly code: string
  readonly address?: unknown
  readonly port?: unknown
  readonly hostname?: unknown
}

/** The sentence for an error of the file system or of a listener. Undefined for other errors. */
export const systemSentence = (error: unknown): string | undefined => {
  if (error instanceof PlatformError.PlatformError) return ofFile(error)
  return error instanceof HttpServerError.ServeError ? ofListener(error.cause) : undefined
}

const ofFile = (error: PlatformError.PlatformError): string | undefined => {
  if (error.reason._tag === "BadArgument") return undefined
  const problem = fileProblem(error)
  const { pathOrDescriptor: path } = error.reason
  return problem === undefined || typeof path !== "string" || path === "" ? undefined : `${path} ${problem}.`
}

const ofListener = (cause: unknown): string | undefined => {
  if (!isSystemError(cause)) return undefined
  const { address, hostname, port } = cause
  const where = port === undefined ? `${address}` : `${address}:${port}`
  switch (cause.code) {
    case "EADDRINUSE":
      return `Can't listen on ${where}: another program uses this port. Stop it, or set another port in the section server.`
    case "EACCES":
      return `Can't listen on ${where}: this user lacks the permission. Ports below 1024 often require root.`
    case "EADDRNOTAVAIL":
      return `Can't listen on ${where}: this machine does not have the address. Set another host in the section server.`
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `Can't listen on ${hostname}: expected an IP address of this machine or a name that it resolves, without a scheme and brackets. Unix sockets are not supported.`
  }
  return undefined
}

const isSystemError = (error: unknown): error is SystemError =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string"
