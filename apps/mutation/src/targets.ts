/** The files in which faults are planted, and the tests that have to notice them. */
import { existsSync, globSync } from "node:fs"

/** A file, and its tests: those that are nearest to it first. */
export interface Target {
  readonly file: string
  readonly tests: ReadonlyArray<string>
}

const engine = "packages/engine"
const admin = "packages/admin"

/** Names of test files without their endings. */
const tests = (root: string, names: string) => names.split(" ").map((name) => `${root}/test/${name}.test.ts`)

const inbox = (names: string, nearest: string): ReadonlyArray<Target> =>
  targets(engine, `${engine}/src/internal/inbox`, names, `${nearest} ${ofInbox}`)

const ofInbox =
  "InboxSql Claims Turns Outcomes Waiting Identity SourceControl Cooldown Upkeep Answers Fairness Clocks Dispatcher"

/** Each test once, where it is named first; those in a place like the file's own before all others. */
const targets = (root: string, folder: string, names: string, nearest: string): ReadonlyArray<Target> =>
  names.split(" ").map((name) => {
    const file = `${folder}/${name}.ts`
    const own = file.replace(/\/src\/(internal\/)?/, "/test/").replace(/\.ts$/, ".test.ts")
    return { file, tests: [...new Set([...(existsSync(own) ? [own] : []), ...tests(root, nearest)])] }
  })

const ofSignatures =
  "StandardWebhooks Scheme anyCase covered senders mistakes Handshake Diagnosis fromRequest secrecy extension properties"

export const all: ReadonlyArray<Target> = [
  ...targets(
    "packages/signatures",
    "packages/signatures/src",
    "DeliveryId",
    `DeliveryId Identity ${ofSignatures}`
  ),
  ...targets(
    "packages/signatures",
    "packages/signatures/src/internal",
    "check",
    `Verifier rotation Identity ${ofSignatures}`
  ),
  {
    file: "packages/signatures/src/internal/formerIds.ts",
    tests: ["packages/signatures/test/formerIds.test.ts", "packages/engine/test/store/InboxSql.upgrade.test.ts"]
  },
  ...targets("packages/core", "packages/core/src", "Budget", "slidingWindows Budget budgets rateHeaders"),
  ...targets(
    "packages/core",
    "packages/core/src/internal",
    "slidingWindows",
    "slidingWindows Budget budgets rateHeaders"
  ),
  ...targets(
    engine,
    `${engine}/src`,
    "Budget",
    "BudgetLimits Budget Turns Claims Fairness Forecast Dispatcher"
  ),
  ...targets(
    engine,
    `${engine}/src`,
    "RetryPolicy",
    "RetryPolicy Outcomes Answers Dispatcher Cooldown Outage Splitting"
  ),
  ...targets(engine, `${engine}/src`, "Leadership", "Leadership Dispatcher"),
  ...targets(engine, `${engine}/src`, "PostgresLeadership", "Leadership Failover"),
  ...targets(
    engine,
    `${engine}/src/internal`,
    "calling breaking",
    `answering Calling Cooldown Outage Outcomes Dispatcher Answers Splitting Troubles Clocks lease LateAnswers Fairness`
  ),
  ...inbox(
    "accept acceptedTogether conflicts knownIds knownContents",
    "inbox/accept inbox/knownContents Identity Upgrade InboxSql Receiver Compressed"
  ),
  ...inbox(
    "map endWebhooks claimers",
    "inbox/map inbox/endWebhooks ClaimWhileMapping Mapper SignUps followUp"
  ),
  ...inbox("claim", "Expiry ClaimWhileMapping Claims Turns"),
  ...inbox("choosing", "Expiry Claims Turns"),
  ...inbox("turns waking", "inbox/claim Claims Turns"),
  ...inbox("allotting", "inbox/claim inbox/spends inbox/choosing Expiry Claims Turns"),
  ...inbox("following", "Clocks Claims Turns"),
  ...inbox("spends", "Budget Claims Turns"),
  ...inbox("settle", "LateAnswers Outcomes Claims Splitting Budget"),
  ...targets(
    engine,
    `${engine}/src/internal/inbox`,
    "forget purge",
    "Upkeep Forget Identity LateAnswers SourceControl"
  ),
  ...targets(
    engine,
    `${engine}/src/internal/forget`,
    globSync(`${engine}/src/internal/forget/*.ts`)
      .map((path) => /([^/]+)\.ts$/.exec(path)?.[1])
      .join(" "),
    "Mention Forget Upkeep"
  ),
  ...["Tokens", "Authorization"].map((name) => ({
    file: `${admin}/src/internal/server/${name}.ts`,
    tests: [
      ...tests(admin, "Tokens Authorization AdminServer"),
      ...tests("apps/relay", "admin/access admin/token admin/sessions admin/matrix")
    ]
  }))
]
