/** The text report of `usher mapping test`. It shows addresses. */
import { DateTime } from "effect"
import type { Invitation } from "@usher/core"
import { Display, Mapping } from "@usher/admin"
import type { Preview } from "@usher/engine"
import { count, lines } from "../support/print.ts"

export const describe = ({ webhookId, receivedAt, before, after, ...people }: Preview.Difference): string =>
  [
    `${DateTime.formatIso(receivedAt)} ${webhookId} ${outcome(before, after)}`,
    ...people.disappear.map((invitation) => `  - ${one(invitation)}`),
    ...people.appear.map((invitation) => `  + ${one(invitation)}`),
    ...people.differ.map(
      ({ before, after }) => `  ~ ${after.member}: ${Mapping.changesOf(before, after).join(", ")}`
    )
  ]
    .map(Display.line)
    .join("\n")

const outcome = (before: Preview.Difference["before"], after: Preview.Difference["after"]): string => {
  const reason = after.reason === null || after.reason === before.reason ? "" : `: ${after.reason}`
  const change = before.status === after.status ? "" : `${before.status} → `
  return `${change}${after.status}${reason}`
}

const one = (invitation: Invitation.Invitation): string => {
  const { invitedBySpotMemberId, liveId, member, withEmailNotification } = invitation
  return lines(
    [
      `${member} to ${liveId}`,
      invitedBySpotMemberId !== undefined && `by ${invitedBySpotMemberId}`,
      withEmailNotification !== undefined && `mail ${Mapping.mailOf(invitation)}`
    ],
    ", "
  )
}

export const summarize = (summary: Preview.Summary, version: string): string => {
  const { webhooks, changed, fail, mended, appear, disappear, differ } = summary
  return [
    `${count(webhooks, "webhook")} tried with mapping ${version}. ${changed} would change: ${fail} would fail, ${mended} would be fixed.`,
    `Invitations: ${appear} would appear, ${disappear} would disappear, ${differ} would differ. Nothing was written.`
  ].join("\n")
}
