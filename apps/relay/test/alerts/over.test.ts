/** What a message says of each kind of problem that is over. */
import { describe, expect, it } from "@effect/vitest"
import { type Kind, keyOf } from "@usher/model/Concern"
import { over } from "../../src/alerts/over.ts"

const problem = (key: string) => ({
  key,
  urgency: "warning" as const,
  text: "12 webhooks wait.",
  next: "Wait.",
  since: 0
})

const sentences = {
  key_refused: "MeltingSpot no longer refuses the key of Spot main.",
  circuit_open: "MeltingSpot answers the calls of Spot main again.",
  source_silent: "Source form is no longer silent.",
  refusals_rising: "The relay no longer refuses more deliveries of source form than usual.",
  mapping_backlog: "Webhooks no longer wait to be mapped.",
  budget_spent: "The budget of Spot main is no longer used up.",
  budget_too_small: "The budget of Spot main is large enough again for its due invitations.",
  live_parked: "The Live live-1 of Spot main is no longer parked.",
  dead_letters: "Spot main has no more dead letters.",
  failed_mappings: "Source form has no more failed mappings.",
  quarantine: "Source form has no more deliveries in quarantine.",
  spot_paused: "Spot main is no longer paused.",
  source_paused: "Source form is no longer paused.",
  cooldown: "Spot main is no longer in cooldown."
} satisfies Record<Kind, string>

const kinds = Object.keys(sentences) as ReadonlyArray<Kind>

const subject = { source: "form", spot: "main", liveId: "live-1" }

describe("a problem that is over", () => {
  it.each(kinds)("says so without its numbers and advice: %s", (kind) => {
    expect(over(problem(keyOf({ kind, subject })))).toEqual({
      ...problem(keyOf({ kind, subject })),
      text: sentences[kind],
      next: "There is nothing to do."
    })
  })

  it("says that fewer Lives are parked where it was about several", () => {
    expect(over(problem(keyOf({ kind: "live_parked", subject: { ...subject, liveId: null } }))).text).toBe(
      "Fewer Lives of Spot main are parked."
    )
  })

  it("says that the database can be written to again", () => {
    expect(over(problem("cannot_store")).text).toBe("The relay can write to its database again.")
  })

  it("keeps its own text where a later version named its kind", () => {
    expect(over(problem('["unheard_of",null,null,null]')).text).toBe("12 webhooks wait.")
  })
})
