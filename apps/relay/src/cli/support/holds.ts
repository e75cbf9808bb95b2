/** Why a Spot does not send now. */
import { Budget } from "@usher/admin"
import { time } from "./print.ts"

type SpotBudget = Budget.SpotBudget

export const holdText = (
  spot: string,
  { state, since, until, reason }: NonNullable<SpotBudget["hold"]>
): string => {
  const what = { paused: "is paused", cooldown: "is in cooldown", circuit_open: "has an open circuit" }[state]
  const end = until === null ? "" : ` until ${time(until)}`
  return `Spot ${spot} ${what} since ${time(since)}${end}: ${reason}.`
}

/** What delays the calls of a Spot that does not send now; null for one that sends. */
export const delayText = ({ hold, spot, windows }: Pick<SpotBudget, "hold" | "spot" | "windows">) => {
  if (hold !== null) return `${holdText(spot, hold)} The calls begin after that.`
  const roomAt = Budget.roomAt({ windows })
  return roomAt && `The budget of Spot ${spot} is used up. The calls begin at ${time(roomAt)}.`
}
