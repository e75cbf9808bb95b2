/** The files in which faults are planted, and the tests that have to notice them. */
import { existsSync, globSync } from "node:fs"
import { basename } from "node:path"

/** A file, and its tests, the nearest first. */
export interface Target {
  readonly file: string
  readonly tests: ReadonlyArray<string>
}

/**
 * Some files of a package, by names below `src`, with the tests nearest to them, by names below `test`. The test that mirrors a
 * file runs before all others.
 */
const targets = (root: string, folder: string, names: string, nearest: string): ReadonlyArray<Target> =>
  names.split(" ").map((name) => {
    const file = `${root}/src/${folder}${name}.ts`
    const own = file.replace(/\/src\/(internal\/)?/, "/test/").replace(/\.ts$/, ".test.ts")
    return { file, tests: [...new Set([...(existsSync(own) ? [own] : []), ...testsIn(root, nearest)])] }
  })

const testsIn = (root: string, names: string) =>
  names.split(" ").map((name) => `${root}/test/${name}.test.ts`)

const signatures = (folder: string, names: string, nearest: string) =>
  targets(
    "packages/signatures",
    folder,
    names,
    `${nearest} Identity StandardWebhooks Scheme anyCase covered senders mistakes Handshake Diagnosis fromRequest secrecy extension properties`
  )

const core = (folder: string, names: string) =>
  targets("packages/core", folder, names, "slidingWindows Budget budgets rateHeaders")

const engine = (folder: string, names: string, nearest: string) =>
  targets("packages/engine", folder, names, nearest)

const store = (names: string, nearest: string) =>
  engine(
    "store/",
    names,
    `${nearest} store/InboxSql store/claim/claim.leases store/claim/fairScheduling.fairness store/settle/settle.outcomes store/search/waiting store/accept/incoming store/SourcePauses store/spots/cooldowns store/purge.upkeep receive/handshake map/sharing store/InboxSql.clocks dispatch/Dispatcher`
  )

const claiming = "store/claim/claim.leases store/claim/fairScheduling.fairness"

export const all: ReadonlyArray<Target> = [
  ...signatures("", "DeliveryId", "DeliveryId"),
  ...signatures("internal/", "check", "Verifier rotation"),
  {
    file: "packages/signatures/src/internal/formerIds.ts",
    tests: [
      "packages/signatures/test/formerIds.test.ts",
      "packages/engine/test/store/Migrations.upgrade.test.ts"
    ]
  },
  ...core("", "Budget"),
  ...core("internal/", "slidingWindows"),
  ...engine(
    "ports/",
    "Budget",
    "ports/Budget.limits ports/Budget store/claim/fairScheduling.fairness store/claim/claim.leases map/sharing dispatch/Forecast dispatch/Dispatcher"
  ),
  ...engine(
    "dispatch/",
    "RetryPolicy",
    "dispatch/RetryPolicy store/settle/settle.outcomes receive/handshake dispatch/Dispatcher store/spots/cooldowns store/InboxSql.outage dispatch/splitting"
  ),
  ...engine("dispatch/", "Leadership", "dispatch/Leadership dispatch/Dispatcher"),
  ...engine(
    "store/postgres/",
    "electing electionSession",
    "dispatch/Leadership store/postgres/PostgresLeadership.failover"
  ),
  ...engine(
    "dispatch/",
    "calling breaking",
    "dispatch/calling.outcomes dispatch/calling store/spots/cooldowns store/InboxSql.outage store/settle/settle.outcomes dispatch/Dispatcher receive/handshake dispatch/splitting runtime/Troubles store/InboxSql.clocks dispatch/calling.lease store/settle/lateAnswers map/sharing"
  ),
  ...store(
    "accept/accept accept/acceptedTogether accept/conflicts accept/knownIds accept/knownContents",
    "store/accept/accept store/accept/knownContents store/accept/incoming store/Migrations.upgrade store/InboxSql receive/Receiver source/StoredBody"
  ),
  ...store(
    "map/map map/requests map/endWebhooks map/claimers",
    "store/map/map store/map/endWebhooks store/map/map.claims map/Mapper source/SignUps map/Mapper.followUp"
  ),
  ...store("claim/claim", `store/claim/promoting.expiry store/map/map.claims ${claiming}`),
  ...store("claim/choosing", `store/claim/promoting.expiry ${claiming}`),
  ...store("claim/fairScheduling claim/promoting", `store/claim/claim ${claiming}`),
  ...store(
    "claim/allotting",
    `store/claim/claim store/claim/reservations store/claim/choosing store/claim/promoting.expiry ${claiming}`
  ),
  ...store("claim/following claim/retiming", `store/claim/following store/InboxSql.clocks ${claiming}`),
  ...store("claim/reservations", `ports/Budget ${claiming}`),
  ...store(
    "settle/settle",
    "store/settle/lateAnswers store/settle/settle.outcomes store/claim/claim.leases dispatch/splitting ports/Budget"
  ),
  ...engine(
    "store/",
    "purge",
    "store/purge.upkeep store/forget/forget store/accept/incoming store/settle/lateAnswers store/SourcePauses"
  ),
  ...engine(
    "store/forget/",
    globSync("packages/engine/src/store/forget/*.ts")
      .map((path) => basename(path, ".ts"))
      .join(" "),
    "store/forget/mention.encodings store/forget/forget store/forget/invitations store/purge.upkeep"
  ),
  ...["Tokens", "Authorization"].map((name) => ({
    file: `packages/admin/src/internal/server/${name}.ts`,
    tests: [
      ...testsIn("packages/admin", "Tokens Authorization AdminServer"),
      ...testsIn("apps/relay", "admin/access admin/token admin/sessions admin/matrix")
    ]
  }))
]
