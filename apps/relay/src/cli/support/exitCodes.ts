/**
 * The exit codes of all commands. `usher --help` prints the table, and docs/operations.md repeats it.
 */

/** What each exit code means. */
export const exitCodes = {
  done: { code: 0, meaning: "Success" },
  failed: {
    code: 1,
    meaning:
      "Failed, or failed in part: an invalid configuration, an unreadable file, a rejected line of an import, a delivery that does not verify or stays in quarantine"
  },
  usage: {
    code: 2,
    meaning:
      "Wrong usage: an unknown flag, command or sender, a missing or invalid value, an empty selection, a time in the future, a question without a terminal (answer it with --yes)"
  },
  missing: {
    code: 3,
    meaning: "Not found: an unknown id, source or Spot, a person of whom nothing is stored, nothing to replay"
  },
  refused: {
    code: 4,
    meaning:
      "Refused: a token that is invalid or may only read, a name or file that exists, a question answered with no"
  },
  unavailable: {
    code: 5,
    meaning:
      "Unavailable: the relay can't be reached, or the database can't be used now (locked, gone, moved away). Try again, or do what the message says"
  },
  stopped: { code: 130, meaning: "Stopped by Ctrl-C or SIGINT" }
} as const

export type ExitKind = keyof typeof exitCodes

/** How a command ends with each error that it can fail with, by the error's tag. `Failed` says it of itself. */
export const kindByTag = {
  // What the command line itself is.
  DuplicateOption: "usage",
  InvalidValue: "usage",
  MissingArgument: "usage",
  MissingOption: "usage",
  UnexpectedArgument: "usage",
  UnknownSubcommand: "usage",
  UnrecognizedOption: "usage",
  UserError: "failed",
  ValidationError: "usage",
  QuitError: "stopped",
  // What the admin API answers.
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
  BadArgument: "failed",
  InboxUnavailable: "unavailable",
  MigrationError: "failed",
  MoveRefused: "failed",
  PlatformError: "failed",
  ServeError: "failed",
  SqlError: "unavailable",
  // What a command has printed already, and the trials.
  NoRelay: "failed",
  NoScratch: "failed",
  NoSpot: "failed",
  Reported: "failed",
  Stalled: "failed",
  Unwilling: "failed"
} as const satisfies Readonly<Record<string, ExitKind>>

/** The table as `usher --help` prints it. */
export const exitCodesText = [
  "Exit codes:",
  ...Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`)
].join("\n  ")
