/** The groups of a Spot in memory, and who is in them. */
import { Group } from "../../Group.ts"
import type { GroupSeed } from "./seeds.ts"

export const makeGroups = (seeds: ReadonlyArray<GroupSeed>) => {
  const groups = new Map<string, Group>()
  const members = new Map<string, Set<string>>()

  const reset = () => {
    groups.clear()
    members.clear()
    for (const { id, name, description = null, emoji = null, members: ids = [] } of seeds) {
      groups.set(id, new Group({ id, name, description, emoji, icon: null }))
      members.set(id, new Set(ids))
    }
  }
  reset()

  return {
    reset,
    all: () => Array.from(groups.values()),
    /** `undefined` for an unknown group. */
    membersOf: (id: string): Set<string> | undefined => members.get(id)
  }
}
