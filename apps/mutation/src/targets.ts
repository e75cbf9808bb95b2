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

const store = (names: string, nearest: string): ReadonlyArray<Target> =>
  targets(engine, `${engine}/src/store`, names, `${nearest} ${ofStore}`)

const ofStore =
  "store/InboxSql store/claim/claim.leases store/claim/turns.fairness store/settle/settle.outcomes store/search/waiting store/accept/incoming store/SourceControl store/spots/cooldowns store/purge.upkeep receive/handshake map/sharing store/InboxSql.clocks dispatch/Dispatcher"

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
    tests: [
      "packages/signatures/test/formerIds.test.ts",
      "packages/engine/test/store/Migrations.upgrade.test.ts"
    ]
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
    `${engine}/src/ports`,
    "Budget",
    "ports/Budget.limits ports/Budget store/claim/turns.fairness store/claim/claim.leases map/sharing dispatch/Forecast dispatch/Dispatcher"
  ),
  ...targets(
    engine,
    `${engine}/src/dispatch`,
    "RetryPolicy",
    "dispatch/RetryPolicy store/settle/settle.outcomes receive/handshake dispatch/Dispatcher store/spots/cooldowns store/InboxSql.outage dispatch/splitting"
  ),
  ...targets(engine, `${engine}/src/dispatch`, "Leadership", "dispatch/Leadership dispatch/Dispatcher"),
  ...targets(
    engine,
    `${engine}/src/store/postgres`,
    "electing electionSession",
    "dispatch/Leadership store/postgres/PostgresLeadership.failover"
  ),
  ...targets(
    engine,
    `${engine}/src/dispatch`,
    "calling breaking",
    `dispatch/calling.outcomes dispatch/calling store/spots/cooldowns store/InboxSql.outage store/settle/settle.outcomes dispatch/Dispatcher receive/handshake dispatch/splitting runtime/Troubles store/InboxSql.clocks dispatch/calling.lease store/settle/lateAnswers map/sharing`
  ),
  ...store(
    "accept/accept accept/acceptedTogether accept/conflicts accept/knownIds accept/knownContents",
    "store/accept/accept store/accept/knownContents store/accept/incoming store/Migrations.upgrade store/InboxSql receive/Receiver source/StoredBody"
  ),
  ...store(
    "map/map map/endWebhooks map/claimers",
    "store/map/map store/map/endWebhooks store/map/map.claims map/Mapper source/SignUps map/Mapper.followUp"
  ),
  ...store(
    "claim/claim",
    "store/claim/waking.expiry store/map/map.claims store/claim/claim.leases store/claim/turns.fairness"
  ),
  ...store("claim/choosing", "store/claim/waking.expiry store/claim/claim.leases store/claim/turns.fairness"),
  ...store(
    "claim/turns claim/waking",
    "store/claim/claim store/claim/claim.leases store/claim/turns.fairness"
  ),
  ...store(
    "claim/allotting",
    "store/claim/claim store/claim/spends store/claim/choosing store/claim/waking.expiry store/claim/claim.leases store/claim/turns.fairness"
  ),
  ...store(
    "claim/following claim/retiming",
    "store/claim/following store/InboxSql.clocks store/claim/claim.leases store/claim/turns.fairness"
  ),
  ...store("claim/spends", "ports/Budget store/claim/claim.leases store/claim/turns.fairness"),
  ...store(
    "settle/settle",
    "store/settle/lateAnswers store/settle/settle.outcomes store/claim/claim.leases dispatch/splitting ports/Budget"
  ),
  ...targets(
    engine,
    `${engine}/src/store`,
    "purge",
    "store/purge.upkeep store/forget/forget store/accept/incoming store/settle/lateAnswers store/SourceControl"
  ),
  ...targets(
    engine,
    `${engine}/src/store/forget`,
    globSync(`${engine}/src/store/forget/*.ts`)
      .map((path) => /([^/]+)\.ts$/.exec(path)?.[1])
      .join(" "),
    "store/forget/mention.encodings store/forget/forget store/forget/invitations store/purge.upkeep"
  ),
  ...["Tokens", "Authorization"].map((name) => ({
    file: `${admin}/src/internal/server/${name}.ts`,
    tests: [
      ...tests(admin, "Tokens Authorization AdminServer"),
      ...tests("apps/relay", "admin/access admin/token admin/sessions admin/matrix")
    ]
  }))
]
