import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { Member } from "@usher/core"
import * as MemberIdPattern from "../../src/config/MemberIdPattern.ts"

const refusal = (pattern: string) =>
  Result.match(MemberIdPattern.compile(pattern), { onSuccess: () => "", onFailure: (reason) => reason })

describe("the pattern of member ids", () => {
  it.each([
    ["member-\\d+", "member-7"],
    ["^[0-9]{6,10}$", "123456"],
    ["(?:usr|mem)_[A-Za-z0-9]+", "mem_1x"],
    ["[0-9A-HJKMNP-TV-Z]{26}", "01ARZ3NDEKTSV4RRFFQ69G5FAV"],
    ["[\\]a-z(*+]+\\u{41}\\p{Lu}\\(", "]abAB("],
    ["(?<kind>[a-z]{2,4})-?\\d+?", "ab12"],
    ["(a|b){8}", "abababab"]
  ])("%s takes %s and not more than that", (pattern, id) => {
    const memberId = Result.getOrThrow(MemberIdPattern.compile(pattern))
    expect(Member.parse(id, { memberId })).toEqual(Result.succeed([id]))
    expect(Result.isFailure(Member.parse(`${id} and more`, { memberId }))).toBe(true)
    expect(Result.isFailure(Member.parse(`${id}!`, { memberId }))).toBe(true)
  })

  it.each([
    "(a+)+",
    "(a*)*b",
    "(a|a)*b",
    "(?:a|ab)+",
    "(a|a){30}b",
    "(a?){30}a{30}",
    "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b",
    "a*a*a*b",
    ".*.*.*=.*",
    "a{1,300}a{1,300}a{1,300}b",
    "((a{1,9}){2}){9}",
    "(?:-[a-z]+)*"
  ])("%s is refused: it can take too long", (pattern) => {
    expect(refusal(pattern)).toMatch(/^the pattern may be too slow on a long text/)
  })

  it.each([
    ["(", "invalid regular expression"],
    ["a)|(b", "invalid regular expression"],
    ["[b-a]", "invalid regular expression"],
    ["\\-", "invalid regular expression"],
    ["(?=a)a", "lookaround and modifiers are not supported: remove them"],
    ["(?<!a)b", "lookaround and modifiers are not supported: remove them"],
    ["(?i:a)", "lookaround and modifiers are not supported: remove them"],
    ["(a)\\1", "backreferences are not supported: remove them"],
    ["(?<a>b)\\k<a>", "backreferences are not supported: remove them"],
    ["a{9999}", "it repeats more than 320 times, which is longer than any id"],
    ["a".repeat(201), "longer than 200 characters"]
  ])("%s is refused: %s", (pattern, reason) => {
    expect(refusal(pattern)).toBe(reason)
  })

  /** The least processor time of five runs, in microseconds. */
  const timeOf = (memberId: RegExp, text: string) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const before = process.cpuUsage()
        for (let run = 0; run < 20; run++) Member.parse(text, { memberId })
        const { user, system } = process.cpuUsage(before)
        return user + system
      })
    )

  it("takes the longest id in less than two milliseconds, at the worst pattern that is taken", () => {
    const memberId = Result.getOrThrow(MemberIdPattern.compile("a*a*b"))
    expect(timeOf(memberId, "a".repeat(320)) / 20).toBeLessThan(2_000)
  })
})
