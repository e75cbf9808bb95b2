import { expect, it } from "@effect/vitest"
import { changes } from "../../src/alerts/changes.ts"
import type { Problem } from "../../src/alerts/Message.ts"

const minute = 60_000

const problem = (key: string, since: number | null = 0): Problem => ({
  key,
  urgency: "warning",
  text: `${key}.`,
  next: "Wait.",
  since
})

/** Compares at each minute, and lists what is reported. */
const reportedAt = (
  minutes: ReadonlyArray<ReadonlyArray<Problem>>,
  isSent: (at: number) => boolean = () => true
) => {
  let known: ReturnType<typeof changes>["reported"] = []
  return minutes.map((problems, at) => {
    const { began, ended, reported, unreported } = changes(known, problems, minute, at * minute)
    known = isSent(at) ? reported : unreported
    return [...began.map(({ key }) => key), ...ended.map(({ key }) => `-${key}`)].join(" ")
  })
}

const [a, b] = [problem("a"), problem("b", minute)]

it("a problem is reported once, after it has lasted, and its end once it has been over for as long", () => {
  expect(reportedAt([[a], [a], [a], [], [], []])).toEqual(["", "a", "", "", "-a", ""])
})

it("problems that begin and end together are reported together", () => {
  expect(reportedAt([[], [], [a, b], [], []])).toEqual(["", "", "a b", "", "-a -b"])
})

it("one that comes and goes is reported once", () => {
  expect(reportedAt([[], [a], [], [a], [], [a], [a]])).toEqual(["", "a", "", "", "", "", ""])
})

it("one that ended before it lasted is not reported", () => {
  expect(reportedAt([[a], [], []])).toEqual(["", "", ""])
})

it("one without a known beginning is reported at once", () => {
  expect(changes([], [problem("c", null)], minute, Date.UTC(2026, 10, 30)).began).toHaveLength(1)
})

it("what could not be reported is reported later, with what came since", () => {
  expect(reportedAt([[], [a], [a, b], [], [], []], (at) => at === 2 || at > 4)).toEqual([
    "",
    "a",
    "a b",
    "",
    "-a -b",
    "-a -b"
  ])
})
