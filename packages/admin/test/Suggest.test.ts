import { expect, it } from "@effect/vitest"
import { Senders } from "@usher/signatures"
import { nearest, suggest } from "../src/Suggest.ts"

it.each([
  ["typefrom", "typeform"],
  ["Githbu", "github"],
  ["hubspot-v4", "hubspot-v1"],
  ["eventb", "eventbrite"],
  ["calcm", "calcom"],
  ["acme", undefined],
  ["x", undefined],
  ["", undefined]
])("by %s is meant %s", (word, meant) => {
  expect(nearest(word, [...Senders.names, ...Object.keys(Senders.aliases)])).toBe(meant)
})

it("names what is known to who wrote nothing like it, and in its own case", () => {
  expect(suggest("zzz", ["live", "member"])).toBe("known are live, member")
  expect(suggest("baseurl", ["secretKey", "baseUrl"])).toBe("did you mean baseUrl?")
})
