/** The text report of `usher selftest`. */
import * as Crash from "../../selftest/Crash.ts"
import * as Durability from "../../selftest/Durability.ts"
import type { Report } from "../../selftest/Selftest.ts"
import * as Selftest from "../../selftest/Selftest.ts"
import { lines } from "../support/print.ts"
import { table } from "../support/table.ts"

export const describe = (report: Report): string => {
  const { database, durability, sources, leftOut, crash } = report
  const { deliveries, concurrency, warmUp, p50, p90, p99, max, perSecond, refused } = report.acknowledgement
  const { sent, acknowledged, lost, duplicated, doublyInvited, astray, askedAgain } = report.verdict
  return lines([
    `Store      ${Durability.describe(durability)}`,
    `           a scratch database beside ${database}`,
    Durability.survivesPowerCut(durability)
      ? "           every acknowledgment waits for the disk"
      : "           WARNING: acknowledgments do not wait for the disk; a power failure may lose some",
    ...sources.map(
      ({ source, sender, isMappedAsConfigured }) =>
        `Source     ${source} (${sender}), ${isMappedAsConfigured ? "mapped as configured" : "mapped by a rule of this test, because its own rules make no invitation from a sample"}`
    ),
    ...leftOut.map(({ source, reason }) => `Left out   ${source}: ${reason}`),
    "",
    `${number(deliveries)} deliveries, ${concurrency} at a time, after ${warmUp} to warm up`,
    `Acknowledged within ${millis(p50)} (p50), ${millis(p90)} (p90), ${millis(p99)} (p99), ${millis(max)} (max); ${number(Math.round(perSecond))} a second`,
    ...Object.entries(refused).map(([status, count]) =>
      status === "0" ? `${number(count)} without a response` : `${number(count)} with status ${status}`
    ),
    crash.length > 0 && `\nKilled ${crash.length} times and started again:\n\n${crashText(report)}`,
    "",
    `Lost ${lost}, duplicated ${duplicated}, invited twice ${doublyInvited}`,
    askedAgain > 0 &&
      `${number(askedAgain)} people requested again after a call with a lost response; the upstream answered 200`,
    acknowledged !== sent && `${number(sent - acknowledged)} never acknowledged`,
    ...Object.entries(astray).map(([status, count]) => `${number(count)} ended differently: ${status}`),
    "",
    Selftest.isGood(report)
      ? `All ${number(sent)} deliveries ended as exactly one invitation each.`
      : // A round that proves nothing is no success.
        `Failed.${crash.some(({ caught }) => caught === 0) ? " Not every kill hit its point. Run the test again." : ""}`
  ])
}

const crashText = ({ crash }: Report) =>
  table(
    ["Killed", "Rounds", "Reached", "Deliveries"],
    Crash.points.map((point) => {
      const rounds = crash.filter((round) => round.point === point)
      const met = rounds.filter(({ caught }) => caught > 0)
      return [point, rounds.length, met.length, met.reduce((sum, { caught }) => sum + caught, 0)]
    })
  )

const number = (value: number) => value.toLocaleString("en")

const millis = (value: number) => `${value.toFixed(1)} ms`
