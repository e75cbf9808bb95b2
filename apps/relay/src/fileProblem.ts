/** Words for errors of the file system, whose own messages name Node's functions. */
import type { PlatformError } from "effect"

const problems: Readonly<Partial<Record<PlatformError.SystemErrorTag, string>>> = {
  AlreadyExists: "exists already",
  BadResource: "is not a regular file",
  Busy: "is in use by another program",
  NotFound: "does not exist",
  PermissionDenied: "can't be used: this user lacks the permission"
}

/** What is wrong with the file, to follow its name, such as `is not a regular file`. Undefined for rare errors. */
export const fileProblem = ({ reason }: PlatformError.PlatformError): string | undefined =>
  reason._tag === "BadArgument" ? undefined : problems[reason._tag]
