/** The report for people. */
import * as Crash from "../../selftest/Crash.ts"
import * as Durability from "../../selftest/Durability.ts"
import type { Report } from "../../selftest/Selftest.ts"
import * as Selftest from "../../selftest/Selftest.ts"
import type { Verdict } from "../../selftest/Verdict.ts"
import { table } from "../support/table.ts"

export const describe = (report: Report): string =>
  [
    ...storeOf(report),
    ...sourcesOf(report),
    "",
    ...acknowledgementOf(report),
    ...(report.crash.length === 0 ? [] : ["", ...crashOf(report)]),
    "",
    ...verdictOf(report.verdict),
    "",
    Selftest.isGood(report)
      ? `All ${number(report.verdict.sent)} deliveries ended as exactly one invitation each.`
      : ["Failed.", ...missedOf(report)].join(" ")
  ].join("\n")

const storeOf = ({ database, durability }: Report) => [
  `Store      ${Durability.describe(durability)}`,
  `           a scratch database beside ${database}`,
  Durability.survivesPowerCut(durability)
    ? "           every acknowledgment waits for the disk"
    : "           WARNING: acknowledgments do not wait for the disk; a power failure may lose some"
]

const sourcesOf = ({ sources, leftOut }: Report) => [
  ...sources.map(({ source, sender, isMappedAsConfigured }) =>
    line(
      "Source",
      `${source} (${sender}), ${isMappedAsConfigured ? "mapped as configured" : "mapped by a rule of this test, because its own rules make no invitation from a sample"}`
    )
  ),
  ...leftOut.map(({ source, reason }) => line("Left out", `${source}: ${reason}`))
]

const line = (what: string, words: string) => `${what.padEnd(11)}${words}`

const acknowledgementOf = ({ acknowledgement }: Report) => {
  const { deliveries, concurrency, warmUp, p50, p90, p99, max, perSecond, refused } = acknowledgement
  return [
    `${number(deliveries)} deliveries, ${concurrency} at a time, after ${warmUp} to warm up`,
    `Acknowledged within ${millis(p50)} (p50), ${millis(p90)} (p90), ${millis(p99)} (p99), ${millis(max)} (max); ${number(Math.round(perSecond))} a second`,
    ...Object.entries(refused).map(([status, count]) =>
      status === "0" ? `${number(count)} without a response` : `${number(count)} with status ${status}`
    )
  ]
}

const crashOf = ({ crash }: Report) => [
  `Killed ${crash.length} times and started again:`,
  "",
  table(
    ["Killed", "Rounds", "Reached", "Deliveries"],
    Crash.points.map((point) => {
      const rounds = crash.filter((round) => round.point === point)
      const met = rounds.filter(({ caught }) => caught > 0)
      return [point, rounds.length, met.length, met.reduce((sum, { caught }) => sum + caught, 0)]
    })
  )
]

/** A round that proves nothing is no success. */
const missedOf = ({ crash }: Report) =>
  crash.some(({ caught }) => caught === 0) ? ["Not every kill hit its point. Run the test again."] : []

const verdictOf = ({ sent, acknowledged, lost, duplicated, doublyInvited, astray, askedAgain }: Verdict) => [
  `Lost ${lost}, duplicated ${duplicated}, invited twice ${doublyInvited}`,
  ...(askedAgain === 0
    ? []
    : [
        `${number(askedAgain)} people requested again after a call with a lost response; the upstream answered 200`
      ]),
  ...(acknowledged === sent ? [] : [`${number(sent - acknowledged)} never acknowledged`]),
  ...Object.entries(astray).map(([standing, count]) => `${number(count)} ended differently: ${standing}`)
]

const number = (value: number) => value.toLocaleString("en")

const millis = (value: number) => `${value.toFixed(1)} ms`
