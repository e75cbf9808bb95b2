/** The exit codes of all commands. `usher --help` prints the table, and docs/operations/commands.md repeats it. */

/** Each way to end, its exit code and its meaning. */
export const exitCodes = {
  done: { code: 0, meaning: "Success" },
  failed: {
    code: 1,
    meaning:
      "Failed, or failed in part: an invalid configuration, an unreadable file, a rejected line of an import, a delivery that does not verify"
  },
  usage: {
    code: 2,
    meaning:
      "Wrong usage: an unknown flag or sender, a missing or invalid value, an empty selection, an unanswered question (`--yes` answers it)"
  },
  missing: {
    code: 3,
    meaning: "Not found: an unknown id, source, Spot or person, nothing to replay"
  },
  refused: {
    code: 4,
    meaning:
      "Refused: an invalid or read-only token, a name or a file that exists, a question answered with no"
  },
  unavailable: {
    code: 5,
    meaning:
      "Unavailable: the relay can't be reached, or the database can't be used now (locked, gone, moved away)"
  },
  stopped: { code: 130, meaning: "Stopped by Ctrl-C or SIGINT" },
  unread: { code: 141, meaning: "The reader of the output has ended, as with `head`" }
} as const

export type ExitKind = keyof typeof exitCodes

/** How each error ends a command, by the tag of the error. `Failed` carries its own kind. */
export const kindByTag = {
  // The command line.
  DuplicateOption: "usage",
  InvalidValue: "usage",
  MissingArgument: "usage",
  MissingOption: "usage",
  UnexpectedArgument: "usage",
  UnknownSubcommand: "usage",
  UnrecognizedOption: "usage",
  UserError: "failed",
  ValidationError: "usage",
  // Answers of the admin API.
  BadRequestProblem: "usage",
  Conflict: "refused",
  Forbidden: "refused",
  HttpClientError: "unavailable",
  InternalServerErrorProblem: "failed",
  Invalid: "refused",
  NotAPerson: "usage",
  NotFound: "missing",
  SchemaError: "failed",
  TooMany: "refused",
  Unauthorized: "refused",
  Unavailable: "unavailable",
  UnsupportedMediaType: "failed",
  // Streams of progress.
  Retry: "failed",
  SseError: "failed",
  TimeoutError: "failed",
  // The configuration and the environment.
  ConfigError: "failed",
  InvalidConfig: "failed",
  InvalidOtel: "failed",
  InvalidSecret: "usage",
  // The machine and the database.
  InboxUnavailable: "unavailable",
  MigrationError: "failed",
  MoveRefused: "failed",
  PlatformError: "failed",
  ServeError: "failed",
  SqlError: "unavailable",
  // Outcomes that are printed already, and trials.
  NoRelay: "failed",
  NoScratch: "failed",
  NoSpot: "failed",
  Reported: "failed",
  Stalled: "failed",
  Unreadable: "failed",
  Unwilling: "failed"
} as const satisfies Readonly<Record<string, ExitKind>>

/** The table as `usher --help` prints it. */
export const exitCodesText = [
  "Exit codes:",
  ...Object.values(exitCodes).map(
    ({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning.replaceAll("`", "")}`
  )
].join("\n  ")
