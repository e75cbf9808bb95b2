/** How a command repeats its selection for another command. */
import { expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import { sameSelection } from "../../../src/cli/support/chosenInvitations.ts"

const from = DateTime.makeUnsafe("2026-11-23T09:00:00.500Z")

it.each([
  [{ all: true }, ""],
  [{ status: ["pending"] }, ""],
  [{ ids: ["inv_1", "inv_2"] }, "inv_1 inv_2"],
  [{ webhook: "wh_1", error: null }, "--webhook wh_1 --error none"],
  [
    { person: "o'hara@example.com", live: "live-1", from },
    String.raw`--live live-1 --person 'o'\''hara@example.com' --from 2026-11-23T09:00:00.500Z`
  ],
  [{ spot: "main", source: "$(reboot)" }, "--source '$(reboot)' --spot main"],
  [{ person: "a\u202E@example.com" }, undefined],
  [{ ids: Array.from({ length: 100 }, (_, index) => `inv_${index}`) }, undefined]
] as const)("a selection by %j is repeated as %s", (selection, words) => {
  expect(sameSelection(selection)).toBe(words)
})
